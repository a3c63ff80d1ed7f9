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
 * 10  of a failed update         any                      -                 as rows 2 and 5; report
 * 11  several of one attachment  some without             as 2-4            each in-use interface needs an address
 *
 * An interface that Lambda is still making is arriving too, whatever its members' state; in row 8 it is waited for until it
 * is in use.
 *
 * What only gives (rows 2, 5, 7) always goes on. What takes (rows 3, 9) takes from an interface that Lambda has detached at
 * once, and from one in use only when all members were asked, their published versions too, and none uses it. While an
 * update of a running version is in progress, or its last one has failed for a reason of the network, Lambda does not say
 * which interface serves it, and nothing is taken from one in use. An update that takes longer than updates do holds up
 * row 9 alone. When nothing else is left, row 3 takes the address of an interface whose versions cannot be called
 * (being created or woken, or their creation failed), and at last of one that only published versions use, which are
 * invoked by their number; it first waits for a better address whose refusal is over within seconds.
 *
 * What AWS refused rests, and the next address is tried. While the operator has paused the pool, no row has an action. What waits on
 * the scout's interface is a spare or a suspect like what waits nowhere; which address waits there, when no row has an action, say
 * rows 12 to 17 (./scout.ts).
 */
import type { AssociationId, NetworkInterfaceId } from "../aws/identifiers.ts";
import type { Action, Plan } from "./actions.ts";
import { addressStates } from "./address-states.ts";
import { drainTimeMs, longestCall } from "./drain-time.ts";
import { addressesLost, conflicts, displaced, memberFindings, refused } from "./findings.ts";
import type { Address, LiveVersion, Observed, Policy, Refusal } from "./model.ts";
import { activeRefusals } from "./refusals.ts";
import { scouting } from "./scout.ts";
import {
  inMaking,
  inOrder,
  isBlocked,
  isDetached,
  isLeaving,
  isOccupied,
  isPublished,
  isResumed,
  type Leaving,
  needing,
  type Slot,
  slotsOf,
} from "./slots.ts";
import { type Assignment, assign, assignInTurn } from "./supply.ts";
import { isOverdue, isUncertain, isUpdating } from "./updates.ts";
import { interfaceWaits, refusalWaits, updateWaits } from "./waits.ts";

/** Plans one pool. Total: any observation gives a plan. Cost grows linearly with the interfaces. */
export function plan(observed: Observed, policy: Policy, nowMs: number): Plan {
  const { slots, strays } = slotsOf(observed);
  const active = activeRefusals(observed.refusals, nowMs);
  const refusals = active.filter(({ untilInUse }) => !untilInUse);
  const stateOf = addressStates(observed);
  const spares = observed.addresses.filter((it) => stateOf(it) === "spare");

  const serving = assign(needing(slots, "serving"), spares, refusals);
  const { moves, needy, drains, needsProof } = takes(observed, slots, serving, refusals, policy, nowMs);
  const arriving = assign(needing(slots, "arriving"), serving.left, refusals);
  const swaps = assign(inOrder(slots, isBlocked), arriving.left, refusals);
  const early = assign(inMaking(slots), swaps.left, active);
  const swapped = new Set(swaps.pairs.map(([slot]) => slot));
  const moved = new Set(moves.map(({ allocationId }) => allocationId));

  const unserved = [...needy, ...arriving.unserved, ...swaps.unserved];
  const refusedFindings = refused(refusals, observed, unserved);
  const isRefused = new Set(refusedFindings.map(({ networkInterfaceId }) => networkInterfaceId));
  const withoutSupply = (slot: Slot) => !isRefused.has(slot.networkInterface.networkInterfaceId);

  const actions: Action[] = [
    ...serving.pairs.map(([slot, address]) => associate(2, slot, address)),
    ...moves,
    ...arriving.pairs.map(([slot, address]) => associate(7, slot, address)),
    ...swaps.pairs.map(([slot, address]) => swap(slot, address)),
    ...early.pairs.map(([slot, address]) => ({ ...associate(7, slot, address), inMaking: true }) as const),
    ...inOrder(slots, isResumed)
      .filter((slot) => !swapped.has(slot) && !moved.has(slot.address.allocationId))
      .map(resume),
    ...drains.flatMap((it) => it.action ?? []),
  ];
  const short = needy.filter(withoutSupply);
  const curable = curableByWaiting(observed, slots, nowMs);
  const planned: Plan = {
    actions: actions.slice(0, policy.maxActions),
    findings: [
      ...short.slice(curable).map((slot) => ({ kind: "shortage", row: 4, ...interfaceOf(slot) }) as const),
      ...swaps.unserved
        .filter(withoutSupply)
        .map((slot) => ({ kind: "blocked", row: 5, ...interfaceOf(slot) }) as const),
      ...refusedFindings,
      ...conflicts(slots, observed),
      ...addressesLost(observed),
      ...displaced(strays),
      ...memberFindings(observed, policy, nowMs),
    ],
    waits: [
      ...updateWaits(observed, arriving.unserved.length + Math.min(short.length, curable) > 0, nowMs),
      ...interfaceWaits(observed, slots, policy, nowMs),
      ...(needsProof ? [{ kind: "proof" } as const] : []),
      ...refusalWaits(refusals, unserved, nowMs),
      ...drains.flatMap((it) => it.wait ?? []),
    ],
  };
  if (observed.paused) return paused(planned);
  if (planned.actions.length + planned.waits.length > 0) return planned;
  const trial = scouting(observed, policy.monthlyVerifications, nowMs);
  return trial ? { ...planned, actions: [trial] } : planned;
}

/** What would be taken from where, for the slots that no spare was left for. */
interface Takes {
  readonly moves: readonly Action[];
  /** Slots for which there was nothing to take either. */
  readonly needy: readonly Slot[];
  readonly drains: readonly Drain[];
  /** Whether more could be taken if the members were asked. */
  readonly needsProof: boolean;
}

/**
 * Rows 3 and 9: from detached interfaces first, then from those that no version uses, then from those of versions that
 * cannot be called yet or whose creation failed, at last from those of published versions.
 */
function takes(
  observed: Observed,
  slots: readonly Slot[],
  { unserved: inNeed, left: spares }: Assignment,
  refusals: readonly Refusal[],
  policy: Policy,
  nowMs: number,
): Takes {
  const versions = observed.members.flatMap((member) => member.liveVersions);
  const isHeld = versions.some((it) => isUncertain(it) || isUpdating(it, nowMs));
  const isProven = observed.published !== undefined;
  const leaving = inOrder(slots, isLeaving);
  const inUse = leaving.filter((slot) => !isDetached(slot));
  const drainMs = drainTimeMs(observed, policy);
  const openCallSeconds = longestCall(observed)?.timeoutSeconds;
  const detached = leaving.filter(isDetached);
  const called = new Set(versions.filter((it) => !it.servesNothing).flatMap(keysOf));
  const uncalled = inOrder(slots, isOccupied).filter(
    ({ networkInterface }) => !called.has(networkInterface.attachment.key),
  );
  const isCutOff = ({ networkInterface }: Slot) => observed.published?.has(networkInterface.attachment.key) === true;
  const fromPublished = [...inOrder(slots, isPublished), ...uncalled.filter(isCutOff)];
  const fromUncalled = uncalled.filter((slot) => !isCutOff(slot));

  const mayTake = isProven && !isHeld;
  const supplies = {
    spares,
    leaving: [detached, ...(mayTake ? [inUse, fromUncalled] : [])],
    published: mayTake ? fromPublished : [],
  };
  const assigned = assignInTurn(inNeed, supplies, refusals, nowMs);
  const moved = new Set(assigned.pairs.map(([, address]) => address));
  const mayDrain = !versions.some((it) => isOverdue(it, nowMs) && !it.servesNothing);
  const drains = [...detached, ...(isHeld || !mayDrain ? [] : inUse)]
    .filter(({ address }) => !moved.has(address))
    .map((slot) => ({ slot, ...drain(slot, drainMs, nowMs) }));
  const isProvenFor = ({ slot, action }: Drain) => !action || isDetached(slot) || isProven;
  const isMoveUnproven =
    !isProven && assigned.unserved.length > 0 && [...inUse, ...uncalled].some(({ address }) => !address.blocked);
  return {
    moves: assigned.pairs.map(([slot, address]) => {
      const cutsOff = cutOffBy(observed, fromPublished, address);
      const isOpen = inUse.some((it) => it.address === address);
      return move(slot, address, {
        ...(cutsOff && { cutsOff }),
        ...(isOpen && openCallSeconds !== undefined && { openCallSeconds }),
      });
    }),
    needy: assigned.unserved,
    drains: drains.filter(isProvenFor),
    needsProof: !isHeld && (isMoveUnproven || !drains.every(isProvenFor)),
  };
}

function keysOf({ attachments }: LiveVersion): string[] {
  return attachments.map(({ key }) => key);
}

/** Versions that lose their address when it is taken. */
function cutOffBy({ published }: Observed, from: readonly Leaving[], address: Address): readonly string[] | undefined {
  const slot = from.find((it) => it.address === address);
  return slot && published?.get(slot.networkInterface.attachment.key);
}

/** How many slots in need an update's end can still serve, by an address that is held until then. */
function curableByWaiting(observed: Observed, slots: readonly Slot[], nowMs: number): number {
  const versions = observed.members.flatMap((member) => member.liveVersions);
  if (versions.some(isUncertain) || !versions.some((it) => isUpdating(it, nowMs))) return 0;
  return slots.filter((slot) => isLeaving(slot) && !isDetached(slot) && !slot.address.blocked).length;
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

function associate(row: 2 | 7, slot: Slot, address: Address) {
  return { kind: "associate", row, ...target(slot), ...supplied(address) } as const;
}

function move(
  slot: Slot,
  { allocationId, networkInterfaceId }: Address,
  costs: Pick<Extract<Action, { kind: "move" }>, "cutsOff" | "openCallSeconds">,
): Action {
  const from = networkInterfaceId as NetworkInterfaceId;
  return { kind: "move", row: 3, ...target(slot), allocationId, from, ...costs };
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

interface Drain {
  readonly slot: Leaving;
  readonly action?: Action;
  readonly wait?: Plan["waits"][number];
}

/** Row 9 in its three steps: note when the drain began, wait, disassociate. */
function drain(slot: Leaving, drainMs: number, nowMs: number): Pick<Drain, "action" | "wait"> {
  const { allocationId, associationId, use } = slot.address;
  if (use?.state !== "draining") {
    return { action: { kind: "note", row: 9, ...target(slot), allocationId, state: "draining" } };
  }
  const untilMs = use.sinceMs + drainMs;
  if (nowMs < untilMs || !associationId) return { wait: { kind: "drain", allocationId, untilMs } };
  return { action: { kind: "disassociate", row: 9, ...target(slot), allocationId, associationId } };
}
