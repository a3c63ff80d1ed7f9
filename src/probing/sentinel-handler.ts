/** The sentinel as a Lambda function: the minute of every pool at once, and one batch of metrics at its end. */
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { putMetrics } from "../telemetry/put-metrics.ts";
import { measure, type Series } from "./measure.ts";
import { runMinute, type Sentinel } from "./sentinel.ts";
import { SentinelMemory } from "./sentinel-memory.ts";

export interface SentinelHandler extends Sentinel {
  readonly cloudWatch: CloudWatchClient;
}

/**
 * The handler of the schedule. The event is not read. A pool that fails for a reason nobody foresaw lacks its heartbeat
 * and fails the invocation, after the others have published theirs.
 */
export function createSentinelHandler(sentinel: SentinelHandler): () => Promise<void> {
  const memories = new Map<string, SentinelMemory>();
  return async () => {
    const { settings, clock, cloudWatch, log } = sentinel;
    const startMs = clock.now();
    const measured = settings.pools.map(async (pool): Promise<Series[]> => {
      const memory = memories.get(pool.name) ?? new SentinelMemory();
      memories.set(pool.name, memory);
      const { rounds, refused, unprobed } = await runMinute(sentinel, pool, memory);
      return measure(pool.name, rounds, refused, unprobed);
    });
    const results = await Promise.allSettled(measured);
    const series = results.flatMap((it) => (it.status === "fulfilled" ? it.value : []));
    if (series.length > 0) await putMetrics(cloudWatch, settings.metricsNamespace, startMs, series);
    const failure = results.find((it) => it.status === "rejected");
    if (!failure) return;
    log.error("a pool's minute failed", { reason: String(failure.reason) });
    throw failure.reason;
  };
}
