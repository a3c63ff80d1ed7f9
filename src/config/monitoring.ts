/** What of a pool becomes metrics. */
import type { MetricLevel } from "./bounds.ts";
import type { HoldfastConfig } from "./holdfast.ts";
import { hasFallback, type Pool } from "./pool.ts";

/** Returns the level of what the canary publishes of a pool: fallback, attaching and the alarm of guarded functions read rates. */
export function metricLevelOf({ monitoring }: Pick<HoldfastConfig, "monitoring">, pool: Pool): MetricLevel {
  if (monitoring === "full") return "full";
  return hasFallback(pool) || pool.guarded ? "rates" : "lean";
}
