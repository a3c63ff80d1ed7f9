import { describe, expect, it } from "vitest";
import { chartView, readDashboard, widgetView } from "../../../cli/console/dashboard.ts";
import { dataQuery } from "../../../src/telemetry/series.ts";

const place = { x: 0, y: 0, width: 12, height: 6 };
const body = (...widgets: object[]) => JSON.stringify({ widgets: widgets.map((it) => ({ ...place, ...it })) });
const metric = (metrics: unknown[], more: object = {}) => ({
  type: "metric",
  properties: { title: "Egress by zone", stat: "Minimum", period: 60, metrics, ...more },
});

describe("the preview of a dashboard", () => {
  it("reads each line with its own statistic, label and axis", () => {
    const line = ["Holdfast", "Egress", "pool", "orders", "vantage", "zone-1"];
    const [widget] = readDashboard(
      body(metric([[...line, { label: "zone-1" }], [...line, { stat: "Sum", yAxis: "right" }], line])),
    );
    if (widget?.kind !== "chart") throw new Error("a metric widget is a chart");
    const { lines } = widget.chart;
    expect(lines.map(({ label, axis, series }) => [label, axis, series.statistic])).toEqual([
      ["zone-1", "left", "Minimum"],
      ["Egress", "right", "Sum"],
      ["Egress", "left", "Minimum"],
    ]);
    expect(lines[0] && dataQuery("q0", lines[0].series).MetricStat).toMatchObject({
      Metric: { Namespace: "Holdfast", MetricName: "Egress", Dimensions: [{ Name: "pool", Value: "orders" }, {}] },
      Period: 60,
    });
  });

  it("tells lines of the same metric apart by what they are of", () => {
    const of = (name: string) => ["AWS/Lambda", "Duration", "FunctionName", name];
    const [widget] = readDashboard(body(metric([of("canary"), of("relocate"), ["AWS/Lambda", "Errors"]])));
    if (widget?.kind !== "chart") throw new Error("a metric widget is a chart");
    expect(widget.chart.lines.map(({ label }) => label)).toEqual(["Duration canary", "Duration relocate", "Errors"]);
  });

  it("knows units, and the states that values name", () => {
    const seriesOf = (name: string, stat: string) => {
      const [widget] = readDashboard(body(metric([["Holdfast", name, "pool", "orders", { stat }]])));
      return widget?.kind === "chart" ? chartView(widget.chart, () => []).series[0] : undefined;
    };
    expect(seriesOf("BlockedRate", "Maximum")).toMatchObject({ unit: "%", states: [] });
    expect(seriesOf("Egress", "Minimum")?.states.map(({ label }) => label)).toEqual(["no egress", "egress"]);
    expect(seriesOf("Egress", "SampleCount")).toMatchObject({ unit: "", states: [] });
    expect(seriesOf("AddressesServing", "Maximum")).toMatchObject({ unit: "", states: [] });
  });

  it("draws the data of each line", () => {
    const [widget] = readDashboard(body(metric([["Holdfast", "Egress", "pool", "orders"]])));
    if (widget?.kind !== "chart") throw new Error("a metric widget is a chart");
    const dataOf = () => [
      { atMs: 60_000, value: 1 },
      { atMs: 120_000, value: 2 },
    ];
    expect(chartView(widget.chart, dataOf).series[0]).toMatchObject({ seconds: [60, 120], values: [1, 2] });
  });

  it("shows alarms by their state, and names what it does not draw", () => {
    const alarm = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:stage-shortage";
    const widgets = readDashboard(
      body(
        { type: "alarm", properties: { title: "Alarms", alarms: [alarm] } },
        { type: "log", properties: { title: "What Holdfast did" } },
        metric([[{ expression: "m1 + m2" }]]),
      ),
    );
    const known = new Map([
      ["stage-shortage", { name: "stage-shortage", state: "ALARM", description: "do this" } as const],
    ]);
    expect(widgets.map((it) => widgetView(it, () => [], known))).toMatchObject([
      { kind: "alarms", alarms: [{ state: "ALARM" }] },
      { kind: "other", title: "What Holdfast did" },
      { kind: "other", title: "Egress by zone" },
    ]);
  });

  it("takes a body that is no JSON for an empty dashboard", () => {
    expect(readDashboard("{")).toEqual([]);
  });
});
