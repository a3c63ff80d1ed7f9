/** Reads the metrics that the page draws: the pools' own charts, and what their dashboards show. */
import {
  type CloudWatchClient,
  GetDashboardCommand,
  type MetricDataResult,
  paginateDescribeAlarms,
  paginateGetMetricData,
} from "@aws-sdk/client-cloudwatch";
import { AwsCallError, call } from "../../src/aws/errors.ts";
import { dashboardNameOf } from "../../src/config/names.ts";
import { chartView, poolCharts, Queries, readDashboard, type WidgetPlan, widgetView } from "./dashboard.ts";
import type { ConsoleDeployment } from "./deployment.ts";
import type { AlarmView, Measures, PoolMeasures } from "./model.ts";

/** How far back the charts reach. */
const windowMs = 60 * 60_000;
/** Queries that one call may carry (CloudWatch API reference, GetMetricData). */
const queriesPerCall = 500;

/** @throws AwsCallError that names the call that failed */
export async function measure(
  cloudWatch: CloudWatchClient,
  { stage, pools }: ConsoleDeployment,
  nowMs: number,
): Promise<Measures> {
  const queries = new Queries();
  const plans = await Promise.all(
    pools.map(async ({ name }) => {
      const dashboardName = dashboardNameOf(stage, name);
      const widgets = await readWidgets(cloudWatch, dashboardName);
      return { name, dashboardName, widgets, charts: poolCharts(name) };
    }),
  );
  for (const { widgets = [], charts } of plans) {
    const drawn = widgets.flatMap((it) => (it.kind === "chart" ? [it.chart] : []));
    for (const { lines } of [...charts, ...drawn]) for (const line of lines) queries.idOf(line);
  }
  const fromMs = nowMs - windowMs;
  const [results, alarms] = await Promise.all([
    readMetrics(cloudWatch, queries, fromMs, nowMs),
    readAlarms(cloudWatch, stage),
  ]);
  return {
    fromMs,
    toMs: nowMs,
    pools: plans.map(({ name, dashboardName, widgets, charts }): PoolMeasures => {
      const drawn = widgets?.map((it) => widgetView(it, queries, results, alarms));
      return {
        pool: name,
        charts: charts.map((it) => chartView(it, queries, results)),
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

function readMetrics(client: CloudWatchClient, queries: Queries, fromMs: number, toMs: number) {
  return call("cloudwatch:GetMetricData", async () => {
    const results = new Map<string, MetricDataResult>();
    for (let start = 0; start < queries.all.length; start += queriesPerCall) {
      const MetricDataQueries = queries.all.slice(start, start + queriesPerCall);
      const input = { MetricDataQueries, StartTime: new Date(fromMs), EndTime: new Date(toMs) };
      for await (const { MetricDataResults = [] } of paginateGetMetricData({ client }, input)) {
        for (const result of MetricDataResults) {
          const { Timestamps = [], Values = [] } = results.get(result.Id ?? "") ?? {};
          results.set(result.Id ?? "", {
            ...result,
            Timestamps: [...Timestamps, ...(result.Timestamps ?? [])],
            Values: [...Values, ...(result.Values ?? [])],
          });
        }
      }
    }
    return results;
  });
}

function readAlarms(client: CloudWatchClient, stage: string) {
  return call("cloudwatch:DescribeAlarms", async () => {
    const alarms = new Map<string, AlarmView>();
    for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, { AlarmNamePrefix: `${stage}-` })) {
      for (const {
        AlarmName: name = "",
        StateValue: state = "INSUFFICIENT_DATA",
        AlarmDescription: description = "",
      } of MetricAlarms) {
        alarms.set(name, { name, state: state as AlarmView["state"], description });
      }
    }
    return alarms;
  });
}
