/** Holdfast in the twin: the real handler behind the wiring that a deployment makes. */
import type { Context, SQSEvent } from "aws-lambda";
import type { RelocationSettings } from "../../../src/config/settings.ts";
import { blockPattern, changePattern } from "../../../src/relocation/event-pattern.ts";
import type { Log } from "../../../src/telemetry/log.ts";
import type { Measurement } from "../../../src/telemetry/model.ts";
import { type ClientConfig, clientConfig, type EndpointOptions } from "../../twin/endpoint.ts";
import type { EventPath } from "../../twin/event-path.ts";
import type { Handler } from "../../twin/lambda-invocation.ts";
import type { Region } from "../../twin/region.ts";
import { type Directly, directClients } from "../direct-clients.ts";
import { operatorOf } from "../operator.ts";
import { wireRelocate } from "../relocate-wiring.ts";

export const relocateRole = "arn:aws:iam::123456789012:role/holdfast-relocate";
const functionName = "holdfast-relocate";
const queueName = "holdfast-relocation.fifo";
const deadLetterQueueName = "holdfast-relocation-dead.fifo";

/** Seconds; the queue's visibility timeout sits just above the function's timeout (decision 0005). */
const functionTimeoutSeconds = 90;
const visibilityTimeoutSeconds = 95;
const maxReceiveCount = 3;

export interface DeploymentOptions {
  readonly settings: Omit<RelocationSettings, "deadLetterQueueUrl">;
  readonly endpoint?: EndpointOptions;
  /** Calls go to the region directly instead of over the wire: the same run, many times faster. Default false. */
  readonly direct?: boolean;
  /** Called with every measurement as it is emitted. */
  readonly onMeasurements?: (poolName: string, timeMs: number, measurements: readonly Measurement[]) => void;
  readonly log?: Log;
  /** Without sweeps only events start runs. Default true. */
  readonly sweeps?: boolean;
}

export interface Deployment {
  readonly queueName: string;
  readonly deadLetterQueueName: string;
  readonly functionName: string;
}

/** Deploys relocation for the pools of the settings. A crash ends the execution environment and what it remembers. */
export async function deploy(region: Region, path: EventPath, options: DeploymentOptions): Promise<Deployment> {
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
  const { QueueUrl: deadLetterQueueUrl } = await create(deadLetterQueueName, {});
  const deadLetterTargetArn = path.sqs.queueByName(deadLetterQueueName).settings.queueArn;
  await create(queueName, {
    VisibilityTimeout: String(visibilityTimeoutSeconds),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount }),
  });
  const queueArn = path.sqs.queueByName(queueName).settings.queueArn;
  await operator("lambda", "CreateFunction", {
    FunctionName: functionName,
    Role: relocateRole,
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Timeout: functionTimeoutSeconds,
    Code: { ZipFile: new Uint8Array() },
  });
  path.registerHandler(functionName, environment(region, { ...options.settings, deadLetterQueueUrl }, options));
  const batchSize = options.settings.pools.length > 1 ? 1 : 10;
  path.connectQueue({
    queueName,
    functionName,
    batchSize,
    maximumConcurrency: Math.max(2, options.settings.pools.length),
    reportBatchItemFailures: true,
  });
  for (const { name } of options.settings.pools) {
    await route(region, name, queueArn, options.sweeps ?? true);
  }
  return { queueName, deadLetterQueueName, functionName };
}

/** One pool's rules and schedule; the pool is the message group. */
async function route(region: Region, poolName: string, Arn: string, sweeps: boolean): Promise<void> {
  const operator = operatorOf(region);
  const SqsParameters = { MessageGroupId: poolName };
  const patterns = { changes: changePattern, blocks: blockPattern(poolName) };
  for (const [part, pattern] of Object.entries(patterns)) {
    const Name = `holdfast-${poolName}-${part}`;
    await operator("events", "PutRule", { Name, EventPattern: JSON.stringify(pattern) });
    await operator("events", "PutTargets", { Rule: Name, Targets: [{ Id: "queue", Arn, SqsParameters }] });
  }
  if (!sweeps) return;
  await operator("scheduler", "CreateSchedule", {
    Name: `holdfast-${poolName}`,
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

function environment(region: Region, settings: RelocationSettings, options: DeploymentOptions): Handler {
  const config: ClientConfig = clientConfig(region, relocateRole, options.endpoint);
  const over: Directly = options.direct ? directClients(region, relocateRole, options.endpoint) : (client) => client;
  const start = () =>
    wireRelocate({
      settings,
      clock: region.clock,
      config,
      over,
      emitMetrics: options.onMeasurements ?? (() => {}),
      log: options.log ?? { info: () => {}, error: () => {} },
    });
  let handler = start();
  region.faults.onCrash(() => {
    handler = start();
  });
  return (event, context) => handler(event as SQSEvent, context as unknown as Context);
}
