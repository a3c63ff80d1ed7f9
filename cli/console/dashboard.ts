/** A CloudWatch dashboard's body as the page draws it: which metrics to ask for, and what came back. Pure. */
import type { MetricName } from "../../src/telemetry/model.ts";
import type { SeriesData } from "../../src/telemetry/read-series.ts";
import { minutesOf, type Series } from "../../src/telemetry/series.ts";
import type { AlarmView, ChartView, SeriesView, WidgetView } from "./model.ts";
import { meaningOf } from "./units.ts";

/** A line of a metric widget: `["Holdfast", "Egress", "pool", "orders", { label: "…" }]`. */
export interface MetricLine {
  readonly series: Series;
  readonly label: string;
  readonly axis: SeriesView["axis"];
}

export interface ChartPlan {
  readonly title: string;
  readonly lines: readonly MetricLine[];
  readonly min: number | undefined;
  readonly max: number | undefined;
}

type Placed = Pick<WidgetView, "x" | "y" | "width" | "height">;

export type WidgetPlan = Placed &
  (
    | { readonly kind: "text"; readonly markdown: string }
    | { readonly kind: "alarms"; readonly title: string; readonly alarmNames: readonly string[] }
    | { readonly kind: "chart"; readonly chart: ChartPlan }
    | { readonly kind: "other"; readonly title: string; readonly note: string }
  );

interface Axis {
  readonly left?: { readonly min?: number; readonly max?: number };
}

interface Properties {
  readonly title?: string;
  readonly markdown?: string;
  readonly alarms?: readonly string[];
  readonly stat?: string;
  readonly period?: number;
  readonly metrics?: readonly (readonly unknown[])[];
  readonly yAxis?: Axis;
}

/**
 * Reads a dashboard's body (CloudWatch API reference, "Dashboard body structure and syntax"), as far as Holdfast's own
 * dashboards use it. What is not understood is named instead of drawn; a body that is no JSON gives nothing.
 */
export function readDashboard(body: string): WidgetPlan[] {
  let widgets: unknown;
  try {
    widgets = (JSON.parse(body) as { widgets?: unknown }).widgets;
  } catch {
    return [];
  }
  return Array.isArray(widgets) ? widgets.map(readWidget) : [];
}

function readWidget(widget: Placed & { readonly type: string; readonly properties?: Properties }): WidgetPlan {
  const { x = 0, y = 0, width = 6, height = 6, type, properties = {} } = widget;
  const place = { x, y, width, height };
  const { title = "", markdown = "", alarms = [] } = properties;
  const lines = toldApart((properties.metrics ?? []).map((metric) => readLine(metric, properties)));
  if (type === "text") return { ...place, kind: "text", markdown };
  if (type === "alarm") {
    return { ...place, kind: "alarms", title, alarmNames: alarms.map((arn) => arn.split(":").slice(6).join(":")) };
  }
  if (type === "metric" && lines.every((line) => line !== undefined)) {
    const { min, max } = properties.yAxis?.left ?? {};
    return { ...place, kind: "chart", chart: { title, lines, min, max } };
  }
  const note =
    type === "log"
      ? "A query of the logs: open the dashboard in CloudWatch to run it."
      : "Not shown here: open the dashboard in CloudWatch.";
  return { ...place, kind: "other", title, note };
}

/** Lines of the same label that are of different things get the thing's name. */
function toldApart(lines: readonly (MetricLine | undefined)[]): (MetricLine | undefined)[] {
  const thingOf = (line: MetricLine) => Object.values(line.series.dimensions).at(-1) ?? "";
  return lines.map((line) => {
    if (line === undefined) return undefined;
    const others = lines.filter((it) => it?.label === line.label && thingOf(it) !== thingOf(line));
    return others.length > 0 ? { ...line, label: `${line.label} ${thingOf(line)}` } : line;
  });
}

interface LineOptions {
  readonly label?: string;
  readonly stat?: string;
  readonly period?: number;
  readonly yAxis?: "left" | "right";
}

function readLine(line: readonly unknown[], { stat, period }: Properties): MetricLine | undefined {
  const texts = line.filter((part) => typeof part === "string");
  const options = (line.find((part) => typeof part === "object") ?? {}) as LineOptions;
  const [namespace, metric, ...rest] = texts;
  if (!namespace || !metric || rest.length % 2 !== 0 || texts.includes(".")) return undefined;
  const pairs = rest.flatMap((key, index) => (index % 2 === 0 ? [[key, rest[index + 1] ?? ""] as const] : []));
  const series = {
    namespace,
    metric,
    dimensions: Object.fromEntries(pairs),
    statistic: options.stat ?? stat ?? "Average",
    periodSeconds: options.period ?? period ?? 300,
  };
  return {
    series,
    label: options.label ?? metric,
    axis: options.yAxis ?? "left",
  };
}

/** A section of the dashboard begins with a text of this heading (stacks/dashboard-pool.ts). */
const heading = /^# (Pool \S+|Holdfast)/;

/** Returns what the dashboard shows of all pools and of this one, from the top. */
export function sectionOf(widgets: readonly WidgetPlan[], pool: string): WidgetPlan[] {
  let section = "Holdfast";
  const shown = widgets.filter((it) => {
    section = (it.kind === "text" && heading.exec(it.markdown)?.[1]) || section;
    return section === "Holdfast" || section === `Pool ${pool}`;
  });
  return moveUp(shown);
}

/** Closes the gaps of what is left out: each row of widgets follows the one before. */
function moveUp(widgets: readonly WidgetPlan[]): WidgetPlan[] {
  let bottom = 0;
  let gap = 0;
  return widgets.map((it) => {
    if (it.y - gap > bottom) gap = it.y - bottom;
    const y = it.y - gap;
    bottom = Math.max(bottom, y + it.height);
    return { ...it, y };
  });
}

/** Returns the charts that the page shows of every pool, beside its dashboard. */
export function poolCharts(pool: string): ChartPlan[] {
  const line = (metric: MetricName, statistic: string, label: string): MetricLine => ({
    series: minutesOf(metric, statistic, { pool }),
    label,
    axis: "left",
  });
  return [
    {
      title: "Needs a person",
      lines: [
        line("RelocationAttention", "Maximum", "relocation"),
        line("ProbingAttention", "Maximum", "probing"),
        line("FallbackAttention", "Maximum", "fallback"),
      ],
      min: 0,
      max: 2,
    },
    {
      title: "Answers that are blocked",
      lines: [line("BlockedRate", "Maximum", "share of all answers")],
      min: 0,
      max: 1,
    },
  ];
}

export function chartView({ title, lines, min, max }: ChartPlan, dataOf: SeriesData): ChartView {
  return { title, min, max, series: lines.map((line) => seriesView(line, dataOf)) };
}

function seriesView({ series, label, axis }: MetricLine, dataOf: SeriesData): SeriesView {
  const data = dataOf(series);
  return {
    label,
    axis,
    ...meaningOf(series),
    seconds: data.map(({ atMs }) => atMs / 1000),
    values: data.map(({ value }) => value),
  };
}

export function widgetView(widget: WidgetPlan, dataOf: SeriesData, alarms: ReadonlyMap<string, AlarmView>): WidgetView {
  switch (widget.kind) {
    case "text":
    case "other":
      return widget;
    case "chart":
      return { ...widget, chart: chartView(widget.chart, dataOf) };
    case "alarms": {
      const { alarmNames, ...rest } = widget;
      const shown = alarmNames.flatMap((name) => alarms.get(name) ?? []);
      return { ...rest, alarms: alarmStates.flatMap((state) => shown.filter((it) => it.state === state)) };
    }
  }
}

/** As CloudWatch sorts them on Holdfast's dashboards. */
const alarmStates: readonly AlarmView["state"][] = ["ALARM", "INSUFFICIENT_DATA", "OK"];
