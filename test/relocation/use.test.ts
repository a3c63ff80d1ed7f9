import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SubnetId } from "../../src/aws/identifiers.ts";
import type { Use } from "../../src/relocation/model.ts";
import { formatUse, parseUse } from "../../src/relocation/use.ts";

describe("the use tag", () => {
  it("reads as state, subnet and time", () => {
    const use = { state: "serving", subnetId: "subnet-0a" as SubnetId, sinceMs: Date.UTC(2026, 0, 1) } as const;
    expect(formatUse(use)).toBe("serving subnet-0a 2026-01-01T00:00:00.000Z");
  });

  it("comes back as it was written", () => {
    const uses = fc.record({
      state: fc.constantFrom<Use["state"]>("serving", "draining", "scouting"),
      subnetId: fc.stringMatching(/^subnet-[0-9a-f]{8,17}$/).map((it) => it as SubnetId),
      sinceMs: fc.nat(4_000_000_000_000),
    });
    fc.assert(
      fc.property(uses, (use) => {
        expect(parseUse(formatUse(use))).toEqual(use);
      }),
      { seed: 1 },
    );
  });

  it.each([
    undefined,
    "",
    "serving",
    "serving subnet-a",
    "serving subnet-a soon",
    "serving  2026-01-01T00:00:00.000Z",
    "resting subnet-a 2026-01-01T00:00:00.000Z",
  ])("counts as absent when it is %j", (text) => {
    expect(parseUse(text)).toBeUndefined();
  });
});
