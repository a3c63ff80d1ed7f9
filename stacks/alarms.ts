/** What an alarm is, as a row of a table. Each has a section of its own name in docs/runbook.md, which it links to. */
import { cloudwatch } from "@pulumi/aws";
import type { Input, Output } from "@pulumi/pulumi";
import { alarmNameOf } from "../src/config/names.ts";
import { type MetricName, serviceName } from "../src/telemetry/model.ts";
import type { Place } from "./place.ts";

/** A metric in an alarm's math, by the id that its expression has for it. */
export interface MathMetric {
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: "Average" | AlarmRow["statistic"];
}

/** One row: raised when `statistic` is at or beyond `threshold` in `breaching` of `periods` periods. */
export interface AlarmRow {
  /** Name of the alarm's section in the runbook, and of the alarm itself, with `of` where there are several. */
  readonly id: string;
  readonly of?: string;
  /** What has happened, and what to do first. */
  readonly says: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, Input<string>>>;
  readonly statistic: "Maximum" | "Minimum" | "Sum" | "SampleCount";
  /** What is compared instead of the metric: an expression over it, which is called `own`, and others of its namespace. */
  readonly math?: { readonly expression: string; readonly metrics: Readonly<Record<string, MathMetric>> };
  readonly below?: true;
  /** Beyond the threshold only, not at it. */
  readonly above?: true;
  readonly threshold: number;
  readonly periodSeconds: number;
  readonly periods: number;
  readonly breaching: number;
  /** What silence means. */
  readonly missing: "notBreaching" | "breaching";
  /** For a function alone; people hear of the same from another alarm. */
  readonly untold?: true;
}

/** The dimensions under which a pool's metrics appear. */
export function poolDimensions(pool: string): Record<string, string> {
  return { service: serviceName, pool };
}

/** What most alarms on a metric of a pool have in common. */
export function ofPool(pool: string, metric: MetricName) {
  const dimensions = poolDimensions(pool);
  return { namespace: "Holdfast", metric, dimensions, periodSeconds: 60, missing: "notBreaching" } as const;
}

/** In how many of how many periods it must be so. */
export function within(breaching: number, periods: number) {
  return { breaching, periods };
}

/** Name of an alarm of a pool, or of `all` pools. */
export function alarmName(prefix: string, scope: string, row: Label): string {
  return alarmNameOf(prefix, labelOf(scope, row));
}

type Label = Pick<AlarmRow, "id" | "of">;

function labelOf(scope: string, { id, of }: Label): string {
  return [scope, id, ...(of ? [of] : [])].join("-");
}

function comparisonOf({ below, above }: AlarmRow): string {
  if (below) return "LessThanThreshold";
  return above ? "GreaterThanThreshold" : "GreaterThanOrEqualToThreshold";
}

function watchedOf({ math, namespace, metric, dimensions, statistic, periodSeconds: period }: AlarmRow) {
  if (!math) return { namespace, metricName: metric, dimensions, statistic, period };
  const metrics = Object.entries({ own: { metric, dimensions, statistic }, ...math.metrics });
  return {
    metricQueries: [
      { id: "watched", expression: math.expression, label: "watched", returnData: true },
      ...metrics.map(([id, it]) => ({
        id,
        metric: { namespace, metricName: it.metric, dimensions: it.dimensions, stat: it.statistic, period },
      })),
    ],
  };
}

/** What people read when it is raised. */
export function describedIn({ says, id }: Pick<AlarmRow, "says" | "id">, runbookUrl: string): string {
  return `${says} ${runbookUrl}#${id}`;
}

/** Makes the alarms of the rows; both directions are told to the topic. */
export function createAlarms(
  place: Place,
  scope: string,
  rows: readonly AlarmRow[],
  topicArn: Input<string>,
  runbookUrl: string,
): Output<string>[] {
  return rows.map((row) => {
    const actions = row.untold ? {} : { alarmActions: [topicArn], okActions: [topicArn] };
    const args = {
      name: alarmName(place.prefix, scope, row),
      alarmDescription: describedIn(row, runbookUrl),
      ...watchedOf(row),
      comparisonOperator: comparisonOf(row),
      threshold: row.threshold,
      evaluationPeriods: row.periods,
      datapointsToAlarm: row.breaching,
      treatMissingData: row.missing,
      ...actions,
      tags: place.tags,
    };
    return new cloudwatch.MetricAlarm(`${place.name}-${labelOf(scope, row)}`, args, { parent: place.parent }).arn;
  });
}
