/** From the operator's file and the deployed network to what an actuator's function is told. */
import { ec2, ssm } from "@pulumi/aws";
import { all, type Input, interpolate, jsonStringify, type Output, output } from "@pulumi/pulumi";
import type { AttachSettings } from "../src/config/attach-settings.ts";
import type { FallbackPool, FallbackSettings } from "../src/config/fallback-settings.ts";
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import { attaches, type Pool } from "../src/config/pool.ts";
import type { PoolSettings, RelocationSettings } from "../src/config/settings.ts";
import { tagKeys } from "../src/config/tags.ts";
import type { AttachParts } from "./attach.ts";
import type { FallbackParts } from "./fallback.ts";
import type { PoolNetwork } from "./network.ts";
import type { Place } from "./place.ts";

/** Above this the settings move to a parameter: Lambda allows 4 KB for all environment variables together. */
const environmentBytes = 3000;
/** Bytes of an id or ARN that only the deployment will know, about. */
const idBytes = 27;
const arnBytes = 120;
const queueUrlBytes = 150;

const common = { eventBusName: "default", metricsNamespace: "Holdfast" } as const;

/**
 * The members as configured; a pool that names none has those that carry its tag. A guarded function that may be attached
 * is one from the beginning, so that relocation follows it from its first interface on.
 */
export function membersOf(name: string, pool: Pool): PoolSettings["members"] {
  const members = pool.members ?? { names: [], arns: [], tags: { [tagKeys.pool]: name } };
  return attaches(pool) ? { ...members, names: [...members.names, ...pool.guarded.functions] } : members;
}

export interface DeployedSettings {
  /** What the function's environment says of them. */
  readonly environment: Readonly<Record<string, Input<string>>>;
  readonly parameterArn: Output<string> | undefined;
}

export function relocationSettings(
  place: Place,
  { pools, budgets }: HoldfastConfig,
  networks: Readonly<Record<string, PoolNetwork>>,
  deadLetterQueueUrl: Output<string>,
): DeployedSettings {
  const scouts = Object.values(networks).filter(({ scout }) => scout !== undefined).length;
  const monthlyVerifications = Math.floor(budgets.verificationsPerMonth / Math.max(1, scouts));
  const described = Object.entries(pools).map(([name, pool]) => ({
    name,
    members: membersOf(name, pool),
    drainSeconds: pool.schedule.drainSeconds,
    sweepMinutes: pool.schedule.sweepMinutes,
  }));
  const located = described.map((it) =>
    all([networkOf(networks[it.name]), output(networks[it.name]?.scout)]).apply(([network, scout]) => ({
      ...it,
      network,
      ...(scout && {
        scout: { subnetId: scout.subnetId, securityGroupId: scout.securityGroupId, monthlyVerifications },
      }),
    })),
  );
  const settings = all([all(located), deadLetterQueueUrl]).apply(
    ([pools, deadLetterQueueUrl]): RelocationSettings => ({ pools, deadLetterQueueUrl, ...common }),
  );
  const ids = Object.values(networks).reduce((sum, { subnetIds }) => sum + 1 + subnetIds.length, 0);
  const bytes = JSON.stringify(described).length + ids * idBytes + scouts * 4 * idBytes + queueUrlBytes;
  return deliver(place, "relocate", settings, bytes);
}

export function fallbackSettings(
  place: Place,
  parts: readonly FallbackParts[],
  deadLetterQueueUrl: Output<string>,
): DeployedSettings {
  const pools = parts.map((part) => {
    const probes = part.probes.map(({ vantage, subnetId, deployed }) => ({
      ...{ functionArn: deployed.lambda.arn, vantage, subnetId },
    }));
    return all([networkOf(part.network), natOf(part), output(probes)]).apply(
      ([network, nat, probes]): FallbackPool => ({ ...configured(part), ...network, nat, probes }),
    );
  });
  const settings = all([all(pools), deadLetterQueueUrl]).apply(
    ([pools, deadLetterQueueUrl]): Omit<FallbackSettings, "echoUrl"> => ({ pools, deadLetterQueueUrl, ...common }),
  );
  const probes = parts.reduce((sum, it) => sum + it.probes.length, 0);
  const subnets = parts.reduce((sum, { network }) => sum + network.subnetIds.length, 0);
  const ids = parts.length * 3 + subnets + probes * 3;
  const bytes = JSON.stringify(parts.map(configured)).length + ids * idBytes + probes * arnBytes;
  return deliver(place, "fallback", settings, bytes + queueUrlBytes);
}

export function attachSettings(
  place: Place,
  parts: readonly AttachParts[],
  deadLetterQueueUrl: Output<string>,
): DeployedSettings {
  const pools = parts.map(({ name, functions, network }) =>
    all([all([...network.subnetIds]), all([...network.securityGroupIds])]).apply(([subnetIds, securityGroupIds]) => ({
      ...{ name, functions: [...functions], subnetIds, securityGroupIds },
    })),
  );
  const settings = all([all(pools), deadLetterQueueUrl]).apply(
    ([pools, deadLetterQueueUrl]): AttachSettings => ({ pools, deadLetterQueueUrl, ...common }),
  );
  const names = JSON.stringify(parts.map(({ name, functions }) => ({ name, functions }))).length;
  const ids = parts.reduce((sum, { network }) => sum + network.subnetIds.length + network.securityGroupIds.length, 0);
  return deliver(place, "attach", settings, names + (ids + 2 * parts.length) * idBytes + queueUrlBytes);
}

function configured({ name, alarmName, pool: { fallback } }: FallbackParts) {
  const { mode: _, standby, ...tuned } = fallback;
  return { name, alarmName, standby, ...tuned };
}

function networkOf(network: PoolNetwork | undefined): Output<{ vpcId: string; subnetIds: string[] }> {
  const { vpcId, subnetIds = [] } = network ?? {};
  return all([vpcId, all([...subnetIds])]).apply(([vpcId = "", subnetIds]) => ({ vpcId, subnetIds }));
}

/** A regional gateway stands in no subnet; it has the fallback address in the zone of the first members. */
function natOf({ pool, network }: FallbackParts): Output<FallbackPool["nat"]> {
  if (pool.fallback.mode === "zonal") {
    return output(network.natSubnetId).apply((subnetId = ""): FallbackPool["nat"] => ({ mode: "zonal", subnetId }));
  }
  const { availabilityZone } = ec2.getSubnetOutput({ id: network.subnetIds[0] ?? "" });
  return availabilityZone.apply((zone): FallbackPool["nat"] => ({ mode: "regional", zone }));
}

/** In the environment or, when they are long, in a parameter that the environment names. */
function deliver(place: Place, name: string, settings: Output<object>, bytes: number): DeployedSettings {
  const json = jsonStringify(settings);
  if (bytes <= environmentBytes) return { environment: { HOLDFAST_SETTINGS: json }, parameterArn: undefined };
  const parameter = new ssm.Parameter(
    `${place.name}-${name}-settings`,
    {
      name: `/holdfast/${place.prefix}/${name}`,
      type: "String",
      tier: "Intelligent-Tiering",
      value: json,
      tags: place.tags,
    },
    { parent: place.parent },
  );
  return { environment: namedIn(parameter), parameterArn: parameter.arn };
}

/**
 * A function reads its settings when an environment of it starts, and one that is called every minute may live for hours:
 * the parameter's version changes the function, so that Lambda starts new ones.
 */
export function namedIn({ name, version }: ssm.Parameter): DeployedSettings["environment"] {
  return { HOLDFAST_SETTINGS: interpolate`ssm:${name}`, HOLDFAST_SETTINGS_VERSION: interpolate`${version}` };
}
