/**
 * Many seeds on all cores, each in a process that takes the next one when it is done. They run on Node 24, which Lambda runs
 * the functions on, and which takes little more than half of the time of Node 20: it follows an invocation through its
 * promises without a hook at each of them.
 */
import { type ChildProcess, fork } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { nodeFolder } from "../toolchain/node.ts";
import { type Batch, type BatchOptions, type Crash, type Runner, runBatch } from "./batch.ts";
import type { SeedOptions, SeedResult } from "./run.ts";
import { shrink } from "./shrink.ts";
import type { Answer } from "./worker.ts";

export interface ManyOptions {
  readonly seeds: readonly number[];
  readonly options: Omit<SeedOptions, "seed">;
  /** Processes; one per core unless given. */
  readonly workers?: number | undefined;
  /** Ends with the first seed that fails or crashes, and makes it no smaller. */
  readonly untilFailure?: boolean;
}

export interface Summary {
  readonly results: readonly SeedResult[];
  readonly failed: readonly SeedResult[];
  readonly crashed: readonly Crash[];
  /** The first failing seed with as little of everything as still fails. */
  readonly shrunk: SeedOptions | undefined;
  readonly wallSeconds: number;
}

/** Runs all seeds; progress goes to stderr. */
export async function runMany(many: ManyOptions): Promise<Summary> {
  const started = performance.now();
  const { results, crashed } = await runAll(many);
  const failed = results.filter(({ violations }) => violations.length > 0);
  const wallSeconds = (performance.now() - started) / 1000;
  const [first] = failed;
  const shrunk = first && !many.untilFailure && (await shrink({ ...many.options, seed: first.seed }));
  return { results, failed, crashed, shrunk: shrunk || undefined, wallSeconds };
}

/** Runs each seed twice; one whose traces differ fails. */
export async function verifyDeterminism(many: ManyOptions): Promise<Summary> {
  const first = await runMany(many);
  const again = await runAll(many);
  const failed = first.results.flatMap((result) => {
    const other = again.results.find(({ seed }) => seed === result.seed)?.traceHash ?? "nothing";
    if (other === result.traceHash) return result.violations.length > 0 ? [result] : [];
    const text = `${result.traceHash} and ${other} from the same seed`;
    return [{ ...result, violations: [{ invariant: "deterministic", atMs: 0, text }, ...result.violations] }];
  });
  return { ...first, failed };
}

async function runAll({ seeds, options, untilFailure, workers = availableParallelism() }: ManyOptions): Promise<Batch> {
  if (seeds.length === 1 || workers === 0) {
    const { runSeed } = await import("./run.ts");
    return runBatch(seeds, [(seed) => runSeed({ ...options, seed })], { untilFailure });
  }
  const onProgress: BatchOptions["onProgress"] = (seed, batch) => printProgress(seed, batch, seeds.length);
  return withProcesses(Math.min(workers, seeds.length), (processes) => {
    const runners = processes.map(
      (run): Runner =>
        (seed) =>
          run({ ...options, seed }),
    );
    return runBatch(seeds, runners, { untilFailure, onProgress });
  });
}

/** Runs a seed in a process. */
export type RunSeed = (options: SeedOptions) => Promise<SeedResult>;

/** Gives `use` as many processes as it asks for, and ends them when it is done. */
export function withProcesses<Result>(
  count: number,
  use: (processes: readonly RunSeed[]) => Promise<Result>,
): Promise<Result> {
  return withWorker(async (file) => {
    const processes = Array.from({ length: count }, () => new Process(file));
    try {
      return await use(processes.map(({ run }) => run));
    } finally {
      for (const it of processes) it.end();
    }
  });
}

/** Most of what a run makes is gone within a virtual second: room for the young halves the time of the garbage collector. */
const execArgv = ["--max-semi-space-size=64"];

/**
 * Builds the worker into one file, for as long as `use` takes: `tsx` names each function anew whenever it is made, which
 * costs a fifth of a run. It stands below `node_modules`, where it finds the packages that it imports.
 */
async function withWorker<Result>(use: (file: string) => Promise<Result>): Promise<Result> {
  const root = join(import.meta.dirname, "../..");
  const cache = join(root, "node_modules/.cache");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "sim-"));
  try {
    const outfile = join(folder, "worker.mjs");
    const entryPoints = [join(root, "testing/simulation/worker.ts")];
    await build({ entryPoints, outfile, bundle: true, packages: "external", platform: "node", format: "esm" });
    return await use(outfile);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Runs seeds in a process; after one that crashed, in a new one. */
class Process {
  readonly #file: string;
  #child: ChildProcess | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  readonly run: RunSeed = async (options) => {
    this.#child ??= fork(this.#file, { execArgv, execPath: join(nodeFolder(24), "node") });
    try {
      return await ask(this.#child, options);
    } catch (error) {
      this.end();
      throw error;
    }
  };

  end(): void {
    if (this.#child?.connected) this.#child.disconnect();
    this.#child = undefined;
  }
}

function ask(child: ChildProcess, options: SeedOptions): Promise<SeedResult> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null, signal: string | null) =>
      reject(new Error(`the process of seed ${options.seed} ended with ${code ?? signal}`));
    child.once("exit", ended);
    child.once("message", (message) => {
      child.off("exit", ended);
      const answer = message as Answer;
      if ("result" in answer) resolve(answer.result);
      else reject(answer.error);
    });
    child.send(options);
  });
}

/** What is wrong with the latest seed, and where the batch stands. */
function printProgress(seed: number, { results, crashed }: Batch, total: number): void {
  const failed = results.filter(({ violations }) => violations.length > 0);
  const [violation] = failed.find((it) => it.seed === seed)?.violations ?? [];
  const wrong = crashed.some((it) => it.seed === seed) ? "crashed" : violation?.invariant;
  if (wrong) process.stderr.write(`seed ${seed}: ${wrong}\n`);
  const done = results.length + crashed.length;
  if (done % 10 === 0 || done === total) {
    process.stderr.write(`${done} of ${total} seeds, ${failed.length} failed, ${crashed.length} crashed\n`);
  }
}
