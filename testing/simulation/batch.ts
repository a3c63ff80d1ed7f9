/** Seeds that runners share among them, each taking the next one when it is done. */
import type { SeedResult } from "./run.ts";

/** A seed whose run did not come to its end: by an error of the simulation, or the death of its process. */
export interface Crash {
  readonly seed: number;
  readonly error: string;
}

export interface Batch {
  readonly results: readonly SeedResult[];
  readonly crashed: readonly Crash[];
}

/** Rejects when the run crashes; another run may follow. */
export type Runner = (seed: number) => Promise<SeedResult>;

export interface BatchOptions {
  /** Ends with the first seed that fails or crashes. */
  readonly untilFailure?: boolean | undefined;
  /** Called after each seed. */
  readonly onProgress?: (seed: number, batch: Batch) => void;
}

/** Runs all seeds, and returns what came of each in their order. A crash is that seed's alone: the others go on. */
export async function runBatch(
  seeds: readonly number[],
  runners: readonly Runner[],
  { untilFailure = false, onProgress = () => {} }: BatchOptions = {},
): Promise<Batch> {
  const results = new Map<number, SeedResult>();
  const crashed = new Map<number, Crash>();
  const queue = [...seeds];
  const batch = (): Batch => ({
    results: seeds.flatMap((seed) => results.get(seed) ?? []),
    crashed: seeds.flatMap((seed) => crashed.get(seed) ?? []),
  });
  const work = async (run: Runner) => {
    for (let seed = queue.shift(); seed !== undefined; seed = queue.shift()) {
      try {
        results.set(seed, await run(seed));
      } catch (error) {
        crashed.set(seed, { seed, error: describe(error) });
      }
      const failed = crashed.has(seed) || results.get(seed)?.violations.length !== 0;
      if (untilFailure && failed) queue.length = 0;
      onProgress(seed, batch());
    }
  };
  await Promise.all(runners.map(work));
  return batch();
}

/** Returns an error with where it was thrown. */
export function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
