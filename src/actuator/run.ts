/** How a run over one pool goes, whatever the actuator: rounds until nothing is left to do or to wait for. */
import type { Clock } from "../aws/clock.ts";
import { AwsCallError } from "../aws/errors.ts";

/** An outcome with the time at which it was known. */
export type Timed<Outcome> = Outcome & { readonly atMs: number };

/** What the loop reads of a round: observe, plan, apply, verify. */
interface Round {
  readonly outcomes: readonly (
    | { readonly result: "done" | "conflict" | "refused" }
    | { readonly result: "failed"; readonly error: AwsCallError }
  )[];
  /** What AWS accepted and does not show, or shows otherwise than it should be. */
  readonly unverified: readonly unknown[];
}

/** What a run did. `failure` is the call that ended it early. */
export interface Run<ARound> {
  readonly pool: string;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly rounds: readonly ARound[];
  readonly failure: AwsCallError | undefined;
}

/** Rounds that a run may take; each either writes or has waited for a change. */
const maxRounds = 25;
/**
 * Pause after a call that failed for a passing reason, after the SDK's own attempts: longer each time, until the deadline. The
 * next sweep goes on.
 */
const setbackMs = 1000;
const longestSetbackMs = 8000;

/**
 * Runs rounds until one has nothing to go on with, the deadline is over, a write is not seen, or AWS refuses a call.
 * What is left is for the next sweep; a run that was cut short is no error.
 *
 * @param goesOn whether another round is worth while, after waiting if need be
 */
export async function runRounds<ARound extends Round>(
  pool: string,
  clock: Clock,
  deadlineMs: number,
  doRound: () => Promise<ARound>,
  goesOn: (round: ARound) => Promise<boolean>,
): Promise<Run<ARound>> {
  const startedMs = clock.now();
  const rounds: ARound[] = [];
  const end = (failure?: AwsCallError) => ({ pool, startedMs, endedMs: clock.now(), rounds, failure });
  let setbacks = 0;
  while (rounds.length < maxRounds) {
    try {
      const round = await doRound();
      rounds.push(round);
      const failed = round.outcomes.find((outcome) => outcome.result === "failed");
      if (failed) throw failed.error;
      if (clock.now() >= deadlineMs || round.unverified.length > 0) return end();
      if (!(await goesOn(round))) return end();
    } catch (error) {
      if (!(error instanceof AwsCallError)) throw error;
      const passing = error.errorClass === "transient" || error.errorClass === "throttled";
      const pauseMs = Math.min(longestSetbackMs, setbackMs * 2 ** setbacks++);
      if (!passing || clock.now() + pauseMs >= deadlineMs) return end(error);
      await clock.sleep(pauseMs);
    }
  }
  return end();
}
