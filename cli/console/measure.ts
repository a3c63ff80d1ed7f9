/** Reads the metrics that the page draws: the pools' own charts, and what their dashboards show. */
import { type CloudWatchClient, GetDashboardCommand } from "@aws-sdk/client-cloudwatch";
import { AwsCallError, call } from "../../src/aws/errors.ts";
import { dashboardNameOf } from "../../src/config/names.ts";
import { readSeries } from "../../src/telemetry/read-series.ts";
import { listAlarms } from "../support/list-alarms.ts";
import { chartView, poolCharts, readDashboard, sectionOf, type WidgetPlan, widgetView } from "./dashboard.ts";
import type { ConsoleDeployment } from "./deployment.ts";
import type { AlarmView, Measures, PoolMeasures } from "./model.ts";

/** How far back the charts reach. */
const windowMs = 60 * 60_000;

/** @throws AwsCallError that names the call that failed */
export async function measure(
  cloudWatch: CloudWatchClient,
  { stage, pools }: ConsoleDeployment,
  nowMs: number,
): Promise<Measures> {
  const dashboardName = dashboardNameOf(stage);
  const all = await readWidgets(cloudWatch, dashboardName);
  const plans = pools.map(({ name }) => {
    return { name, widgets: all && sectionOf(all, name), charts: poolCharts(name) };
  });
  const series = plans
    .flatMap(({ widgets = [], charts }) => [
      ...charts,
      ...widgets.flatMap((it) => (it.kind === "chart" ? [it.chart] : [])),
    ])
    .flatMap(({ lines }) => lines.map((line) => line.series));
  const fromMs = nowMs - windowMs;
  const [dataOf, alarms] = await Promise.all([
    readSeries(cloudWatch, series, fromMs, nowMs),
    readAlarms(
      cloudWatch,
      stage,
      pools.map(({ name }) => name),
    ),
  ]);
  return {
    fromMs,
    toMs: nowMs,
    pools: plans.map(({ name, widgets, charts }): PoolMeasures => {
      const drawn = widgets?.map((it) => widgetView(it, dataOf, alarms));
      return {
        pool: name,
        charts: charts.map((it) => chartView(it, dataOf)),
        dashboard: drawn && { name: dashboardName, widgets: drawn },
      };
    }),
  };
}

/** The dashboard's widgets, or undefined when there is no such dashboard. */
async function readWidgets(client: CloudWatchClient, DashboardName: string): Promise<WidgetPlan[] | undefined> {
  try {
    const command = new GetDashboardCommand({ DashboardName });
    const { DashboardBody = "" } = await call("cloudwatch:GetDashboard", () => client.send(command));
    return readDashboard(DashboardBody);
  } catch (error) {
    if (error instanceof AwsCallError && error.errorClass === "gone") return undefined;
    throw error;
  }
}

async function readAlarms(
  client: CloudWatchClient,
  stage: string,
  pools: readonly string[],
): Promise<Map<string, AlarmView>> {
  const alarms = await listAlarms(client, stage, pools);
  const views = alarms.map(
    ({ AlarmName: name = "", StateValue = "INSUFFICIENT_DATA", AlarmDescription: description = "" }): AlarmView => {
      return { name, state: StateValue as AlarmView["state"], description };
    },
  );
  return new Map(views.map((it) => [it.name, it]));
}
