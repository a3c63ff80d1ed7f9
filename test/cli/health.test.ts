/** What a person is told of each situation, in every place that tells it. */
import { beforeAll, describe, expect, it } from "vitest";
import { headerOf } from "../../cli/console/page/health.ts";
import { poolView } from "../../cli/console/snapshot.ts";
import { answerOf } from "../../cli/status.ts";
import type { Deployment } from "../../cli/support/deployment-model.ts";
import { type HealthFacts, healthOf, sharedHealth } from "../../cli/support/health.ts";
import { healthText } from "../../cli/support/health-text.ts";
import { resumed } from "../../cli/support/observe-pool.ts";
import { plain } from "../../cli/support/style.ts";
import { report as reportFallback } from "../../src/fallback/report.ts";
import { findingTable as probingTable } from "../../src/probing/finding-table.ts";
import { noLooks } from "../../src/relocation/looks.ts";
import { report as reportRelocation } from "../../src/relocation/report.ts";
import { attentionFor } from "../../src/telemetry/attention.ts";
import { rowOf } from "../../src/telemetry/finding.ts";
import { worstOf } from "../../src/telemetry/headline.ts";
import type { MetricName } from "../../src/telemetry/model.ts";
import { deploy, targets } from "../stacks/deployment.ts";
import { factsOf, minuteMs, nowMs, type Situation, type SituationName, situations } from "./situations.ts";

const deployment: Deployment = {
  ...{ stage: "holdfast-test", sstStage: "test", accountId: "123456789012", region: "us-east-1" },
  functionArns: new Map(),
};

/** `status`, of one pool or more. */
function statusOf(all: readonly HealthFacts[], quiet = false, shared?: HealthFacts["raised"]) {
  const list = [...all.map(healthOf), ...[sharedHealth(shared ?? [])].filter((it) => it !== undefined)];
  const views = all.map(({ view }) => view);
  const canary = (pool: string) => (all.find(({ view }) => view.pool.name === pool) ?? (all[0] as HealthFacts)).canary;
  const healths = { list, canary, raised: [] };
  return answerOf({ deployment, style: plain, nowMs, views, healths }, { quiet });
}

/** The console's page of a pool. */
function pageOf(facts: HealthFacts) {
  const { view } = facts;
  const ways = view.fallback?.observed;
  if (!ways) throw new Error("each situation has a fallback");
  const health = healthText(healthOf(facts), nowMs);
  const subnets = ["a", "b"].map((id) => ({ subnetId: `subnet-${id}`, label: id }));
  const observed = {
    name: view.pool.name,
    health,
    hasFallback: true,
    observed: view.relocation.observed,
    ways,
    subnets,
  };
  return { atMs: nowMs, shared: undefined, pools: [poolView({ ...observed, partners: [] }, undefined)] };
}

interface Alarm {
  readonly id: string;
  readonly metric: string;
  readonly threshold: number;
  readonly above: boolean;
  readonly missing: string;
}

/** The alarms on the first widget of a deployed dashboard, each with its metric; queues' and functions' are left out. */
let firstWidget: Alarm[];
beforeAll(async () => {
  const pool = { network: { create: { zones: 2 } }, targets, fallback: { standby: "cold" } } as const;
  const { of } = await deploy({ pools: { partner: pool } });
  const { widgets } = JSON.parse(String(of("cloudwatch/dashboard:Dashboard")[0]?.inputs["dashboardBody"]));
  const alarms = of("cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => inputs);
  const shown = widgets[0].properties.alarms as string[];
  firstWidget = shown.flatMap((arn) => {
    const found = alarms.find(({ name }) => arn.endsWith(String(name)));
    const id = /-partner-([a-z-]+)$/.exec(String(found?.["name"]))?.[1];
    if (!found || id === undefined) return [];
    const above = found["comparisonOperator"] === "GreaterThanThreshold";
    const missing = String(found["treatMissingData"]);
    return [{ id, metric: String(found["metricName"]), threshold: Number(found["threshold"]), above, missing }];
  });
});

/** What the parts publish in such a situation, by the code with which they do. */
function published({ view, canary, heartbeats }: HealthFacts, found: Situation["found"] = []) {
  const pass = { outcomes: [], unverified: [], startedMs: nowMs, verifiedMs: nowMs, asked: true, unchanged: undefined };
  const run = { pool: view.pool.name, startedMs: nowMs, endedMs: nowMs, failure: undefined };
  const values = new Map<MetricName, number>();
  const { relocation, fallback } = view;
  if (heartbeats.relocation !== undefined && nowMs - heartbeats.relocation < 5 * minuteMs) {
    const passes = [{ ...pass, ...relocation }];
    const { measurements } = reportRelocation({ ...run, passes, network: undefined }, [], [], noLooks);
    for (const { name, value } of measurements) values.set(name, value);
  }
  if (fallback && view.pool.fallback) {
    const { measurements } = reportFallback(
      { ...run, passes: [{ ...pass, ...fallback }] },
      view.pool.fallback,
      [],
      false,
    );
    for (const { name, value } of measurements) values.set(name, value);
  }
  if (canary.atMs !== undefined) {
    values.set("ProbingAttention", attentionFor(found.map((it) => rowOf(probingTable, it).severity)));
    const isBlock = found.some(({ kind }) => kind === "refused-now" || kind === "pool-refused");
    values.set("BlockedRate", isBlock ? 0.5 : 0);
  }
  return values;
}

/** The ids of the alarms that the dashboard shows in red, once the situation has lasted for as long as they ask for. */
function redOn(facts: HealthFacts, found: Situation["found"]): string[] {
  const values = published(facts, found);
  const isRaised = ({ metric, threshold, above, missing }: Alarm) => {
    const value = values.get(metric as MetricName);
    if (value === undefined) return missing === "breaching";
    return above ? value > threshold : value >= threshold;
  };
  return firstWidget.filter(isRaised).map(({ id }) => id);
}

type Row = readonly [name: SituationName, headline: string, line: string, exitCode: 0 | 1 | 2, red: readonly string[]];

const egress = ["egress-problem", "probing-problem"];
const nat = "198.51.100.9";

const table: readonly Row[] = [
  ["healthy", "OK", "orders reaches its partners", 0, []],
  ["drained", "OK", "orders reaches its partners", 0, []],
  ["deploying", "OK", "orders reaches its partners", 0, []],
  [
    "one blocked, with a spare",
    "DEGRADED",
    "part of the calls of orders cannot reach bank, since 23:56Z (4 min ago)",
    1,
    [...egress, "escalation"],
  ],
  [
    "one blocked, without a spare",
    "DEGRADED",
    "part of the calls of orders cannot reach bank, since 23:56Z (4 min ago)",
    1,
    [...egress, "escalation"],
  ],
  ["all blocked", "DOWN", "orders cannot reach bank, since 23:56Z (4 min ago)", 1, [...egress, "escalation"]],
  [
    "a blocked address that waits, with no spare left",
    "DEGRADED",
    "bank refuses 203.0.113.3: no clean spare is left, since 23:56Z (4 min ago)",
    1,
    ["probing-problem"],
  ],
  [
    "cut off",
    "DOWN",
    "orders cannot reach anything, since 23:51Z or before (9 min ago)",
    1,
    ["relocation-problem", ...egress],
  ],
  [
    "cut off in one zone",
    "DEGRADED",
    "nothing can be reached from zone-2, where orders may run",
    1,
    ["relocation-problem", ...egress],
  ],
  ["paused and cut off", "DOWN", "orders cannot reach anything", 1, [...egress, "fallback-active"]],
  ["paused", "DEGRADED", "paused by an operator, so nothing would be healed", 1, ["fallback-active"]],
  [
    "in fallback",
    "DEGRADED",
    `all traffic leaves through the NAT gateway, from ${nat}, since 23:48Z (12 min ago)`,
    1,
    ["probing-problem", "fallback-active"],
  ],
  [
    "in fallback, where the partner refuses that address too",
    "DOWN",
    "orders cannot reach bank",
    1,
    ["fallback-active"],
  ],
  [
    "returning",
    "DEGRADED",
    `part of the traffic leaves through the NAT gateway, from ${nat}, since 22:30Z (90 min ago)`,
    1,
    ["fallback-active"],
  ],
  ["no data", "UNKNOWN", "no data from the probes, since 23:48Z (12 min ago)", 2, ["egress-problem"]],
  ["no data ever", "UNKNOWN", "no data from the probes", 2, ["egress-problem"]],
  ["a NAT gateway that fails", "DOWN", "orders cannot reach anything", 1, [...egress, "fallback-active"]],
  ["a dead probe", "DEGRADED", "the probe of zone-2 does not answer", 1, ["probing-problem"]],
  ["dead probes", "UNKNOWN", "no probe answers", 2, ["probing-problem"]],
  ["a partner that is down", "DEGRADED", "bank does not answer anybody", 1, ["probing-problem"]],
  ["a partner that keeps out the pool", "DOWN", "orders cannot reach bank", 1, [...egress, "escalation"]],
  ["an address lost", "DEGRADED", "203.0.113.3 is not the pool's any more", 1, ["relocation-problem"]],
  [
    "relocation that does not run",
    "DEGRADED",
    "relocation does not run, so nothing would be healed, since 23:40Z (20 min ago)",
    1,
    ["relocation-problem"],
  ],
];

describe.each(table)("%s", (name, headline, line, exitCode, red) => {
  const situation: Situation = situations[name];
  const facts = factsOf(situation);

  it(`is ${headline}: ${line}`, () => {
    expect(healthText(healthOf(facts), nowMs)).toMatchObject({ headline, line: `partner: ${line}` });
  });

  it(`begins \`status\`, which ends with ${exitCode}`, () => {
    const answer = statusOf([facts]);
    expect(answer.exitCode).toBe(exitCode);
    const [block = ""] = answer.text.split("\n\n");
    expect(block.replace(/\n {10}(?=\S)/g, " ").split("\n")[0]).toContain(
      `${headline.padEnd(9)} partner: ${line.slice(0, 30)}`,
    );
    expect(block.split("\n").filter((it) => it.length > 80)).toEqual([]);
    expect(answer.text.includes("No action needed.")).toBe(exitCode === 0);
    expect(answer.json).toMatchObject({ health: { headline, pools: [{ pool: "partner", headline }] } });
  });

  it("heads the console", () => {
    const state = { connected: true, failure: "", snapshot: pageOf(facts) };
    expect(headerOf(state, "partner")).toMatchObject({ headline, line: `partner: ${line}` });
  });

  it(`is red on the dashboard's first widget: ${red.join(", ") || "nothing"}`, () => {
    expect(redOn(facts, situation.found).sort()).toEqual([...red].sort());
  });
});

describe("what is said besides", () => {
  const details = (name: SituationName, timeZone?: string) => {
    const text = healthText(healthOf(factsOf(situations[name])), nowMs, timeZone);
    return Object.fromEntries(text.details.map((it) => [it.label, it.text]));
  };

  it("names the address and the partner that refuses it, what replaces it, and when", () => {
    expect(details("one blocked, with a spare")).toMatchObject({
      why: "bank refuses 203.0.113.2",
      Holdfast: "replaces 203.0.113.2 with the spare 203.0.113.3 in its next run, within 60 s",
      you: expect.stringContaining("holdfast report"),
    });
    expect(details("one blocked, without a spare")["why"]).toContain("no clean spare is left");
    expect(details("one blocked, without a spare")["Holdfast"]).toContain("creates a NAT gateway");
  });

  it("says until when, in UTC, in the reader's own time, and how far away that is", () => {
    expect(details("in fallback", "Europe/Berlin")).toMatchObject({
      since: "2026-01-01 23:48:00Z (00:48 CET, 12 min ago)",
      why: "bank refuses 203.0.113.1 and 203.0.113.2",
      Holdfast: expect.stringMatching(/minimum time, until 2026-01-02 00:48:00Z \(01:48 CET, in 48 min\)$/),
    });
    expect(details("in fallback, where the partner refuses that address too", "UTC")["Holdfast"]).toBe(
      "keeps the traffic on the NAT gateway as long as a partner refuses the pool, and its minimum time at least, until 2026-01-02 00:18:00Z (in 18 min)",
    );
    expect(details("in fallback", "UTC")["since"]).toBe("2026-01-01 23:48:00Z (12 min ago)");
    expect(details("drained")["Holdfast"]).toContain("lets 203.0.113.3 drain, until 2026-01-02 00:00:40Z");
    expect(details("deploying")["Holdfast"]).toBe("waits for the update of billing to end");
  });

  it("says what a paused pool would do, and how the pause ends", () => {
    expect(details("paused and cut off")).toMatchObject({
      why: "eni-1 has no address",
      Holdfast:
        "changes nothing, since the pool is paused; were it not, it gives eni-1 the spare 203.0.113.3 in its next run, within 60 s",
      you: "npx holdfast resume --pool partner",
    });
    const { view } = factsOf(situations["paused and cut off"]);
    expect(view.relocation.plan.actions).toEqual([]);
    expect(resumed(view)?.relocation.plan.actions).toMatchObject([{ kind: "associate", row: 2 }]);
    expect(resumed(factsOf(situations.healthy).view)).toBeUndefined();
  });

  it("does not promise what a part that does not run would do", () => {
    const facts = factsOf({ ...situations["one blocked, with a spare"], runAgo: 20 });
    expect(healthOf(facts).doing?.text).toBe("does nothing: relocation does not run");
  });

  it("takes no address for cut off that was associated after the last round", () => {
    const found = [{ kind: "no-egress", vantage: "zone-2" }] as const;
    expect(healthOf(factsOf({ found })).summary).toContain("nothing can be reached from zone-2");
    const { addresses = [] } = factsOf({}).view.relocation.observed;
    const healed = addresses.map((it) => (it.use ? { ...it, use: { ...it.use, sinceMs: nowMs - 1000 } } : it));
    expect(healthOf(factsOf({ found, relocation: { addresses: healed } })).row).not.toBe(4);
  });

  it("shows an alarm that nothing seen explains, of a pool and of all", () => {
    const facts = factsOf(situations["an alarm that nothing explains"]);
    expect(healthOf(facts)).toMatchObject({
      headline: "DEGRADED",
      row: 13,
      todo: expect.stringContaining("#probing-problem"),
    });
    const { exitCode, text } = statusOf([factsOf({})], true, [{ id: "dead-letters", sinceMs: nowMs }]);
    expect(exitCode).toBe(1);
    expect(text).toContain("all pools: the alarm dead-letters is raised");
  });
});

describe("two pools, one of them down", () => {
  const all = [factsOf({}, "labels"), factsOf(situations["cut off"], "partner")];

  it("ends with the worst, and says of each how it is", () => {
    const { exitCode, json, text } = statusOf(all, true);
    expect(exitCode).toBe(1);
    expect(json).toMatchObject({ health: { headline: "DOWN", pools: [{ headline: "OK" }, { headline: "DOWN" }] } });
    expect(text.split("\n").slice(0, 2)).toEqual([
      "OK        labels: orders reaches its partners",
      "DOWN      partner: orders cannot reach anything, since 23:51Z or before (9 min",
    ]);
  });

  it("says of each on its own page", () => {
    const pages = all.map((facts) =>
      headerOf({ connected: true, failure: "", snapshot: pageOf(facts) }, facts.view.pool.name),
    );
    expect(pages.map((it) => it?.headline)).toEqual(["OK", "DOWN"]);
  });

  it("ranks what cannot be seen between what is down and what is half right", () => {
    expect(worstOf(["OK", "DEGRADED", "UNKNOWN"])).toBe("UNKNOWN");
    expect(worstOf(["UNKNOWN", "DOWN"])).toBe("DOWN");
    expect(worstOf([])).toBe("UNKNOWN");
  });
});

describe("the console's header", () => {
  const snapshot = pageOf(factsOf({}));

  it.each([
    ["the connection to the server is lost", { connected: false, failure: "" }],
    ["AWS cannot be read", { connected: true, failure: "ec2:DescribeAddresses" }],
  ])("knows nothing of the present while %s", (why, state) => {
    expect(headerOf({ ...state, snapshot }, "partner")).toEqual({
      headline: "UNKNOWN",
      line: "partner: no data since 2026-01-02 00:00:00Z",
      details: [{ label: "why", text: why }],
    });
  });

  it("shows of a pool that is well what all pools share", () => {
    const shared = { headline: "DEGRADED", line: "all pools: the alarm dead-letters is raised", details: [] } as const;
    expect(headerOf({ connected: true, failure: "", snapshot: { ...snapshot, shared } }, "partner")).toEqual(shared);
  });
});
