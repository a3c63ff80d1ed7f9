/** From the operator's file and the deployed network to what a function is told. */
import { ssm } from "@pulumi/aws";
import { all, type Input, interpolate, jsonStringify, type Output } from "@pulumi/pulumi";
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import type { Pool } from "../src/config/pool.ts";
import type { PoolSettings, RelocationSettings } from "../src/config/settings.ts";
import { tagKeys } from "../src/config/tags.ts";
import type { PoolNetwork } from "./network.ts";
import type { Place } from "./place.ts";

/** Above this the settings move to a parameter: Lambda allows 4 KB for all environment variables together. */
const environmentBytes = 3000;
/** Bytes that a pool's ids take beyond what the operator's file says of it: one VPC, and 27 per subnet. */
const idBytes = { vpc: 21, subnet: 27 };
const queueUrlBytes = 150;

/** The members as configured; a pool that names none has those that carry its tag. */
export function membersOf(name: string, { members }: Pool): PoolSettings["members"] {
  return members ?? { names: [], arns: [], tags: { [tagKeys.pool]: name } };
}

export interface DeployedSettings {
  /** Value of `HOLDFAST_SETTINGS`. */
  readonly value: Input<string>;
  readonly parameterArn: Output<string> | undefined;
}

/** Relocation's settings, in the environment or, when they are long, in a parameter that the environment names. */
export function relocationSettings(
  place: Place,
  { pools }: HoldfastConfig,
  networks: Readonly<Record<string, PoolNetwork>>,
  deadLetterQueueUrl: Output<string>,
): DeployedSettings {
  const described = Object.entries(pools).map(([name, pool]) => ({
    name,
    members: membersOf(name, pool),
    drainSeconds: pool.schedule.drainSeconds,
    sweepMinutes: pool.schedule.sweepMinutes,
  }));
  const located = described.map((it) => {
    const { vpcId, subnetIds = [] } = networks[it.name] ?? {};
    return all([vpcId, all([...subnetIds])]).apply(([vpcId = "", subnetIds]) => ({
      ...it,
      network: { vpcId, subnetIds },
    }));
  });
  const settings = all([all(located), deadLetterQueueUrl]).apply(
    ([pools, deadLetterQueueUrl]): RelocationSettings => ({
      pools,
      deadLetterQueueUrl,
      eventBusName: "default",
      metricsNamespace: "Holdfast",
    }),
  );
  const json = jsonStringify(settings);
  const subnets = Object.values(networks).reduce((sum, { subnetIds }) => sum + subnetIds.length, 0);
  const bytes =
    JSON.stringify(described).length + described.length * idBytes.vpc + subnets * idBytes.subnet + queueUrlBytes;
  if (bytes <= environmentBytes) return { value: json, parameterArn: undefined };
  const parameter = new ssm.Parameter(
    `${place.name}-relocate-settings`,
    {
      name: `/holdfast/${place.prefix}/relocate`,
      type: "String",
      tier: "Intelligent-Tiering",
      value: json,
      tags: place.tags,
    },
    { parent: place.parent },
  );
  return { value: interpolate`ssm:${parameter.name}`, parameterArn: parameter.arn };
}
