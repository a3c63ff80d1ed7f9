import { describe, expect, it } from "vitest";
import { AwsCallError, classify } from "../../src/aws/errors.ts";
import type { Action } from "../../src/relocation/actions.ts";
import type { Outcome } from "../../src/relocation/apply.ts";
import { type CountedRefusal, refusalOf, refusalsAfter } from "../../src/relocation/refusals.ts";
import { address, attachment, networkInterface, nowMs } from "./build.ts";

const web = attachment("a", "web");
const secondMs = 1000;
const quarterMs = 15 * 60 * secondMs;
const associate = (addressId: string, interfaceId: string): Action => ({
  kind: "associate",
  row: 2,
  networkInterfaceId: networkInterface(interfaceId, web).networkInterfaceId,
  subnetId: web.subnetId,
  allocationId: address(addressId).allocationId,
});

function refused(code: string, action = associate("1", "1")): Outcome {
  return { action, result: "reported", error: new AwsCallError("ec2:AssociateAddress", code, classify(code), "no") };
}

/** Until when each combination of two addresses and two interfaces rests, in seconds from now. */
function rests(refusals: readonly CountedRefusal[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const addressId of ["1", "2"]) {
    for (const interfaceId of ["1", "2"]) {
      const { allocationId, networkInterfaceId } = associate(addressId, interfaceId);
      const refusal = refusalOf(refusals, allocationId, networkInterfaceId);
      if (refusal) found[`${addressId} on ${interfaceId}`] = (refusal.untilMs - nowMs) / secondMs;
    }
  }
  return found;
}

describe("what rests after a refusal", () => {
  it.each([
    ["InvalidAllocationID.NotFound", { "1 on 1": 900, "1 on 2": 900 }],
    ["InvalidAddress.Locked", { "1 on 1": 900, "1 on 2": 900 }],
    ["OperationNotPermitted", { "1 on 1": 900, "2 on 1": 900 }],
    ["AuthFailure", { "1 on 1": 1 }],
    ["InvalidParameterCombination", { "1 on 1": 1 }],
    ["UnauthorizedOperation", { "1 on 1": 1 }],
  ])("%s: %j", (code, expected) => {
    expect(rests(refusalsAfter([], [refused(code)], nowMs))).toEqual(expected);
  });

  it.each([
    ["AuthFailure", [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]],
    ["UnauthorizedOperation", [1, 2, 4, 8, 16, 32, 60, 60]],
  ])("%s rests longer each time, up to a bound", (code, expected) => {
    let refusals: readonly CountedRefusal[] = [];
    const seconds = expected.map(() => {
      refusals = refusalsAfter(refusals, [refused(code)], nowMs);
      return rests(refusals)["1 on 1"];
    });
    expect(seconds).toEqual(expected);
  });

  it("counts what was refused of one address on several interfaces together, and other addresses apart", () => {
    const elsewhere = [associate("1", "1"), associate("1", "2"), associate("2", "2")];
    const refusals = refusalsAfter(
      [],
      elsewhere.map((action) => refused("AuthFailure", action)),
      nowMs,
    );
    expect(rests(refusals)).toEqual({ "1 on 1": 1, "1 on 2": 2, "2 on 2": 1 });
  });

  it("counts each code by itself: what AWS has not said before may pass soon", () => {
    /** How long the last refusal rests, in seconds: one a minute. */
    const lastRests = (...codes: readonly string[]) => {
      const atMs = (round: number) => nowMs + round * 60 * secondMs;
      const [last] = codes
        .reduce<readonly CountedRefusal[]>((all, code, round) => refusalsAfter(all, [refused(code)], atMs(round)), [])
        .slice(-1);
      return ((last?.untilMs ?? 0) - atMs(codes.length - 1)) / secondMs;
    };
    const often = Array.from({ length: 11 }, () => "UnknownRefusal");
    expect(lastRests(...often)).toBe(900);
    expect(lastRests(...often, "AuthFailure")).toBe(1);
    expect(lastRests("AuthFailure", "UnknownRefusal", "AuthFailure", "UnknownRefusal", "AuthFailure")).toBe(4);
  });

  it("forgets what was associated after all, and counts anew", () => {
    const before = refusalsAfter([], [refused("AuthFailure"), refused("AuthFailure")], nowMs);
    const after = refusalsAfter(before, [{ action: associate("1", "1"), result: "done" }], nowMs);
    expect(rests(after)).toEqual({});
    expect(rests(refusalsAfter(after, [refused("AuthFailure")], nowMs))).toEqual({ "1 on 1": 1 });
  });

  it("keeps what rests when another one is associated", () => {
    const before = refusalsAfter([], [refused("InvalidAddress.Locked")], nowMs);
    const after = refusalsAfter(before, [{ action: associate("2", "1"), result: "done" }], nowMs);
    expect(rests(after)).toEqual({ "1 on 1": 900, "1 on 2": 900 });
  });

  it("counts anew when the last refusal is long ago", () => {
    const before = refusalsAfter([], [refused("AuthFailure")], nowMs);
    const other = refusalsAfter(before, [refused("AuthFailure", associate("2", "2"))], nowMs + 2 * quarterMs);
    expect(other).toHaveLength(1);
  });
});
