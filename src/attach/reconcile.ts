/** One run over one pool: observe, plan, apply, and once more to see what was done. */

import { type Run as PoolRun, runRounds, type Timed } from "../actuator/run.ts";
import type { AttachPool } from "../config/attach-settings.ts";
import { apply, type Outcome } from "./apply.ts";
import type { Action, Observed, Plan } from "./model.ts";
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

/** What earlier rounds of a run asked for. */
interface Asked {
  /** Functions that AWS accepted to attach. */
  readonly accepted: string[];
  /** By function: updates that did not seem to take effect. Those whose answer got lost have. */
  readonly doubtful: Map<string, Action>;
}

/**
 * Runs until nothing is to be attached, or AWS refuses; what waits for an update is left to the next sweep. After a
 * conflict it looks once more: the SDK repeats an update whose answer got lost, and Lambda then refuses the old revision.
 */
export function reconcile(attaching: Attaching, pool: AttachPool, deadlineMs: number): Promise<Run> {
  const asked: Asked = { accepted: [], doubtful: new Map() };
  let conflicts = 0;
  return runRounds(
    pool.name,
    attaching.clock,
    deadlineMs,
    () => doRound(attaching, pool, asked),
    async ({ outcomes }) => {
      const has = (wanted: Outcome["result"]) => outcomes.some(({ result }) => result === wanted);
      return has("done") || (has("conflict") && conflicts++ === 0);
    },
  );
}

/** What becomes of one function says nothing about the next. */
async function doRound(attaching: Attaching, pool: AttachPool, { accepted, doubtful }: Asked): Promise<Round> {
  const { clock, lambda } = attaching;
  const observed = await observe(attaching, pool);
  const inNetwork = (wanted: string) =>
    observed.functions.filter(({ network }) => network === wanted).map(({ functionName }) => functionName);
  const outcomes: Timed<Outcome>[] = inNetwork("pool").flatMap((name) => {
    const action = doubtful.get(name);
    return doubtful.delete(name) && action ? [{ action, result: "done", atMs: clock.now() }] : [];
  });
  const unverified = inNetwork("none").filter((name) => accepted.includes(name));
  const planned = plan(observed);
  if (unverified.length > 0) return { observed, plan: planned, outcomes, unverified };
  for (const action of planned.actions) {
    const outcome = await apply(lambda, pool, action);
    outcomes.push({ ...outcome, atMs: clock.now() });
    if (outcome.result === "done") accepted.push(action.functionName);
    else if (outcome.result !== "refused") doubtful.set(action.functionName, action);
  }
  return { observed, plan: planned, outcomes, unverified };
}
