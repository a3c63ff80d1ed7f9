/** Reads from CloudWatch whether the pool's alarm is raised, and what a returned subnet's probes found. */
import { type CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { call } from "../aws/errors.ts";
import type { SubnetId } from "../aws/identifiers.ts";
import type { FallbackPool } from "../config/fallback-settings.ts";
import { readSeries } from "../telemetry/read-series.ts";
import { minutesOf } from "../telemetry/series.ts";
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

/** How old the canary's last word may be: it publishes each minute, and CloudWatch shows it within another two. Assumed. */
const refusedMs = 4 * minuteMs;

/**
 * Returns whether a target keeps out all of the pool's addresses, by the canary's last minute. It publishes that only while
 * it is so, and its heartbeat always: a later one without it says that it is over.
 */
export async function observePoolRefused(cloudWatch: CloudWatchClient, pool: string, nowMs: number): Promise<boolean> {
  const refusals = minutesOf("TargetsRefusingPool", "Maximum", { pool });
  const heartbeat = minutesOf("ProbesFailed", "SampleCount", { pool });
  const dataOf = await readSeries(cloudWatch, [refusals, heartbeat], nowMs - refusedMs, nowMs);
  const lastMs = dataOf(heartbeat).at(-1)?.atMs ?? 0;
  return dataOf(refusals).some(({ atMs, value }) => value >= 1 && atMs >= lastMs);
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
  const seriesOf = (statistic: string, { vantage }: Watched) =>
    minutesOf("BlockedRate", statistic, { pool: pool.name, vantage });
  const series = watched.flatMap((it) => [seriesOf("Maximum", it), seriesOf("SampleCount", it)]);
  const dataOf = await readSeries(cloudWatch, series, Math.min(...watched.map(({ sinceMs }) => sinceMs)), nowMs);
  return new Map(
    watched.map((it) => {
      const rates = new Map(dataOf(seriesOf("Maximum", it)).map(({ atMs, value }) => [atMs, value]));
      const minutes = dataOf(seriesOf("SampleCount", it))
        .map(({ atMs, value }): Minute => ({ startMs: atMs, rounds: value, maxRate: rates.get(atMs) ?? 0 }))
        .filter(({ startMs }) => startMs >= it.sinceMs);
      return [it.subnetId, roundsOf(minutes, pool.cleanRounds)] as const;
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
