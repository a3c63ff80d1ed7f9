import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Action } from "../../src/relocation/actions.ts";
import { addressStates } from "../../src/relocation/address-states.ts";
import type { NetworkInterface, Observed } from "../../src/relocation/model.ts";
import { plan } from "../../src/relocation/plan.ts";

import { nowMs, policy, world } from "./build.ts";
import { anyWorlds, applied, consistentWorlds, shuffled } from "./worlds.ts";

const uncapped = { ...policy, maxActions: Number.POSITIVE_INFINITY };
/** The same worlds in every run; other seeds explore others. */
const runs = { numRuns: 500, seed: Number(process.env["HOLDFAST_SEED"] ?? 1) };

/** Written apart from the planner: whether some live version of a status uses the interface now. */
function isUsed(observed: Observed, it: NetworkInterface | undefined, statuses: readonly string[]): boolean {
  return observed.members
    .flatMap(({ liveVersions }) => liveVersions)
    .filter(({ status }) => statuses.includes(status))
    .some(({ attachments }) => attachments.some((one) => it?.inUse && one.key === it.attachment.key));
}

function interfaceOf(observed: Observed, id: string | undefined): NetworkInterface | undefined {
  return observed.interfaces.find((it) => it.networkInterfaceId === id);
}

/** Interfaces in use by settled versions, without any address, ours or foreign. */
function naked(observed: Observed): string[] {
  return observed.interfaces
    .filter((it) => it.shownAllocationId === undefined && isUsed(observed, it, ["settled", "idle"]))
    .map((it) => it.networkInterfaceId);
}

function isSettled({ members }: Observed): boolean {
  return members.every(({ liveVersions }) => liveVersions.every(({ status }) => ["settled", "idle"].includes(status)));
}

const live = ["settled", "idle", "changing", "failed"];
const settledWorlds = consistentWorlds(fc.constantFrom("settled", "idle"));

/** Plans and applies until nothing is left to do now; fails when that takes more steps than there is work. */
function converge(start: Observed, atMs: number, maxActions: number): Observed {
  let observed = start;
  const bound = 2 + Math.ceil((start.interfaces.length + 2 * start.addresses.length) / maxActions) * 2;
  for (let step = 0; step < bound; step++) {
    const { actions } = plan(observed, { ...policy, maxActions }, atMs);
    if (actions.length === 0) return observed;
    observed = actions.reduce((before, action) => applied(before, action, atMs), observed);
  }
  throw new Error(`still at work after ${bound} steps`);
}

describe("plan, for any world", () => {
  it("does nothing where nothing is amiss", () => {
    fc.assert(
      fc.property(consistentWorlds(fc.constantFrom("settled")), (any) => {
        const healthy = any.addresses
          .filter(({ networkInterfaceId: id }) => id === undefined || isUsed(any, interfaceOf(any, id), live))
          .map((it) => ({ ...it, blocked: it.blocked && !it.networkInterfaceId, use: undefined }));
        const held = new Set(healthy.map((it) => it.networkInterfaceId));
        const interfaces = any.interfaces.filter((it) => held.has(it.networkInterfaceId));
        expect(plan({ ...any, interfaces, addresses: healthy, members: any.members }, policy, nowMs).actions).toEqual(
          [],
        );
      }),
      runs,
    );
  });

  it("comes to rest, and by then every interface that serves has an address or is reported", () => {
    fc.assert(
      fc.property(consistentWorlds(), fc.integer({ min: 1, max: 20 }), (start, maxActions) => {
        const rest = converge(start, nowMs, maxActions);
        const { actions, findings, waits } = plan(rest, policy, nowMs);
        expect(actions).toEqual([]);
        const reported = findings.flatMap((it) => (it.kind === "shortage" ? [it.networkInterfaceId] : []));
        const urgent = waits.some((it) => it.kind === "update" && it.urgent);
        expect(naked(rest).filter((id) => !reported.includes(id as never) && !urgent)).toEqual([]);
      }),
      runs,
    );
  });

  it("gives back every address that nobody uses, in two drain times at most", () => {
    fc.assert(
      fc.property(settledWorlds, (start) => {
        const first = converge(start, nowMs, 20);
        const second = converge(first, nowMs + policy.drainMs, 20);
        const third = converge(second, nowMs + 2 * policy.drainMs, 20);
        const stuck = third.addresses.filter(({ networkInterfaceId: id }) => {
          const it = interfaceOf(third, id);
          return it !== undefined && !isUsed(third, it, live);
        });
        expect(stuck).toEqual([]);
        const spares = third.addresses.filter((it) => addressStates(third)(it) === "spare");
        if (spares.length > 0) expect(naked(third)).toEqual([]);
      }),
      runs,
    );
  });

  it("does not depend on the order of anything", () => {
    const worlds = anyWorlds().chain((one) => fc.tuple(fc.constant(one), shuffled(one)));
    const texts = (items: readonly object[]) => items.map((it) => JSON.stringify(it)).sort();
    const waits = (observed: Observed) => texts(plan(observed, policy, nowMs).waits);
    fc.assert(
      fc.property(worlds, ([one, other]) => {
        expect(plan(other, policy, nowMs).actions).toEqual(plan(one, policy, nowMs).actions);
        expect(texts(plan(other, policy, nowMs).findings)).toEqual(texts(plan(one, policy, nowMs).findings));
        expect(waits(other)).toEqual(waits(one));
      }),
      runs,
    );
  });

  it("touches nothing but the pool's interfaces and addresses, and no interface that shows a foreign address", () => {
    fc.assert(
      fc.property(anyWorlds(), (observed) => {
        const own = new Set<string>(observed.addresses.map((it) => it.allocationId));
        for (const action of plan(observed, uncapped, nowMs).actions) {
          for (const id of touchedInterfaces(action)) {
            const shown = interfaceOf(observed, id);
            expect(shown).toBeDefined();
            const claimed = observed.addresses.some((it) => it.networkInterfaceId === id);
            const foreign =
              shown?.shownAllocationId === "unknown" ? !claimed : !own.has(shown?.shownAllocationId ?? "");
            expect(shown?.shownAllocationId !== undefined && foreign).toBe(false);
          }
          for (const id of touchedAddresses(action)) expect(own).toContain(id);
        }
      }),
      runs,
    );
  });

  it("takes an address only from where it is, and associates only what is free", () => {
    fc.assert(
      fc.property(anyWorlds(), (observed) => {
        const find = (id: string) => observed.addresses.find((it) => it.allocationId === id);
        for (const action of plan(observed, uncapped, nowMs).actions) {
          const own = find(action.allocationId);
          if (action.kind === "associate" || action.kind === "swap") {
            const isScouts = observed.scout.some((it) => it.networkInterfaceId === action.from);
            expect(action.from === undefined || isScouts).toBe(true);
            expect(own).toMatchObject({ networkInterfaceId: action.from, blocked: false });
          }
          if (action.kind === "move") expect(own).toMatchObject({ networkInterfaceId: action.from, blocked: false });
          if (action.kind === "note") expect(own?.networkInterfaceId).toBe(action.networkInterfaceId);
          if (action.kind === "disassociate") {
            const { networkInterfaceId, associationId } = action;
            expect(own).toMatchObject({ networkInterfaceId, associationId });
          }
          if (action.kind === "swap") {
            const { networkInterfaceId, replacesAssociation: associationId } = action;
            expect(find(action.replaces)).toMatchObject({ networkInterfaceId, associationId, blocked: true });
          }
        }
      }),
      runs,
    );
  });

  it("tries nothing that AWS refused lately", () => {
    fc.assert(
      fc.property(anyWorlds(), (observed) => {
        for (const { kind, allocationId, networkInterfaceId } of plan(observed, uncapped, nowMs).actions) {
          if (kind === "note" || kind === "disassociate") continue;
          for (const refused of observed.refusals.filter(({ untilMs }) => untilMs > nowMs)) {
            const isSame =
              (refused.allocationId ?? allocationId) === allocationId &&
              (refused.networkInterfaceId ?? networkInterfaceId) === networkInterfaceId;
            expect(isSame).toBe(false);
          }
        }
      }),
      runs,
    );
  });

  it("does at most one thing to an address and to an interface", () => {
    fc.assert(
      fc.property(anyWorlds(), (observed) => {
        const { actions } = plan(observed, uncapped, nowMs);
        const interfaces = actions.flatMap(touchedInterfaces);
        const addresses = actions.flatMap(touchedAddresses);
        expect(new Set(interfaces).size).toBe(interfaces.length);
        expect(new Set(addresses).size).toBe(addresses.length);
      }),
      runs,
    );
  });

  it("takes an address from an interface in use only when all were asked, every version is settled and none uses it", () => {
    fc.assert(
      fc.property(anyWorlds(), (observed) => {
        for (const action of plan(observed, uncapped, nowMs).actions) {
          const from = action.kind === "move" ? action.from : action.networkInterfaceId;
          if (action.kind !== "move" && action.kind !== "disassociate") continue;
          const it = interfaceOf(observed, from);
          expect(isUsed(observed, it, live)).toBe(false);
          if (!it?.inUse) continue;
          expect(isSettled(observed)).toBe(true);
          expect(observed.published).toBeDefined();
          const cutOff = observed.published?.get(it.attachment.key);
          expect(action.kind === "move" ? action.cutsOff : undefined).toEqual(cutOff);
        }
      }),
      runs,
    );
  });

  it("gives addresses only to interfaces that a live version uses", () => {
    fc.assert(
      fc.property(anyWorlds(), (observed) => {
        for (const { kind, row, networkInterfaceId } of plan(observed, uncapped, nowMs).actions) {
          if (kind === "note" || kind === "disassociate") continue;
          const statuses = row === 7 ? ["changing"] : ["settled", "idle", "failed"];
          expect(isUsed(observed, interfaceOf(observed, networkInterfaceId), statuses)).toBe(true);
        }
      }),
      runs,
    );
  });

  it("keeps to the cap, and serves what serves before what arrives, and that before what is blocked", () => {
    const rank = [2, 3, 7, 5, 1, 9];
    fc.assert(
      fc.property(consistentWorlds(), fc.nat(12), (observed, maxActions) => {
        const all = plan(observed, uncapped, nowMs).actions;
        expect(plan(observed, { ...policy, maxActions }, nowMs).actions).toEqual(all.slice(0, maxActions));
        const ranks = all.map(({ row }) => rank.indexOf(row));
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
        const served = new Set<string>(all.map(({ networkInterfaceId }) => networkInterfaceId));
        const unserved = naked(observed).filter((id) => !served.has(id));
        if (unserved.length > 0) expect(all.filter(({ row }) => row === 7 || row === 5)).toEqual([]);
      }),
      runs,
    );
  });

  it("lets nothing but the passing of time change a plan of waits", () => {
    fc.assert(
      fc.property(settledWorlds, (start) => {
        const rest = converge(start, nowMs, 20);
        const untilMs = plan(rest, policy, nowMs).waits.flatMap((it) => (it.kind === "drain" ? [it.untilMs] : []));
        const soonestMs = Math.min(...untilMs, nowMs + policy.drainMs);
        expect(plan(rest, policy, soonestMs - 1).actions).toEqual([]);
        if (untilMs.length > 0) expect(plan(rest, policy, soonestMs).actions.length).toBeGreaterThan(0);
      }),
      runs,
    );
  });

  it("says the same twice, of the same world", () => {
    fc.assert(
      fc.property(anyWorlds(), (observed) => {
        const before = structuredClone(observed);
        expect(plan(observed, policy, nowMs)).toEqual(plan(observed, policy, nowMs));
        expect(observed).toEqual(before);
      }),
      runs,
    );
  });

  it("has nothing to say of an empty world", () => {
    expect(plan(world({}), policy, nowMs)).toEqual({ actions: [], findings: [], waits: [] });
  });
});

function touchedInterfaces(action: Action): string[] {
  return action.kind === "move" ? [action.from, action.networkInterfaceId] : [action.networkInterfaceId];
}

function touchedAddresses(action: Action): string[] {
  return action.kind === "swap" ? [action.replaces, action.allocationId] : [action.allocationId];
}
