/** The bench as a table for docs/measurements.md: `npx tsx test/probing/bench/print.ts` prints it. */
import {
  differencesAtOneMachine,
  leakyDifferences,
  refusingDifferences,
  silentDifferences,
} from "../../../testing/partners/differences.ts";
import { innocent, innocentAtOneMachine } from "../../../testing/partners/innocent.ts";
import type { Situation } from "../../../testing/partners/situation.ts";
import { type Played, play } from "./play.ts";

export interface Row extends Played {
  readonly name: string;
}

const rowsOf = (situations: readonly Situation[]): Row[] => situations.map((it) => ({ name: it.name, ...play(it) }));

/** Plays all situations once. */
export function playAll() {
  return {
    silent: rowsOf(silentDifferences),
    refusing: rowsOf(refusingDifferences),
    leaky: rowsOf([...leakyDifferences, ...differencesAtOneMachine]),
    innocent: rowsOf([...innocent, ...innocentAtOneMachine]),
  };
}

export type Bench = ReturnType<typeof playAll>;

/** Returns both tables' lines in Markdown. */
export function linesOf({ silent, refusing, leaky, innocent }: Bench): string[] {
  const minutes = (count: number | undefined) => (count === undefined ? "never" : String(count));
  const found = (row: Row) => `| ${row.name} | ${minutes(row.found)} | ${minutes(row.foundBefore)} |`;
  return [
    "| one address gets, the others do not | found after, minutes | by 3 of 5 rounds, minutes |",
    "|---|---|---|",
    ...[...silent, ...refusing, ...leaky].map(found),
    "",
    "| no address is to blame | false marks | by 3 of 5 rounds |",
    "|---|---|---|",
    ...innocent.map(({ name, marks, marksBefore }) => `| ${name} | ${marks} | ${marksBefore} |`),
  ];
}
