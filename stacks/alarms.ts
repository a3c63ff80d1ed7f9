/** Alarms, as a table. Each has a section of its own name in docs/runbook.md, which its description links to. */
import { cloudwatch } from "@pulumi/aws";
import type { Input, Output } from "@pulumi/pulumi";
import type { MetricName } from "../src/telemetry/model.ts";
import type { Place } from "./place.ts";

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
  readonly below?: true;
  /** Beyond the threshold only, not at it. */
  readonly above?: true;
  readonly threshold: number;
  readonly periodSeconds: number;
  readonly periods: number;
  readonly breaching: number;
  /** What silence means. */
  readonly missing: "notBreaching" | "breaching";
}

/** The dimensions under which relocation's metrics appear. */
export function poolDimensions(pool: string): Record<string, string> {
  return { service: "holdfast", pool };
}

/** Alarms of one pool. */
export function poolAlarms(pool: string, sweepMinutes: number): AlarmRow[] {
  const ours = (metric: MetricName) =>
    ({
      namespace: "Holdfast",
      metric,
      dimensions: poolDimensions(pool),
      periodSeconds: 60,
      missing: "notBreaching",
    }) as const;
  return [
    {
      ...ours("Shortage"),
      id: "shortage",
      says: "An interface that carries traffic has no address, and no spare is left: its functions cannot reach the internet. Add an address or remove a subnet.",
      ...{ statistic: "Maximum", threshold: 1, periods: 3, breaching: 2 },
    },
    {
      ...ours("Conflicts"),
      id: "conflict",
      says: "A foreign address sits on an interface of the pool, or an address of the pool sits elsewhere. Holdfast touches neither: find out who moved it.",
      ...{ statistic: "Maximum", threshold: 1, periods: 3, breaching: 2 },
    },
    {
      ...ours("RunsFailed"),
      id: "relocation-failing",
      says: "Relocation runs but AWS refuses or fails its calls. Read the last RelocationFailed event: it names the permission and AWS's reason.",
      ...{ statistic: "Sum", threshold: 1, periods: 5, breaching: 3 },
    },
    {
      ...ours("RunsFailed"),
      id: "relocation-silent",
      says: "Relocation has not looked at the pool for several sweeps. Nothing heals until it does: check schedule, queue and function.",
      ...{ statistic: "SampleCount", below: true, threshold: 1, periods: 5, breaching: 5, missing: "breaching" },
      periodSeconds: sweepMinutes * 60,
    },
  ];
}

/** Alarms on what the probes of one pool see. */
export function probingAlarms(pool: string, vantages: readonly string[]): AlarmRow[] {
  const common = {
    namespace: "Holdfast",
    dimensions: poolDimensions(pool),
    periodSeconds: 60,
    missing: "notBreaching",
  } as const;
  const row = (
    id: string,
    metric: MetricName,
    statistic: AlarmRow["statistic"],
    [breaching, periods]: readonly [number, number],
    says: string,
  ) => ({ ...common, id, metric, statistic, breaching, periods, says });
  const least = { threshold: 1 };
  return [
    {
      ...row(
        "blocked",
        "BlockedRate",
        "Maximum",
        [3, 5],
        "A partner refuses an address of the pool. Relocation swaps it while there is a spare; ask the partner to unblock it.",
      ),
      threshold: 0,
      above: true,
    },
    ...vantages.map((vantage): AlarmRow => {
      const says = `Nothing can be reached from ${vantage}: its members are cut off. Check its interface's address and its default route.`;
      const dimensions = { ...poolDimensions(pool), vantage };
      return { ...row("no-egress", "Egress", "Maximum", [3, 5], says), ...least, dimensions, below: true, of: vantage };
    }),
    {
      ...row(
        "sentinel-silent",
        "SentinelHeartbeat",
        "SampleCount",
        [3, 3],
        "Nobody probes the pool any more: a blocked address would go unnoticed. Read the sentinel's log.",
      ),
      ...{ ...least, below: true, missing: "breaching" },
    },
    {
      ...row(
        "probe-dead",
        "ProbesFailed",
        "Minimum",
        [5, 5],
        "A probe gives no answer. Read its log and check its state in Lambda.",
      ),
      ...least,
    },
    {
      ...row(
        "target-down",
        "TargetsDown",
        "Minimum",
        [5, 5],
        "A target answers nobody, from no address: the partner is down. Moving addresses does not help.",
      ),
      ...least,
    },
    {
      ...row(
        "blind-spot",
        "UnprobedInterfaces",
        "Minimum",
        [10, 10],
        "Members send through an interface that no probe shares. Give members one common set of security groups.",
      ),
      ...least,
    },
    {
      ...row(
        "target-refused",
        "TargetsRefused",
        "Maximum",
        [5, 5],
        "A target cannot be asked as it is configured. The sentinel's log names the field and the reason.",
      ),
      ...least,
    },
    {
      ...row(
        "certificate",
        "CertificateDaysLeft",
        "Minimum",
        [1, 1],
        "A target's certificate ends within two weeks. Tell the partner.",
      ),
      threshold: 14,
      below: true,
    },
  ];
}

/** Names of the queues and the function that all pools share. */
export interface SharedParts {
  readonly functionName: Input<string>;
  readonly queueName: Input<string>;
  readonly deadLetterQueueName: Input<string>;
  readonly undeliveredQueueName: Input<string>;
}

/** Alarms of what all pools share. */
export function sharedAlarms(parts: SharedParts): AlarmRow[] {
  const ofQueue = (QueueName: Input<string>, metric: string) =>
    ({
      namespace: "AWS/SQS",
      metric,
      dimensions: { QueueName },
      missing: "notBreaching",
      statistic: "Maximum",
    }) as const;
  const visible = "ApproximateNumberOfMessagesVisible";
  const atOnce = { threshold: 1, periodSeconds: 60, periods: 1, breaching: 1 };
  return [
    {
      ...ofQueue(parts.deadLetterQueueName, visible),
      id: "dead-letters",
      says: "Relocation gave up on a message, or could not understand it. The message's attributes name the field and the reason.",
      ...atOnce,
    },
    {
      ...ofQueue(parts.undeliveredQueueName, visible),
      id: "undelivered",
      says: "EventBridge or Scheduler could not put a message on the queue. Check the queue's policy and the schedules' role.",
      ...atOnce,
    },
    {
      ...ofQueue(parts.queueName, "ApproximateAgeOfOldestMessage"),
      id: "queue-stuck",
      says: "A message has waited for ten minutes: relocation crashes or does not keep up. Read the function's log.",
      ...{ threshold: 600, periodSeconds: 60, periods: 3, breaching: 3 },
    },
    {
      namespace: "AWS/Lambda",
      metric: "Errors",
      dimensions: { FunctionName: parts.functionName },
      id: "relocation-crashing",
      says: "The relocate function ends with an error or a timeout. Read its log; the pools heal again as soon as it runs.",
      ...{ statistic: "Sum", threshold: 1, periodSeconds: 60, periods: 5, breaching: 3, missing: "notBreaching" },
    },
  ];
}

function comparisonOf({ below, above }: AlarmRow): string {
  if (below) return "LessThanThreshold";
  return above ? "GreaterThanThreshold" : "GreaterThanOrEqualToThreshold";
}

/** Makes the alarms of the rows; both directions are told to the topic. */
export function createAlarms(
  place: Place,
  scope: string,
  rows: readonly AlarmRow[],
  topicArn: Input<string>,
  runbookUrl: string,
): Output<string>[] {
  const nameOf = ({ id, of }: AlarmRow) => [scope, id, ...(of ? [of] : [])].join("-");
  return rows.map((row) => {
    const args = {
      name: `${place.prefix}-${nameOf(row)}`,
      alarmDescription: `${row.says} ${runbookUrl}#${row.id}`,
      namespace: row.namespace,
      metricName: row.metric,
      dimensions: row.dimensions,
      statistic: row.statistic,
      comparisonOperator: comparisonOf(row),
      threshold: row.threshold,
      period: row.periodSeconds,
      evaluationPeriods: row.periods,
      datapointsToAlarm: row.breaching,
      treatMissingData: row.missing,
      alarmActions: [topicArn],
      okActions: [topicArn],
      tags: place.tags,
    };
    return new cloudwatch.MetricAlarm(`${place.name}-${nameOf(row)}`, args, { parent: place.parent }).arn;
  });
}
