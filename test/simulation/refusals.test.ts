import { describe, expect, it } from "vitest";
import { createRefusals, refusalMs } from "../../testing/simulation/refusal-faults.ts";

describe("an address that AWS refuses for two reasons at once", () => {
  it("is refused until both have ended, and for as long as Holdfast lets it rest", () => {
    let nowMs = 0;
    const refusals = createRefusals(() => nowMs);
    refusals.refuse("eipalloc-1");
    refusals.refuse("eipalloc-1");
    refusals.accept("eipalloc-1");
    nowMs += refusalMs;
    expect(refusals.isRefused("eipalloc-1")).toBe(true);
    refusals.accept("eipalloc-1");
    expect(refusals.isRefused("eipalloc-1")).toBe(true);
    nowMs += refusalMs;
    expect(refusals.isRefused("eipalloc-1")).toBe(false);
    expect(refusals.any).toBe(false);
  });
});
