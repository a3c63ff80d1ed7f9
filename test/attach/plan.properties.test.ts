import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GuardedFunction, Observed } from "../../src/attach/model.ts";
import { plan } from "../../src/attach/plan.ts";
import { isRefused } from "../../src/attach/refusals.ts";
import { nowMs, period } from "./build.ts";

/** The same worlds in every run; other seeds explore others. */
const runs = { numRuns: 1000, seed: Number(process.env["HOLDFAST_SEED"] ?? 1) };

const periods = fc.uniqueArray(
  fc.record({ ago: fc.nat({ max: 11 }), tests: fc.integer({ min: 3, max: 12 }), accepted: fc.nat({ max: 6 }) }),
  { selector: ({ ago }) => ago, minLength: 3, maxLength: 12 },
);
const functions = fc.uniqueArray(
  fc.record<GuardedFunction>({
    functionName: fc.constantFrom("a", "b", "c", "d"),
    changing: fc.boolean(),
    network: fc.constantFrom("none", "none", "pool", "other"),
    modifiedMs: fc.nat({ max: 12 }).map((ago) => period(ago, 0, 0).startMs),
    revisionId: fc.string({ minLength: 1, maxLength: 3 }),
    periods: periods.map((list) =>
      list.map(({ ago, tests, accepted }) => period(ago, tests, Math.max(0, tests - accepted))),
    ),
    publishedAliases: fc.subarray(["live"]),
  }),
  { selector: ({ functionName }) => functionName },
);
const worlds = fc.record<Observed>({
  functions,
  missing: fc.subarray(["x", "y"]),
  poolBlocked: fc.constantFrom(false, false, false, true),
  override: fc.oneof(
    { weight: 4, arbitrary: fc.constant({ kind: "none" } as const) },
    fc.constantFrom({ kind: "paused" } as const, { kind: "direct" } as const, { kind: "unknown", text: "?" } as const),
  ),
});

/** What Lambda shows once the actions have been carried out. */
function applied(observed: Observed): Observed {
  const attached = new Set(plan(observed).actions.map(({ functionName }) => functionName));
  const change = (it: GuardedFunction): GuardedFunction =>
    attached.has(it.functionName)
      ? { ...it, network: "pool", changing: true, modifiedMs: nowMs, revisionId: "new" }
      : it;
  return { ...observed, functions: observed.functions.map(change) };
}

describe("plan, for any world", () => {
  it("attaches only guarded functions that are refused, in no network and at rest, and only in a pool that is well", () => {
    let attached = 0;
    fc.assert(
      fc.property(worlds, (observed) => {
        for (const { functionName, revisionId } of plan(observed).actions) {
          const it = observed.functions.find((one) => one.functionName === functionName);
          expect(it).toMatchObject({ network: "none", changing: false, revisionId });
          expect(it && isRefused(it.periods, it.modifiedMs)).toBe(true);
          expect(["none", "direct", "fallback"]).toContain(observed.override.kind);
          expect(observed.poolBlocked).toBe(false);
          attached++;
        }
      }),
      runs,
    );
    expect(attached).toBeGreaterThan(100);
  });

  it("has nothing more to attach once that is done", () => {
    fc.assert(
      fc.property(worlds, (observed) => {
        expect(plan(applied(observed)).actions).toEqual([]);
      }),
      runs,
    );
  });

  it("does the same in whatever order functions and periods come", () => {
    const names = (observed: Observed) =>
      plan(observed)
        .actions.map(({ functionName }) => functionName)
        .sort();
    fc.assert(
      fc.property(worlds, (observed) => {
        const turned = observed.functions.map((it) => ({ ...it, periods: [...it.periods].reverse() })).reverse();
        expect(names({ ...observed, functions: turned })).toEqual(names(observed));
      }),
      runs,
    );
  });
});
