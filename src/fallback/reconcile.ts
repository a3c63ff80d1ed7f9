/** One run over one pool: observe, plan, apply, verify, until nothing is left to do or to wait for. */

import { runPasses } from "../actuator/run.ts";
import { readable } from "../aws/errors.ts";
import type { FallbackPool } from "../config/fallback-settings.ts";
import { apply, type Outcome } from "./apply.ts";
import type { Policy } from "./model.ts";
import { observe } from "./observe.ts";
import type { Fallback, Pass, Run, TimedOutcome } from "./pass.ts";
import { plan } from "./plan.ts";
import { checkInside, isShown, probesOf } from "./verify.ts";
import { waitForChange } from "./wait.ts";

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
  const goesOn = async ({ plan: { actions, waits } }: Pass) =>
    actions.length > 0 || (await waitForChange(ec2, clock, pool, waits, deadlineMs));
  return runPasses(pool.name, clock, deadlineMs, () => doPass(fallback, pool), goesOn);
}

/**
 * One action after the other; the first that does not come out as planned is the last. Of a route the world inside is
 * asked before the next is replaced; describes, which lag, may show it while the next ones are on their way.
 */
async function doPass(fallback: Fallback, pool: FallbackPool): Promise<Pass> {
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

/** Where nothing can be read there is nothing to say: what is done must be reported all the same, and the next look sees it. */
async function checkShown({ ec2, clock }: Fallback, pool: FallbackPool, outcome: Outcome): Promise<string | undefined> {
  if ((await readable(() => isShown(ec2, clock, pool, outcome))) !== false) return undefined;
  const { action } = outcome;
  const subject =
    "routeTableId" in action ? action.routeTableId : "natGatewayId" in action ? action.natGatewayId : "it";
  return `AWS accepted ${action.kind} of ${subject} but does not show it`;
}
