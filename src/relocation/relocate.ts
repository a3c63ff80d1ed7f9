/** What a batch of messages comes to: each pool is looked at once, whatever number of messages asks for it. */
import { AwsCallError } from "../aws/errors.ts";
import type { PoolSettings, RelocationSettings } from "../config/settings.ts";
import type { Job } from "../queue/queue-handler.ts";
import type { Change } from "./changes.ts";
import { type Network, observeNetwork } from "./observe.ts";
import { isFullSweep, isQuiet } from "./quiet.ts";
import { type Relocation, type Run, reconcile } from "./reconcile.ts";

/**
 * Runs one job. A sweep, or an interface's coming or going, whose network looks as it did when the pool last needed
 * nothing ends after 2 calls.
 *
 * @param deadlineMs when to stop waiting for updates in progress
 */
export async function relocate(
  relocation: Relocation,
  settings: RelocationSettings,
  { pool, changes }: Job<PoolSettings, Change>,
  deadlineMs: number,
): Promise<Run> {
  const { clock, memory } = relocation;
  const startedMs = clock.now();
  const mayBeQuiet = changes.every(
    ({ kind, timeMs }) =>
      kind === "interface" ||
      (kind === "sweep" && !isFullSweep(pool.name, settings.pools.length, timeMs, pool.sweepMinutes)),
  );
  const network = mayBeQuiet ? await look(relocation, pool) : undefined;
  if (network && memory.isQuiet(pool.name, network)) {
    return { pool: pool.name, startedMs, endedMs: clock.now(), network, rounds: [], failure: undefined };
  }
  const run = await reconcile(relocation, pool, deadlineMs);
  const last = run.rounds.at(-1);
  memory.remember(pool.name, last && !run.failure && isQuiet(last) ? last.observed : undefined);
  return run;
}

/** The network alone, or undefined when it cannot be read: the run that follows meets the same error and reports it. */
async function look(relocation: Relocation, pool: PoolSettings): Promise<Network | undefined> {
  try {
    return await observeNetwork(relocation.ec2, pool);
  } catch (error) {
    if (error instanceof AwsCallError) return undefined;
    throw error;
  }
}
