/** How many custom metrics a pool has: CloudWatch bills each combination of name and dimensions. Pure. */
import type { MetricLevel } from "../config/bounds.ts";
import type { HoldfastConfig } from "../config/holdfast.ts";
import { metricLevelOf } from "../config/monitoring.ts";
import { attaches, hasFallback, type Pool } from "../config/pool.ts";
import { isMetric, type MetricName, metrics } from "../telemetry/model.ts";

/** Returns the pool's metrics, those included that are published only while there is something to say. */
export function countMetrics(config: Pick<HoldfastConfig, "monitoring">, pool: Pool): number {
  const { network, targets, guarded } = pool;
  const vantages = network.kind === "create" ? network.zones : network.subnetIds.length;
  const publishes = { relocation: true, probing: true, fallback: hasFallback(pool), attach: attaches(pool) };
  const counts = Object.entries(metrics).map(([name, { from, dimensions }]) => {
    const level: MetricLevel = from === "probing" ? metricLevelOf(config, pool) : config.monitoring;
    const billed = dimensions.map((set: readonly string[]) => {
      const byTarget = set.includes("target");
      const values = { pool: "", ...(byTarget ? { target: "" } : {}) };
      if (!isMetric(name as MetricName, values, level)) return 0;
      return byTarget ? targets.length : set.includes("vantage") ? vantages : 1;
    });
    return publishes[from] ? billed.reduce((sum, it) => sum + it, 0) : 0;
  });
  // Each guarded function's own: GuardCurable.
  return counts.reduce((sum, it) => sum + it, guarded?.functions.length ?? 0);
}
