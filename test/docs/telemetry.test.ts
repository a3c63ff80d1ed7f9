import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { metricsLine } from "../../src/guard/report.ts";
import { metrics } from "../../src/telemetry/model.ts";
import { deploy } from "../stacks/deployment.ts";
import { inlineCode, read, sectionWithin, tableRows } from "./markdown.ts";
import { textsOf } from "./types.ts";

/** Names of the metrics that functions under guard write; they have no model, to stay small. */
function guardMetrics(): string[] {
  const line = metricsLine({
    ...{ nowMs: 0, url: "https://api.example.com/", namespace: "Holdfast", functionName: "orders" },
    ...{ verdict: { kind: "ok", rule: "healthy", ids: {} }, curable: false, decision: "pass", exits: 1 },
    ...{ address: undefined, addressChanged: false },
  });
  const directives = JSON.parse(line)._aws.CloudWatchMetrics as { Metrics: { Name: string }[] }[];
  return directives.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
}

describe("docs/metrics.md", () => {
  const rows = tableRows(read("docs/metrics.md").prose).filter(([first = ""]) => /^`[A-Z]/.test(first));
  const described = new Set(rows.flatMap(([first = ""]) => inlineCode(first)));

  it("describes every metric that can be emitted, and no other", () => {
    expect([...described].sort()).toEqual([...Object.keys(metrics), ...guardMetrics()].sort());
  });

  it("names each metric's dimensions", () => {
    const probing = tableRows(sectionWithin(read("docs/metrics.md"), "Probing"));
    const sets = probing.flatMap(([first = "", second = ""]) =>
      inlineCode(first).map((name) => `${name} ${inlineCode(second).join(" ")}`),
    );
    const declared = Object.entries(metrics).flatMap(([name, { dimensions }]) =>
      dimensions.map((set) => `${name} ${set.join(" ")}`),
    );
    expect(sets.filter((it) => !declared.includes(it) && /^\w+ (pool|target|vantage)/.test(it))).toEqual([]);
    const dimensioned = declared.filter((it) => !it.endsWith(" pool"));
    expect(dimensioned.filter((it) => !sets.includes(it))).toEqual([]);
  });
});

/** Every alarm that a configuration with everything makes, as docs/metrics.md writes it: name, condition, periods, missing data. */
async function alarmRows(): Promise<string[][]> {
  const targets = [{ name: "partner", url: "https://api.example.com/" }];
  const guarded = { functions: ["labels"], policy: "attach" as const };
  const orders = { network: { create: {} }, targets, fallback: { standby: "warm" }, guarded } as const;
  // Without guarded functions too: they change the condition of the alarm `blocked`.
  const plain = { network: { create: {} }, targets } as const;
  const deployed = [await deploy({ pools: { orders } }), await deploy({ pools: { orders: plain } })];
  return deployed.flatMap(({ of }) =>
    of("cloudwatch/metricAlarm:MetricAlarm")
      .filter(({ inputs }) => inputs["metricName"])
      .map(({ inputs }) => rowOf(inputs)),
  );
}

const signs: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: ">=",
  GreaterThanThreshold: ">",
  LessThanThreshold: "<",
};

function rowOf(alarm: Readonly<Record<string, unknown>>): string[] {
  const { statistic, metricName, comparisonOperator, datapointsToAlarm, evaluationPeriods, treatMissingData } = alarm;
  const [, id = ""] = /#([a-z-]+)$/.exec(String(alarm["alarmDescription"])) ?? [];
  const dimensions = Object.keys(alarm["dimensions"] as object).filter((it) => it !== "service");
  const threshold = id === "fallback-too-long" ? "maxFallbackHours" : alarm["threshold"];
  const condition = `${statistic}(${metricName}{${dimensions}}) ${signs[String(comparisonOperator)]} ${threshold}`;
  const missing = treatMissingData === "notBreaching" ? "not breaching" : "breaching";
  return [id, condition, `${datapointsToAlarm} of ${evaluationPeriods}`, missing];
}

describe("the alarms in docs/metrics.md", () => {
  it("are those of a deployment, with their conditions, periods and missing data", async () => {
    const documented = tableRows(read("docs/metrics.md").prose)
      .filter((row) => / of \d+$/.test(row[2] ?? ""))
      .map(([id = "", condition = "", periods = "", missing = ""]) => [
        ...[id, condition].map((cell) => inlineCode(cell)[0] ?? ""),
        ...[periods, missing.replace(/[:;].*/, "")],
      ]);
    const deployed = new Set((await alarmRows()).map((row) => row.join(" | ")));
    expect(documented.map((row) => row.join(" | ")).sort()).toEqual([...deployed].sort());
  });
});

describe("docs/events.md", () => {
  it("describes every event that can be published, and no other", () => {
    const { sections } = read("docs/events.md");
    const described = sections.filter(({ depth }) => depth === 3).map(({ heading }) => heading);
    expect(described.sort()).toEqual(textsOf("src/telemetry/model.ts", "DomainEvent", "type").sort());
  });

  it("describes no event that no code publishes", () => {
    const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts") && path !== "telemetry/model.ts")
      .map((path) => readFileSync(`src/${path}`, "utf8"));
    const isPublished = (type: string) => sources.some((text) => text.includes(`"${type}"`));
    expect(textsOf("src/telemetry/model.ts", "DomainEvent", "type").filter((type) => !isPublished(type))).toEqual([]);
  });

  it("names only events that there are in its rules", () => {
    const { prose } = read("docs/events.md");
    const known = textsOf("src/telemetry/model.ts", "DomainEvent", "type");
    const lists = [...prose.matchAll(/"detail-type": \[([^\]]*)\]/g)].flatMap(
      ([, list = ""]) => list.match(/\w+/g) ?? [],
    );
    expect(lists.filter((name) => !known.includes(name))).toEqual([]);
    expect(lists.length).toBeGreaterThan(0);
  });
});
