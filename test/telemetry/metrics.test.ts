import { expect, it } from "vitest";
import type { MetricLevel } from "../../src/config/bounds.ts";
import { metricsLine } from "../../src/telemetry/metrics.ts";
import type { Dimensions, Measurement } from "../../src/telemetry/model.ts";

const measurement = (name: Measurement["name"], value: number): Measurement => ({ name, unit: "Count", value });
const measured = [
  measurement("ProbingAttention", 1),
  measurement("BlockedRate", 0.5),
  measurement("ProbesFailed", 0),
  measurement("ProbesFailed", 2),
];

const lineAt = (level: MetricLevel, more: Partial<Dimensions> = {}) =>
  JSON.parse(metricsLine(level, { pool: "orders", ...more }, 60_000, measured, { note: "text" }));
const namesIn = (line: { _aws?: { CloudWatchMetrics: { Metrics: { Name: string }[] }[] } }) =>
  line._aws?.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));

it.each<[MetricLevel, string[]]>([
  ["lean", ["ProbingAttention"]],
  ["rates", ["ProbingAttention", "BlockedRate"]],
  ["full", ["ProbingAttention", "BlockedRate", "ProbesFailed"]],
])("CloudWatch makes metrics of what %s asks for, and the rest is fields of the line", (level, names) => {
  const line = lineAt(level);
  expect(namesIn(line)).toEqual(names);
  const fields = { pool: "orders", ProbingAttention: 1, BlockedRate: 0.5, ProbesFailed: [0, 2], note: "text" };
  expect(line).toMatchObject(fields);
});

it("rates by target are metrics in full alone: a line without a metric has fields and nothing of the format", () => {
  const byTarget = { target: "partner" };
  expect(namesIn(lineAt("full", byTarget))).toContain("BlockedRate");
  expect(lineAt("rates", byTarget)).not.toHaveProperty("_aws");
  expect(lineAt("rates", byTarget)).toMatchObject({ target: "partner", BlockedRate: 0.5 });
});
