/** Who is told, and what an on-call person sees. */
import { cloudwatch, sns } from "@pulumi/aws";
import { type Input, interpolate, jsonStringify, type Output, output } from "@pulumi/pulumi";
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import type { PoolAddresses } from "./addresses.ts";
import { createAlarms, poolAlarms, probingAlarms, sharedAlarms } from "./alarms.ts";
import { costTable, monthlyCost } from "./cost.ts";
import { dashboardBody, probingMetrics, shownMetrics } from "./dashboard.ts";
import { flowLogGroup } from "./endpoints.ts";
import type { Place } from "./place.ts";
import type { Probing } from "./probing.ts";
import type { Relocation } from "./relocation.ts";

export interface Observability {
  readonly topicArn: Input<string>;
  /** Links to the dashboards, by pool. */
  readonly dashboardUrls: Readonly<Record<string, Output<string>>>;
}

export function createObservability(
  place: Place,
  config: HoldfastConfig,
  addresses: Readonly<Record<string, PoolAddresses>>,
  relocation: Relocation,
  probing: Probing,
): Observability {
  const { runbookUrl } = config.notifications;
  const topicArn = config.notifications.topicArn ?? createTopic(place, config.notifications.email);
  const { relocate, queue, deadLetters, undelivered } = relocation;
  const shared = sharedAlarms({
    functionName: relocate.lambda.name,
    queueName: queue.name,
    deadLetterQueueName: deadLetters.name,
    undeliveredQueueName: undelivered.name,
  });
  const sharedArns = createAlarms(place, "all", shared, topicArn, runbookUrl);
  const dashboard = ([name, pool]: [string, HoldfastConfig["pools"][string]]) => {
    const serving = probing.probes.filter((it) => it.pool === name && it.kind === "serving");
    const vantages = serving.map(({ vantage }) => vantage);
    const rows = [...poolAlarms(name, pool.schedule.sweepMinutes), ...probingAlarms(name, vantages)];
    const alarmArns = [...createAlarms(place, name, rows, topicArn, runbookUrl), ...sharedArns];
    const flowLogs =
      pool.network.kind === "create" && pool.network.flowLogs
        ? { logGroupName: flowLogGroup(place, name), partnerNetworks: pool.targets.flatMap(({ networks }) => networks) }
        : undefined;
    const body = output({
      region: place.region,
      publicIps: [...(addresses[name]?.egress ?? []), ...(addresses[name]?.fallback ?? [])],
      alarmArns,
      functionName: relocate.lambda.name,
      queueName: queue.name,
      logGroupName: relocate.logGroup.name,
    }).apply((facts) =>
      dashboardBody({
        ...facts,
        pool: name,
        vantages,
        targets: pool.targets.map((target) => target.name),
        flowLogs,
        costTable: costTable(
          monthlyCost(pool, rows.length, shownMetrics.length + probingMetrics(vantages.length, pool.targets.length)),
        ),
        runbookUrl,
      }),
    );
    const dashboardName = `${place.prefix}-${name}`;
    const args = { dashboardName, dashboardBody: body };
    new cloudwatch.Dashboard(`${place.name}-${name}-dashboard`, args, { parent: place.parent });
    const home = interpolate`https://${place.region}.console.aws.amazon.com/cloudwatch/home?region=${place.region}`;
    return [name, interpolate`${home}#dashboards/dashboard/${dashboardName}`] as const;
  };
  return { topicArn, dashboardUrls: Object.fromEntries(Object.entries(config.pools).map(dashboard)) };
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
