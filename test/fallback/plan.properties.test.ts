import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Action } from "../../src/fallback/actions.ts";
import { poolFlips } from "../../src/fallback/history.ts";
import type { Observed, Policy } from "../../src/fallback/model.ts";
import { plan } from "../../src/fallback/plan.ts";
import { minuteMs, nowMs, policy, rounds } from "./build.ts";
import { anyWorlds, applied, later, soundWorlds } from "./worlds.ts";

/** The same worlds in every run; other seeds explore others. */
const runs = { numRuns: 500, seed: Number(process.env["HOLDFAST_SEED"] ?? 1) };
const policies: fc.Arbitrary<Policy> = fc
  .record({ standby: fc.constantFrom("cold" as const, "warm" as const), flipsPerDay: fc.integer({ min: 2, max: 8 }) })
  .map((it) => ({ ...policy, ...it }));

/** Plans and applies until nothing is left to do at this moment; yields each action, with the world before it. */
function settle(start: Observed, own: Policy, atMs: number, see: (world: Observed, action: Action) => void = () => {}) {
  let observed = start;
  for (let step = 0; step < 40; step++) {
    const { actions } = plan(observed, own, atMs);
    if (actions.length === 0) return observed;
    for (const action of actions) {
      see(observed, action);
      observed = applied(observed, action, atMs);
    }
  }
  throw new Error("still at work after 40 steps");
}

const alive = ({ natGateways }: Observed) =>
  natGateways.filter(({ state }) => state === "pending" || state === "available" || state === "deleting");

function expectSafe(observed: Observed, action: Action): void {
  if (action.kind === "route" && action.to.kind === "nat") {
    const { natGatewayId } = action.to;
    expect(observed.natGateways.find((it) => it.natGatewayId === natGatewayId)?.state).toBe("available");
  }
  if (action.kind === "delete") {
    const led = observed.routeTables.some(
      ({ route }) => route?.kind === "nat" && route.natGatewayId === action.natGatewayId,
    );
    expect(led).toBe(false);
  }
  if (action.kind === "create") expect(alive(observed)).toEqual([]);
}

describe("plan, for any world", () => {
  it("never leads a route to a gateway that is not available, deletes none in use, makes no second one", () => {
    fc.assert(
      fc.property(anyWorlds, policies, (start, own) => {
        settle(start, own, nowMs, expectSafe);
      }),
      runs,
    );
  });

  it("writes nothing while paused or overridden by something unknown", () => {
    fc.assert(
      fc.property(anyWorlds, policies, (start, own) => {
        const { actions, waits } = plan({ ...start, override: { kind: "paused" } }, own, nowMs);
        expect([...actions, ...waits]).toEqual([]);
        expect(plan({ ...start, override: { kind: "unknown", text: "" } }, own, nowMs).actions).toEqual([]);
      }),
      runs,
    );
  });

  it("touches no table whose default route is foreign", () => {
    fc.assert(
      fc.property(anyWorlds, policies, (start, own) => {
        const foreign = start.routeTables.filter(
          ({ route }) =>
            !route || route.kind === "other" || (route.kind === "nat" && route.natGatewayId === "nat-foreign"),
        );
        const ids = new Set<string>(foreign.map(({ routeTableId }) => routeTableId));
        settle(start, own, nowMs, (_, action) => {
          if ("routeTableId" in action) expect(ids.has(action.routeTableId)).toBe(false);
        });
      }),
      runs,
    );
  });

  it("replaces no route of a table that a subnet outside the pool uses, unless the route is dead", () => {
    fc.assert(
      fc.property(anyWorlds, policies, (start, own) => {
        settle(start, own, nowMs, (observed, action) => {
          if (action.kind !== "route") return;
          const table = observed.routeTables.find((it) => it.routeTableId === action.routeTableId);
          if (table?.otherSubnetIds.length) expect(action.row).toBe(14);
        });
      }),
      runs,
    );
  });

  it("does not depend on the order of anything", () => {
    fc.assert(
      fc.property(anyWorlds, policies, (one, own) => {
        const other: Observed = {
          ...one,
          routeTables: [...one.routeTables].reverse(),
          natGateways: [...one.natGateways].reverse(),
          egress: [...one.egress].reverse(),
        };
        const sorted = (items: readonly object[]) => items.map((it) => JSON.stringify(it)).sort();
        const first = plan(one, own, nowMs);
        const second = plan(other, own, nowMs);
        expect(sorted(second.actions)).toEqual(sorted(first.actions));
        expect(sorted(second.findings)).toEqual(sorted(first.findings));
        expect(sorted(second.waits)).toEqual(sorted(first.waits));
      }),
      runs,
    );
  });
});

/** Lives through some days in steps of five minutes, with what the probes and the alarm say at each. */
function live(
  start: Observed,
  own: Policy,
  days: number,
  says: (step: number, observed: Observed) => Partial<Observed>,
  fails: (step: number) => boolean = () => false,
): { readonly end: Observed; readonly flipTimesMs: readonly number[] } {
  let observed = start;
  const flipTimesMs: number[] = [];
  for (let step = 0; step < days * 288; step++) {
    const atMs = nowMs + step * 5 * minuteMs;
    observed = { ...observed, ...says(step, observed) };
    const before = poolFlips(observed.routeTables).at(-1)?.direction ?? "direct";
    observed = settle(observed, own, atMs, expectSafe);
    const after = poolFlips(observed.routeTables).at(-1)?.direction ?? "direct";
    if (before !== after) flipTimesMs.push(atMs);
    expect(alive(observed).length).toBeLessThanOrEqual(3);
    observed = later(observed, fails(step));
  }
  return { end: observed, flipTimesMs };
}

const quiet: Partial<Observed> = { alarm: { state: "quiet", sinceMs: nowMs }, override: { kind: "none" } };
const wide = { numRuns: 60, seed: runs.seed };

describe("plan, over days", () => {
  it("ends every world direct, without a lingering gateway, once the alarm is quiet and nobody overrides", () => {
    fc.assert(
      fc.property(soundWorlds, policies, fc.boolean(), (start, own, measured) => {
        const clean = measured ? rounds({ a: [0, 9], b: [0, 9], c: [0, 9], d: [0, 9] }) : new Map();
        const { end } = live(start, own, 3, () => ({ ...quiet, rounds: clean }));
        expect(end.routeTables.map(({ route }) => route?.kind)).toEqual(end.routeTables.map(() => "internet"));
        expect(alive(end).length).toBe(own.standby === "warm" ? 1 : 0);
        expect(end.natGateways.filter(({ state }) => state === "failed")).toEqual([]);
      }),
      wide,
    );
  });

  it("makes at most the configured flips in any 24 hours, whatever the partner does", () => {
    fc.assert(
      fc.property(soundWorlds, policies, fc.infiniteStream(fc.nat(3)), (start, own, draws) => {
        const fresh = { ...start, routeTables: start.routeTables.map((it) => ({ ...it, flips: [] })), natGateways: [] };
        const direct = { ...fresh, routeTables: fresh.routeTables.map((it) => ({ ...it, route: plainRoute })) };
        const { flipTimesMs } = live(direct, own, 2, (step, observed) => {
          const drawn = draws.next().value;
          const blocked = drawn === 0 ? rounds({ a: [3, 0], b: [3, 0] }) : rounds({ a: [0, 9], b: [0, 9] });
          const state = drawn === 1 ? "raised" : "quiet";
          const same = observed.alarm.state === state;
          const alarm = same ? observed.alarm : { state, sinceMs: nowMs + step * 5 * minuteMs };
          return { alarm: alarm as Observed["alarm"], rounds: blocked, override: { kind: "none" } };
        });
        for (const from of flipTimesMs) {
          const within = flipTimesMs.filter((at) => at >= from && at < from + 24 * 60 * minuteMs);
          expect(within.length).toBeLessThanOrEqual(own.flipsPerDay);
        }
      }),
      wide,
    );
  });

  it("never loses the way out to a gateway that dies, and makes at most a few attempts an hour", () => {
    fc.assert(
      fc.property(soundWorlds, policies, fc.infiniteStream(fc.boolean()), (start, own, luck) => {
        let made = 0;
        const raised = {
          alarm: { state: "raised", sinceMs: nowMs - 60 * minuteMs },
          override: { kind: "none" },
        } as const;
        let observed = start;
        for (let step = 0; step < 12; step++) {
          const atMs = nowMs + step * 5 * minuteMs;
          observed = settle({ ...observed, ...raised }, own, atMs, (before, action) => {
            expectSafe(before, action);
            if (action.kind === "create") made++;
          });
          for (const { route } of observed.routeTables) {
            if (route?.kind !== "nat") continue;
            expect(observed.natGateways.find((it) => it.natGatewayId === route.natGatewayId)?.state).toBe("available");
          }
          observed = later(observed, luck.next().value);
        }
        // At 0, 1, 3, 7, 15, 30 and 45 minutes.
        expect(made).toBeLessThanOrEqual(7);
      }),
      wide,
    );
  });
});

const plainRoute = { kind: "internet", gatewayId: "igw-1" } as Observed["routeTables"][number]["route"];
