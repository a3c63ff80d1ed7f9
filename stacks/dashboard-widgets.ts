/** Widgets of a CloudWatch dashboard (CloudWatch API reference, "Dashboard body structure and syntax"). */
import { type MetricName, metricsNamespace as namespace } from "../src/telemetry/model.ts";
import { dashboardLine, dimensionsOf } from "../src/telemetry/series.ts";

export interface Widget {
  readonly type: "text" | "alarm" | "metric" | "log";
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Places rows from top to bottom and widgets from left to right, on CloudWatch's grid of 24 columns. */
export function layOut(rows: readonly (readonly Widget[])[]) {
  let y = 0;
  return rows.flatMap((row) => {
    let x = 0;
    const placed = row.map((widget) => {
      const at = { ...widget, x, y };
      x += widget.width;
      return at;
    });
    y += Math.max(...row.map(({ height }) => height));
    return placed;
  });
}

export function textWidget(height: number, ...paragraphs: readonly string[]): Widget {
  return { type: "text", width: 24, height, properties: { markdown: paragraphs.join("\n\n") } };
}

/** Alarms that one widget may have (CloudWatch API reference, "Dashboard body structure and syntax"). */
export const alarmsPerWidget = 100;

/** Returns a grid of alarms: first those that are raised, then those without data, the last change of state first. */
export function alarmWidget(title: string, alarms: readonly string[]): Widget {
  return { type: "alarm", width: 24, height: 3, properties: { title, sortBy: "stateUpdatedTimestamp", alarms } };
}

/** The pool whose metrics a widget shows. */
export interface Shown {
  readonly pool: string;
  readonly region: string;
}

/** Returns a chart with one line per metric of the pool. */
export function chartWidget(
  { pool, region }: Shown,
  title: string,
  stat: "Maximum" | "Sum",
  names: readonly MetricName[],
  width = 24 / (names.length === 2 ? 2 : 3),
): Widget {
  const dimensions = dimensionsOf({ pool });
  const metrics = names.map((metric) => dashboardLine({ namespace, metric, dimensions }));
  const properties = { title, region, view: "timeSeries", stat, period: 60, metrics };
  return { type: "metric", width, height: 6, properties };
}

/** Returns a chart with one line per vantage or target. */
export function chartOfEach(
  { pool, region }: Shown,
  title: string,
  stat: "Minimum" | "Maximum",
  metric: MetricName,
  dimension: "vantage" | "target",
  values: readonly string[],
): Widget {
  const metrics = values.map((value) => {
    const dimensions = dimensionsOf({ pool, [dimension]: value });
    return dashboardLine({ namespace, metric, dimensions }, { label: value });
  });
  const properties = { title, region, view: "timeSeries", stat, period: 60, yAxis: { left: { min: 0, max: 1 } } };
  return { type: "metric", width: 12, height: 6, properties: { ...properties, metrics } };
}

/** Returns a table of what a query of Logs Insights finds. */
export function logWidget(
  region: string,
  title: string,
  height: number,
  logGroups: readonly string[],
  query: readonly string[],
): Widget {
  const whole = [...logGroups.map((it) => `SOURCE '${it}'`), ...query].join(" | ");
  return { type: "log", width: 24, height, properties: { title, region, view: "table", query: whole } };
}
