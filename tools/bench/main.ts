/** Runs all benchmarks: `npm run bench`, or `npm run bench -- --json`. docs/measurements.md explains the figures. */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { benchGuard, type GuardTimes } from "./guard.ts";
import { benchImport, type ImportTimes } from "./import.ts";
import { benchPlan, type PlanTimes } from "./plan.ts";
import { benchSimulation, type Simulated } from "./simulation.ts";

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const node = process.version;
const results = {
  node,
  plan: await benchPlan(),
  import: await benchImport(),
  guard: await benchGuard(),
  simulation: await benchSimulation(),
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
  readonly simulation: Simulated;
  readonly bundleBytes: Readonly<Record<string, number>>;
}

function table({ plan, import: load, guard, simulation, bundleBytes }: Results): string {
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
    `guard, ${guard.unit}`,
    ...Object.entries(guard.times).map(([name, time]) => row(name, time, "ns")),
    row("added by the guard", guard.addedNs, "ns"),
    "simulation",
    row("simulated pool-days", simulation.poolDaysPerSecond, "a second and process (before: 1.05 on an idle machine)"),
    ...simulation.heals.flatMap(({ members, calls, gapSeconds, before }) => [
      row(`heal, ${members} members`, calls, `AWS calls (before: ${before.calls})`),
      row(`gap, ${members} members`, gapSeconds, `s (before: ${before.gapSeconds.toFixed(1)})`),
    ]),
    "bundles",
    ...Object.entries(bundleBytes).map(([name, bytes]) => row(name, bytes / 1024, "KB")),
  ].join("\n");
}
