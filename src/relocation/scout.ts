/**
 * Which of the pool's waiting addresses is tried out on the scout. Pure. Looked at only when relocation has nothing to do
 * and nothing to wait for, and in sweeps alone.
 *
 *  #  the scout's interface                another address waits          budget     action
 * 12  none, or it shows a foreign address  -                              -          none
 * 13  without address                      due, or a clean spare          see below  associate the one that is longest due
 * 14  an address whose time is over        due, or a clean spare for      see below  take it off, then row 13
 *                                          a suspect
 * 15  an address that is being tried       -                              -          none: the canary's rounds decide
 * 16  an address that has been tried       neither                        -          none: it rests there, and is asked on
 * 17  any                                  -                              spent      none
 *
 * A clean spare on the scout is the comparison: only where another of the pool's addresses is let in can a block be
 * distinguished from a partner that refuses every request. For that alone, rather than for a trial, half of the budget
 * may be spent.
 *
 * No trial is urgent, and each costs budget: an address that AWS refused waits a quarter of an hour more than healing
 * does.
 *
 * The address on the scout's interface stays what it was, a spare or a suspect: relocation takes a spare from there as it
 * takes any other, with one explicit reassociation.
 */
import type { AssociationId } from "../aws/identifiers.ts";
import type { Action } from "./actions.ts";
import type { Address, NetworkInterface, Observed } from "./model.ts";
import { recentRefusals, refusalOf } from "./refusals.ts";
import { counted, monthOf } from "./scout-verification.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** A spare is tried once a day. */
const spareMs = dayMs;
/** A suspect after 1, 2, 4 … hours, and at least once a week; at once, when its mark waits for a trial. */
const suspectMs = hourMs;
const longestMs = 7 * dayMs;
/** After this without a verdict (no answer, or no canary) the scout is free for the next. */
export const trialMs = 15 * 60_000;
/** A spare without a verdict is tried again after this. */
const againMs = 6 * hourMs;

/**
 * The next step, if there is one.
 * @param monthlyAssociations how many the pool may spend on this in a month (UTC)
 */
export function scouting(observed: Observed, monthlyAssociations: number, nowMs: number): Action | undefined {
  const { addresses } = observed;
  const scout = scoutOf(observed);
  const spent = spentOf(addresses, nowMs);
  if (!scout || spent >= monthlyAssociations) return undefined;
  const current = addresses.find((it) => it.networkInterfaceId === scout.networkInterfaceId);
  if (!current && scout.shownAllocationId !== undefined) return undefined;
  const { networkInterfaceId, attachment } = scout;
  const refusals = recentRefusals(observed.refusals, nowMs);
  const free = addresses
    .filter((it) => it.networkInterfaceId === undefined && !refusalOf(refusals, it.allocationId, networkInterfaceId))
    .sort(longestDueFirst);
  const lacksComparison = (!current || current.blocked) && spent < monthlyAssociations / 2;
  const next =
    free.find((it) => dueMs(it) <= nowMs) ?? (lacksComparison ? free.find(({ blocked }) => !blocked) : undefined);
  if (!next) return undefined;
  const at = { networkInterfaceId, subnetId: attachment.subnetId };
  if (!current) {
    // The subnet that it served last stays noted, so that it comes back there.
    const subnetId = next.use?.subnetId ?? attachment.subnetId;
    const tally = counted(next.tally, nowMs);
    return { kind: "scout", row: 13, ...at, subnetId, allocationId: next.allocationId, tally };
  }
  if (!isTried(current, nowMs) || !current.associationId) return undefined;
  const associationId: AssociationId = current.associationId;
  return { kind: "disassociate", row: 14, ...at, allocationId: current.allocationId, associationId };
}

function longestDueFirst(a: Address, b: Address): number {
  return dueMs(a) - dueMs(b) || (a.allocationId < b.allocationId ? -1 : 1);
}

/** The interface of the scout's probe: the one with an address of the pool, else the first in use. */
function scoutOf({ scout, addresses }: Observed): NetworkInterface | undefined {
  const usable = scout
    .filter(({ inUse }) => inUse)
    .sort((a, b) => (a.networkInterfaceId < b.networkInterfaceId ? -1 : 1));
  const held = new Set(addresses.map((it) => it.networkInterfaceId));
  return usable.find((it) => held.has(it.networkInterfaceId)) ?? usable[0];
}

/** Associations with the scout in this month, as the addresses' tags count them. */
export function spentOf(addresses: readonly Address[], nowMs: number): number {
  const month = monthOf(nowMs);
  return addresses.reduce((sum, { tally }) => sum + (tally?.month === month ? tally.count : 0), 0);
}

/** Whether the address on the scout has its verdict, or has had its time. */
function isTried({ use, verified }: Address, nowMs: number): boolean {
  const sinceMs = use?.state === "scouting" ? use.sinceMs : 0;
  return (verified?.atMs ?? 0) > sinceMs || nowMs >= sinceMs + trialMs;
}

/** From when on an address should be tried (again). One that has served until lately was watched while it did. */
export function dueMs({ blocked, use, verified }: Pick<Address, "blocked" | "use" | "verified">): number {
  const triedMs = use?.state === "scouting" ? use.sinceMs : 0;
  const verifiedMs = verified?.atMs ?? 0;
  if (blocked) {
    if (verified?.tries === 0 && triedMs < verifiedMs) return verifiedMs;
    const wait = Math.min(longestMs, suspectMs * 2 ** Math.max(0, (verified?.tries ?? 0) - 1));
    return after(Math.max(verifiedMs, triedMs), wait);
  }
  const servedMs = use && use.state !== "scouting" ? use.sinceMs : 0;
  return Math.max(after(Math.max(verifiedMs, servedMs), spareMs), after(triedMs, againMs));
}

/** Never seen before means at once. */
function after(timeMs: number, wait: number): number {
  return timeMs === 0 ? 0 : timeMs + wait;
}
