/** The canary as a Lambda function: the minute of every pool, one begun soon after the other, and at its end what each found. */
import type { MetricLevel } from "../config/bounds.ts";
import { startOffsetsMs } from "../config/canary-start.ts";
import type { ProbingPool } from "../config/probing-settings.ts";
import type { WriteMetrics } from "../telemetry/metrics.ts";
import { metrics } from "../telemetry/model.ts";
import { type Canary, runMinute } from "./canary.ts";
import { CanaryMemory } from "./canary-memory.ts";
import { groupBy } from "./findings.ts";
import { measure, type Series } from "./measure.ts";
import { reportMinute } from "./report-minute.ts";

export interface CanaryHandler extends Canary {
  readonly writerAt: (level: MetricLevel) => WriteMetrics;
}

/**
 * Returns the handler of the schedule. The event is not read. A pool that fails by a defect lacks its heartbeat and
 * fails the invocation, after the others have reported.
 */
export function createCanaryHandler(canary: CanaryHandler): () => Promise<void> {
  const memories = new Map<string, CanaryMemory>();
  const runPool = async (pool: ProbingPool, startMs: number) => {
    const memory = memories.get(pool.name) ?? new CanaryMemory();
    memories.set(pool.name, memory);
    const minute = await runMinute(canary, pool, memory, startMs);
    const series = measure(pool.name, minute.rounds, minute.refused, minute.unprobed);
    writeSeries(canary.writerAt(pool.metrics), startMs, series);
    await reportMinute(canary, pool, memory, minute);
  };
  return async () => {
    const { settings, clock, log } = canary;
    const startMs = clock.now();
    const offsetsMs = startOffsetsMs(
      settings.pools.map(({ roundsPerMinute, probes }) => ({ roundsPerMinute, probes: probes.length })),
    );
    const begin = async (pool: ProbingPool, offsetMs = 0) => {
      if (offsetMs > 0) await clock.sleep(offsetMs);
      await runPool(pool, startMs);
    };
    const results = await Promise.allSettled(settings.pools.map((pool, index) => begin(pool, offsetsMs[index])));
    const failures = results.flatMap((it, index) =>
      it.status === "rejected" ? [{ pool: settings.pools[index]?.name, error: it.reason as unknown }] : [],
    );
    for (const { pool, error } of failures) {
      const stack = error instanceof Error ? error.stack : undefined;
      log.error("a pool's minute failed", { pool, reason: String(error), stack });
    }
    if (failures[0]) throw failures[0].error;
  };
}

/** Writes one line for each set of dimensions, under the time at which the minute began. */
function writeSeries(write: WriteMetrics, startMs: number, series: readonly Series[]): void {
  for (const alike of groupBy(series, ({ dimensions }) => JSON.stringify(dimensions)).values()) {
    const [first] = alike;
    const measurements = alike.flatMap(({ name, values }) =>
      values.map((value) => ({ name, unit: metrics[name].unit, value })),
    );
    if (first) write(first.dimensions, startMs, measurements);
  }
}
