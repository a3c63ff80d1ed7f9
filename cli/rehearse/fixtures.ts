/** What a rehearsal leaves for the twin: answers, records and times, in the form in which the twin and its tests read them. Pure. */
import type { Verdict } from "./check.ts";
import { checks } from "./checks.ts";
import { type MeasuredDelays, merged } from "./measured.ts";
import type { RecordedAnswer, Recording } from "./recording.ts";
import { createRedactor, examples, withOwnNames } from "./redact.ts";
import type { Rehearsal, Result } from "./run.ts";

export interface Fixtures {
  readonly holdfast: string;
  readonly region: string;
  readonly startedAt: string;
  readonly interrupted: boolean;
  readonly checks: readonly { readonly id: string; readonly question: string; readonly verdict: Verdict }[];
  readonly delays: MeasuredDelays;
  readonly answers: readonly RecordedAnswer[];
  readonly records: readonly object[];
}

/** As long as a run's id, for the names of functions. */
const exampleRun = "00000000";

/** Returns the fixtures with examples in the place of ids, addresses, accounts and principals. */
export function fixturesOf(
  { version, region }: { readonly version: string; readonly region: string },
  { run, startedMs, interrupted, results }: Rehearsal,
  { answers, records }: Recording,
): Fixtures {
  const fixtures: Fixtures = {
    holdfast: version,
    region,
    startedAt: new Date(startedMs).toISOString(),
    interrupted,
    checks: results.map(({ id, question, verdict }) => ({ id, question, verdict })),
    delays: merged(results.map(measured)),
    answers,
    records,
  };
  const redact = createRedactor(examples);
  return JSON.parse(redact(JSON.stringify(fixtures, withOwnNames)).replaceAll(run.id, exampleRun)) as Fixtures;
}

function measured({ id, raw }: Result): MeasuredDelays {
  const check = checks.find((it) => it.id === id);
  return raw === undefined ? {} : (check?.measure?.(raw) ?? {});
}
