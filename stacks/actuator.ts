/**
 * Events and schedules → one FIFO queue → the function that handles them. A pool has a message group. What is for all pools
 * has groups of its own: the function passes it on to the pools that it concerns (src/actuator/dispatch.ts), so that rules
 * and schedules do not grow with the pools.
 */
import { cloudwatch, iam, lambda, scheduler, sqs } from "@pulumi/aws";
import { jsonStringify, type Output, type Resource } from "@pulumi/pulumi";
import { groupOf } from "../src/config/message-groups.ts";
import { deadLettersName, queueNameOf, undeliveredName } from "../src/config/names.ts";
import { actuatorTimeoutSeconds as timeoutSeconds } from "../src/config/run-times.ts";
import { createFunction, type DeployedFunction, type FunctionArgs } from "./function.ts";
import { queueStatements } from "./permissions.ts";
import type { Place } from "./place.ts";
import { policyDocument, resourcePolicy, trust } from "./policy.ts";

/** What makes one actuator: its name, its function, and its pools. */
export interface ActuatorArgs {
  /** Part of the names of queues, schedules and alarms. */
  readonly name: "relocation" | "fallback" | "attach";
  /** The function's name, which is that of its bundle. */
  readonly functionName: "relocate" | "fallback" | "attach";
  readonly pools: readonly ActuatedPool[];
  /** EventBridge patterns of the events that start runs, by the name of their rule. */
  readonly patterns: Readonly<Record<string, object>>;
  /** Invocations that free the network on removal: they run once nothing starts the function any more. */
  readonly teardowns: readonly Resource[];
  /** Returns the function's settings and permissions. Reading its queue and setting messages aside need no statement here. */
  readonly describe: (
    queues: Queues,
  ) => Pick<FunctionArgs, "bundles" | "description" | "logDays" | "environment" | "statements">;
}

export interface ActuatedPool {
  readonly name: string;
  readonly sweepMinutes: number;
}

export interface Queues {
  readonly queue: sqs.Queue;
  /** Messages that the function could not handle. */
  readonly deadLetters: sqs.Queue;
  /** Events and sweeps that did not reach the queue. EventBridge and Scheduler require a standard queue here. */
  readonly undelivered: sqs.Queue;
}

export interface Actuator extends Queues {
  readonly name: ActuatorArgs["name"];
  readonly deployed: DeployedFunction;
  /** With these in place, every event and sweep reaches the function. */
  readonly ready: readonly Resource[];
}

/**
 * Just above the timeout: a crash stalls a pool no longer than this. AWS advises six times the timeout, since an
 * invocation that was throttled for a while may run on after its message has come again (Lambda developer guide, "Creating
 * and configuring an Amazon SQS event source mapping"). Here two runs of a pool at once do no harm (decision 0005).
 */
const visibilitySeconds = timeoutSeconds + 5;
/**
 * The most that SQS allows (API reference, SetQueueAttributes): with one receive per visibility timeout, a message expires
 * long before. A receive says nothing about the message: throttling and crashes of the function count too (AWS advises
 * five at least; Lambda operator guide, "Understanding SQS retries"). What is wrong with a message, the function says.
 */
const maxReceiveCount = 1000;
const deadLetterSeconds = 14 * 86_400;

export function createActuator(place: Place, args: ActuatorArgs): Actuator {
  const { name, functionName, pools, patterns, teardowns } = args;
  const base = `${place.name}-${name}`;
  const options = { parent: place.parent };
  const queues = createQueues(place, name);
  const { queue, undelivered } = queues;
  const described = args.describe(queues);
  const own = queueStatements(queue.arn, queues.deadLetters.arn, pools.length);
  const statements = [...described.statements, ...own];
  const deployed = createFunction(place, functionName, {
    ...described,
    statements,
    timeoutSeconds,
    bundle: functionName,
    memoryMb: 512,
  });
  const mapping = new lambda.EventSourceMapping(
    `${base}-source`,
    {
      eventSourceArn: queue.arn,
      functionName: deployed.lambda.arn,
      // SQS locks every pool of a batch until its slowest run has ended (decision 0005).
      batchSize: pools.length > 1 ? 1 : 10,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: concurrencyOf(pools.length, Object.keys(patterns).length) },
      tags: place.tags,
    },
    { ...options, dependsOn: [deployed.policy, ...teardowns] },
  );
  const names = pools.map((pool) => pool.name);
  const rules = createRules(place, base, patterns, names, queues, teardowns);
  const ruleArns = rules.map(({ rule }) => rule.arn);
  const reachable = ruleArns.length > 0 ? Object.entries({ queue, undelivered }) : [];
  for (const [part, { arn, url }] of reachable) {
    const policy = resourcePolicy("events.amazonaws.com", "sqs:SendMessage", arn, ruleArns);
    new sqs.QueuePolicy(`${base}-${part}-policy`, { queueUrl: url, policy }, options);
  }
  const schedules = createSweeps(place, name, pools, queues, teardowns);
  return { name, deployed, ...queues, ready: [mapping, ...rules.map(({ target }) => target), ...schedules] };
}

function createQueues(place: Place, name: string): Queues {
  const base = `${place.name}-${name}`;
  const options = { parent: place.parent };
  const common = { tags: place.tags, sqsManagedSseEnabled: true };
  const kept = { ...common, messageRetentionSeconds: deadLetterSeconds };
  // Several pools get the same event, and all sweeps of a minute have the same body: deduplicate within a pool alone.
  const fifo = { fifoQueue: true, contentBasedDeduplication: true, deduplicationScope: "messageGroup" };
  const deadLetters = new sqs.Queue(
    `${base}-dead-letters`,
    { ...kept, ...fifo, name: deadLettersName(place.prefix, name) },
    options,
  );
  const undelivered = new sqs.Queue(
    `${base}-undelivered`,
    { ...kept, name: undeliveredName(place.prefix, name) },
    options,
  );
  const queue = new sqs.Queue(
    `${base}-queue`,
    {
      ...common,
      ...fifo,
      name: queueNameOf(place.prefix, name),
      visibilityTimeoutSeconds: visibilitySeconds,
      // A sweep that is an hour old adds nothing to the next one.
      messageRetentionSeconds: 3600,
      redrivePolicy: jsonStringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount }),
    },
    options,
  );
  return { queue, deadLetters, undelivered };
}

/** Groups are handled concurrently: each pool's, and those of rules and sweeps. SQS allows no bound below 2. */
function concurrencyOf(poolCount: number, ruleCount: number): number {
  return poolCount > 1 ? poolCount + ruleCount + 1 : 2;
}

function createRules(
  place: Place,
  base: string,
  patterns: ActuatorArgs["patterns"],
  pools: readonly string[],
  { queue, undelivered }: Queues,
  teardowns: readonly Resource[],
) {
  const options = { parent: place.parent };
  return Object.entries(patterns).map(([part, pattern]) => {
    const name = `${base}-${part}`;
    const description = `Holdfast: ${part} that may concern a pool`;
    const eventPattern = JSON.stringify(pattern);
    const rule = new cloudwatch.EventRule(name, { description, eventPattern, tags: place.tags }, options);
    const target = new cloudwatch.EventTarget(
      name,
      {
        rule: rule.name,
        arn: queue.arn,
        sqsTarget: { messageGroupId: groupOf(part, pools) },
        deadLetterConfig: { arn: undelivered.arn },
        // After an hour, sweeps have seen whatever the event announces.
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 185 },
      },
      { ...options, dependsOn: [...teardowns] },
    );
    return { rule, target };
  });
}

/**
 * Creates a schedule for all pools that are swept equally often. Its message holds the minute, so that deduplication drops
 * no later sweep.
 */
function createSweeps(
  place: Place,
  name: string,
  pools: readonly ActuatedPool[],
  { queue, undelivered }: Queues,
  teardowns: readonly Resource[],
): scheduler.Schedule[] {
  const options = { parent: place.parent };
  const base = `${place.name}-${name}-sweeps`;
  const group = new scheduler.ScheduleGroup(base, { name: `${place.prefix}-${name}`, tags: place.tags }, options);
  const assumeRolePolicy = trust("scheduler.amazonaws.com", place.accountId);
  const role = new iam.Role(`${base}-role`, { assumeRolePolicy, tags: place.tags }, options);
  const resources: Output<string>[] = [queue.arn, undelivered.arn];
  const policy = policyDocument([{ sid: "SendSweeps", actions: ["sqs:SendMessage"], resources }]);
  const allowed = new iam.RolePolicy(`${base}-policy`, { role: role.id, policy }, options);
  const names = pools.map((pool) => pool.name);
  return [...new Set(pools.map(({ sweepMinutes }) => sweepMinutes))].map((everyMinutes) => {
    const every = everyMinutes === 1 ? "minute" : `${everyMinutes}-minutes`;
    const message = { kind: "sweep", scheduledTime: "<aws.scheduler.scheduled-time>", everyMinutes };
    return new scheduler.Schedule(
      `${place.name}-${name}-every-${every}-sweep`,
      {
        name: `every-${every}-sweep`,
        groupName: group.name,
        description: "Holdfast: a sweep of the pools, whether or not an event announced a change",
        scheduleExpression: `rate(${everyMinutes} ${everyMinutes === 1 ? "minute" : "minutes"})`,
        flexibleTimeWindow: { mode: "OFF" },
        target: {
          arn: queue.arn,
          roleArn: role.arn,
          input: JSON.stringify(message),
          sqsParameters: { messageGroupId: groupOf("sweeps", names) },
          deadLetterConfig: { arn: undelivered.arn },
          retryPolicy: { maximumEventAgeInSeconds: 300, maximumRetryAttempts: 10 },
        },
      },
      { ...options, dependsOn: [allowed, ...teardowns] },
    );
  });
}
