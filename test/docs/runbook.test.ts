import { describe, expect, it } from "vitest";
import { deploy } from "../stacks/deployment.ts";
import { tables } from "./finding-rows.ts";
import { allDocuments, read } from "./markdown.ts";

const runbook = read("docs/runbook.md");
const sections = runbook.sections.filter(({ depth }) => depth === 2);
const labels = ["Meaning.", "First look.", "Remediation."];

const findings = Object.values(tables).flatMap((rows) => Object.values(rows));

/** Every alarm that any configuration makes: the sections that their descriptions link to. */
async function alarmSections(): Promise<Set<string>> {
  const targets = [{ name: "partner", url: "https://api.example.com/" }];
  const guarded = { functions: ["labels"], policy: "attach" as const };
  const orders = { network: { create: { zones: 2 } }, targets, fallback: { standby: "warm" }, guarded } as const;
  const all = [
    ...(await deploy({ monitoring: "lean", pools: { orders } })).of("cloudwatch/metricAlarm:MetricAlarm"),
    ...(await deploy({ monitoring: "full", pools: { orders } })).of("cloudwatch/metricAlarm:MetricAlarm"),
  ];
  const descriptions = all.map(({ inputs }) => String(inputs["alarmDescription"]));
  return new Set(descriptions.map((it) => /#([a-z-]+)$/.exec(it)?.[1] ?? it));
}

describe("the runbook", () => {
  it("has a section for each alarm and each finding, and no other", async () => {
    const wanted = new Set([...(await alarmSections()), ...findings.map(({ section }) => section)]);
    expect(sections.map(({ anchor }) => anchor).sort()).toEqual([...wanted].sort());
  });

  it("has a section for each alarm that the documentation speaks of", () => {
    const named = allDocuments().flatMap(({ prose }) =>
      [...prose.matchAll(/\balarm `([a-z-]+)`/g)].map(([, name]) => name),
    );
    const anchors = sections.map(({ anchor }) => anchor);
    expect(named.filter((name) => name && !anchors.includes(name))).toEqual([]);
    expect(named.length).toBeGreaterThan(10);
  });

  it.each(sections.map((it) => [it.heading, it.text] as const))(
    "says what %s means, where to look, what to do",
    (_, text) => {
      const parts = [...text.matchAll(/^\*\*([^*]+)\*\*/gm)].map(([, label]) => label);
      expect(parts).toEqual(labels);
      for (const part of text.split(/^\*\*[^*]+\*\*/m).slice(1)) expect(part.trim().length).toBeGreaterThan(10);
    },
  );
});
