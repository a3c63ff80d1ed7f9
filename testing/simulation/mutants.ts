/**
 * `npm run sim:mutants`: plants one mutant after the other in a copy of the code, runs the unit tests of the folder,
 * then the simulation, and prints what caught it. `--only` plants the mutants with a text in their name, `--from` all
 * from the first such one on. Ends with exit code 1 when a mutant survives.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { type Mutant, mutants, plant } from "./mutant-list.ts";

const copied = [
  "src",
  "cli",
  "demo",
  "testing",
  "tools",
  "test",
  "functions",
  "stacks",
  "examples",
  "package.json",
  "tsconfig.json",
  "vitest.config.ts",
  "holdfast.config.ts",
];
const longestMs = 40 * 60_000;

/** Returns the first failing test's name; undefined when all pass. */
function caughtByTests(copy: string, { file }: Mutant): string | undefined {
  const folder = dirname(file).replace(/^src/, "test");
  const args = ["vitest", "run", "--bail", "1", "--reporter=json", folder];
  const { status, stdout } = spawnSync("npx", args, { cwd: copy, encoding: "utf8", timeout: longestMs });
  if (status === 0) return undefined;
  const { testResults } = JSON.parse(stdout.slice(stdout.indexOf("{"))) as TestReport;
  const failed = testResults.flatMap((it) => it.assertionResults).find((it) => it.status === "failed");
  return `test: ${failed?.fullName ?? "a file that does not load"}`;
}

interface TestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** Returns the part of the first report that names the invariant: `seed 12: drain` on stderr. */
function caughtBySimulation(copy: string, { seeds, days }: Effort): string | undefined {
  const args = ["tsx", "testing/simulation/main.ts", "--seeds", seeds, "--days", days, "--until-failure"];
  const { status, stderr } = spawnSync("npx", args, { cwd: copy, encoding: "utf8", timeout: longestMs });
  if (status === 0) return undefined;
  return /^seed \d+: .*$/m.exec(stderr)?.[0] ?? "the simulation ended early";
}

interface Effort {
  readonly seeds: string;
  readonly days: string;
  readonly simulationFirst: boolean;
}

function caughtBy(mutant: Mutant, copy: string, effort: Effort): string | undefined {
  const path = join(copy, mutant.file);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, plant(mutant, text));
  try {
    return effort.simulationFirst
      ? (caughtBySimulation(copy, effort) ?? caughtByTests(copy, mutant))
      : (caughtByTests(copy, mutant) ?? caughtBySimulation(copy, effort));
  } finally {
    writeFileSync(path, text);
  }
}

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;
const { values } = parseArgs({
  options: { seeds: text, days: text, only: text, from: text, "simulation-first": flag },
});
const effort: Effort = {
  seeds: values.seeds ?? "200",
  days: values.days ?? "1",
  simulationFirst: values["simulation-first"] ?? false,
};
const copy = mkdtempSync(join(tmpdir(), "holdfast-mutants-"));
const rows: { name: string; caught: string | undefined }[] = [];
try {
  for (const part of copied) cpSync(part, join(copy, part), { recursive: true });
  symlinkSync(join(process.cwd(), "node_modules"), join(copy, "node_modules"));
  const first = mutants.findIndex(({ name }) => name.includes(values.from ?? ""));
  for (const mutant of mutants.slice(first).filter(({ name }) => name.includes(values.only ?? ""))) {
    const caught = caughtBy(mutant, copy, effort);
    rows.push({ name: mutant.name, caught });
    process.stderr.write(`${caught === undefined ? "MISSED" : "caught"}  ${mutant.name}: ${caught ?? "survived"}\n`);
  }
} finally {
  rmSync(copy, { recursive: true });
}
console.log("| mutant | caught by |\n|---|---|");
for (const { name, caught } of rows) console.log(`| ${name} | ${caught ?? "**nothing**"} |`);
const missed = rows.filter(({ caught }) => caught === undefined).length;
console.log(`\n${rows.length} planted, ${missed} missed`);
process.exitCode = missed > 0 ? 1 : 0;
