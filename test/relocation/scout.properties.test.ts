import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Observed } from "../../src/relocation/model.ts";
import { plan } from "../../src/relocation/plan.ts";
import { dueMs, spentOf } from "../../src/relocation/scout.ts";
import { nowMs, policy } from "./build.ts";
import { anyWorlds, applied, consistentWorlds, shuffled } from "./worlds.ts";

const runs = { numRuns: 500, seed: Number(process.env["HOLDFAST_SEED"] ?? 1) };
const hourMs = 3_600_000;

/** Worlds with what trials have left on the addresses' tags. */
function tried(worlds: fc.Arbitrary<Observed>): fc.Arbitrary<Observed> {
  const details = fc.array(
    fc.record({ blocked: fc.boolean(), hours: fc.nat(300), tries: fc.nat(12), count: fc.nat(20) }),
    {
      minLength: 9,
      maxLength: 9,
    },
  );
  return fc.tuple(worlds, details).map(([observed, list]) => ({
    ...observed,
    addresses: observed.addresses.map((it, index) => {
      const { blocked = false, hours = 0, tries = 0, count = 0 } = list[index] ?? {};
      const atMs = nowMs - hours * hourMs;
      return {
        ...it,
        ...(hours < 200 && { verified: { blocked, atMs, tries } }),
        ...(count < 12 && { tally: { month: count < 3 ? "2025-12" : "2026-01", count } }),
      };
    }),
  }));
}

const budgets = fc.integer({ min: 0, max: 80 });
const planFor = (observed: Observed, monthlyVerifications: number, atMs = nowMs) =>
  plan(observed, { ...policy, monthlyVerifications }, atMs);
const trials = (observed: Observed, budget: number) =>
  planFor(observed, budget).actions.filter(({ row }) => row === 13 || row === 14);

describe("the scout, for any world", () => {
  it("gets one address at a time, and only onto an interface that shows none", () => {
    fc.assert(
      fc.property(tried(anyWorlds()), budgets, (observed, budget) => {
        const actions = trials(observed, budget);
        expect(actions.length).toBeLessThanOrEqual(1);
        for (const { kind, networkInterfaceId } of actions) {
          const its = observed.scout.find((it) => it.networkInterfaceId === networkInterfaceId);
          expect(its?.inUse).toBe(true);
          if (kind !== "scout") continue;
          expect(its?.shownAllocationId).toBeUndefined();
          expect(observed.addresses.filter((it) => it.networkInterfaceId === networkInterfaceId)).toEqual([]);
        }
      }),
      runs,
    );
  });

  it("never gets an address that is on an interface, and gives back none that is not its own", () => {
    fc.assert(
      fc.property(tried(anyWorlds()), budgets, (observed, budget) => {
        for (const { kind, allocationId, networkInterfaceId } of trials(observed, budget)) {
          const own = observed.addresses.find((it) => it.allocationId === allocationId);
          expect(own?.networkInterfaceId).toBe(kind === "scout" ? undefined : networkInterfaceId);
        }
      }),
      runs,
    );
  });

  it("waits until relocation has nothing to do: without a budget, the plan is the same but for the trial", () => {
    fc.assert(
      fc.property(tried(anyWorlds()), budgets, (observed, budget) => {
        const healing = planFor(observed, 0);
        const { actions, findings, waits } = planFor(observed, budget);
        expect({ findings, waits }).toEqual({ findings: healing.findings, waits: healing.waits });
        if (healing.actions.length + waits.length > 0) expect(actions).toEqual(healing.actions);
      }),
      runs,
    );
  });

  it("never costs more than the budget, however long it goes on", () => {
    fc.assert(
      fc.property(tried(consistentWorlds(fc.constant("settled"))), budgets, (start, budget) => {
        const before = spentOf(start.addresses, nowMs);
        let observed = start;
        for (let step = 0; step < 200; step++) {
          const atMs = nowMs + step * 3 * hourMs;
          observed = planFor(observed, budget, atMs).actions.reduce(
            (it, action) => applied(it, action, atMs),
            observed,
          );
        }
        expect(spentOf(observed.addresses, nowMs)).toBeLessThanOrEqual(Math.max(before, budget));
      }),
      { ...runs, numRuns: 100 },
    );
  });

  it("tries what is due before what is not, whatever the order of the input", () => {
    const worlds = tried(anyWorlds()).chain((one) => fc.tuple(fc.constant(one), shuffled(one)));
    fc.assert(
      fc.property(worlds, budgets, ([one, other], budget) => {
        expect(trials(other, budget)).toEqual(trials(one, budget));
        for (const { kind, allocationId } of trials(one, budget)) {
          if (kind !== "scout") continue;
          const free = one.addresses.filter((it) => it.networkInterfaceId === undefined);
          const chosen = free.find((it) => it.allocationId === allocationId);
          const soonestMs = Math.min(...free.map(dueMs));
          if (soonestMs <= nowMs) expect(chosen && dueMs(chosen)).toBe(soonestMs);
          else expect(chosen?.blocked).toBe(false);
        }
      }),
      runs,
    );
  });
});
