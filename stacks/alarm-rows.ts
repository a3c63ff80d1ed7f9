/** What an alarm of a pool is, as a row of a table, and what such rows have in common. Pure. */
import type { Input } from "@pulumi/pulumi";
import { sentencesOf } from "../src/telemetry/finding.ts";
import { findingTable, type PartFinding, type SilentPart } from "../src/telemetry/finding-table.ts";
import { type MetricName, metricsNamespace } from "../src/telemetry/model.ts";
import { dimensionsOf, type Series } from "../src/telemetry/series.ts";

/** One row: raised when `statistic` is at or beyond `threshold` in `breaching` of `periods` periods. */
export interface AlarmRow {
  /** Name of the alarm's section in the runbook, and of the alarm itself, with `of` where there are several. */
  readonly id: string;
  readonly of?: string;
  /** What has happened, and what to do first. */
  readonly description: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, Input<string>>>;
  readonly statistic: "Maximum" | "Minimum" | "Sum" | "SampleCount";
  /** An expression that replaces the metric: over it, under the id `own`, and over others, by their ids. Each is billed. */
  readonly math?: { readonly expression: string; readonly metrics: Readonly<Record<string, Watched>> };
  readonly below?: true;
  /** Beyond the threshold only, not at it. */
  readonly above?: true;
  readonly threshold: number;
  readonly periodSeconds: number;
  readonly periods: number;
  readonly breaching: number;
  /** How CloudWatch treats missing data; with `ignore`, the alarm stays as it is. */
  readonly missing: "notBreaching" | "breaching" | "ignore";
  /**
   * Who is notified: `page` at once, egress is interrupted or nothing would restore it; `ticket` within the working day;
   * `nobody`, since a function reacts to it and another alarm notifies people of the same cause.
   */
  readonly severity: "page" | "ticket" | "nobody";
}

/** A metric that an alarm's math is over. */
type Watched = Pick<Series, "namespace" | "metric" | "statistic"> & Pick<AlarmRow, "dimensions">;

/** Returns how many metrics the alarms are on: CloudWatch bills an alarm for each. */
export function alarmMetrics(rows: readonly AlarmRow[]): number {
  return rows.reduce((sum, { math }) => sum + 1 + Object.keys(math?.metrics ?? {}).length, 0);
}

/** Returns what most alarms on a metric of a pool have in common. */
export function ofPool(pool: string, metric: MetricName) {
  const dimensions = dimensionsOf({ pool });
  return { namespace: metricsNamespace, metric, dimensions, periodSeconds: 60, missing: "notBreaching" } as const;
}

/** Returns in how many of how many periods the threshold must be breached. */
export function within(breaching: number, periods: number) {
  return { breaching, periods };
}

/** Returns the alarm on a part that reports no runs of a pool any more, in the words of its finding. */
export function silentAlarm(pool: string, id: SilentPart, metric: MetricName): AlarmRow {
  return {
    ...ofPool(pool, metric),
    id,
    severity: "page",
    description: sentencesOf<PartFinding>(findingTable, { kind: id, pool: `the pool ${pool}` }),
    statistic: "SampleCount",
    below: true,
    threshold: 1,
    ...within(5, 5),
    missing: "breaching",
  };
}
