/** Many seeds on all cores, each in a process that takes the next one when it is done. */
import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
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
    return [{ ...result, violations: [{ checker: "deterministic", atMs: 0, text }, ...result.violations] }];
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
  const children = Array.from({ length: Math.min(workers, seeds.length) }, () =>
    fork(new URL("./worker.ts", import.meta.url)),
  );
  await Promise.all(
    children.map(async (child) => {
      for (let seed = queue.shift(); seed !== undefined; seed = queue.shift()) {
        const result = await ask(child, { ...options, seed });
        results.set(seed, result);
        if (untilFailure && result.violations.length > 0) queue.length = 0;
        tell(results, seeds.length);
      }
      child.disconnect();
    }),
  );
  return seeds.map((seed) => results.get(seed)).filter((it) => it !== undefined);
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

function tell(results: ReadonlyMap<number, SeedResult>, total: number): void {
  const failed = [...results.values()].filter(({ violations }) => violations.length > 0);
  const latest = [...results.values()].at(-1);
  if (latest && latest.violations.length > 0)
    process.stderr.write(`seed ${latest.seed}: ${latest.violations[0]?.checker}\n`);
  if (results.size % 10 === 0 || results.size === total) {
    process.stderr.write(`${results.size} of ${total} seeds, ${failed.length} failed\n`);
  }
}
