/** Alarms, the topic that they notify, and the dashboards. */
import { cloudwatch, sns } from "@pulumi/aws";
import { type Input, interpolate, jsonStringify, type Output, output } from "@pulumi/pulumi";
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import { dashboardNameOf } from "../src/config/names.ts";
import { attaches, hasFallback, type Pool } from "../src/config/pool.ts";
import type { Actuator } from "./actuator.ts";
import type { PoolAddresses } from "./addresses.ts";
import { type AlarmRow, createAlarms } from "./alarms.ts";
import { actuatorAlarms } from "./alarms-actuator.ts";
import { attachAlarms } from "./alarms-attach.ts";
import { fallbackAlarms } from "./alarms-fallback.ts";
import { probingAlarms } from "./alarms-probing.ts";
import { relocationAlarms } from "./alarms-relocation.ts";
import { costTable, monthlyCost } from "./cost.ts";
import { attachMetrics, dashboardBody, fallbackMetrics, probingMetrics, relocationMetrics } from "./dashboard.ts";
import { flowLogGroup } from "./endpoints.ts";
import type { Place } from "./place.ts";
import type { Probing } from "./probing.ts";

export interface Observability {
  readonly topicArn: Input<string>;
  /** Links to the dashboards, by pool. */
  readonly dashboardUrls: Readonly<Record<string, Output<string>>>;
}

/** What the alarms and dashboards monitor. */
export interface Watched {
  readonly relocation: Actuator;
  readonly probing: Probing;
  readonly fallback: Actuator | undefined;
  readonly attach: Actuator | undefined;
}

export function createObservability(
  place: Place,
  config: HoldfastConfig,
  addresses: Readonly<Record<string, PoolAddresses>>,
  watched: Watched,
): Observability {
  const { runbookUrl } = config.notifications;
  const topicArn = config.notifications.topicArn ?? createTopic(place, config.notifications.email);
  const alarmsOf = (scope: string, rows: readonly AlarmRow[]) => createAlarms(place, scope, rows, topicArn, runbookUrl);
  const sharedArns = new Map(actuatorsOf(watched).map((it) => [it, alarmsOf("all", actuatorAlarms(it))]));
  const dashboard = ([name, pool]: [string, Pool]) => {
    const actuators = actuatorsOf(watched, pool);
    const serving = watched.probing.probes.filter((it) => it.pool === name && it.kind === "serving");
    const vantages = serving.map(({ vantage }) => vantage);
    const targets = pool.targets.map((target) => target.name);
    const rows = poolAlarms(name, pool, vantages);
    const metrics =
      relocationMetrics.length +
      probingMetrics(vantages.length, targets.length) +
      (hasFallback(pool) ? fallbackMetrics.length : 0) +
      (pool.guarded?.functions.length ?? 0) +
      (attaches(pool) ? attachMetrics.length : 0);
    const flowLogs =
      pool.network.kind === "create" && pool.network.flowLogs
        ? {
            logGroupName: flowLogGroup(place.prefix, name),
            partnerNetworks: pool.targets.flatMap(({ networks }) => networks),
          }
        : undefined;
    const body = output({
      region: place.region,
      publicIps: addresses[name]?.publicIps ?? [],
      alarmArns: [...alarmsOf(name, rows), ...actuators.flatMap((it) => sharedArns.get(it) ?? [])],
      actuators: actuators.map((it) => ({
        name: it.name,
        functionName: it.deployed.lambda.name,
        queueName: it.queue.name,
        logGroupName: it.deployed.logGroup.name,
      })),
    }).apply((facts) =>
      dashboardBody({
        ...facts,
        pool: name,
        vantages,
        targets,
        flowLogs,
        runbookUrl,
        hasFallback: hasFallback(pool),
        guarded: pool.guarded?.functions ?? [],
        attaches: attaches(pool),
        costTable: costTable(monthlyCost(pool, rows.length, metrics)),
      }),
    );
    const dashboardName = dashboardNameOf(place.prefix, name);
    const args = { dashboardName, dashboardBody: body };
    new cloudwatch.Dashboard(`${place.name}-${name}-dashboard`, args, { parent: place.parent });
    const home = interpolate`https://${place.region}.console.aws.amazon.com/cloudwatch/home?region=${place.region}`;
    return [name, interpolate`${home}#dashboards/dashboard/${dashboardName}`] as const;
  };
  return { topicArn, dashboardUrls: Object.fromEntries(Object.entries(config.pools).map(dashboard)) };
}

/** Returns the alarms of one pool. */
export function poolAlarms(name: string, pool: Pool, vantages: readonly string[]): AlarmRow[] {
  return [
    ...relocationAlarms(name, pool.schedule.sweepMinutes),
    ...probingAlarms(name, vantages, pool.guarded?.functions ?? []),
    ...(hasFallback(pool) ? fallbackAlarms(name, pool.fallback) : []),
    ...(attaches(pool) ? attachAlarms(name) : []),
  ];
}

/** Returns all actuators, or those that act for a pool. */
function actuatorsOf({ relocation, fallback, attach }: Watched, pool?: Pool): Actuator[] {
  const those = [
    relocation,
    pool === undefined || hasFallback(pool) ? fallback : undefined,
    pool === undefined || attaches(pool) ? attach : undefined,
  ];
  return those.filter((it) => it !== undefined);
}

function createTopic(place: Place, email: string | undefined): Output<string> {
  const options = { parent: place.parent };
  const topic = new sns.Topic(`${place.name}-alarms`, { name: `${place.prefix}-alarms`, tags: place.tags }, options);
  const policy = jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topic.arn,
        Condition: { StringEquals: { "aws:SourceAccount": place.accountId } },
      },
    ],
  });
  new sns.TopicPolicy(`${place.name}-alarms-policy`, { arn: topic.arn, policy }, options);
  if (email) {
    const subscription = { topic: topic.arn, protocol: "email", endpoint: email };
    new sns.TopicSubscription(`${place.name}-alarms-email`, subscription, options);
  }
  return topic.arn;
}
