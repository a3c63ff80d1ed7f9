/** Reads the data of series of metrics from CloudWatch. */
import { type CloudWatchClient, type MetricDataResult, paginateGetMetricData } from "@aws-sdk/client-cloudwatch";
import { call } from "../aws/errors.ts";
import { dataQuery, type Series } from "./series.ts";

/** The value of one period, which begins at `atMs`. */
export interface Datum {
  readonly atMs: number;
  readonly value: number;
}

/** Returns the data of one of the series that were read, the oldest first. */
export type SeriesData = (series: Series) => readonly Datum[];

/** Queries that one call may carry (CloudWatch API reference, GetMetricData). */
const queriesPerCall = 500;

/**
 * Reads all series in as few calls as CloudWatch allows; one that is given twice is asked for once.
 * @throws AwsCallError when a call fails
 */
export async function readSeries(
  client: CloudWatchClient,
  series: readonly Series[],
  fromMs: number,
  toMs: number,
): Promise<SeriesData> {
  const distinct = [...new Map(series.map((it) => [keyOf(it), it]))];
  const data = new Map<string, Datum[]>();
  const range = { StartTime: new Date(fromMs), EndTime: new Date(toMs) };
  for (let start = 0; start < distinct.length; start += queriesPerCall) {
    const asked = distinct.slice(start, start + queriesPerCall);
    const input = { ...range, MetricDataQueries: asked.map(([, it], index) => dataQuery(`q${index}`, it)) };
    await call("cloudwatch:GetMetricData", async () => {
      for await (const { MetricDataResults = [] } of paginateGetMetricData({ client }, input)) {
        for (const result of MetricDataResults) {
          const key = asked[Number(result.Id?.slice(1))]?.[0] ?? "";
          data.set(key, [...(data.get(key) ?? []), ...dataOf(result)]);
        }
      }
    });
  }
  return (it) => (data.get(keyOf(it)) ?? []).sort((a, b) => a.atMs - b.atMs);
}

function keyOf({ namespace, metric, dimensions, statistic, periodSeconds }: Series): string {
  return JSON.stringify([namespace, metric, dimensions, statistic, periodSeconds]);
}

function dataOf({ Timestamps = [], Values = [] }: MetricDataResult): Datum[] {
  return Timestamps.map((at, index) => ({ atMs: at.getTime(), value: Values[index] ?? 0 }));
}
