/** What is read of a deployment's health, from AWS's answers. */
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { expect, it } from "vitest";
import { partnersOf } from "../../cli/console/observe.ts";
import { createHealthReader } from "../../cli/support/read-health.ts";
import type { Clock } from "../../src/aws/clock.ts";
import { factsOf, minuteMs, nowMs, type Situation, situations } from "./situations.ts";

const clock: Clock = { now: () => nowMs, sleep: async () => {} };

interface Answers {
  /** Lines of the canary's log with their age in minutes. */
  readonly lines?: readonly (readonly [ago: number, line: object])[];
  /** How long ago each part published last, in minutes. */
  readonly published?: Readonly<Record<string, number>>;
  readonly alarms?: readonly object[];
}

interface Query {
  readonly Id: string;
  readonly MetricStat: { readonly Metric: { readonly MetricName: string } };
}

const well = { RelocationAttention: 1, ProbingAttention: 1, FallbackAttention: 1 };

function readerOf({ lines = [], published = well, alarms = [] }: Answers, names = ["partner"]) {
  const asked = { logs: [] as string[] };
  const logs = Object.assign(new CloudWatchLogsClient({ region: "us-east-1" }), {
    async send({ input }: { input: { startTime: number; filterPattern: string } }) {
      asked.logs.push(input.filterPattern);
      const events = lines
        .map(([ago, line]) => ({ timestamp: nowMs - ago * minuteMs, message: JSON.stringify(line) }))
        .filter((it) => it.timestamp >= input.startTime && it.message.includes(input.filterPattern));
      return { events };
    },
  });
  const cloudWatch = Object.assign(new CloudWatchClient({ region: "us-east-1" }), {
    async send({ input }: { input: { MetricDataQueries?: Query[] } }) {
      if (!input.MetricDataQueries) return { MetricAlarms: alarms };
      return {
        MetricDataResults: input.MetricDataQueries.map(({ Id, MetricStat }) => {
          const ago = published[MetricStat.Metric.MetricName];
          return { Id, Timestamps: ago === undefined ? [] : [new Date(nowMs - ago * minuteMs)], Values: [1] };
        }),
      };
    },
  });
  const read = createHealthReader({ clients: { logs, cloudWatch }, clock, deployment: { stage: "shop" } }, names);
  return { asked, read };
}

const round = (
  verdicts: readonly object[] = [{ vantage: "zone-1", target: "bank", verdict: "ok", finding: "accepted" }],
) => [1, { message: "round", pool: "partner", verdicts }] as const;
const viewOf = (situation: Situation) => factsOf(situation).view;
const targets = ["bank", "carrier"].map((name) => ({ name, url: `https://api.${name}.example/` }));

it("names the partner alone that refuses an address, in the headline and on the console", async () => {
  const of = (target: string, verdict: string, finding: string) => {
    return { vantage: "zone-2", address: "203.0.113.2", target, verdict, finding };
  };
  const lines = [round([of("bank", "blocked", "accepted-elsewhere"), of("carrier", "ok", "accepted")])];
  const { asked, read } = readerOf({ lines });
  const view = viewOf(situations["one blocked, with a spare"]);
  const healths = await read([view]);
  expect(healths.list[0]?.partners).toEqual(["bank"]);
  expect(asked.logs).not.toContain('"blocks"');
  const fields = { method: "GET", protocol: "http/1.1", headers: {}, connectTimeoutMs: 3000, timeoutMs: 5000 };
  const rest = { rules: [], sharedPool: true, allowHttp: false, allowPrivate: false };
  const probing = { targets: targets.map((it) => ({ ...it, ...fields, ...rest })) } as never;
  expect(partnersOf({ name: "partner", probing }, healths, view.relocation)).toEqual([
    { name: "bank", host: "api.bank.example", refuses: ["203.0.113.2"] },
    { name: "carrier", host: "api.carrier.example", refuses: [] },
  ]);
});

it("asks the events who refused an address by which no probe leaves", async () => {
  const event = { type: "AddressBlocked", detail: { publicIp: "203.0.113.1", blocks: [{ target: "carrier" }] } };
  const { read } = readerOf({ lines: [[700, { message: "domain event", event }], round()] });
  const { list } = await read([viewOf(situations["in fallback"])]);
  expect(list[0]).toMatchObject({ row: 7, partners: ["carrier"] });
});

it.each([
  ["an old round", [[4, round()[1]]] as const],
  ["no line", []],
])("takes %s for no data, and says since when", async (_, lines) => {
  const { read } = readerOf({ lines, published: { ...well, ProbingAttention: 9 } });
  const { list } = await read([viewOf(situations.healthy)]);
  expect(list).toMatchObject([{ headline: "UNKNOWN", since: { atMs: nowMs - 9 * minuteMs } }]);
});

it("knows from the heartbeats which part does not run", async () => {
  const { read } = readerOf({ lines: [round()], published: { ...well, RelocationAttention: 30 } });
  expect((await read([viewOf(situations.healthy)])).list[0]).toMatchObject({ row: 6, headline: "DEGRADED" });
});

it("gives each pool its own alarms, by their sections of the runbook, and apart what all share", async () => {
  const alarm = (AlarmName: string, section: string) => {
    const StateTransitionedTimestamp = new Date(nowMs - 5 * minuteMs);
    return {
      AlarmName,
      AlarmDescription: `Look. https://x/#${section}`,
      StateValue: "ALARM",
      StateTransitionedTimestamp,
    };
  };
  const alarms = [alarm("shop-partner-no-egress-zone-1", "no-egress"), alarm("shop-all-dead-letters", "dead-letters")];
  const others = [alarm("shop-partner-b-certificate", "certificate")];
  const { read } = readerOf({ lines: [round()], alarms: [...alarms, ...others] }, ["partner", "partner-b"]);
  const { list, raised } = await read([viewOf(situations.healthy)]);
  expect(list).toMatchObject([
    { pool: "partner", row: 13, summary: "the alarm no-egress is raised" },
    { pool: undefined, row: 13, summary: "the alarm dead-letters is raised" },
  ]);
  expect(raised).toHaveLength(3);
});
