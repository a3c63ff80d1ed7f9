/** Creates alarms from rows of a table. Each links to the section of its name in docs/runbook.md. */
import { cloudwatch } from "@pulumi/aws";
import type { Input, Output } from "@pulumi/pulumi";
import { alarmNameOf } from "../src/config/names.ts";
import type { AlarmRow } from "./alarm-rows.ts";
import type { Place } from "./place.ts";

/** Where alarms go, by their severity. */
export type Topics = Readonly<Record<"page" | "ticket", Input<string>>>;

/** Returns the name of an alarm of a pool, or of `all` pools. */
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
  const metrics = Object.entries({ own: { namespace, metric, dimensions, statistic }, ...math.metrics });
  return {
    metricQueries: [
      { id: "watched", expression: math.expression, label: "watched", returnData: true },
      ...metrics.map(([id, it]) => ({
        id,
        metric: {
          namespace: it.namespace,
          metricName: it.metric,
          dimensions: it.dimensions,
          stat: it.statistic,
          period,
        },
      })),
    ],
  };
}

/** Returns the alarm's description with a link to its section of the runbook. */
export function describedIn({ description, id }: Pick<AlarmRow, "description" | "id">, runbookUrl: string): string {
  return `${description} ${runbookUrl}#${id}`;
}

/** Creates the alarms of the rows. Their topic is notified when an alarm is raised and when it ends. */
export function createAlarms(
  place: Place,
  scope: string,
  rows: readonly AlarmRow[],
  topics: Topics,
  runbookUrl: string,
): Output<string>[] {
  return rows.map((row) => {
    const told = row.severity === "nobody" ? [] : [topics[row.severity]];
    const actions = told.length > 0 ? { alarmActions: told, okActions: told } : {};
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
