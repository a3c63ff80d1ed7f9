/** Reads from CloudWatch whether the pool's alarm is raised, and what a returned subnet's probes found. */
import {
  type CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricDataQuery,
} from "@aws-sdk/client-cloudwatch";
import { call } from "../aws/errors.ts";
import type { SubnetId } from "../aws/identifiers.ts";
import type { FallbackPool } from "../config/fallback-settings.ts";
import { type MetricName, metricsNamespace, serviceName } from "../telemetry/model.ts";
import type { Alarm, Rounds, RouteTable } from "./model.ts";
import { type Minute, roundsOf } from "./rounds.ts";

const minuteMs = 60_000;
/** Longer ago than this a return is no longer watched by itself; the alarm goes on watching. */
const watchedMs = 3 * 3_600_000;

export async function observeAlarm(cloudWatch: CloudWatchClient, alarmName: string): Promise<Alarm> {
  const command = new DescribeAlarmsCommand({
    AlarmNames: [alarmName],
    AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
  });
  const output = await call("cloudwatch:DescribeAlarms", () => cloudWatch.send(command));
  const [alarm] = [...(output.MetricAlarms ?? []), ...(output.CompositeAlarms ?? [])];
  if (!alarm) return { state: "unknown", missing: true };
  if (alarm.StateValue !== "OK" && alarm.StateValue !== "ALARM") return { state: "unknown", missing: false };
  const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
  return { state: alarm.StateValue === "ALARM" ? "raised" : "quiet", sinceMs: since?.getTime() ?? 0 };
}

interface Watched {
  readonly vantage: string;
  readonly subnetId: SubnetId;
  readonly sinceMs: number;
}

/** The rounds of the subnets whose tables returned lately; no call when there is none. */
export async function observeRounds(
  cloudWatch: CloudWatchClient,
  pool: FallbackPool,
  tables: readonly RouteTable[],
  nowMs: number,
): Promise<Map<SubnetId, Rounds>> {
  const watched = tables.flatMap((table) => watchedSubnets(table, pool, nowMs));
  if (watched.length === 0) return new Map();
  const query = (index: number, Stat: string): MetricDataQuery => ({
    Id: `${Stat.toLowerCase()}${index}`,
    MetricStat: {
      Metric: {
        Namespace: metricsNamespace,
        MetricName: "BlockedRate" satisfies MetricName,
        Dimensions: Object.entries({ service: serviceName, pool: pool.name, vantage: watched[index]?.vantage }).map(
          ([Name, Value]) => ({ Name, Value }),
        ),
      },
      Period: minuteMs / 1000,
      Stat,
    },
  });
  const command = new GetMetricDataCommand({
    StartTime: new Date(Math.min(...watched.map(({ sinceMs }) => sinceMs))),
    EndTime: new Date(nowMs),
    MetricDataQueries: watched.flatMap((_, index) => [query(index, "Maximum"), query(index, "SampleCount")]),
  });
  const output = await call("cloudwatch:GetMetricData", () => cloudWatch.send(command));
  const series = new Map(
    (output.MetricDataResults ?? []).map(({ Id, Timestamps = [], Values = [] }) => [
      Id ?? "",
      new Map(Timestamps.map((at, index) => [at.getTime(), Values[index] ?? 0])),
    ]),
  );
  return new Map(
    watched.map(({ subnetId, sinceMs }, index) => {
      const rates = series.get(`maximum${index}`) ?? new Map<number, number>();
      const minutes = [...(series.get(`samplecount${index}`) ?? [])]
        .map(([startMs, rounds]): Minute => ({ startMs, rounds, maxRate: rates.get(startMs) ?? 0 }))
        .filter(({ startMs }) => startMs >= sinceMs);
      return [subnetId, roundsOf(minutes, pool.cleanRounds)] as const;
    }),
  );
}

/** From the first whole minute after the return: what was measured before left through the NAT gateway. */
function watchedSubnets({ flips, subnetIds }: RouteTable, { probes }: FallbackPool, nowMs: number): Watched[] {
  const last = flips.at(-1);
  if (last?.direction !== "direct" || nowMs - last.atMs > watchedMs) return [];
  const sinceMs = Math.ceil(last.atMs / minuteMs) * minuteMs;
  if (sinceMs >= nowMs) return [];
  return probes.flatMap(({ vantage, subnetId }) =>
    subnetIds.includes(subnetId as SubnetId) ? [{ vantage, subnetId: subnetId as SubnetId, sinceMs }] : [],
  );
}
