/**
 * What came of a run's writes. Pure. AWS may have carried out a write whose answer got lost, or which it answered with a
 * failure that may pass. A later look decides, of this run or of the next one:
 *
 *  #  the write's outcome  after it                                        it is
 *  1  done                 -                                               done
 *  2  failed for now       a look shows what was written                   done
 *  3  failed for now       tried again, and done or failed for now         what that is
 *  4  failed for now       else                                            open
 *  5  any other            -                                               not done
 *
 * A look that does not show it proves nothing, since describes lag behind (EC2 API reference, eventual consistency).
 */
import type { Action } from "./actions.ts";
import type { Observed } from "./model.ts";
import type { Run, TimedOutcome } from "./pass.ts";

/** An open write is given up after this: what a look shows then may be another's doing. Assumed. */
const openMs = 10 * 60_000;
/** How long before its failure is known a gateway may have been created: the SDK's attempts take some 20 s. */
const attemptsMs = 60_000;

/** A write that a look finds done has the outcome of one that AWS has answered. */
export type Done = Extract<TimedOutcome, { result: "done" }>;

export interface Writes {
  /** Each once, in the order in which they were found done. */
  readonly done: readonly Done[];
  /** For the next run. */
  readonly open: readonly TimedOutcome[];
}

/** @param before what the run before left open */
export function writesOf({ passes, endedMs }: Run, before: readonly TimedOutcome[]): Writes {
  const done: Done[] = [];
  let open = before;
  for (const { observed, outcomes } of passes) {
    const found = open.map((outcome) => ({ outcome, shown: shownBy(outcome, observed) }));
    done.push(...found.flatMap(({ shown }) => shown ?? []));
    open = found.flatMap(({ outcome, shown }) => (shown ? [] : [outcome]));
    for (const outcome of outcomes) {
      if (outcome.result === "done") done.push(outcome);
      if (outcome.result !== "done" && outcome.result !== "retry") continue;
      open = open.filter(({ action }) => subjectOf(action) !== subjectOf(outcome.action));
      if (outcome.result === "retry") open = [...open, outcome];
    }
  }
  return { done, open: open.filter(({ atMs }) => atMs > endedMs - openMs) };
}

/** What a write is known by: the creation of a gateway is one at a time. */
function subjectOf(action: Action): string {
  if (action.kind === "create") return action.kind;
  return `${action.kind} ${action.kind === "delete" ? action.natGatewayId : action.routeTableId}`;
}

/** Returns the outcome of a write that the look shows. Notes are written again, and are not reported. */
function shownBy({ action, atMs }: TimedOutcome, { natGateways, routeTables }: Observed): Done | undefined {
  switch (action.kind) {
    case "create": {
      const made = natGateways.find((it) => it.episode === action.episode && it.createdMs > atMs - attemptsMs);
      return made && { action, result: "done", atMs, natGatewayId: made.natGatewayId };
    }
    case "delete": {
      const state = natGateways.find((it) => it.natGatewayId === action.natGatewayId)?.state ?? "deleted";
      return state === "deleting" || state === "deleted" ? { action, result: "done", atMs } : undefined;
    }
    case "route": {
      const route = routeTables.find((it) => it.routeTableId === action.routeTableId)?.route;
      const isNow =
        action.to.kind === "nat"
          ? route?.kind === "nat" && route.natGatewayId === action.to.natGatewayId
          : route?.kind === "internet";
      return isNow ? { action, result: "done", atMs } : undefined;
    }
    case "note":
    case "remember":
      return undefined;
  }
}
