import { describe, expect, it } from "vitest";
import { chartView, Queries, readDashboard, widgetView } from "../../../cli/console/dashboard.ts";

const place = { x: 0, y: 0, width: 12, height: 6 };
const body = (...widgets: object[]) => JSON.stringify({ widgets: widgets.map((it) => ({ ...place, ...it })) });
const metric = (metrics: unknown[], more: object = {}) => ({
  type: "metric",
  properties: { title: "Egress by zone", stat: "Minimum", period: 60, metrics, ...more },
});

describe("the preview of a dashboard", () => {
  it("asks for each metric once, under its own statistic, label and axis", () => {
    const line = ["Holdfast", "Egress", "pool", "orders", "vantage", "zone-1"];
    const [widget] = readDashboard(
      body(metric([[...line, { label: "zone-1" }], [...line, { stat: "Sum", yAxis: "right" }], line])),
    );
    const queries = new Queries();
    if (widget?.kind !== "chart") throw new Error("a metric widget is a chart");
    const ids = widget.chart.lines.map((it) => queries.idOf(it));
    expect(ids).toEqual(["m0", "m1", "m0"]);
    expect(widget.chart.lines.map(({ label, axis, stat }) => [label, axis, stat])).toEqual([
      ["zone-1", "left", "Minimum"],
      ["Egress", "right", "Sum"],
      ["Egress", "left", "Minimum"],
    ]);
    expect(queries.all[0]?.MetricStat).toMatchObject({
      Metric: { Namespace: "Holdfast", MetricName: "Egress", Dimensions: [{ Name: "pool", Value: "orders" }, {}] },
      Period: 60,
    });
  });

  it("puts points in the order of time", () => {
    const [widget] = readDashboard(body(metric([["Holdfast", "Egress", "pool", "orders"]])));
    const queries = new Queries();
    if (widget?.kind !== "chart") throw new Error("a metric widget is a chart");
    queries.idOf(widget.chart.lines[0] as never);
    const results = new Map([["m0", { Timestamps: [new Date(120_000), new Date(60_000)], Values: [2, 1] }]]);
    expect(chartView(widget.chart, queries, results).series[0]).toMatchObject({ seconds: [60, 120], values: [1, 2] });
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
    expect(widgets.map((it) => widgetView(it, new Queries(), new Map(), known))).toMatchObject([
      { kind: "alarms", alarms: [{ state: "ALARM" }] },
      { kind: "other", title: "What Holdfast did" },
      { kind: "other", title: "Egress by zone" },
    ]);
  });

  it("takes a body that is no JSON for an empty dashboard", () => {
    expect(readDashboard("{")).toEqual([]);
  });
});
