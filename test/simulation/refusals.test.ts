import { describe, expect, it } from "vitest";
import { createRefusals, refusalMs } from "../../testing/simulation/refusal-faults.ts";

describe("an address that AWS refuses for two reasons at once", () => {
  it("is refused until both have ended, and for as long as Holdfast lets it rest", () => {
    let nowMs = 0;
    const refusals = createRefusals(() => nowMs);
    refusals.refuse("eipalloc-1");
    refusals.refuse("eipalloc-1");
    refusals.accept("eipalloc-1", "AuthFailure");
    nowMs += refusalMs;
    expect(refusals.isRefused("eipalloc-1")).toBe(true);
    refusals.accept("eipalloc-1", "AuthFailure");
    expect(refusals.isRefused("eipalloc-1")).toBe(true);
    nowMs += refusalMs;
    expect(refusals.isRefused("eipalloc-1")).toBe(false);
    expect(refusals.any).toBe(false);
  });
});

describe("an address that AWS refuses once, after a refusal has ended", () => {
  it.each([
    ["with the same code, counts as refused for as long again", "AuthFailure", refusalMs, true],
    ["with another code, does not: Holdfast tries it again at once", "NewRefusal", refusalMs, false],
    ["with the same code, does not when that is long ago", "AuthFailure", 2 * refusalMs, false],
  ])("%s", (_, code, laterMs, expected) => {
    let nowMs = 0;
    const refusals = createRefusals(() => nowMs);
    refusals.refuse("eipalloc-1");
    refusals.accept("eipalloc-1", "AuthFailure");
    nowMs += laterMs;
    refusals.refuseOnce("eipalloc-1", code);
    expect(refusals.isRefused("eipalloc-1")).toBe(expected);
  });
});
