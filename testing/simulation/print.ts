/** Prints the result of a simulation. */
import type { Summary } from "./many.ts";
import type { SeedOptions, SeedResult } from "./run.ts";
import { commandOf } from "./shrink.ts";
import type { WorldDraw } from "./world-draw.ts";

export function printRun(summary: Summary, options: Omit<SeedOptions, "seed">, json: boolean): void {
  if (json) {
    console.log(JSON.stringify({ ...summary, results: summary.results.map(({ recent: _, ...result }) => result) }));
    return;
  }
  const { results, failed, crashed, shrunk, wallSeconds } = summary;
  const [only] = results;
  if (only && results.length === 1) console.log(`${describeDraw(only.draw)}\n`);
  for (const result of failed) printFailure(result, options);
  for (const { seed, error } of crashed)
    console.log(`seed ${seed} crashed: ${commandOf({ ...options, seed })}\n  ${error}`);
  if (shrunk) console.log(`smaller: ${commandOf(shrunk)}\n`);
  const sum = (of: (result: SeedResult) => number) => results.reduce((total, result) => total + of(result), 0);
  const days = results.length * options.days;
  const seeds = results.length + crashed.length;
  console.log(
    [
      `${seeds} seeds x ${options.days} days, ${failed.length} failed, ${crashed.length} crashed, trace ${only?.traceHash.slice(0, 12)}`,
      `${sum(({ calls }) => calls)} calls, ${sum(({ associations }) => associations)} associations, ${sum(({ flips }) => flips)} flips, ${sum(({ attachments }) => attachments)} functions attached, ${sum(({ crashes }) => crashes)} crashes, ${Math.round(sum(({ leaptHours }) => leaptHours))} hours leapt over`,
      `${Math.round(wallSeconds)} s, ${(days / wallSeconds).toFixed(2)} simulated days per second`,
    ].join("\n"),
  );
}

function printFailure({ seed, violations, recent }: SeedResult, options: Omit<SeedOptions, "seed">): void {
  console.log(`seed ${seed} failed: ${commandOf({ ...options, seed })}`);
  const printed = new Set<string>();
  for (const { invariant, atMs, text } of violations) {
    if (printed.has(invariant)) continue;
    printed.add(invariant);
    console.log(`  ${new Date(atMs).toISOString()} ${invariant}: ${text}`);
  }
  for (const line of recent.slice(-12)) console.log(`    ${line.slice(0, 220)}`);
}

/** Everything that the seed drew, on a few lines. */
export function describeDraw({ seed, pools, ...rest }: WorldDraw): string {
  const lines = pools.map(
    ({ memberNames, ...pool }) => `  ${JSON.stringify({ ...pool, members: memberNames.length })}`,
  );
  return [`seed ${seed} drew ${JSON.stringify(rest)}`, ...lines].join("\n");
}
