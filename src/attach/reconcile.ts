/** One run over one pool: observe, plan, apply, and once more to see what was done. */

import { runPasses } from "../actuator/run.ts";
import type { AttachPool } from "../config/attach-settings.ts";
import type { Action } from "./actions.ts";
import { apply, type Outcome } from "./apply.ts";
import { observe, type Source } from "./observe.ts";
import type { Pass, Run, TimedOutcome } from "./pass.ts";
import { plan } from "./plan.ts";
import { unverifiedOf } from "./verify.ts";

/** What earlier passes of a run asked for. */
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
export function reconcile(source: Source, pool: AttachPool, deadlineMs: number): Promise<Run> {
  const asked: Asked = { accepted: [], doubtful: new Map() };
  let conflicts = 0;
  return runPasses(
    pool.name,
    source.clock,
    deadlineMs,
    () => doPass(source, pool, asked),
    async ({ outcomes }) => {
      const has = (wanted: Outcome["result"]) => outcomes.some(({ result }) => result === wanted);
      return has("done") || (has("conflict") && conflicts++ === 0);
    },
  );
}

/** What becomes of one function says nothing about the next. */
async function doPass(source: Source, pool: AttachPool, { accepted, doubtful }: Asked): Promise<Pass> {
  const { clock, lambda } = source;
  const observed = await observe(source, pool);
  const attached = observed.functions.filter(({ network }) => network === "pool");
  const outcomes = attached.flatMap(({ functionName }): TimedOutcome[] => {
    const action = doubtful.get(functionName);
    return doubtful.delete(functionName) && action ? [{ action, result: "done", atMs: clock.now() }] : [];
  });
  const unverified = unverifiedOf(observed, accepted);
  const planned = plan(observed);
  if (unverified.length > 0) return { observed, plan: planned, outcomes, unverified };
  for (const action of planned.actions) {
    const outcome = await apply(lambda, pool, action);
    outcomes.push({ ...outcome, atMs: clock.now() });
    if (outcome.result === "done") accepted.push(action.functionName);
    else if (outcome.result !== "reported") doubtful.set(action.functionName, action);
  }
  return { observed, plan: planned, outcomes, unverified };
}
