/** One run over one pool: observe, plan, apply, verify, until nothing is left to do or to wait for. */
import { AwsCallError, readable } from "../aws/errors.ts";
import type { FallbackPool } from "../config/fallback-settings.ts";
import type { Plan } from "./actions.ts";
import { apply, type Outcome } from "./apply.ts";
import type { Observed, Policy } from "./model.ts";
import { observe, type Source } from "./observe.ts";
import { plan } from "./plan.ts";
import { checkInside, type Inside, isShown, probesOf } from "./verify.ts";
import { waitForChange } from "./wait.ts";

export interface Fallback extends Source, Inside {}

/** An outcome with the time at which it was known. */
export type TimedOutcome = Outcome & { readonly atMs: number };

export interface Round {
  readonly observed: Observed;
  readonly plan: Plan;
  readonly outcomes: readonly TimedOutcome[];
  /** What AWS accepted and does not show, or what the world sees otherwise than it should. */
  readonly unverified: readonly string[];
}

/** What a run did. `failure` is the call that ended it early. */
export interface Run {
  readonly pool: string;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly rounds: readonly Round[];
  readonly failure: AwsCallError | undefined;
}

/** Rounds that a run may take; each either writes or has waited. */
const maxRounds = 25;
/** How often a call that failed for a passing reason is repeated, after the SDK's own attempts. */
const maxSetbacks = 3;
const setbackMs = 1000;

export function policyOf(pool: FallbackPool): Policy {
  const { standby, cleanRounds, blockedRounds, flipsPerDay } = pool;
  return {
    ...{ standby, cleanRounds, blockedRounds, flipsPerDay },
    holdMs: pool.holdMinutes * 60_000,
    maxHoldMs: pool.maxHoldMinutes * 60_000,
    graceMs: pool.graceMinutes * 60_000,
    swapMs: pool.swapSeconds * 1000,
    maxFallbackMs: pool.maxFallbackHours * 3_600_000,
  };
}

/** Runs until the pool is as the table would have it, something takes longer than `deadlineMs`, or AWS refuses. */
export async function reconcile(fallback: Fallback, pool: FallbackPool, deadlineMs: number): Promise<Run> {
  const { clock, ec2 } = fallback;
  const startedMs = clock.now();
  const rounds: Round[] = [];
  const end = (failure?: AwsCallError): Run => ({ pool: pool.name, startedMs, endedMs: clock.now(), rounds, failure });
  let setbacks = 0;
  while (rounds.length < maxRounds) {
    try {
      const round = await doRound(fallback, pool);
      rounds.push(round);
      const failure = round.outcomes.find((outcome) => outcome.result === "failed")?.error;
      if (failure) throw failure;
      if (clock.now() >= deadlineMs || round.unverified.length > 0) return end();
      if (round.plan.actions.length > 0) continue;
      if (!(await waitForChange(ec2, clock, pool, round.plan.waits, deadlineMs))) return end();
    } catch (error) {
      if (!(error instanceof AwsCallError)) throw error;
      const passing = error.errorClass === "transient" || error.errorClass === "throttled";
      if (!passing || ++setbacks > maxSetbacks || clock.now() >= deadlineMs) return end(error);
      await clock.sleep(setbackMs * setbacks);
    }
  }
  return end();
}

/**
 * One action after the other; the first that does not come out as planned is the last. Of a route the world inside is
 * asked before the next is replaced; describes, which lag, may show it while the next ones are on their way.
 */
async function doRound(fallback: Fallback, pool: FallbackPool): Promise<Round> {
  const { clock, ec2 } = fallback;
  const observed = await observe(fallback, pool);
  const planned = plan(observed, policyOf(pool), clock.now());
  const outcomes: TimedOutcome[] = [];
  const problems: Promise<string | undefined>[] = [];
  for (const action of planned.actions) {
    const outcome = await apply(ec2, pool, action);
    outcomes.push({ ...outcome, atMs: clock.now() });
    if (outcome.result !== "done") break;
    const shown = checkShown(fallback, pool, outcome);
    const isSeen = action.kind === "route" && probesOf(pool, action).length > 0;
    const urgent = isSeen ? checkInside(fallback, clock, pool, observed, action) : shown;
    problems.push(shown, urgent);
    if (await urgent) break;
  }
  const found = await Promise.all(problems);
  return { observed, plan: planned, outcomes, unverified: [...new Set(found.filter((it) => it !== undefined))] };
}

/** Where nothing can be read there is nothing to say: what is done must be told all the same, and the next look sees it. */
async function checkShown({ ec2, clock }: Fallback, pool: FallbackPool, outcome: Outcome): Promise<string | undefined> {
  if ((await readable(() => isShown(ec2, clock, pool, outcome))) !== false) return undefined;
  const { action } = outcome;
  const subject =
    "routeTableId" in action ? action.routeTableId : "natGatewayId" in action ? action.natGatewayId : "it";
  return `AWS accepted ${action.kind} of ${subject} but does not show it`;
}
