import { readdirSync, readFileSync } from "node:fs";
import type { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { describe, expect, it } from "vitest";
import { metricsLine } from "../../src/guard/report.ts";
import { putEvents } from "../../src/telemetry/events.ts";
import { metrics, metricsNamespace } from "../../src/telemetry/model.ts";
import { deploy } from "../stacks/deployment.ts";
import { inlineCode, read, sectionWithin, tableRows } from "./markdown.ts";
import { literalsOf, textsOf } from "./types.ts";

/** Names of the metrics that functions under guard write; they have no model, to stay small. */
function guardMetrics(): string[] {
  const line = metricsLine({
    nowMs: 0,
    url: "https://api.example.com/",
    functionName: "orders",
    verdict: { kind: "ok", rule: "healthy", ids: {} },
    curable: false,
    decision: "pass",
    exits: 1,
    address: undefined,
    addressChanged: false,
  });
  const directives = JSON.parse(line)._aws.CloudWatchMetrics as { Metrics: { Name: string }[] }[];
  return directives.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
}

describe("docs/metrics.md", () => {
  const rows = tableRows(read("docs/metrics.md").prose).filter(([first = ""]) => /^`[A-Z]/.test(first));
  const described = new Set(rows.flatMap(([first = ""]) => inlineCode(first)));

  it("names the namespace", () => {
    expect(read("docs/metrics.md").prose).toContain(`Namespace \`${metricsNamespace}\``);
  });

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

/** Who puts events on the bus, by the folder of its code. */
const actors: Readonly<Record<string, string>> = {
  probing: "the canary",
  relocation: "relocation",
  fallback: "fallback",
  attach: "attaching",
};

/** Files that name events which they read, or which they have made before. */
const readers = ["src/relocation/changes.ts", "src/relocation/event-pattern.ts", "src/relocation/memory.ts"];

/** By event: the actors whose code makes it. */
function emitters(events: readonly string[]): Map<string, string[]> {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.startsWith("telemetry/"))
    .map((file) => `src/${file}`)
    .filter((file) => !readers.includes(file));
  const made = files.map((file) => [actors[file.split("/")[1] ?? ""] ?? file, literalsOf(file)] as const);
  return new Map(
    events.map((event) => [event, [...new Set(made.flatMap(([actor, texts]) => (texts.has(event) ? [actor] : [])))]]),
  );
}

/** A section's actors: of "From relocation, fallback and attaching" three. */
const actorsIn = (heading: string) => heading.replace(/^From /, "").split(/, | and /);
/** Every alarm that a configuration with everything makes, as docs/metrics.md writes it: name, condition, periods, missing data. */
async function alarmRows(): Promise<string[][]> {
  const targets = [{ name: "partner", url: "https://api.example.com/" }];
  const guarded = { functions: ["labels"], policy: "attach" as const };
  const orders = { network: { create: {} }, targets, fallback: { standby: "warm" }, guarded } as const;
  // Without guarded functions too: they change the condition of the alarm `blocked`.
  const plain = { network: { create: {} }, targets } as const;
  const deployed = [
    await deploy({ pools: { orders } }),
    await deploy({ monitoring: "full", pools: { orders } }),
    await deploy({ monitoring: "full", pools: { orders: plain } }),
  ];
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

const treatments: Readonly<Record<string, string>> = {
  notBreaching: "not breaching",
  breaching: "breaching",
  ignore: "ignored",
};

function rowOf(alarm: Readonly<Record<string, unknown>>): string[] {
  const { statistic, metricName, comparisonOperator, datapointsToAlarm, evaluationPeriods, treatMissingData } = alarm;
  const [, id = ""] = /#([a-z-]+)$/.exec(String(alarm["alarmDescription"])) ?? [];
  const dimensions = Object.keys(alarm["dimensions"] as object).filter((it) => it !== "service");
  const threshold = id === "fallback-too-long" ? "maxFallbackHours" : alarm["threshold"];
  const condition = `${statistic}(${metricName}{${dimensions}}) ${signs[String(comparisonOperator)]} ${threshold}`;
  const missing = treatments[String(treatMissingData)] ?? "unknown";
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
  const { sections, blocks } = read("docs/events.md");
  const known = textsOf("src/telemetry/model.ts", "DomainEvent", "type");

  it("describes every event that can be published, and no other, under the name of who publishes it", () => {
    let under = "";
    const described = sections.flatMap(({ heading, depth }) => {
      if (depth === 2) under = heading;
      return depth === 3 ? [[heading, actorsIn(under).sort()] as const] : [];
    });
    const made = [...emitters(known)].map(([event, by]) => [event, by.sort()] as const);
    expect(Object.fromEntries(described)).toEqual(Object.fromEntries(made));
    expect(described).toHaveLength(known.length);
  });

  it("gives an example of each, with its pool", () => {
    const examples = blocks.map(({ text }) => JSON.parse(text)).filter((it) => "pool" in it);
    expect(examples).toHaveLength(known.length);
  });

  it("names source, bus and detail type as they are put", async () => {
    const sent: PutEventsCommand[] = [];
    const client = {
      send: async (command: PutEventsCommand) => {
        sent.push(command);
        return {};
      },
    };
    await putEvents(client as never, [{ type: "TargetDown", timeMs: 0, detail: { pool: "partners" } }]);
    const [entry] = sent[0]?.input.Entries ?? [];
    expect(entry).toMatchObject({ EventBusName: "default", DetailType: "TargetDown" });
    const rules = blocks.map(({ text }) => JSON.parse(text)).filter((it) => "source" in it);
    expect(rules.map(({ source }) => source)).toEqual([[entry?.Source], [entry?.Source]]);
    expect(sections[0]?.text).toContain(`default event bus, with source \`${entry?.Source}\``);
  });

  it("describes no event that no code publishes", () => {
    const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts") && path !== "telemetry/model.ts")
      .map((path) => readFileSync(`src/${path}`, "utf8"));
    const isPublished = (type: string) => sources.some((text) => text.includes(`"${type}"`));
    expect(textsOf("src/telemetry/model.ts", "DomainEvent", "type").filter((type) => !isPublished(type))).toEqual([]);
  });

  it("names only events that there are in its rules", () => {
    const listed = blocks.flatMap(({ text }): string[] => JSON.parse(text)["detail-type"] ?? []);
    expect(listed.filter((name) => !known.includes(name))).toEqual([]);
    expect(listed.length).toBeGreaterThan(0);
  });
});
