/** Functions outside the pool that wear the guard, in the alarm by which people hear of a block (decision 0012). */
import { evidence } from "../src/attach/evidence.ts";
import type { AlarmRow, MathMetric } from "./alarms.ts";

/** An alarm's math may name ten metrics, a hard limit (CloudWatch user guide, "Alarm limits"); a function takes two. */
const functionsPerAlarm = 4;

/**
 * The alarm, raised as well while the environments of a guarded function are refused; more alarms of its name where one
 * cannot hold them all. Functions that report nothing are not refused.
 */
export function orGuarded(alarm: AlarmRow, functions: readonly string[]): AlarmRow[] {
  if (functions.length === 0) return [alarm];
  const groups = Array.from({ length: Math.ceil(functions.length / functionsPerAlarm) }, (_, index) =>
    functions.slice(index * functionsPerAlarm, (index + 1) * functionsPerAlarm),
  );
  return groups.map((group, index) => {
    const says = `${alarm.says} Or at least half the tests of a guarded function are refused: ${group.join(", ")}.`;
    const math = { expression: expressionOf(group.length), metrics: Object.fromEntries(group.flatMap(metricsOf)) };
    const more = index === 0 ? {} : { of: `guarded-${index + 1}` };
    return { ...alarm, ...more, says, math, periodSeconds: evidence.periodSeconds };
  });
}

function expressionOf(functions: number): string {
  const { leastTests, leastRate } = evidence;
  const refused = Array.from(
    { length: functions },
    (_, index) => `FILL(IF(tests${index} >= ${leastTests} AND rate${index} >= ${leastRate}, 1, 0), 0)`,
  );
  return `MAX([${["FILL(own, 0)", ...refused].join(", ")}])`;
}

function metricsOf(name: string, index: number): [string, MathMetric][] {
  const curable = { metric: "GuardCurable", dimensions: { function: name } };
  return [
    [`rate${index}`, { ...curable, statistic: "Average" }],
    [`tests${index}`, { ...curable, statistic: "SampleCount" }],
  ];
}
