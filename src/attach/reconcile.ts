/** One run over one pool: observe, plan, apply, and once more to see what was done. */
import type { AttachPool } from "../config/attach-settings.ts";
import { type Run as PoolRun, runRounds, type Timed } from "../queue/run.ts";
import { apply, type Outcome } from "./apply.ts";
import type { Observed, Plan } from "./model.ts";
import { observe, type Source } from "./observe.ts";
import { plan } from "./plan.ts";

export type Attaching = Source;

export interface Round {
  readonly observed: Observed;
  readonly plan: Plan;
  readonly outcomes: readonly Timed<Outcome>[];
  /** Functions of earlier rounds that AWS accepted to attach and does not show in the pool's network. */
  readonly unverified: readonly string[];
}

export type Run = PoolRun<Round>;

/** Runs until nothing is to be attached, or AWS refuses; what waits for an update is left to the next sweep. */
export function reconcile(attaching: Attaching, pool: AttachPool, deadlineMs: number): Promise<Run> {
  const attached: string[] = [];
  return runRounds(
    pool.name,
    attaching.clock,
    deadlineMs,
    () => doRound(attaching, pool, attached),
    async ({ outcomes }) => outcomes.some(({ result }) => result === "done"),
  );
}

/** What becomes of one function says nothing about the next. */
async function doRound(attaching: Attaching, pool: AttachPool, attached: string[]): Promise<Round> {
  const { clock, lambda } = attaching;
  const observed = await observe(attaching, pool);
  const unverified = observed.functions
    .filter(({ functionName, network }) => attached.includes(functionName) && network === "none")
    .map(({ functionName }) => functionName);
  const planned = plan(observed);
  if (unverified.length > 0) return { observed, plan: planned, outcomes: [], unverified };
  const outcomes: Timed<Outcome>[] = [];
  for (const action of planned.actions) {
    const outcome = await apply(lambda, pool, action);
    outcomes.push({ ...outcome, atMs: clock.now() });
    if (outcome.result === "done") attached.push(action.functionName);
  }
  return { observed, plan: planned, outcomes, unverified };
}
