/** The page and the document that a rehearsal leaves. Pure. */
import type { Outcome } from "./check.ts";
import type { Left } from "./clean.ts";
import { createRedactor, withOwnNames } from "./redact.ts";
import type { Rehearsal, Result } from "./run.ts";

export interface Report {
  readonly holdfast: string;
  readonly region: string;
  readonly startedAt: string;
  readonly minutes: number;
  readonly interrupted: boolean;
  /** Why there are not the answers of all checks, unless the caller ended the run. */
  readonly unfinished?: string | undefined;
  readonly checks: readonly Result[];
  readonly left: readonly Left[];
}

/** Returns the report without ids, addresses, accounts and principals. */
export function reportOf({ version, region }: { version: string; region: string }, rehearsal: Rehearsal): Report {
  const { startedMs, endedMs, results, left, interrupted, unfinished, run } = rehearsal;
  const report: Report = {
    holdfast: version,
    region,
    startedAt: new Date(startedMs).toISOString(),
    minutes: Math.round((endedMs - startedMs) / 60_000),
    interrupted,
    unfinished,
    checks: results,
    left,
  };
  const redact = createRedactor();
  return JSON.parse(redact(JSON.stringify(report, withOwnNames)).replaceAll(run.id, "run")) as Report;
}

const headings: Readonly<Record<Outcome, string>> = {
  pass: "as assumed",
  differs: "differs",
  fail: "fails",
  skipped: "not found out",
};

/** Returns the report as a page of Markdown. */
export function pageOf(report: Report): string {
  const { holdfast, region, startedAt, minutes, interrupted, unfinished, checks } = report;
  const count = (outcome: Outcome) => checks.filter(({ verdict }) => verdict.outcome === outcome).length;
  const counts = (["pass", "differs", "fail", "skipped"] as const).map((it) => `${count(it)} ${headings[it]}`);
  const rows = checks.map(
    ({ id, question, verdict }) =>
      `| ${id} | ${question} | **${headings[verdict.outcome]}** | ${cell(verdict.found)} |`,
  );
  const times = checks.flatMap(({ id, verdict }) =>
    Object.entries(verdict.seconds ?? {}).map(([what, seconds]) => `| ${id} | ${what} | ${seconds} |`),
  );
  const odd = checks.filter(({ verdict }) => verdict.outcome !== "pass");
  return [
    "# Rehearsal of Holdfast",
    "",
    `Holdfast ${holdfast} in ${region}, ${startedAt}, ${minutes} min${interrupted ? ", interrupted" : ""}: ${counts.join(", ")}.`,
    "",
    "| check | question | answer | what was seen |",
    "|---|---|---|---|",
    ...rows,
    ...odd.flatMap(({ id, verdict }) => [
      "",
      `## ${id}: ${headings[verdict.outcome]}`,
      `- Seen: ${verdict.found}`,
      ...(verdict.meaning ? [`- It means: ${verdict.meaning}`] : []),
      ...(verdict.remediation ? [`- What to do: ${verdict.remediation}`] : []),
    ]),
    ...(times.length > 0 ? ["", "| check | measured | seconds |", "|---|---|---:|", ...times] : []),
    "",
    ...(unfinished ? [`It did not end: ${unfinished}.`, ""] : []),
    ending(report),
  ].join("\n");
}

function ending({ left, unfinished }: Report): string {
  if (left.length > 0) {
    const what = left.map((it) => `${it.what} (${it.why})`).join(", ");
    return `Left behind, to be removed with \`npx holdfast rehearse --clean\`: ${what}.`;
  }
  return unfinished
    ? "If its process has ended, `npx holdfast rehearse --clean` removes what is left, and `npx holdfast rehearse` goes on with it."
    : "Everything that it had made is removed.";
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
