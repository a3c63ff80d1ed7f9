import { readdirSync } from "node:fs";
import type { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { describe, expect, it } from "vitest";
import { metricsLine } from "../../src/guard/report.ts";
import { putEvents } from "../../src/telemetry/events.ts";
import { metrics, metricsNamespace } from "../../src/telemetry/model.ts";
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
  const rows = tableRows(read("docs/metrics.md").prose).filter(([first = ""]) => first.startsWith("`"));
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

  it("names only events that there are in its rules", () => {
    const listed = blocks.flatMap(({ text }): string[] => JSON.parse(text)["detail-type"] ?? []);
    expect(listed.filter((name) => !known.includes(name))).toEqual([]);
    expect(listed.length).toBeGreaterThan(0);
  });
});
