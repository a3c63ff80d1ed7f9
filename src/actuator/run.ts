/** How a run over one pool goes, whatever the actuator: passes until nothing is left to do or to wait for. */
import type { Clock } from "../aws/clock.ts";
import { AwsCallError } from "../aws/errors.ts";
import { meaningOf, type Outcome, type Timed } from "./outcome.ts";

/** What to do about the difference between the pool and what it should be. */
export interface Plan<Action, Finding, Wait> {
  readonly actions: readonly Action[];
  /** What an operator should know, and in most cases act on. */
  readonly findings: readonly Finding[];
  /** What has to happen elsewhere, or later, before more can be done. */
  readonly waits: readonly Wait[];
}

/** One time through: observe, plan, apply, verify. */
export interface Pass<
  Observed = unknown,
  APlan = Plan<object, object, object>,
  AnOutcome = Outcome<object>,
  Unverified = unknown,
> {
  readonly observed: Observed;
  readonly plan: APlan;
  readonly outcomes: readonly Timed<AnOutcome>[];
  /** What AWS accepted and does not show, or shows otherwise than it should be. */
  readonly unverified: readonly Unverified[];
}

/** What a run did. `failure` is the call that ended it early. */
export interface Run<APass> {
  readonly pool: string;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly passes: readonly APass[];
  readonly failure: AwsCallError | undefined;
}

/** Passes that a run may take; each either writes or has waited for a change. */
const maxPasses = 25;
/**
 * After a failure that may pass a run begins again, once the SDK's own attempts are used up: after these pauses, then after
 * the last of them each time, until its deadline. What such a failure lasts longer than that is for the next sweep.
 */
const retryPausesMs = [1000, 2000, 3000, 5000] as const;

/**
 * Runs passes until one has nothing to go on with, the deadline is over, a write is not seen, or AWS refuses a call.
 * What is left is for the next sweep; a run that was cut short is no error.
 *
 * @param goesOn whether another pass is worth while, after waiting if need be
 */
export async function runPasses<APass extends Pass>(
  pool: string,
  clock: Clock,
  deadlineMs: number,
  doPass: () => Promise<APass>,
  goesOn: (pass: APass) => Promise<boolean>,
): Promise<Run<APass>> {
  const startedMs = clock.now();
  const passes: APass[] = [];
  const end = (failure?: AwsCallError) => ({ pool, startedMs, endedMs: clock.now(), passes, failure });
  let failures = 0;
  while (passes.length < maxPasses) {
    try {
      const pass = await doPass();
      passes.push(pass);
      for (const it of pass.outcomes) if (it.result === "retry" || it.result === "failed") throw it.error;
      failures = 0;
      if (clock.now() >= deadlineMs || pass.unverified.length > 0) return end();
      if (!(await goesOn(pass))) return end();
    } catch (error) {
      if (!(error instanceof AwsCallError)) throw error;
      const pauseMs = retryPausesMs[failures++] ?? retryPausesMs[3];
      if (meaningOf(error) !== "retry" || clock.now() + pauseMs >= deadlineMs) return end(error);
      await clock.sleep(pauseMs);
    }
  }
  return end();
}
