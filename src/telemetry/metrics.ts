/** Metrics as EMF lines on stdout: they need no API call, so they work when nothing else does. */
import { Metrics } from "@aws-lambda-powertools/metrics";
import { type Dimensions, type Measurement, metricsNamespace, serviceName } from "./model.ts";

export type EmitMetrics = (poolName: string, timeMs: number, measurements: readonly Measurement[]) => void;

/** `properties` become fields of the same log line, for Logs Insights: they cost nothing as metrics. */
export type WriteMetrics = (
  dimensions: Dimensions,
  timeMs: number,
  measurements: readonly Measurement[],
  properties?: Readonly<Record<string, unknown>>,
) => void;

/** Emits a pool's measurements with the dimensions `service` and `pool`. */
export const emitEmf: EmitMetrics = (pool, timeMs, measurements) => writeEmf({ pool }, timeMs, measurements);

/** Writes measurements with the given dimensions, and `service`, which all of ours have. */
export const writeEmf: WriteMetrics = (dimensions, timeMs, measurements, properties = {}) => {
  if (measurements.length === 0) return;
  const metrics = new Metrics({ namespace: metricsNamespace, serviceName });
  for (const [name, value] of Object.entries(dimensions)) metrics.addDimension(name, value);
  metrics.setTimestamp(timeMs);
  for (const { name, unit, value } of measurements) metrics.addMetric(name, unit, value);
  // Typed as text, written as JSON like the rest of the line.
  for (const [key, value] of Object.entries(properties)) metrics.addMetadata(key, value as string);
  metrics.publishStoredMetrics();
};
