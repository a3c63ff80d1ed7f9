import { describe, expect, it } from "vitest";
import { evaluateQuery, type Queries } from "../../testing/twin/cloudwatch-math.ts";
import { type AlarmState, alarmVerdict, type MissingData } from "../../testing/twin/cloudwatch-verdict.ts";

const window = { fromMs: 0, toMs: 240_000, periodMs: 60_000 };

/** Values by minute; undefined is no data. */
function series(...values: (number | undefined)[]) {
  const known = values.map((value, index) => [index * 60_000, value] as const);
  return new Map(known.filter((entry): entry is readonly [number, number] => entry[1] !== undefined));
}

const _ = undefined;

describe("metric math", () => {
  const metrics: Queries = new Map<string, { series: ReadonlyMap<number, number> } | { expression: string }>([
    ["m1", { series: series(1, 2, _, 4) }],
    ["m2", { series: series(10, _, 30, 40) }],
    ["blocked", { series: series(0, 3, 0, _) }],
    ["empty", { series: series() }],
    ["e1", { expression: "m1 * 100" }],
    ["loop", { expression: "loop + 1" }],
  ]);

  it.each<[string, (number | undefined)[]]>([
    ["m1", [1, 2, _, 4]],
    ["m1 + m2", [11, _, _, 44]],
    ["m2 - m1 - 1", [8, _, _, 35]],
    ["1 + m1 * 2", [3, 5, _, 9]],
    ["(1 + m1) * 2", [4, 6, _, 10]],
    ["m1 / blocked", [_, 2 / 3, _, _]],
    ["-m1 * m1 ^ 2", [-1, -8, _, -64]],
    ["e1 / 100", [1, 2, _, 4]],
    ["100 * blocked / (blocked + m1)", [0, 60, _, _]],
    ["m1 >= 2", [0, 1, _, 1]],
    ["m1 == 2 || m1 == 4", [0, 1, _, 1]],
    ["m1 > 1 AND m1 < 4", [0, 1, _, 0]],
    ["m1 != 2", [1, 0, _, 1]],
    ["IF(m1 > 1, m1, 0)", [0, 2, _, 4]],
    ["IF(m1 > 1, m2)", [_, _, _, 40]],
    ["IF(m1 > 1, 7, m2)", [10, 7, _, 7]],
    ["IF(1, m1, m2)", [1, 2, _, 4]],
    ["FILL(m1, 0)", [1, 2, 0, 4]],
    ["FILL(blocked, REPEAT)", [0, 3, 0, 0]],
    ["FILL(empty, 5)", [5, 5, 5, 5]],
    ["SUM(METRICS())", [11, 5, 30, 44]],
    ["MAX([m1, m2])", [10, 2, 30, 40]],
    ["MIN([m1, m2])", [1, 2, 30, 4]],
    ["AVG(METRICS('m'))", [5.5, 2, 30, 22]],
    ["SUM(FILL(METRICS(), 1))", [12, 7, 32, 46]],
    ["SUM(m1)", [7, 7, 7, 7]],
    ["m1 * 0 + MAX(m2)", [40, 40, _, 40]],
    ["METRICS() / 2 ", []],
    ["ABS(m1 - 3)", [2, 1, _, 1]],
    ["1.5", [1.5, 1.5, 1.5, 1.5]],
  ])("%s", (expression, values) => {
    const queries: Queries = new Map([...metrics, ["x", { expression }]]);
    if (values.length === 0) expect(() => evaluateQuery(queries, "x", window)).toThrow("single time series");
    else expect([...evaluateQuery(queries, "x", window)]).toEqual([...series(...values)]);
  });

  it.each([
    ["m1 +", "unexpected"],
    ["m1 m2", "unexpected 'm2'"],
    ["(m1", "expected ')'"],
    ["SUM(m1", "expected ','"],
    ["m9", "no query has the id m9"],
    ["NOPE(m1)", "does not know the function NOPE"],
    ["FILL(m1, LINEAR)", "fills with a number or REPEAT"],
    ["m1 $ 2", "unexpected '$'"],
    ["loop", "depends on itself"],
  ])("refuses %s", (expression, message) => {
    const queries: Queries = new Map([...metrics, ["x", { expression }]]);
    expect(() => evaluateQuery(queries, "x", window)).toThrow(message);
  });
});

describe("missing data, as in the user guide's tables", () => {
  const points = (text: string) => text.split(" ").map((sign) => (sign === "-" ? undefined : sign === "X"));
  const treatments: MissingData[] = ["missing", "ignore", "breaching", "notBreaching"];
  const insufficient = "INSUFFICIENT_DATA";

  it.each<[string, number, (AlarmState | undefined)[]]>([
    ["0 - X - X", 3, ["OK", "OK", "OK", "OK"]],
    ["- - - - 0", 3, ["OK", "OK", "OK", "OK"]],
    ["- - - - -", 3, [insufficient, undefined, "ALARM", "OK"]],
    ["0 X X - X", 3, ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["- - X - -", 3, ["ALARM", undefined, "ALARM", "OK"]],
    ["- - - - X", 3, [undefined, undefined, "ALARM", "OK"]],
    ["0 - X - X", 2, ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["0 0 X 0 X", 2, ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["0 - X - -", 2, ["OK", "OK", "ALARM", "OK"]],
    ["- - - - 0", 2, ["OK", "OK", "ALARM", "OK"]],
    ["- - - X -", 2, ["ALARM", undefined, "ALARM", "OK"]],
    ["X X 0 0 0", 2, ["OK", "OK", "OK", "OK"]],
    ["- - - - X", 1, ["ALARM", "ALARM", "ALARM", "ALARM"]],
  ])("%s with %i of 3", (text, datapointsToAlarm, expected) => {
    const verdicts = treatments.map((missing) =>
      alarmVerdict({ evaluationPeriods: 3, datapointsToAlarm, missing }, points(text)),
    );
    expect(verdicts).toEqual(expected);
  });
});
