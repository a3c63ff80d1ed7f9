/** Alarms on an actuator's queues and function, which all its pools share. */
import { sentencesOf } from "../src/telemetry/finding.ts";
import { findingTable } from "../src/telemetry/finding-table.ts";
import type { Actuator } from "./actuator.ts";
import type { AlarmRow } from "./alarms.ts";

export function actuatorAlarms({ name, deployed, queue, deadLetters, undelivered }: Actuator): AlarmRow[] {
  const ofQueue = ({ name: QueueName }: Actuator["queue"], metric: string) =>
    ({ namespace: "AWS/SQS", metric, dimensions: { QueueName }, statistic: "Maximum", of: name }) as const;
  const visible = "ApproximateNumberOfMessagesVisible";
  // SQS publishes nothing of a queue that nobody has used for six hours (SQS developer guide, "Monitoring Amazon SQS
  // queues using CloudWatch"), though messages lie in it.
  const atOnce = { threshold: 1, periodSeconds: 60, periods: 1, breaching: 1, missing: "ignore" } as const;
  return [
    {
      ...ofQueue(deadLetters, visible),
      id: "dead-letters",
      description: sentencesOf(findingTable, {
        kind: "dead-letters",
        queueName: `the dead-letter queue of ${name}`,
        messages: "messages",
      }),
      ...atOnce,
    },
    {
      ...ofQueue(undelivered, visible),
      id: "undelivered",
      description: `EventBridge or Scheduler could not send a message to the queue of ${name}. Check the queue's policy and the schedules' role.`,
      ...atOnce,
    },
    {
      ...ofQueue(queue, "ApproximateAgeOfOldestMessage"),
      id: "queue-stuck",
      description: `The oldest message is ten minutes old: the ${name} function crashes, is throttled or does not keep up. Look at its errors, throttles and duration.`,
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
      id: "crashing",
      of: name,
      description: `The ${name} function fails or times out. Read its log; the pools are monitored and healed again as soon as it runs.`,
      statistic: "Sum",
      threshold: 1,
      periodSeconds: 60,
      periods: 5,
      breaching: 3,
      missing: "notBreaching",
    },
  ];
}
