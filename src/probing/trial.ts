/**
 * What follows from enough evidence that a target treats an address worse. Pure.
 *
 * ```
 * the difference                          | a trial at this target                               | step
 * --------------------------------------- | ---------------------------------------------------- | ----------
 * signed: the answer says that it refuses | -                                                    | blocked
 * unsigned, of a suspect                  | -                                                    | blocked
 * unsigned, in a place that kept one      | -                                                    | same-place
 * unsigned                                | of another address here, within a day: it is cleared | same-place
 * unsigned                                | the same, without a result after an hour             | same-place
 * unsigned                                | any other, within the hour                           | wait
 * unsigned                                | none                                                 | trial
 * ```
 *
 * A trial is a cross-over: the address becomes a suspect, relocation puts a clean spare in its place, and the suspect goes
 * to the scout next. If the scout is refused as well, the difference follows the address, which stays blocked. If the
 * scout is accepted, the address is clean again; and if its successor is treated worse in the same place, the difference
 * stays with that place: it is the zone's path or the partner's backend, which no other address cures. Where the first
 * address was refused on the scout as well, the place is not to blame, and the successor gets a trial of its own.
 */
import type { Verdict } from "./answer.ts";

export type Step = "blocked" | "trial" | "same-place" | "wait";

export interface Trial {
  readonly publicIp: string;
  /** Not known of a trial that an earlier execution environment began: its tag does not name the target. */
  readonly target: string | undefined;
  /** The vantages that the address left from, then and now. */
  readonly vantages: readonly string[];
  readonly atMs: number;
  /** Whether the difference followed the address to the scout; undefined as long as nobody knows. */
  readonly followed?: boolean;
}

/** A difference that stayed in its place when the address changed. */
export interface Place {
  readonly target: string;
  readonly vantages: readonly string[];
  readonly atMs: number;
}

export interface Against {
  readonly publicIp: string;
  readonly target: string;
  readonly vantages: readonly string[];
  readonly isSigned: boolean;
  readonly isSuspect: boolean;
}

const trialMs = 3_600_000;
/** After this a place may be at fault no longer. */
const placeMs = 24 * trialMs;

/** Refusals that no firewall has signed: the status alone, or an answer that cannot be read. */
const unsigned: readonly string[] = [
  "http-403",
  "refusal-without-text",
  "status-outside-the-standard",
  "status-above-599",
  "http-451",
];

/** Returns whether an answer says by itself that it is a block; any other difference may have many causes. */
export function isSigned({ kind, rule }: Verdict): boolean {
  return kind === "blocked" && !unsigned.includes(rule);
}

/** Returns the step, by the table above. */
export function stepFor(against: Against, trials: readonly Trial[], places: readonly Place[], nowMs: number): Step {
  if (against.isSigned || against.isSuspect) return "blocked";
  const isHere = ({ vantages }: { readonly vantages: readonly string[] }) =>
    vantages.some((vantage) => against.vantages.includes(vantage));
  const isThere = (it: Place | Trial) => it.target === against.target && nowMs - it.atMs < placeMs && isHere(it);
  if (places.some(isThere)) return "same-place";
  const here = trials.filter((it) => (it.target ?? against.target) === against.target);
  const isOver = (it: Trial) => it.followed === false || (it.followed === undefined && nowMs - it.atMs >= trialMs);
  const kept = here.some((it) => it.publicIp !== against.publicIp && isThere(it) && isOver(it));
  if (kept) return "same-place";
  return here.some((it) => nowMs - it.atMs < trialMs) ? "wait" : "trial";
}
