/** One run over one pool: observe, plan, apply, verify, until nothing is left to do or to wait for. */

import { runPasses } from "../actuator/run.ts";
import { lagsMs } from "../actuator/verify.ts";
import { readable } from "../aws/errors.ts";
import type { FallbackPool } from "../config/fallback-settings.ts";
import { apply, type Outcome } from "./apply.ts";
import type { Observed, Policy, Refusal } from "./model.ts";
import { observe } from "./observe.ts";
import type { Fallback, Pass, Run, TimedOutcome } from "./pass.ts";
import { plan } from "./plan.ts";
import { refusalsAfter, refusalsNow } from "./refusals.ts";
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
  const { clock, ec2, memory } = fallback;
  let refusals = memory.unnoted(pool.name);
  let conflicts = 0;
  const look = async () => {
    const observed = observedWith(fallback, pool, await observe(fallback, pool), refusals);
    const pass = await doPass(fallback, pool, observed, deadlineMs);
    // Describes lag behind the notes on tags.
    refusals = refusalsAfter(observed.refusals, pass.outcomes);
    memory.remember(pool.name, refusals, observed.routeTables);
    return pass;
  };
  const goesOn = async ({ plan: { actions, waits }, outcomes }: Pass) => {
    conflicts = outcomes.some(({ result }) => result === "conflict") ? conflicts + 1 : 0;
    if (conflicts > lagsMs.length) return false;
    if (conflicts > 0) await clock.sleep(lagsMs[conflicts - 1] ?? 0);
    return actions.length > 0 || (await waitForChange(ec2, clock, pool, waits, deadlineMs));
  };
  return runPasses(pool.name, clock, deadlineMs, look, goesOn);
}

/** The pool with what AWS does not show of it. */
function observedWith(
  { memory, clock }: Fallback,
  pool: FallbackPool,
  observed: Observed,
  known: readonly Refusal[] | undefined,
): Observed {
  const natGateways = memory.withTimes(pool.name, observed, clock.now());
  const refusals = known ? refusalsNow(known, natGateways, clock.now()) : observed.refusals;
  return { ...observed, natGateways, refusals };
}

/**
 * One action after the other; the first that does not come out as planned is the last, but what AWS refuses holds up no
 * other. Of a route the world inside is asked before the next is replaced; describes, which lag, may show it while the
 * next ones are on their way. After the deadline no further action begins: what is done must still be reported.
 */
async function doPass(fallback: Fallback, pool: FallbackPool, observed: Observed, deadlineMs: number): Promise<Pass> {
  const { clock, ec2 } = fallback;
  const planned = plan(observed, policyOf(pool), clock.now());
  const outcomes: TimedOutcome[] = [];
  const problems: Promise<string | undefined>[] = [];
  for (const action of planned.actions) {
    if (outcomes.length > 0 && clock.now() >= deadlineMs) break;
    const outcome = await apply(ec2, pool, action);
    outcomes.push({ ...outcome, atMs: clock.now() });
    if (outcome.result === "reported") continue;
    if (outcome.result !== "done") break;
    const shown = checkShown(fallback, pool, outcome);
    const isSeen = action.kind === "route" && probesOf(pool, observed, action).length > 0;
    const urgent = isSeen ? checkInside(fallback, pool, observed, action, deadlineMs) : shown;
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
