import { describe, expect, it, vi } from "vitest";
import { runSeed } from "../../testing/simulation/run.ts";
import { drawWorld, faultKinds } from "../../testing/simulation/world-draw.ts";

const textsOf = (violations: readonly { invariant: string; text: string }[]) =>
  violations.map(({ invariant, text }) => `${invariant}: ${text}`);

describe("a simulated day", () => {
  it.each([1, 4, 6])(
    "of seed %i under all faults breaks no rule and comes to rest",
    async (seed) => {
      const { violations } = await runSeed({ seed, days: 0.25, faults: faultKinds, members: 2 });
      expect(textsOf(violations)).toEqual([]);
    },
    120_000,
  );

  it("gives the same trace for the same seed, and another for another", async () => {
    const run = (seed: number) => runSeed({ seed, days: 0.25, faults: faultKinds });
    const first = await run(5);
    expect((await run(5)).traceHash).toBe(first.traceHash);
    expect((await run(6)).traceHash).not.toBe(first.traceHash);
  }, 120_000);

  it("does not depend on the hour at which it is run", async () => {
    const runAt = async (time: string) => {
      vi.setSystemTime(time);
      vi.resetModules();
      const { runSeed } = await import("../../testing/simulation/run.ts");
      return (await runSeed({ seed: 6, days: 0.1, faults: faultKinds })).traceHash;
    };
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      expect(await runAt("2026-03-01T10:00:00Z")).toBe(await runAt("2027-05-06T11:01:30Z"));
    } finally {
      vi.useRealTimers();
    }
  }, 120_000);

  it("breaks no rule over the wire either", async () => {
    const { violations } = await runSeed({ seed: 11, days: 0.05, faults: faultKinds, members: 2, wire: true });
    expect(textsOf(violations)).toEqual([]);
  }, 120_000);

  it("leaps over no time in which it would have written", async () => {
    const options = { seed: 12, days: 0.25, faults: faultKinds };
    expect((await runSeed(options)).leaptHours).toBeGreaterThan(0);
    const { violations } = await runSeed({ ...options, allSweeps: true });
    expect(textsOf(violations)).toEqual([]);
  }, 120_000);
});

describe("what a seed draws", () => {
  it("does not depend on limits and left-out faults, but for these", () => {
    const { faults: _, ...whole } = drawWorld(7, faultKinds);
    const { faults: __, ...some } = drawWorld(
      7,
      faultKinds.filter((kind) => kind !== "skew"),
    );
    expect({ ...some, skewMs: whole.skewMs }).toEqual(whole);
    const [pool] = drawWorld(7, faultKinds, { members: 1 }).pools;
    expect(pool?.memberNames).toHaveLength(1);
    expect({ ...pool, memberNames: [] }).toEqual({ ...whole.pools[0], memberNames: [] });
  });
});
