/** The canary as a Lambda function: the minute of every pool at once, and one batch of metrics at its end. */
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { putMetrics } from "../telemetry/put-metrics.ts";
import { type Canary, runMinute } from "./canary.ts";
import { CanaryMemory } from "./canary-memory.ts";
import { measure, type Series } from "./measure.ts";

export interface CanaryHandler extends Canary {
  readonly cloudWatch: CloudWatchClient;
}

/**
 * Returns the handler of the schedule. The event is not read. A pool that fails by a defect lacks its heartbeat and
 * fails the invocation, after the others have published theirs.
 */
export function createCanaryHandler(canary: CanaryHandler): () => Promise<void> {
  const memories = new Map<string, CanaryMemory>();
  return async () => {
    const { settings, clock, cloudWatch, log } = canary;
    const startMs = clock.now();
    const measured = settings.pools.map(async (pool): Promise<Series[]> => {
      const memory = memories.get(pool.name) ?? new CanaryMemory();
      memories.set(pool.name, memory);
      const { rounds, refused, unprobed } = await runMinute(canary, pool, memory);
      return measure(pool.name, rounds, refused, unprobed);
    });
    const results = await Promise.allSettled(measured);
    const failures = results.flatMap((it, index) =>
      it.status === "rejected" ? [{ pool: settings.pools[index]?.name, error: it.reason as unknown }] : [],
    );
    for (const { pool, error } of failures) {
      const stack = error instanceof Error ? error.stack : undefined;
      log.error("a pool's minute failed", { pool, reason: String(error), stack });
    }
    const series = results.flatMap((it) => (it.status === "fulfilled" ? it.value : []));
    if (series.length > 0) await putMetrics(cloudWatch, startMs, series);
    if (failures[0]) throw failures[0].error;
  };
}
