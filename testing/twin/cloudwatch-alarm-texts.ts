import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";

/** The words of alarms, as recorded in state change events (EventBridge samples and CloudWatch user guide). */
export interface Judged {
  readonly atMs: number;
  readonly value: number;
}

export interface Reasoning {
  readonly breaching: boolean;
  readonly comparison: string;
  readonly threshold: number;
  readonly datapointsToAlarm: number;
  readonly evaluationPeriods: number;
  /** The points that decided, oldest first. */
  readonly points: readonly Judged[];
}

const COMPARED: Readonly<Record<string, string>> = {
  GreaterThanThreshold: "greater than",
  GreaterThanOrEqualToThreshold: "greater than or equal to",
  LessThanThreshold: "less than",
  LessThanOrEqualToThreshold: "less than or equal to",
};

/** `Threshold Crossed: 1 out of the last 1 datapoints [99.5 (02/10/19 16:59:00)] was greater than …` */
export function thresholdReason(reasoning: Reasoning): string {
  const { breaching, comparison, threshold, datapointsToAlarm, evaluationPeriods, points } = reasoning;
  const listed = [...points].reverse().map(({ atMs, value }) => `${decimal(value)} (${shortTime(atMs)})`);
  const verb = points.length === 1 ? "was" : "were";
  const least = breaching ? datapointsToAlarm : evaluationPeriods - datapointsToAlarm + 1;
  const transition = breaching ? "OK -> ALARM" : "ALARM -> OK";
  return `Threshold Crossed: ${points.length} out of the last ${evaluationPeriods} datapoints [${listed.join(", ")}] ${verb} ${breaching ? "" : "not "}${COMPARED[comparison]} the threshold (${decimal(threshold)}) (minimum ${least} datapoint${least === 1 ? "" : "s"} for ${transition} transition).`;
}

export function missingReason(state: string, periods: number): string {
  if (state === "INSUFFICIENT_DATA") return `Insufficient Data: ${periods} datapoints were unknown.`;
  const treated = state === "ALARM" ? "Breaching" : "NonBreaching";
  return `Threshold Crossed: no datapoints were received for ${periods} period${periods === 1 ? "" : "s"} and ${periods} missing datapoint${periods === 1 ? " was" : "s were"} treated as [${treated}].`;
}

/** As Java writes doubles: `50.0`. */
function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** `dd/MM/yy HH:mm:ss` */
function shortTime(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(2, 4)} ${iso.slice(11, 19)}`;
}

/** `2019-10-02T17:04:40.989+0000` */
export function longTime(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "+0000");
}

/** Returns a query as `detail.configuration.metrics` shows it. */
export function describeQuery({ Id, MetricStat, Expression, Label, ReturnData }: MetricDataQuery): object {
  const returnData = ReturnData ?? true;
  if (!MetricStat) return { id: Id, expression: Expression, ...(Label !== undefined && { label: Label }), returnData };
  const { Namespace, MetricName, Dimensions = [] } = MetricStat.Metric ?? {};
  const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name ?? "", Value ?? ""]));
  const metric = { namespace: Namespace, name: MetricName, dimensions };
  return { id: Id, metricStat: { metric, period: MetricStat.Period, stat: MetricStat.Stat }, returnData };
}
