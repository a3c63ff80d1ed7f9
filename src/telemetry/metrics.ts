/** Metrics as EMF lines on stdout: they need no API call, so they work when nothing else does. */
import { Metrics } from "@aws-lambda-powertools/metrics";
import type { Measurement } from "./model.ts";

export type EmitMetrics = (poolName: string, timeMs: number, measurements: readonly Measurement[]) => void;

/** Emits a pool's measurements with the one dimension `pool`. */
export function emfEmitter(namespace: string): EmitMetrics {
  return (poolName, timeMs, measurements) => {
    if (measurements.length === 0) return;
    const metrics = new Metrics({ namespace, serviceName: "holdfast" });
    metrics.addDimension("pool", poolName);
    metrics.setTimestamp(timeMs);
    for (const { name, unit, value } of measurements) metrics.addMetric(name, unit, value);
    metrics.publishStoredMetrics();
  };
}
