/** Adds guarded functions outside the pool to the alarm on blocked addresses (decision 0012). */
import { refusalRule } from "../src/attach/refusals.ts";
import { guardTests, type Series } from "../src/telemetry/series.ts";
import type { AlarmRow } from "./alarm-rows.ts";

/** An alarm's math may use ten metrics, a hard limit (CloudWatch user guide, "Alarm limits"); a function takes two. */
const functionsPerAlarm = 4;

/**
 * Returns the alarm so that it is also raised while partners refuse the environments of a guarded function; where one
 * alarm cannot hold all functions, it returns several of that name. A function without reports does not raise it.
 */
export function orGuarded(alarm: AlarmRow, functions: readonly string[]): AlarmRow[] {
  if (functions.length === 0) return [alarm];
  const groups = Array.from({ length: Math.ceil(functions.length / functionsPerAlarm) }, (_, index) =>
    functions.slice(index * functionsPerAlarm, (index + 1) * functionsPerAlarm),
  );
  return groups.map((group, index) => {
    const description = `${alarm.description} Also raised when at least half the tests of a guarded function are refused: ${group.join(", ")}.`;
    const math = { expression: expressionOf(group.length), metrics: Object.fromEntries(group.flatMap(metricsOf)) };
    const more = index === 0 ? {} : { of: `guarded-${index + 1}` };
    return { ...alarm, ...more, description, math, periodSeconds: refusalRule.periodSeconds };
  });
}

function expressionOf(functions: number): string {
  const { leastTests, leastRate } = refusalRule;
  const refused = Array.from(
    { length: functions },
    (_, index) => `FILL(IF(tests${index} >= ${leastTests} AND rate${index} >= ${leastRate}, 1, 0), 0)`,
  );
  return `MAX([${["FILL(own, 0)", ...refused].join(", ")}])`;
}

function metricsOf(name: string, index: number): [string, Series][] {
  return [
    [`rate${index}`, guardTests(name, "Average", refusalRule.periodSeconds)],
    [`tests${index}`, guardTests(name, "SampleCount", refusalRule.periodSeconds)],
  ];
}
