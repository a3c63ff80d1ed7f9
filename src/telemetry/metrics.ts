/**
 * What was measured, as lines on stdout: they need no API call, so they work when nothing else does, and cost what a line
 * costs. CloudWatch makes metrics of some of it, in the embedded metric format; all of it is fields for Logs Insights.
 */
import type { MetricLevel } from "../config/bounds.ts";
import { type Dimensions, isMetric, type Measurement, metricsNamespace, serviceName } from "./model.ts";

/** Writes what was measured at a time under these dimensions, with further fields for Logs Insights. */
export type WriteMetrics = (
  dimensions: Dimensions,
  timeMs: number,
  measurements: readonly Measurement[],
  fields?: Readonly<Record<string, unknown>>,
) => void;

/**
 * Returns the line (CloudWatch user guide, "Specification: Embedded metric format"). Several values of one name become a
 * list. Without a metric of this level it is a line of fields alone.
 */
export function metricsLine(
  level: MetricLevel,
  dimensions: Dimensions,
  Timestamp: number,
  measurements: readonly Measurement[],
  fields: Readonly<Record<string, unknown>> = {},
): string {
  const values: Record<string, number | number[]> = {};
  const units = new Map<Measurement["name"], Measurement["unit"]>();
  for (const { name, unit, value } of measurements) {
    const before = values[name];
    values[name] = before === undefined ? value : [before, value].flat();
    if (isMetric(name, dimensions, level)) units.set(name, unit);
  }
  const named = { service: serviceName, ...dimensions };
  const Metrics = [...units].map(([Name, Unit]) => ({ Name, Unit }));
  const directive = { Namespace: metricsNamespace, Dimensions: [Object.keys(named)], Metrics };
  const about = Metrics.length > 0 ? { _aws: { Timestamp, CloudWatchMetrics: [directive] } } : {};
  return JSON.stringify({ ...about, ...named, ...values, ...fields });
}

/** Returns a writer of such lines. @param writeLine by default, to stdout */
export function metricsWriter(
  level: MetricLevel,
  writeLine: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): WriteMetrics {
  return (...measured) => writeLine(metricsLine(level, ...measured));
}

/** The variable of a function's environment in which a deployment asks for `full`. */
export const monitoringVariable = "HOLDFAST_MONITORING";

/** Returns the level that a function's environment asks for. */
export function levelIn(variables: Readonly<Record<string, string | undefined>>): MetricLevel {
  return variables[monitoringVariable] === "full" ? "full" : "lean";
}
