import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { expect, it } from "vitest";
import { readSeries } from "../../src/telemetry/read-series.ts";
import { dashboardLine, minutesOf } from "../../src/telemetry/series.ts";

interface Query {
  readonly Id: string;
  readonly MetricStat: { readonly Metric: { readonly Dimensions: readonly { readonly Value: string }[] } };
}

/** A client whose answers come in two pages, the latest data first; each series' value is its target's number. */
function pagedClient() {
  const calls: Query[][] = [];
  const send = async ({ input }: { input: { MetricDataQueries: Query[]; NextToken?: string } }) => {
    const last = input.NextToken !== undefined;
    if (!last) calls.push(input.MetricDataQueries);
    const MetricDataResults = input.MetricDataQueries.map(({ Id, MetricStat }) => ({
      Id,
      Timestamps: [new Date(last ? 60_000 : 120_000)],
      Values: [Number(MetricStat.Metric.Dimensions.at(-1)?.Value)],
    }));
    return { MetricDataResults, ...(!last && { NextToken: "next" }) };
  };
  return { calls, client: Object.assign(new CloudWatchClient({ region: "us-east-1" }), { send }) };
}

const seriesOf = (target: number) => minutesOf("BlockedRate", "Maximum", { pool: "orders", target: `${target}` });

it("reads every series in as few calls as CloudWatch allows, page by page, each once, the oldest data first", async () => {
  const { calls, client } = pagedClient();
  const series = Array.from({ length: 501 }, (_, index) => seriesOf(index));
  const dataOf = await readSeries(client, [...series, seriesOf(7)], 0, 180_000);
  expect(calls.map(({ length }) => length)).toEqual([500, 1]);
  expect(dataOf(seriesOf(7))).toEqual([
    { atMs: 60_000, value: 7 },
    { atMs: 120_000, value: 7 },
  ]);
  expect(dataOf(seriesOf(500)).at(-1)).toEqual({ atMs: 120_000, value: 500 });
  expect(dataOf(seriesOf(501))).toEqual([]);
});

it("draws the very series on a dashboard that it reads", () => {
  const line = dashboardLine(seriesOf(1), { label: "bank" });
  expect(line).toEqual([
    ...["Holdfast", "BlockedRate", "service", "holdfast", "pool", "orders", "target", "1"],
    { label: "bank" },
  ]);
});
