/** One run over one pool: observe, plan, apply, verify, until nothing is left to do or to wait for. */

import { type Run as PoolRun, runRounds, type Timed } from "../actuator/run.ts";
import { readable } from "../aws/errors.ts";
import type { FallbackPool } from "../config/fallback-settings.ts";
import type { Plan } from "./actions.ts";
import { apply, type Outcome } from "./apply.ts";
import type { Observed, Policy } from "./model.ts";
import { observe, type Source } from "./observe.ts";
import { plan } from "./plan.ts";
import { checkInside, type Inside, isShown, probesOf } from "./verify.ts";
import { waitForChange } from "./wait.ts";

export interface Fallback extends Source, Inside {}

export type TimedOutcome = Timed<Outcome>;

export interface Round {
  readonly observed: Observed;
  readonly plan: Plan;
  readonly outcomes: readonly TimedOutcome[];
  /** What AWS accepted and does not show, or what the world sees otherwise than it should. */
  readonly unverified: readonly string[];
}

export type Run = PoolRun<Round>;

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
export function reconcile(fallback: Fallback, pool: FallbackPool, deadlineMs: number): Promise<Run> {
  const { clock, ec2 } = fallback;
  const goesOn = async ({ plan: { actions, waits } }: Round) =>
    actions.length > 0 || (await waitForChange(ec2, clock, pool, waits, deadlineMs));
  return runRounds(pool.name, clock, deadlineMs, () => doRound(fallback, pool), goesOn);
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
    const isSeen = action.kind === "route" && probesOf(pool, observed, action).length > 0;
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
