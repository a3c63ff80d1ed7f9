/** Alarms, the topics that they notify, and the dashboard. */
import { cloudwatch } from "@pulumi/aws";
import { all, type Input, interpolate, type Output, output } from "@pulumi/pulumi";
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import { dashboardNameOf } from "../src/config/names.ts";
import { attaches, hasFallback, type Pool } from "../src/config/pool.ts";
import { costTable, itemsOf } from "../src/cost/bill.ts";
import { inventoryOf } from "../src/cost/configured.ts";
import type { Actuator } from "./actuator.ts";
import type { PoolAddresses } from "./addresses.ts";
import { type AlarmRow, alarmMetrics } from "./alarm-rows.ts";
import { createAlarms } from "./alarms.ts";
import { actuatorAlarms, leanActuatorAlarms } from "./alarms-actuator.ts";
import { dashboardBody } from "./dashboard.ts";
import type { PoolFacts } from "./dashboard-pool.ts";
import { flowLogGroup } from "./endpoints.ts";
import type { Place } from "./place.ts";
import { poolAlarms } from "./pool-alarms.ts";
import type { Probing } from "./probing.ts";
import { createTopics } from "./topics.ts";

export interface Observability {
  /** A link to the deployment's dashboard. */
  readonly dashboardUrl: Output<string>;
}

/** What the alarms and the dashboard monitor. */
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
  const topics = createTopics(place, config.notifications);
  const create = (scope: string, rows: readonly AlarmRow[]) => createAlarms(place, scope, rows, topics, runbookUrl);
  const actuators = actuatorsOf(watched);
  const shared =
    config.monitoring === "lean" ? leanActuatorAlarms(actuators) : actuators.flatMap((it) => actuatorAlarms(it));
  const pools = Object.entries(config.pools).map(([name, pool]) => {
    const rows = poolAlarms(config, name, pool, vantagesOf(watched, name));
    return { rows, facts: poolFacts(place, config, watched, [name, pool], addresses[name], create(name, rows)) };
  });
  const rows = [...shared, ...pools.flatMap((it) => it.rows)];
  const dashboardName = dashboardNameOf(place.prefix);
  const body = output({
    stage: place.prefix,
    region: place.region,
    runbookUrl,
    alarmArns: create("all", shared),
    actuators: actuators.map((it) => ({
      functionName: it.deployed.lambda.name,
      queueName: it.queue.name,
      logGroupName: it.deployed.logGroup.name,
    })),
    costTable: costTable(itemsOf(inventoryOf(config, alarmMetrics(rows)))),
    pools: all(pools.map(({ facts }) => facts)),
  }).apply(dashboardBody);
  const args = { dashboardName, dashboardBody: body };
  new cloudwatch.Dashboard(`${place.name}-dashboard`, args, { parent: place.parent });
  const home = interpolate`https://${place.region}.console.aws.amazon.com/cloudwatch/home?region=${place.region}`;
  return { dashboardUrl: interpolate`${home}#dashboards/dashboard/${dashboardName}` };
}

function poolFacts(
  place: Place,
  { monitoring }: HoldfastConfig,
  watched: Watched,
  [name, pool]: [string, Pool],
  addresses: PoolAddresses | undefined,
  alarmArns: readonly Input<string>[],
): Output<PoolFacts> {
  const { network, targets, guarded } = pool;
  const flowLogs =
    network.kind === "create" && network.flowLogs
      ? {
          logGroupName: flowLogGroup(place.prefix, name),
          partnerNetworks: targets.flatMap(({ networks }) => networks),
        }
      : undefined;
  const functions = [...actuatorsOf(watched, pool).map(({ deployed }) => deployed), watched.probing.canary];
  return output({
    region: place.region,
    publicIps: addresses?.publicIps ?? [],
    alarmArns: [...alarmArns],
    logGroups: functions.map(({ logGroup }) => logGroup.name),
  }).apply(
    (facts): PoolFacts => ({
      ...facts,
      pool: name,
      monitoring,
      vantages: vantagesOf(watched, name),
      targets: targets.map((target) => target.name),
      flowLogs,
      hasFallback: hasFallback(pool),
      guarded: guarded?.functions ?? [],
      attaches: attaches(pool),
    }),
  );
}

function vantagesOf({ probing }: Watched, name: string): string[] {
  return probing.probes.filter(({ pool, kind }) => pool === name && kind === "serving").map(({ vantage }) => vantage);
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
