/** The last rehearsal, as `doctor` refers to it. */
import { existsSync } from "node:fs";
import { duration, type Style, time, wrap } from "../support/style.ts";
import { UsageError } from "../support/usage-error.ts";
import { type Deviation, standingAfter } from "./assumptions.ts";
import { type PastRehearsal, readRehearsal } from "./read.ts";

/** Where a rehearsal is looked for, unless a file is named. */
export const defaultFile = "rehearsal.json";

interface Last {
  readonly file: string;
  readonly rehearsal: PastRehearsal;
}

/** Returns the rehearsal in a file; without one, that in the working directory, if there is one. @throws UsageError */
export function findLast(file: string | undefined): Last | undefined {
  if (file !== undefined) return { file, rehearsal: readRehearsal(file) };
  if (!existsSync(defaultFile)) return undefined;
  try {
    return { file: defaultFile, rehearsal: readRehearsal(defaultFile) };
  } catch (error) {
    // Nobody has named it: it may be another program's.
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/** Returns what `doctor` says of the last rehearsal, as data and as text. */
export function describeLast(style: Style, last: Last | undefined, region: string, nowMs: number) {
  const standing = standingAfter(last?.rehearsal, region);
  const rehearsal = last && {
    file: last.file,
    region: last.rehearsal.region,
    startedAt: last.rehearsal.startedAt,
    holdfast: last.rehearsal.holdfast,
  };
  const row = (title: string, text: string) => (text ? [`  ${title.padEnd(11)}  ${wrap(text, " ".repeat(15))}`] : []);
  const deviations = (all: readonly Deviation[]) => all.map(({ name, found }) => `${name} (${found})`).join("; ");
  const elsewhere = rehearsal && rehearsal.region !== region;
  const lines = [
    `${style("bold", "Rehearsal")}: ${rehearsal ? whenOf(rehearsal, nowMs) : `none in ${defaultFile}, and no --rehearsal FILE`}`,
    ...(elsewhere ? [`  It was in another region, and says nothing about ${region}.`] : []),
    ...row("as assumed", standing.confirmed.join(", ")),
    ...row("differs", deviations(standing.differs)),
    ...row("fails", deviations(standing.fails)),
    ...row("not checked", standing.unchecked.join(", ")),
    ...(rehearsal && !elsewhere ? [] : [`  → npx holdfast rehearse --fixtures ${defaultFile} finds out most of it.`]),
    "  docs/first-deployment.md says what each assumes.",
  ];
  return { json: { rehearsal: rehearsal ?? null, assumptions: standing }, text: lines.join("\n") };
}

function whenOf(
  { startedAt, region, holdfast }: Pick<PastRehearsal, "startedAt" | "region" | "holdfast">,
  nowMs: number,
): string {
  const startedMs = Date.parse(startedAt);
  return `${time(startedMs)} (${duration(nowMs - startedMs)} ago) in ${region}, Holdfast ${holdfast}`;
}
