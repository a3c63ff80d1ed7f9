/**
 * Relocation's decision: what to do about the difference between the addresses that a pool has and those it needs.
 * Pure: the same observation, policy and time always give the same plan.
 *
 *  #  interface                  has                      supply            action
 *  1  serving                    a healthy pool address   -                 none
 *  2  serving                    no address               clean spare       associate the spare
 *  3  serving                    no address               leaving address   move it
 *  4  serving                    no address               nothing           report `shortage`
 *  5  serving                    a blocked pool address   clean spare       swap; the blocked one becomes suspect
 *  6  serving                    a foreign address        -                 report `conflict`, touch nothing
 *  7  arriving                   no address               clean spare       associate it now (make before break)
 *  8  arriving                   no address               no spare          wait until the update succeeds, then as 3
 *  9  leaving                    a pool address           nobody needs it   after the drain time disassociate
 * 10  of a failed update         any                      -                 leave as it is, report
 * 11  several of one attachment  some without             as 2-4            each in-use interface needs an address
 *
 * During an update Lambda does not say which attachment still serves. So nothing is taken from an interface, and
 * none counts as leaving, until every version is settled; what only gives (rows 2, 5, 7) goes on. While the operator
 * has paused the pool, no row acts. What waits on the scout's interface is a spare or a suspect like what waits
 * nowhere; which address waits there, when no row acts, say rows 12 to 17 (./scout.ts).
 */
import type { AssociationId, NetworkInterfaceId } from "../aws/identifiers.ts";
import type { Action, Plan } from "./actions.ts";
import { addressStates } from "./address-states.ts";
import { conflicts, displaced, memberFindings } from "./findings.ts";
import type { Address, Observed, Policy } from "./model.ts";
import { scouting } from "./scout.ts";
import { inOrder, isBlocked, isLeaving, isResumed, type Leaving, needing, type Slot, slotsOf } from "./slots.ts";
import { assign } from "./supply.ts";
import { interfaceWaits, updateWaits } from "./waits.ts";

/** Plans one pool. Total: any observation gives a plan. Cost grows linearly with the interfaces. */
export function plan(observed: Observed, policy: Policy, nowMs: number): Plan {
  const { slots, strays } = slotsOf(observed);
  const versions = observed.members.flatMap((member) => member.liveVersions);
  const failed = versions.some(({ status }) => status === "failed");
  const changing = versions.some(({ status }) => status === "changing");
  const settled = !failed && !changing;

  const stateOf = addressStates(observed);
  const spares = observed.addresses.filter((it) => stateOf(it) === "spare");
  const leaving = inOrder(slots, isLeaving);
  const movable = leaving.map(({ address }) => address).filter(({ blocked }) => !blocked);

  const serving = assign(needing(slots, "serving"), spares);
  const moves = assign(serving.unserved, settled ? movable : []);
  const arriving = assign(needing(slots, "arriving"), serving.left);
  const swaps = assign(inOrder(slots, isBlocked), arriving.left);
  const moved = new Set(moves.pairs.map(([, address]) => address));
  const swapped = new Set(swaps.pairs.map(([slot]) => slot));
  const drains = settled ? leaving.filter(({ address }) => !moved.has(address)) : [];
  const short = changing && !failed ? moves.unserved.slice(movable.length) : moves.unserved;

  const actions: Action[] = [
    ...serving.pairs.map(([slot, address]) => associate(2, slot, address)),
    ...moves.pairs.map(([slot, address]) => move(slot, address)),
    ...arriving.pairs.map(([slot, address]) => associate(7, slot, address)),
    ...swaps.pairs.map(([slot, address]) => swap(slot, address)),
    ...inOrder(slots, isResumed)
      .filter((slot) => !swapped.has(slot))
      .map(resume),
    ...drains.flatMap((slot) => drain(slot, policy, nowMs).action ?? []),
  ];
  const planned: Plan = {
    actions: actions.slice(0, policy.maxActions),
    findings: [
      ...short.map((slot) => ({ kind: "shortage", row: 4, ...interfaceOf(slot) }) as const),
      ...swaps.unserved.map((slot) => ({ kind: "blocked", row: 5, ...interfaceOf(slot) }) as const),
      ...conflicts(slots),
      ...displaced(strays),
      ...memberFindings(observed, policy),
    ],
    waits: [
      ...updateWaits(observed, arriving.unserved.length + moves.unserved.length > short.length),
      ...interfaceWaits(observed, slots, policy),
      ...drains.flatMap((slot) => drain(slot, policy, nowMs).wait ?? []),
    ],
  };
  if (observed.paused) return paused(planned);
  if (planned.actions.length + planned.waits.length > 0) return planned;
  const trial = scouting(observed, policy.monthlyVerifications, nowMs);
  return trial ? { ...planned, actions: [trial] } : planned;
}

/** Nothing is done and nothing is waited for; the findings are reported all the same. */
function paused({ findings }: Plan): Plan {
  return { actions: [], findings: [{ kind: "paused" }, ...findings], waits: [] };
}

function interfaceOf(slot: Slot) {
  return { networkInterfaceId: slot.networkInterface.networkInterfaceId };
}

function target(slot: Slot) {
  return { ...interfaceOf(slot), subnetId: slot.networkInterface.attachment.subnetId };
}

/** A spare is free, or it waits on the scout's interface. */
function supplied({ allocationId, networkInterfaceId: from }: Address) {
  return { allocationId, ...(from && { from }) };
}

function associate(row: 2 | 7, slot: Slot, address: Address): Action {
  return { kind: "associate", row, ...target(slot), ...supplied(address) };
}

function move(slot: Slot, address: Address): Action {
  const from = address.networkInterfaceId as NetworkInterfaceId;
  return { kind: "move", row: 3, ...target(slot), allocationId: address.allocationId, from };
}

function swap(slot: Slot, address: Address): Action {
  const blocked = slot.address as Address;
  return {
    kind: "swap",
    row: 5,
    ...target(slot),
    ...supplied(address),
    replaces: blocked.allocationId,
    replacesAssociation: blocked.associationId as AssociationId,
  };
}

/** An interface that serves again before its drain ended: say so, or the next drain would start with the old time. */
function resume(slot: Leaving): Action {
  return { kind: "note", row: 1, ...target(slot), allocationId: slot.address.allocationId, state: "serving" };
}

/** Row 9 in its three steps: note when the drain began, wait, disassociate. */
function drain(slot: Leaving, policy: Policy, nowMs: number): { action?: Action; wait?: Plan["waits"][number] } {
  const { allocationId, associationId, use } = slot.address;
  if (use?.state !== "draining") {
    return { action: { kind: "note", row: 9, ...target(slot), allocationId, state: "draining" } };
  }
  const untilMs = use.sinceMs + policy.drainMs;
  if (nowMs < untilMs || !associationId) return { wait: { kind: "drain", allocationId, untilMs } };
  return { action: { kind: "disassociate", row: 9, ...target(slot), allocationId, associationId } };
}
