/**
 * Series of CloudWatch metrics, and the three forms in which CloudWatch takes them: a query for their data, a metric of an
 * alarm's math, and a line of a dashboard. Nothing else builds these. Pure.
 */
import { type Dimensions, type MetricName, metricsNamespace, serviceName } from "./model.ts";

export interface Series {
  readonly namespace: string;
  readonly metric: string;
  /** In this order on a dashboard. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** As CloudWatch names it: `Maximum`, `SampleCount`, `p99` … */
  readonly statistic: string;
  readonly periodSeconds: number;
}

/** Returns the dimensions of one of Holdfast's metrics: `service`, and those given. */
export function dimensionsOf(dimensions: Dimensions): Record<string, string> {
  return { service: serviceName, ...dimensions };
}

/** Returns the series of one of Holdfast's metrics, by the minute. */
export function minutesOf(metric: MetricName, statistic: string, dimensions: Dimensions): Series {
  return seriesOf(metric, statistic, dimensions, 60);
}

/** Returns the series of one of Holdfast's metrics. */
export function seriesOf(metric: MetricName, statistic: string, dimensions: Dimensions, periodSeconds: number): Series {
  return { namespace: metricsNamespace, metric, statistic, periodSeconds, dimensions: dimensionsOf(dimensions) };
}

/** Returns the series of what the guard of a function outside the pool reports: 1 for a test that another address may cure. */
export function guardTests(functionName: string, statistic: string, periodSeconds: number): Series {
  const dimensions = { function: functionName };
  return { namespace: metricsNamespace, metric: "GuardCurable", statistic, periodSeconds, dimensions };
}

/** Returns a query for the series' data (CloudWatch API reference, MetricDataQuery). */
export function dataQuery(id: string, { namespace, metric, dimensions, statistic, periodSeconds }: Series) {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const Metric = { Namespace: namespace, MetricName: metric, Dimensions };
  return { Id: id, MetricStat: { Metric, Period: periodSeconds, Stat: statistic } };
}

/** Returns the series as a line of a metric widget (CloudWatch API reference, "Dashboard body structure and syntax"). */
export function dashboardLine(
  { namespace, metric, dimensions }: Pick<Series, "namespace" | "metric" | "dimensions">,
  options: { readonly label?: string; readonly stat?: string; readonly yAxis?: "right" } = {},
): unknown[] {
  const line = [namespace, metric, ...Object.entries(dimensions).flat()];
  return Object.keys(options).length > 0 ? [...line, options] : line;
}
