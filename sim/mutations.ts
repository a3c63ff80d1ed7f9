/** `npm run sim:mutations`: plants one fault after the other in a copy of the code; each must be caught, and by whom is told. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Mutation, mutations } from "./mutation-list.ts";

const root = process.cwd();

/** The part of the first report that names the checker: `seed 12: no robbery` on stderr. */
function caughtBySimulation(copy: string, seeds: number): string | undefined {
  const args = ["tsx", "sim/main.ts", "--seeds", String(seeds), "--days", "1", "--until-failure"];
  const { status, stderr } = spawnSync("npx", args, { cwd: copy, encoding: "utf8", timeout: 30 * 60_000 });
  if (status === 0) return undefined;
  return /^seed \d+: .*$/m.exec(stderr)?.[0] ?? "the simulation ended early";
}

function caughtByTests(copy: string): string | undefined {
  const { status, stdout } = spawnSync("npx", ["vitest", "run", "--bail", "1", "test/relocation", "test/aws"], {
    cwd: copy,
    encoding: "utf8",
  });
  if (status === 0) return undefined;
  return `unit test: ${/FAIL\s+(.*)/.exec(stdout)?.[1] ?? "unknown"}`;
}

function plant({ file, find, replace, name }: Mutation, copy: string): void {
  const path = join(copy, file);
  const text = readFileSync(path, "utf8");
  if (!text.includes(find)) throw new Error(`${name}: ${file} has no ${find}`);
  writeFileSync(path, text.replace(find, replace));
}

function tryOut(mutation: Mutation, seeds: number): string | undefined {
  const copy = mkdtempSync(join(tmpdir(), "holdfast-mutation-"));
  try {
    for (const part of [
      "src",
      "sim",
      "twin",
      "test",
      "functions",
      "package.json",
      "tsconfig.json",
      "vitest.config.ts",
    ]) {
      cpSync(join(root, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    plant(mutation, copy);
    return caughtBySimulation(copy, seeds) ?? caughtByTests(copy);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

const text = { type: "string" } as const;
const { values } = parseArgs({ options: { seeds: text, only: text } });
let missed = 0;
for (const mutation of mutations) {
  if (values.only !== undefined && !mutation.name.includes(values.only)) continue;
  const caught = tryOut(mutation, Number(values.seeds ?? 200));
  if (caught === undefined) missed++;
  console.log(`${caught === undefined ? "MISSED" : "caught"}  ${mutation.name}: ${caught ?? "nobody objects"}`);
}
process.exitCode = missed > 0 ? 1 : 0;
