/**
 * Which guarded functions to attach to the pool's network. Pure: the same observation always gives the same plan.
 *
 *  #  function      its environments  its network  the pool                  action
 *  1  there         accepted          none         -                         none
 *  2  not there     -                 -            -                         report `missing-function`
 *  3  there         refused           none         well                      attach
 *  4  being updated refused           none         well                      wait for the update
 *  5  there         refused           none         refused itself            report `pool-blocked`
 *  6  there         refused           none         paused, unknown override  report `paused`, `unknown-override`
 *  7  there         -                 the pool's   -                         none
 *  8  there         -                 another      -                         report `other-network`
 *
 * In rows 3 and 7, aliases of a refused function that route to a published version are reported (`published-version`):
 * an update reaches `$LATEST` alone. Nothing is ever detached. The overrides `direct` and `fallback` say how the pool's
 * traffic leaves, not who is in the pool, so they forbid nothing here.
 */

import type { Action, Finding, Plan, Wait } from "./actions.ts";
import type { GuardedFunction, Observed } from "./model.ts";
import { isRefused } from "./refusals.ts";

/** Plans one pool. Total: any observation gives a plan. */
export function plan(observed: Observed): Plan {
  const { functions, missing } = observed;
  const outside = functions.filter((it) => it.network === "none" && hasRefusals(it));
  const held = outside.flatMap((it) => blockerOf(observed, it) ?? []);
  const free = held.length > 0 ? [] : outside;
  return {
    actions: free.filter(({ changing }) => !changing).map(attach),
    findings: [
      ...missing.map((functionName): Finding => ({ kind: "missing-function", functionName })),
      ...functions
        .filter(({ network }) => network === "other")
        .map(({ functionName }): Finding => ({ kind: "other-network", functionName })),
      ...functions.flatMap(published),
      ...held,
    ],
    waits: free.filter(({ changing }) => changing).map(({ functionName }): Wait => ({ kind: "update", functionName })),
  };
}

export function hasRefusals({ periods, modifiedMs }: Pick<GuardedFunction, "periods" | "modifiedMs">): boolean {
  return isRefused(periods, modifiedMs);
}

/** What of the pool forbids to attach anybody now. */
function blockerOf({ override, poolBlocked }: Observed, { functionName }: GuardedFunction): Finding | undefined {
  if (override.kind === "paused") return { kind: "paused", functionName };
  if (override.kind === "unknown") return { kind: "unknown-override", functionName, text: override.text };
  return poolBlocked ? { kind: "pool-blocked", functionName } : undefined;
}

function published(it: GuardedFunction): Finding[] {
  const { functionName, publishedAliases: aliases, network } = it;
  if (aliases.length === 0 || network === "other" || !hasRefusals(it)) return [];
  return [{ kind: "published-version", functionName, aliases }];
}

function attach({ functionName, revisionId, periods, modifiedMs }: GuardedFunction): Action {
  const since = periods.filter(({ startMs }) => startMs >= modifiedMs);
  const sum = (part: "tests" | "refused") => since.reduce((total, period) => total + period[part], 0);
  return { kind: "attach", row: 3, functionName, revisionId, tests: sum("tests"), refused: sum("refused") };
}
