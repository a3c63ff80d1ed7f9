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
import type { Observed } from "./model.ts";
import type { Run, TimedOutcome } from "./pass.ts";

/** An open write is given up after this: what a look shows then may be another's doing. Assumed. */
const openMs = 10 * 60_000;

export interface Writes {
  /** Each once, in the order in which they were found done. */
  readonly done: readonly TimedOutcome[];
  /** For the next run. */
  readonly open: readonly TimedOutcome[];
}

/** @param before what the run before left open */
export function writesOf({ passes, network, endedMs }: Run, before: readonly TimedOutcome[]): Writes {
  const done: TimedOutcome[] = [];
  let open = before;
  const look = (at: Pick<Observed, "addresses">) => {
    done.push(...open.filter((it) => isShown(it, at)));
    open = open.filter((it) => !isShown(it, at));
  };
  for (const { observed, outcomes } of passes) {
    look(observed);
    for (const outcome of outcomes) {
      if (outcome.result === "done") done.push(outcome);
      if (outcome.result !== "done" && outcome.result !== "retry") continue;
      open = open.filter((it) => !isSame(it, outcome));
      if (outcome.result === "retry" && outcome.action.kind !== "note") open = [...open, outcome];
    }
  }
  if (passes.length === 0 && network) look(network);
  return { done, open: open.filter(({ atMs }) => atMs > endedMs - openMs) };
}

function isSame({ action }: TimedOutcome, { action: other }: TimedOutcome): boolean {
  return (
    action.kind === other.kind &&
    action.allocationId === other.allocationId &&
    action.networkInterfaceId === other.networkInterfaceId
  );
}

function isShown({ action }: TimedOutcome, { addresses }: Pick<Observed, "addresses">): boolean {
  const address = addresses.find(({ allocationId }) => allocationId === action.allocationId);
  if (!address) return false;
  return (address.networkInterfaceId === action.networkInterfaceId) === (action.kind !== "disassociate");
}
