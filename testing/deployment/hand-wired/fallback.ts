/** Fallback in the twin: the real handler behind the wiring that a deployment makes. */
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Context, SQSEvent } from "aws-lambda";
import type { FallbackPool, FallbackSettings } from "../../../src/config/fallback-settings.ts";
import { alarmPattern } from "../../../src/fallback/changes.ts";
import { createFallbackHandler } from "../../../src/fallback/handler.ts";
import type { Measurement } from "../../../src/telemetry/model.ts";
import { clientConfig } from "../../twin/endpoint.ts";
import type { EventPath } from "../../twin/event-path.ts";
import type { Region } from "../../twin/region.ts";
import { type Directly, directClients } from "../direct-clients.ts";
import { operatorOf } from "../operator.ts";

export const fallbackRole = "arn:aws:iam::123456789012:role/holdfast-fallback";
const functionName = "holdfast-fallback";
export const fallbackQueueName = "holdfast-fallback.fifo";
export const fallbackDeadLetterQueueName = "holdfast-fallback-dead.fifo";

export interface FallbackDeployment {
  readonly pool: FallbackPool;
  /** Called with every measurement as it is emitted. */
  readonly onMeasurements: (timeMs: number, measurements: readonly Measurement[]) => void;
  /** Calls go to the region directly instead of over the wire. */
  readonly direct: boolean;
}

/** Deploys fallback for one pool. A crash ends the execution environment and what it remembers. */
export async function deployFallback(
  region: Region,
  path: EventPath,
  { pool, onMeasurements, direct }: FallbackDeployment,
): Promise<void> {
  const operator = operatorOf(region);
  const create = (QueueName: string, attributes: Record<string, string>) =>
    operator<{ QueueUrl: string }>("sqs", "CreateQueue", {
      QueueName,
      Attributes: {
        FifoQueue: "true",
        ContentBasedDeduplication: "true",
        DeduplicationScope: "messageGroup",
        ...attributes,
      },
    });
  const { QueueUrl: deadLetterQueueUrl } = await create(fallbackDeadLetterQueueName, {});
  const deadLetterTargetArn = path.sqs.queueByName(fallbackDeadLetterQueueName).settings.queueArn;
  await create(fallbackQueueName, {
    VisibilityTimeout: "95",
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 3 }),
  });
  const Arn = path.sqs.queueByName(fallbackQueueName).settings.queueArn;
  const Code = { ZipFile: new Uint8Array() };
  const runs = { Role: fallbackRole, Runtime: "nodejs24.x", Handler: "index.handler", Timeout: 90 };
  await operator("lambda", "CreateFunction", { FunctionName: functionName, ...runs, Code });

  const settings: FallbackSettings = {
    pools: [pool],
    deadLetterQueueUrl,
    echoUrl: "https://echo.example/",
  };
  const config = clientConfig(region, fallbackRole);
  const over: Directly = direct ? directClients(region, fallbackRole) : (client) => client;
  const start = () =>
    createFallbackHandler({
      settings,
      clock: region.clock,
      ec2: over(new EC2Client(config), "ec2"),
      cloudWatch: over(new CloudWatchClient(config), "monitoring"),
      lambda: over(new LambdaClient(config), "lambda"),
      eventBridge: over(new EventBridgeClient(config), "events"),
      sqs: over(new SQSClient(config), "sqs"),
      emitMetrics: (_pool, timeMs, measurements) => onMeasurements(timeMs, measurements),
      log: { info: () => {}, error: () => {} },
    });
  let handler = start();
  region.faults.onCrash(({ principal }) => {
    if (principal === fallbackRole) handler = start();
  });
  path.registerHandler(functionName, (event, context) => handler(event as SQSEvent, context as unknown as Context));
  path.connectQueue({
    queueName: fallbackQueueName,
    functionName,
    batchSize: 10,
    maximumConcurrency: 2,
    reportBatchItemFailures: true,
  });

  const SqsParameters = { MessageGroupId: pool.name };
  const Name = `holdfast-fallback-${pool.name}`;
  await operator("events", "PutRule", { Name, EventPattern: JSON.stringify(alarmPattern(pool.alarmName)) });
  await operator("events", "PutTargets", { Rule: Name, Targets: [{ Id: "queue", Arn, SqsParameters }] });
  await operator("scheduler", "CreateSchedule", {
    Name,
    ScheduleExpression: "rate(1 minute)",
    FlexibleTimeWindow: { Mode: "OFF" },
    Target: {
      Arn,
      RoleArn: "arn:aws:iam::123456789012:role/holdfast-scheduler",
      SqsParameters,
      Input: '{"kind":"sweep","scheduledTime":"<aws.scheduler.scheduled-time>"}',
    },
  });
}
