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
import { conflicts, displaced, memberFindings } from "./findings.ts";
import type { Address, Observed, Policy } from "./model.ts";
import { scouting } from "./scout.ts";
import {
  inOrder,
  isBlocked,
  isLeaving,
  isResumed,
  isWaiting,
  type Leaving,
  needing,
  type Seat,
  seatsOf,
} from "./slots.ts";
import { assign } from "./supply.ts";
import { interfaceWaits, updateWaits } from "./waits.ts";

/** Plans one pool. Total: any observation gives a plan. Cost grows linearly with the interfaces. */
export function plan(observed: Observed, policy: Policy, nowMs: number): Plan {
  const { seats, strays } = seatsOf(observed);
  const versions = observed.members.flatMap((member) => member.liveVersions);
  const failed = versions.some(({ status }) => status === "failed");
  const changing = versions.some(({ status }) => status === "changing");
  const settled = !failed && !changing;

  const waiting = isWaiting(observed);
  const spares = observed.addresses.filter((it) => waiting(it) && !it.blocked);
  const leaving = inOrder(seats, isLeaving);
  const movable = leaving.map(({ address }) => address).filter(({ blocked }) => !blocked);

  const serving = assign(needing(seats, "serving"), spares);
  const moves = assign(serving.unserved, settled ? movable : []);
  const arriving = assign(needing(seats, "arriving"), serving.left);
  const swaps = assign(inOrder(seats, isBlocked), arriving.left);
  const moved = new Set(moves.pairs.map(([, address]) => address));
  const swapped = new Set(swaps.pairs.map(([seat]) => seat));
  const drains = settled ? leaving.filter(({ address }) => !moved.has(address)) : [];
  const short = changing && !failed ? moves.unserved.slice(movable.length) : moves.unserved;

  const actions: Action[] = [
    ...serving.pairs.map(([seat, address]) => associate(2, seat, address)),
    ...moves.pairs.map(([seat, address]) => move(seat, address)),
    ...arriving.pairs.map(([seat, address]) => associate(7, seat, address)),
    ...swaps.pairs.map(([seat, address]) => swap(seat, address)),
    ...inOrder(seats, isResumed)
      .filter((seat) => !swapped.has(seat))
      .map(resume),
    ...drains.flatMap((seat) => drain(seat, policy, nowMs).action ?? []),
  ];
  const planned: Plan = {
    actions: actions.slice(0, policy.maxActions),
    findings: [
      ...short.map((seat) => ({ kind: "shortage", row: 4, ...interfaceOf(seat) }) as const),
      ...swaps.unserved.map((seat) => ({ kind: "blocked", row: 5, ...interfaceOf(seat) }) as const),
      ...conflicts(seats),
      ...displaced(strays),
      ...memberFindings(observed, policy),
    ],
    waits: [
      ...updateWaits(observed, arriving.unserved.length + moves.unserved.length > short.length),
      ...interfaceWaits(observed, seats, policy),
      ...drains.flatMap((seat) => drain(seat, policy, nowMs).wait ?? []),
    ],
  };
  if (observed.paused) return paused(planned);
  if (planned.actions.length + planned.waits.length > 0) return planned;
  const trial = scouting(observed, policy.monthlyVerifications, nowMs);
  return trial ? { ...planned, actions: [trial] } : planned;
}

/** Nothing is done and nothing is waited for; what is amiss is told all the same. */
function paused({ findings }: Plan): Plan {
  return { actions: [], findings: [{ kind: "paused" }, ...findings], waits: [] };
}

function interfaceOf(seat: Seat) {
  return { networkInterfaceId: seat.networkInterface.networkInterfaceId };
}

function target(seat: Seat) {
  return { ...interfaceOf(seat), subnetId: seat.networkInterface.attachment.subnetId };
}

/** A spare is free, or it waits on the scout's interface. */
function supplied({ allocationId, networkInterfaceId: from }: Address) {
  return { allocationId, ...(from && { from }) };
}

function associate(row: 2 | 7, seat: Seat, address: Address): Action {
  return { kind: "associate", row, ...target(seat), ...supplied(address) };
}

function move(seat: Seat, address: Address): Action {
  const from = address.networkInterfaceId as NetworkInterfaceId;
  return { kind: "move", row: 3, ...target(seat), allocationId: address.allocationId, from };
}

function swap(seat: Seat, address: Address): Action {
  const blocked = seat.address as Address;
  return {
    kind: "swap",
    row: 5,
    ...target(seat),
    ...supplied(address),
    replaces: blocked.allocationId,
    replacesAssociation: blocked.associationId as AssociationId,
  };
}

/** An interface that serves again before its drain ended: say so, or the next drain would start with the old time. */
function resume(seat: Leaving): Action {
  return { kind: "note", row: 1, ...target(seat), allocationId: seat.address.allocationId, state: "serving" };
}

/** Row 9 in its three steps: note when the drain began, wait, disassociate. */
function drain(seat: Leaving, policy: Policy, nowMs: number): { action?: Action; wait?: Plan["waits"][number] } {
  const { allocationId, associationId, use } = seat.address;
  if (use?.state !== "draining") {
    return { action: { kind: "note", row: 9, ...target(seat), allocationId, state: "draining" } };
  }
  const untilMs = use.sinceMs + policy.drainMs;
  if (nowMs < untilMs || !associationId) return { wait: { kind: "drain", allocationId, untilMs } };
  return { action: { kind: "disassociate", row: 9, ...target(seat), allocationId, associationId } };
}
