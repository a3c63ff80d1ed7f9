import { describe, expect, it } from "vitest";
import { AwsCallError } from "../../src/aws/errors.ts";
import type { Action, Plan } from "../../src/relocation/actions.ts";
import type { Outcome } from "../../src/relocation/apply.ts";
import { type Looks, noLooks, withLook } from "../../src/relocation/looks.ts";
import { Memory } from "../../src/relocation/memory.ts";
import { address, attachment, networkInterface, nowMs, world } from "./build.ts";

const web = attachment("a", "web");
const network = world({
  interfaces: [networkInterface("1", web), networkInterface("2", web)],
  addresses: [address("1", { on: "1" }), address("2", { on: "2" })],
});

function associate(id: string): Action {
  const { networkInterfaceId } = networkInterface(id, web);
  return {
    kind: "associate",
    row: 2,
    networkInterfaceId,
    subnetId: web.subnetId,
    allocationId: address(id).allocationId,
  };
}

function failed(id: string, code: string, errorClass: "refused" | "denied"): Outcome {
  const error = new AwsCallError("ec2:AssociateAddress", code, errorClass, `AWS said ${code}`);
  return { action: associate(id), result: "failed", error };
}

describe("Memory of quiet networks", () => {
  it("knows a network again in any order", () => {
    const memory = new Memory();
    memory.remember("partner", network);
    const { interfaces, addresses } = network;
    expect(memory.isQuiet("partner", network)).toBe(true);
    expect(
      memory.isQuiet("partner", {
        ...network,
        interfaces: [...interfaces].reverse(),
        addresses: [...addresses].reverse(),
      }),
    ).toBe(true);
  });

  it("looks again when the operator pauses the pool", () => {
    const memory = new Memory();
    memory.remember("partner", network);
    expect(memory.isQuiet("partner", { ...network, paused: true })).toBe(false);
  });

  it("knows nothing of other pools, nor after it was asked to forget", () => {
    const memory = new Memory();
    expect(memory.isQuiet("partner", network)).toBe(false);
    memory.remember("partner", network);
    expect(memory.isQuiet("other", network)).toBe(false);
    memory.remember("partner", undefined);
    expect(memory.isQuiet("partner", network)).toBe(false);
  });

  it.each([
    ["an interface more", { ...network, interfaces: [...network.interfaces, networkInterface("3", web)] }],
    ["an address less", { ...network, addresses: network.addresses.slice(1) }],
    ["a blocked address", { ...network, addresses: network.addresses.map((it) => ({ ...it, blocked: true })) }],
    ["a detached interface", { ...network, interfaces: network.interfaces.map((it) => ({ ...it, inUse: false })) }],
  ])("sees %s", (_what, changed) => {
    const memory = new Memory();
    memory.remember("partner", network);
    expect(memory.isQuiet("partner", changed)).toBe(false);
  });
});

describe("Memory of looks and findings", () => {
  it("keeps each pool's latest looks", () => {
    const memory = new Memory();
    const [first, second, other] = [1, 2, 3].map((ms) => withLook(noLooks, network, nowMs + ms)) as [
      Looks,
      Looks,
      Looks,
    ];
    expect(memory.looks("partner")).toBe(noLooks);
    memory.rememberLooks("partner", first);
    memory.rememberLooks("other", other);
    memory.rememberLooks("partner", second);
    expect(memory.looks("partner")).toBe(second);
  });
});

describe("Memory of refusals", () => {
  const plan: Plan = {
    actions: [associate("1"), associate("2")],
    findings: [{ kind: "missing-member", member: "gone" }],
    waits: [{ kind: "interface", attachment: "a", arriving: true }],
  };
  const minuteMs = 60_000;

  it("turns what AWS refused into a finding, for a quarter of an hour", () => {
    const memory = new Memory();
    memory.refuse([failed("1", "OperationNotPermitted", "refused")], nowMs);
    const { networkInterfaceId } = associate("1");
    const refused = { kind: "refused", networkInterfaceId, reason: "AWS said OperationNotPermitted" };
    const withheld = { ...plan, actions: [associate("2")], findings: [...plan.findings, refused] };
    expect(memory.withhold(plan, nowMs)).toEqual(withheld);
    expect(memory.withhold(plan, nowMs + 15 * minuteMs - 1)).toEqual(withheld);
    expect(memory.withhold(plan, nowMs + 15 * minuteMs)).toEqual(plan);
  });

  it("withholds nothing for other failures, conflicts and successes", () => {
    const memory = new Memory();
    const outcomes: Outcome[] = [
      failed("1", "UnauthorizedOperation", "denied"),
      { action: associate("1"), result: "conflict", reason: "taken" },
      { action: associate("2"), result: "done" },
    ];
    memory.refuse(outcomes, nowMs);
    expect(memory.withhold(plan, nowMs)).toEqual(plan);
  });
});
