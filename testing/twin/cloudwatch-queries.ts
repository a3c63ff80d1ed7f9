import type { Dimension, MetricDataQuery, MetricStat } from "@aws-sdk/client-cloudwatch";
import { evaluateQuery, type Queries } from "./cloudwatch-math.ts";
import { isStatistic, type MetricId, type Metrics, type Series, type Window } from "./cloudwatch-metrics.ts";
import { AwsError } from "./service.ts";

export function invalidValue(message: string): AwsError {
  return new AwsError("ValidationError", message, 400);
}

export function dimensionsOf(dimensions: readonly Dimension[] | undefined): Record<string, string> {
  return Object.fromEntries((dimensions ?? []).map(({ Name, Value }) => [Name ?? "", Value ?? ""]));
}

export function metricIdOf({ Metric }: MetricStat): MetricId {
  return {
    namespace: Metric?.Namespace ?? "",
    name: Metric?.MetricName ?? "",
    dimensions: dimensionsOf(Metric?.Dimensions),
  };
}

/** Periods are 10, 20 or 30 seconds, or whole minutes (CloudWatch API reference, PutMetricAlarm). Returns milliseconds. */
export function readPeriodMs(seconds: number | undefined): number {
  const valid = seconds !== undefined && ([1, 5, 10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0));
  if (valid) return seconds * 1_000;
  throw invalidValue(`Period must be 10, 20, 30 or a multiple of 60, not ${seconds}`);
}

/** Returns the period of a set of queries: that of its metrics, the longest one. */
export function periodOf(queries: readonly MetricDataQuery[]): number {
  const periods = queries.flatMap(({ MetricStat }) => (MetricStat ? [readPeriodMs(MetricStat.Period)] : []));
  return periods.length > 0 ? Math.max(...periods) : readPeriodMs(queries.find(({ Period }) => Period)?.Period ?? 60);
}

/** Evaluates the query `id` among its fellows. Throws `ValidationError` for what cannot be evaluated. */
export function readQuery(
  metrics: Metrics,
  queries: readonly MetricDataQuery[],
  id: string,
  window: Window,
  nowMs: number,
): Series {
  const all: Queries = new Map(
    queries.map((query) => [query.Id ?? "", { ...read(metrics, query, window, nowMs) }] as const),
  );
  try {
    return evaluateQuery(all, id, window);
  } catch (error) {
    throw invalidValue(`Error in expression '${id}': ${(error as Error).message}`);
  }
}

function read(metrics: Metrics, { MetricStat, Expression }: MetricDataQuery, window: Window, nowMs: number) {
  if (!MetricStat) return { expression: Expression ?? "" };
  const statistic = MetricStat.Stat ?? "";
  if (!isStatistic(statistic)) throw invalidValue(`The statistic ${statistic} is invalid`);
  return { series: metrics.read(metricIdOf(MetricStat), statistic, window, nowMs) };
}
