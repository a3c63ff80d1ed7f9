/** Alarms on the actuators' queues and functions, which all pools share. AWS publishes these metrics for nothing. */
import type { Input } from "@pulumi/pulumi";
import { sentencesOf } from "../src/telemetry/finding.ts";
import { findingTable } from "../src/telemetry/finding-table.ts";
import type { Actuator } from "./actuator.ts";
import type { AlarmRow } from "./alarm-rows.ts";

/** One alarm of each kind, for one part; `of`: its name. */
type OfPart = AlarmRow & { readonly of: string };

/** Returns the four alarms on an actuator. @param parts whom the alarms are about, as their text says */
export function actuatorAlarms(actuator: Actuator, parts: string = actuator.name): OfPart[] {
  const { name, deployed, queue, deadLetters, undelivered } = actuator;
  const visible = "ApproximateNumberOfMessagesVisible";
  // SQS publishes nothing of a queue that nobody has used for six hours (SQS developer guide, "Monitoring Amazon SQS
  // queues using CloudWatch"), though messages lie in it.
  const atOnce = { threshold: 1, periodSeconds: 60, periods: 1, breaching: 1, missing: "ignore" } as const;
  return [
    {
      ...ofQueue(name, deadLetters.name, visible),
      id: "dead-letters",
      severity: "ticket",
      description: sentencesOf(findingTable, {
        kind: "dead-letters",
        queueName: `the dead-letter queue of ${parts}`,
        messages: "messages",
      }),
      ...atOnce,
    },
    {
      ...ofQueue(name, undelivered.name, visible),
      id: "undelivered",
      severity: "ticket",
      description: `EventBridge or Scheduler could not send a message to the queue of ${parts}. Check the queue's policy and the schedules' role.`,
      ...atOnce,
    },
    {
      ...ofQueue(name, queue.name, "ApproximateAgeOfOldestMessage"),
      id: "queue-stuck",
      severity: "page",
      description: `The oldest message is ten minutes old: the function of ${parts} crashes, is throttled or does not keep up. Look at its errors, throttles and duration.`,
      threshold: 600,
      periodSeconds: 60,
      periods: 3,
      breaching: 3,
      missing: "notBreaching",
    },
    {
      namespace: "AWS/Lambda",
      metric: "Errors",
      dimensions: { FunctionName: deployed.lambda.name },
      statistic: "Sum",
      of: name,
      id: "crashing",
      severity: "page",
      description: `The function of ${parts} fails or times out. Read its log; the pools are monitored and healed again as soon as it runs.`,
      threshold: 1,
      periodSeconds: 60,
      periods: 5,
      breaching: 3,
      missing: "notBreaching",
    },
  ];
}

function ofQueue(of: string, QueueName: Input<string>, metric: string) {
  return { namespace: "AWS/SQS", metric, dimensions: { QueueName }, statistic: "Maximum", of } as const;
}

/** Returns the same alarms, one for all actuators of each kind: they cost as much, and are fewer to look at. */
export function leanActuatorAlarms(actuators: readonly Actuator[]): AlarmRow[] {
  const parts = actuators.map(({ name }) => name).join(" or ");
  const [first = [], ...others] = actuators.map((it) => actuatorAlarms(it, parts));
  return first.map(({ of: _, ...row }) => {
    const metrics = Object.fromEntries(others.flat().flatMap((it) => (it.id === row.id ? [[it.of, it]] : [])));
    // The highest of those that have data.
    const expression = `MAX([${["own", ...Object.keys(metrics)].join(", ")}])`;
    return Object.keys(metrics).length > 0 ? { ...row, math: { expression, metrics } } : row;
  });
}
