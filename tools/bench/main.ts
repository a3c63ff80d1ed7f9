/** Runs all benchmarks: `npm run bench`, or `npm run bench -- --json`. docs/measurements.md explains the figures. */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { BusyFigures } from "../../testing/deployment/busy-account.ts";
import { type Busy, benchBusy } from "./busy.ts";
import { benchGuard, type GuardTimes } from "./guard.ts";
import { benchImport, type ImportTimes } from "./import.ts";
import { benchImportCpu, type ImportCpu } from "./import-cpu.ts";
import { benchPlan, type PlanTimes } from "./plan.ts";
import { benchSimulation, type Simulated } from "./simulation.ts";

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const node = process.version;
const results = {
  node,
  plan: await benchPlan(),
  import: await benchImport(),
  importCpu: await benchImportCpu(),
  guard: await benchGuard(),
  simulation: await benchSimulation(),
  busy: await benchBusy(),
  bundleBytes: await readSizes(),
};
console.log(values.json ? JSON.stringify(results, null, 2) : table(results));

/** As the build wrote them. */
async function readSizes(): Promise<Record<string, number>> {
  const sizes = JSON.parse(await readFile("dist/sizes.json", "utf8")) as Record<string, { readonly bytes: number }>;
  return Object.fromEntries(Object.entries(sizes).map(([name, { bytes }]) => [name, bytes]));
}

interface Results {
  readonly plan: PlanTimes;
  readonly import: ImportTimes;
  readonly guard: GuardTimes;
  readonly importCpu: ImportCpu;
  readonly simulation: Simulated;
  readonly busy: readonly Busy[];
  readonly bundleBytes: Readonly<Record<string, number>>;
}

function table({ plan, import: load, importCpu, guard, simulation, busy, bundleBytes }: Results): string {
  const row = (name: string, value: number, unit: string) =>
    `  ${name.padEnd(28)}${value.toFixed(1).padStart(10)} ${unit}`;
  return [
    `Node ${node}`,
    `plan(), ${plan.unit}`,
    ...Object.entries(plan.times).map(([count, time]) => row(`${count} interfaces`, time, "µs")),
    row("1,000 to 10,000", plan.growthPerTenfold, "times"),
    row("one linear pass, the same", plan.referenceGrowth, "times"),
    `  linear: ${plan.linear ? "yes" : "no"}`,
    `import of relocate, ${load.unit}`,
    ...Object.entries(load.times).map(([name, time]) => row(name, time, "ms")),
    row("unbundled to bundled", load.unbundledToBundled, "times"),
    row("bundled to empty", load.bundledToEmpty, "times"),
    `import on each Node, ${importCpu.unit}; times the empty handler`,
    ...Object.entries(importCpu.times).flatMap(([version, times]) =>
      Object.entries(times).map(([name, ms]) => row(`${version} ${name}`, ms, `ms, ${timesEmpty(times, ms)}`)),
    ),
    `guard, ${guard.unit}`,
    ...Object.entries(guard.times).map(([name, time]) => row(name, time, "ns")),
    row("added by the guard", guard.addedNs, "ns"),
    "simulation",
    row("simulated pool-days", simulation.poolDaysPerSecond, "a second and process (before: 1.05 on an idle machine)"),
    ...simulation.heals.flatMap(({ members, calls, gapSeconds, before }) => [
      row(`heal, ${members} members`, calls, `AWS calls (before: ${before.calls})`),
      row(`gap, ${members} members`, gapSeconds, `s (before: ${before.gapSeconds.toFixed(1)})`),
    ]),
    "many pools, while a pipeline deploys 50 functions of others (limits: on average 5 calls of Lambda a second, 10 at most)",
    ...busy.flatMap(({ pools, today, before }) => [
      `  ${pools} ${pools === 1 ? "pool" : "pools"}`,
      `    today   ${busyLine(today)}`,
      `    before  ${typeof before === "string" ? before : busyLine(before)}`,
    ]),
    "bundles",
    ...Object.entries(bundleBytes).map(([name, bytes]) => row(name, bytes / 1024, "KB")),
  ].join("\n");
}

function timesEmpty(times: Readonly<Record<string, number>>, ms: number): string {
  return `${(ms / (times["empty"] ?? Number.NaN)).toFixed(1)} times`;
}

function busyLine(it: BusyFigures): string {
  return [
    `${it.meanPerSecond.toFixed(2)} calls a second, ${it.worstSecond} in the worst`,
    `${it.throttled} refused, and ${it.othersThrottled} of others`,
    `${it.failedRuns} failed runs`,
    `healed in ${it.healSeconds.toFixed(1)} s, gap ${it.gapSeconds.toFixed(1)} s`,
    `a quiet minute ${it.quietInvocations.toFixed(1)} invocations, ${it.quietEc2Calls.toFixed(1)} calls of EC2`,
  ].join("; ");
}
