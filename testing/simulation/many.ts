/** Many seeds on all cores, each in a process that takes the next one when it is done. */
import { type ChildProcess, fork } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import type { SeedOptions, SeedResult } from "./run.ts";
import { shrink } from "./shrink.ts";

export interface ManyOptions {
  readonly seeds: readonly number[];
  readonly options: Omit<SeedOptions, "seed">;
  /** Processes; one per core unless given. */
  readonly workers?: number | undefined;
  /** Ends with the first seed that fails, and makes it no smaller. */
  readonly untilFailure?: boolean;
}

export interface Summary {
  readonly results: readonly SeedResult[];
  readonly failed: readonly SeedResult[];
  /** The first failing seed with as little of everything as still fails. */
  readonly shrunk: SeedOptions | undefined;
  readonly wallSeconds: number;
}

/** Runs all seeds; progress goes to stderr. */
export async function runMany(many: ManyOptions): Promise<Summary> {
  const started = performance.now();
  const results = await runAll(many);
  const failed = results.filter(({ violations }) => violations.length > 0);
  const wallSeconds = (performance.now() - started) / 1000;
  const [first] = failed;
  const shrunk = first && !many.untilFailure && (await shrink({ ...many.options, seed: first.seed }));
  return { results, failed, shrunk: shrunk || undefined, wallSeconds };
}

/** Runs each seed twice; one whose traces differ fails. */
export async function verifyDeterminism(many: ManyOptions): Promise<Summary> {
  const first = await runMany(many);
  const again = await runAll(many);
  const failed = first.results.flatMap((result, index) => {
    const other = again[index]?.traceHash ?? "nothing";
    if (other === result.traceHash) return result.violations.length > 0 ? [result] : [];
    const text = `${result.traceHash} and ${other} from the same seed`;
    return [{ ...result, violations: [{ invariant: "deterministic", atMs: 0, text }, ...result.violations] }];
  });
  return { ...first, failed };
}

async function runAll({
  seeds,
  options,
  untilFailure,
  workers = availableParallelism(),
}: ManyOptions): Promise<SeedResult[]> {
  if (seeds.length === 1 || workers === 0) {
    const { runSeed } = await import("./run.ts");
    const results: SeedResult[] = [];
    for (const seed of seeds) results.push(await runSeed({ ...options, seed }));
    return results;
  }
  const results = new Map<number, SeedResult>();
  const queue = [...seeds];
  const work = async (child: ChildProcess) => {
    for (let seed = queue.shift(); seed !== undefined; seed = queue.shift()) {
      const result = await ask(child, { ...options, seed });
      results.set(seed, result);
      if (untilFailure && result.violations.length > 0) queue.length = 0;
      printProgress(results, seeds.length);
    }
    child.disconnect();
  };
  await withWorker(async (file) => {
    const children = Array.from({ length: Math.min(workers, seeds.length) }, () => fork(file, { execArgv }));
    await Promise.all(children.map(work));
  });
  return seeds.map((seed) => results.get(seed)).filter((it) => it !== undefined);
}

/** Most of what a run makes is gone within a virtual second: room for the young halves the time of the garbage collector. */
const execArgv = ["--max-semi-space-size=64"];

/**
 * Builds the worker into one file, for as long as `use` takes: `tsx` names each function anew whenever it is made, which
 * costs a fifth of a run. It stands below `node_modules`, where it finds the packages that it imports.
 */
async function withWorker(use: (file: string) => Promise<void>): Promise<void> {
  const root = join(import.meta.dirname, "../..");
  const cache = join(root, "node_modules/.cache");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "sim-"));
  try {
    const outfile = join(folder, "worker.mjs");
    const entryPoints = [join(root, "testing/simulation/worker.ts")];
    await build({ entryPoints, outfile, bundle: true, packages: "external", platform: "node", format: "esm" });
    await use(outfile);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function ask(child: ChildProcess, options: SeedOptions): Promise<SeedResult> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the process of seed ${options.seed} ended with ${code}`));
    child.once("exit", ended);
    child.once("message", (result) => {
      child.off("exit", ended);
      resolve(result as SeedResult);
    });
    child.send(options);
  });
}

function printProgress(results: ReadonlyMap<number, SeedResult>, total: number): void {
  const failed = [...results.values()].filter(({ violations }) => violations.length > 0);
  const latest = [...results.values()].at(-1);
  if (latest && latest.violations.length > 0)
    process.stderr.write(`seed ${latest.seed}: ${latest.violations[0]?.invariant}\n`);
  if (results.size % 10 === 0 || results.size === total) {
    process.stderr.write(`${results.size} of ${total} seeds, ${failed.length} failed\n`);
  }
}
