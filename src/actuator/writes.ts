/**
 * What came of a run's writes, whatever the actuator. Pure. AWS may have carried out a write whose answer got lost, or which
 * it answered with a failure that may pass. A later look decides, of this run or of the next one:
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
import type { Outcome } from "./outcome.ts";

/** An open write is given up after this: what a look shows then may be another's doing. Assumed. */
const openMs = 10 * 60_000;

type AnOutcome = Pick<Outcome<unknown>, "result"> & { readonly atMs: number };

export type DoneWrite<Written extends AnOutcome> = Extract<Written, { result: "done" }>;

export interface Writes<Written extends AnOutcome, Shown extends Written = Written> {
  /** Each once, in the order in which they were found done. */
  readonly done: readonly (DoneWrite<Written> | Shown)[];
  /** For the next run. */
  readonly open: readonly Written[];
}

/** What an actuator knows of its writes. `Shown`: the outcome of one that a look shows. */
export interface WriteKinds<World, Written extends AnOutcome, Shown extends Written = Written> {
  /** Returns what a write has in common with its next try; undefined for one that is not reported. */
  readonly subjectOf: (outcome: Written) => string | undefined;
  /** Returns what the look shows of the write; undefined if it does not show it. */
  readonly shownBy: (outcome: Written, look: World) => Shown | undefined;
}

/** What a pass has seen, and what it did then. */
interface Look<World, Written> {
  readonly observed: World;
  readonly outcomes: readonly Written[];
}

/** @param before what the run before left open */
export function writesIn<World, Written extends AnOutcome, Shown extends Written>(
  looks: readonly Look<World, Written>[],
  before: readonly Written[],
  endedMs: number,
  { subjectOf, shownBy }: WriteKinds<World, Written, Shown>,
): Writes<Written, Shown> {
  const done: (DoneWrite<Written> | Shown)[] = [];
  let open = before;
  for (const { observed, outcomes } of looks) {
    const found = open.map((outcome) => ({ outcome, shown: shownBy(outcome, observed) }));
    done.push(...found.flatMap(({ shown }) => shown ?? []));
    open = found.flatMap(({ outcome, shown }) => (shown ? [] : [outcome]));
    for (const outcome of outcomes) {
      if (isDone(outcome)) done.push(outcome);
      else if (outcome.result !== "retry") continue;
      const subject = subjectOf(outcome);
      if (subject === undefined) continue;
      open = open.filter((it) => subjectOf(it) !== subject);
      if (!isDone(outcome)) open = [...open, outcome];
    }
  }
  return { done, open: open.filter(({ atMs }) => atMs > endedMs - openMs) };
}

function isDone<Written extends AnOutcome>(outcome: Written): outcome is DoneWrite<Written> {
  return outcome.result === "done";
}
