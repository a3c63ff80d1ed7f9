export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";
export type MissingData = "missing" | "ignore" | "breaching" | "notBreaching";

/** Whether a period was beyond the threshold; undefined where it has no data. */
export type Point = boolean | undefined;

export interface AlarmRule {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly missing: MissingData;
}

/** More periods are looked at than are evaluated: 5 for 3 in the user guide's examples; for other numbers assumed alike. */
export function evaluationRange({ evaluationPeriods }: AlarmRule): number {
  return evaluationPeriods + 2;
}

/**
 * Returns the state that follows from the points (oldest first, as many as the evaluation range); undefined keeps the present one.
 * Source: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data". With as many real points as
 * are evaluated, missing ones do not count at all; with fewer, they are filled in as configured.
 */
export function alarmVerdict(rule: AlarmRule, points: readonly Point[]): AlarmState | undefined {
  const { evaluationPeriods, datapointsToAlarm, missing } = rule;
  const real = points.filter((point) => point !== undefined).slice(-evaluationPeriods);
  const breaching = real.filter(Boolean).length;
  const toFill = evaluationPeriods - real.length;
  if (breaching >= datapointsToAlarm) return "ALARM";
  if (toFill <= 0) return "OK";
  switch (missing) {
    case "breaching":
      return breaching + toFill >= datapointsToAlarm ? "ALARM" : "OK";
    case "notBreaching":
      return "OK";
    case "ignore":
      return real.length > breaching ? "OK" : undefined;
    case "missing":
      if (real.length === 0) return "INSUFFICIENT_DATA";
      if (real.length > breaching) return "OK";
      return standsLongEnough(points, datapointsToAlarm) ? "ALARM" : undefined;
  }
}

/**
 * Everything known is breaching, and the oldest of it is at least as old as the points that an alarm needs: an alarm
 * even with fewer of them (same page, "Avoiding premature transitions to alarm state"). Before that the state stays.
 */
function standsLongEnough(points: readonly Point[], datapointsToAlarm: number): boolean {
  return points.length - points.indexOf(true) >= datapointsToAlarm;
}
