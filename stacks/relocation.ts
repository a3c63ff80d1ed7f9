/** Changes and the clock → one FIFO queue, a group per pool → `relocate`. */
import { cloudwatch, iam, lambda, scheduler, sqs } from "@pulumi/aws";
import { jsonStringify, type Output, type Resource } from "@pulumi/pulumi";
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import { changePattern } from "../src/relocation/event-pattern.ts";
import { createFunction, type DeployedFunction } from "./function.ts";
import type { PoolNetwork } from "./network.ts";
import { consumerStatement, relocationStatements } from "./permissions.ts";
import type { Place } from "./place.ts";
import { policyDocument, resourcePolicy, trust } from "./policy.ts";
import { membersOf, relocationSettings } from "./settings.ts";

export interface Relocation {
  readonly relocate: DeployedFunction;
  readonly queue: sqs.Queue;
  /** Messages that relocation gave up on. */
  readonly deadLetters: sqs.Queue;
  /** Events and sweeps that did not reach the queue. EventBridge and Scheduler ask for a standard queue here. */
  readonly undelivered: sqs.Queue;
  readonly ready: readonly Resource[];
}

const timeoutSeconds = 90;
/** Just above the timeout: a crash stalls a pool no longer than that. */
const visibilitySeconds = 95;
const deadLetterSeconds = 14 * 86_400;

export function createRelocation(
  place: Place,
  config: HoldfastConfig,
  networks: Readonly<Record<string, PoolNetwork>>,
  bundles: string,
): Relocation {
  const queues = createQueues(place);
  const relocate = createRelocate(place, config, networks, bundles, queues);
  const options = { parent: place.parent };
  const mapping = new lambda.EventSourceMapping(
    `${place.name}-relocate-source`,
    {
      eventSourceArn: queues.queue.arn,
      functionName: relocate.lambda.arn,
      // SQS locks every pool of a batch until its slowest run has ended (decision 0005).
      batchSize: Object.keys(config.pools).length > 1 ? 1 : 10,
      functionResponseTypes: ["ReportBatchItemFailures"],
      // Pools run side by side, but never more of them than there are; SQS allows no bound below 2.
      scalingConfig: { maximumConcurrency: Math.max(2, Object.keys(config.pools).length) },
      tags: place.tags,
    },
    { ...options, dependsOn: [relocate.policy] },
  );
  const rules = Object.keys(config.pools).map((pool) => createRule(place, pool, queues));
  const ruleArns = rules.map(({ rule }) => rule.arn);
  for (const [name, queue] of [
    ["queue", queues.queue],
    ["undelivered", queues.undelivered],
  ] as const) {
    const policy = resourcePolicy("events.amazonaws.com", "sqs:SendMessage", queue.arn, ruleArns);
    new sqs.QueuePolicy(`${place.name}-${name}-policy`, { queueUrl: queue.url, policy }, options);
  }
  const schedules = createSweeps(place, config, queues);
  return { relocate, ...queues, ready: [mapping, ...rules.map(({ target }) => target), ...schedules] };
}

type Queues = Pick<Relocation, "queue" | "deadLetters" | "undelivered">;

function createQueues(place: Place): Queues {
  const options = { parent: place.parent };
  const common = { tags: place.tags, sqsManagedSseEnabled: true };
  const kept = { ...common, messageRetentionSeconds: deadLetterSeconds };
  // Every pool's rule sends the same event, every sweep of a minute reads the same: duplicates are so within a pool alone.
  const fifo = { fifoQueue: true, contentBasedDeduplication: true, deduplicationScope: "messageGroup" };
  const deadLetters = new sqs.Queue(
    `${place.name}-dead-letters`,
    { ...kept, ...fifo, name: `${place.prefix}-relocation-dead-letters.fifo` },
    options,
  );
  const undelivered = new sqs.Queue(
    `${place.name}-undelivered`,
    { ...kept, name: `${place.prefix}-relocation-undelivered` },
    options,
  );
  const queue = new sqs.Queue(
    `${place.name}-queue`,
    {
      ...common,
      ...fifo,
      name: `${place.prefix}-relocation.fifo`,
      visibilityTimeoutSeconds: visibilitySeconds,
      // A sweep that nobody read for an hour says nothing that the next does not say.
      messageRetentionSeconds: 3600,
      redrivePolicy: jsonStringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 3 }),
    },
    options,
  );
  return { queue, deadLetters, undelivered };
}

function createRelocate(
  place: Place,
  config: HoldfastConfig,
  networks: Readonly<Record<string, PoolNetwork>>,
  bundles: string,
  { queue, deadLetters }: Queues,
): DeployedFunction {
  const settings = relocationSettings(place, config, networks, deadLetters.url);
  const members = Object.entries(config.pools).map(([name, pool]) => membersOf(name, pool));
  const scope = {
    poolNames: Object.keys(config.pools),
    subnetIds: Object.values(networks).flatMap(({ subnetIds }) => subnetIds),
    deadLetterQueueArn: deadLetters.arn,
    eventBusName: "default",
    parameterArn: settings.parameterArn,
    membersBy: {
      patterns: members.some(({ names }) => names.some((name) => name.includes("*"))),
      tags: members.some(({ tags }) => Object.keys(tags).length > 0),
    },
  };
  return createFunction(place, "relocate", {
    bundles,
    bundle: "relocate",
    description: "Holdfast: keeps the pools' addresses on the interfaces that their members use",
    timeoutSeconds,
    memoryMb: 512,
    logDays: config.retention.logDays,
    environment: { HOLDFAST_SETTINGS: settings.value },
    statements: [...relocationStatements(place, scope), consumerStatement(queue.arn)],
  });
}

function createRule(place: Place, pool: string, { queue, undelivered }: Queues) {
  const options = { parent: place.parent };
  const base = `${place.name}-${pool}-changes`;
  const description = `Holdfast: changes that may concern pool ${pool}`;
  const eventPattern = JSON.stringify(changePattern);
  const rule = new cloudwatch.EventRule(base, { description, eventPattern, tags: place.tags }, options);
  const target = new cloudwatch.EventTarget(
    base,
    {
      rule: rule.name,
      arn: queue.arn,
      sqsTarget: { messageGroupId: pool },
      deadLetterConfig: { arn: undelivered.arn },
      // Later than an hour the event tells nothing that a sweep has not seen.
      retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 185 },
    },
    options,
  );
  return { rule, target };
}

/** One schedule per pool. Its message holds the minute, so that no two are taken for duplicates. */
function createSweeps(place: Place, config: HoldfastConfig, { queue, undelivered }: Queues): scheduler.Schedule[] {
  const options = { parent: place.parent };
  const base = `${place.name}-sweeps`;
  const group = new scheduler.ScheduleGroup(base, { name: place.prefix, tags: place.tags }, options);
  const assumeRolePolicy = trust("scheduler.amazonaws.com", place.accountId);
  const role = new iam.Role(`${base}-role`, { assumeRolePolicy, tags: place.tags }, options);
  const resources: Output<string>[] = [queue.arn, undelivered.arn];
  const policy = policyDocument([{ sid: "SendSweeps", actions: ["sqs:SendMessage"], resources }]);
  const allowed = new iam.RolePolicy(`${base}-policy`, { role: role.id, policy }, options);
  return Object.entries(config.pools).map(([pool, { schedule }]) => {
    const every = schedule.sweepMinutes === 1 ? "minute" : "minutes";
    return new scheduler.Schedule(
      `${place.name}-${pool}-sweep`,
      {
        name: `${pool}-sweep`,
        groupName: group.name,
        description: `Holdfast: looks at pool ${pool}, whether or not a change was announced`,
        scheduleExpression: `rate(${schedule.sweepMinutes} ${every})`,
        flexibleTimeWindow: { mode: "OFF" },
        target: {
          arn: queue.arn,
          roleArn: role.arn,
          input: JSON.stringify({ kind: "sweep", scheduledTime: "<aws.scheduler.scheduled-time>" }),
          sqsParameters: { messageGroupId: pool },
          deadLetterConfig: { arn: undelivered.arn },
          retryPolicy: { maximumEventAgeInSeconds: 300, maximumRetryAttempts: 10 },
        },
      },
      { ...options, dependsOn: [allowed] },
    );
  });
}
