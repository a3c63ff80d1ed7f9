import { expect, it } from "vitest";
import { Metrics } from "../../testing/twin/cloudwatch-metrics.ts";

const minuteMs = 60_000;
const id = { namespace: "Holdfast", name: "Rounds", dimensions: {} };

/** One sample in each minute from 0 on, its value the number of the minute. */
function minutes(count: number): Metrics {
  const metrics = new Metrics();
  for (let minute = 0; minute < count; minute++) {
    metrics.add(id, minute * minuteMs + 1_000, false, { values: [minute] });
  }
  return metrics;
}

const sums = (metrics: Metrics, toMinute: number) =>
  [...metrics.read(id, "Sum", { fromMs: 0, toMs: toMinute * minuteMs, periodMs: minuteMs }, toMinute * minuteMs)].map(
    ([ms, value]) => `${ms / minuteMs}=${value}`,
  );

it.each([
  ["a leap of one minute repeats the last minute alone", 4 * minuteMs - 1, 1, ["0=0", "1=1", "2=2", "3=3", "4=3"]],
  ["one of two minutes the last two", 4 * minuteMs - 1, 2, ["0=0", "1=1", "2=2", "3=3", "4=2", "5=3"]],
  ["a long one the span before its end", 4 * minuteMs - 1, 10, ["0=0", "1=1", "2=2", "3=3", "11=1", "12=2", "13=3"]],
  ["on the minute, the one that has ended", 3 * minuteMs, 1, ["0=0", "1=1", "2=2", "3=2", "4=3"]],
] as const)("%s", (_, nowMs, leapMinutes, expected) => {
  const metrics = minutes(4);
  metrics.repeat(nowMs, 3 * minuteMs, leapMinutes * minuteMs);
  expect(sums(metrics, 20)).toEqual(expected);
});

it("what comes in after a leap is not added to what was repeated", () => {
  const metrics = minutes(1);
  metrics.repeat(minuteMs - 1, 3 * minuteMs, minuteMs);
  metrics.add(id, minuteMs + 2_000, false, { values: [5] });
  expect(sums(metrics, 3)).toEqual(["0=0", "1=5"]);
});
