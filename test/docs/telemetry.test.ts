import { describe, expect, it } from "vitest";
import { metricsLine } from "../../src/guard/report.ts";
import { metrics } from "../../src/telemetry/model.ts";
import { inlineCode, read, sectionWithin, tableRows } from "./markdown.ts";
import { textsOf } from "./types.ts";

/** Names of the metrics that functions under guard write; they have no model, to stay small. */
function guardMetrics(): string[] {
  const line = metricsLine({
    nowMs: 0,
    url: "https://api.example.com/",
    namespace: "Holdfast",
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
  const rows = tableRows(read("docs/metrics.md").prose).filter(([first = ""]) => first.startsWith("`"));
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

describe("docs/events.md", () => {
  it("describes every event that can be published, and no other", () => {
    const { sections } = read("docs/events.md");
    const described = sections.filter(({ depth }) => depth === 3).map(({ heading }) => heading);
    expect(described.sort()).toEqual(textsOf("src/telemetry/model.ts", "DomainEvent", "type").sort());
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
