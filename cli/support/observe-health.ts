/** What the deployment tells of itself: alarms, and the last minutes of the probes' metrics. */
import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricAlarm,
  type MetricDataQuery,
  paginateDescribeAlarms,
} from "@aws-sdk/client-cloudwatch";
import { call } from "../../src/aws/errors.ts";
import { type MetricName, serviceName } from "../../src/telemetry/model.ts";

/**
 * The deployment's alarms, by the beginning of their names. Another stage's may begin alike, as `pay-eu` does with `pay`:
 * only the names of the pools tell them apart.
 *
 * @param pools names of all of the deployment's pools, or none where they could not be read
 */
export function listAlarms(client: CloudWatchClient, stage: string, pools: readonly string[]): Promise<MetricAlarm[]> {
  return call("cloudwatch:DescribeAlarms", async () => {
    const alarms: MetricAlarm[] = [];
    for await (const page of paginateDescribeAlarms({ client }, { AlarmNamePrefix: `${stage}-` })) {
      alarms.push(...(page.MetricAlarms ?? []));
    }
    const isOwn = ({ AlarmName = "" }: MetricAlarm) =>
      ["all", ...pools].some((scope) => AlarmName.startsWith(`${stage}-${scope}-`));
    return pools.length === 0 ? alarms : alarms.filter(isOwn);
  });
}

/** One of Holdfast's metrics. */
export interface Series {
  readonly metric: MetricName;
  readonly statistic: "Maximum" | "Minimum" | "SampleCount" | "Sum";
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface Datum {
  readonly atMs: number;
  readonly value: number;
}

/** Metric data that one call can ask for (CloudWatch API reference, GetMetricData). */
const queriesPerCall = 500;
const minuteSeconds = 60;

/** The latest value of each series within the last `windowMs`, by minute; undefined where there is none. */
export async function latest(
  client: CloudWatchClient,
  namespace: string,
  series: readonly Series[],
  nowMs: number,
  windowMs: number,
): Promise<(Datum | undefined)[]> {
  const found: (Datum | undefined)[] = [];
  for (let start = 0; start < series.length; start += queriesPerCall) {
    const some = series.slice(start, start + queriesPerCall);
    const command = new GetMetricDataCommand({
      StartTime: new Date(nowMs - windowMs),
      EndTime: new Date(nowMs),
      ScanBy: "TimestampDescending",
      MetricDataQueries: some.map((it, index) => query(namespace, it, index)),
    });
    const output = await call("cloudwatch:GetMetricData", () => client.send(command));
    const results = new Map((output.MetricDataResults ?? []).map((it) => [it.Id, it]));
    found.push(
      ...some.map((_, index) => {
        const { Timestamps = [], Values = [] } = results.get(`q${index}`) ?? {};
        const data = Timestamps.map((at, place) => ({ atMs: at.getTime(), value: Values[place] ?? 0 }));
        return data.sort((a, b) => b.atMs - a.atMs)[0];
      }),
    );
  }
  return found;
}

function query(Namespace: string, { metric, statistic, dimensions }: Series, index: number): MetricDataQuery {
  const named = Object.entries({ service: serviceName, ...dimensions });
  const Dimensions = named.map(([Name, Value]) => ({ Name, Value }));
  const Metric = { Namespace, MetricName: metric, Dimensions };
  return { Id: `q${index}`, MetricStat: { Metric, Period: minuteSeconds, Stat: statistic } };
}
