/** The settings of each function, from the configuration and the deployed network; stacks/parameters.ts delivers them. */
import { ec2 } from "@pulumi/aws";
import { all, type Output, output } from "@pulumi/pulumi";
import type { AttachSettings } from "../src/config/attach-settings.ts";
import type { FallbackPool, FallbackSettings } from "../src/config/fallback-settings.ts";
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import { metricLevelOf } from "../src/config/monitoring.ts";
import { attaches, type Pool } from "../src/config/pool.ts";
import type { CanarySettings, ProbeSettings } from "../src/config/probing-settings.ts";
import type { PoolSettings, RelocationSettings } from "../src/config/settings.ts";
import type { OwnAddresses } from "../src/pool/lost-addresses.ts";
import { tagKeys } from "../src/pool/tags.ts";
import type { PoolAddresses } from "./addresses.ts";
import type { PoolNetwork } from "./network.ts";
import type { FallbackParts } from "./parts.ts";

/** The ids of a pool's network. */
export interface NetworkIds {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly scout: { readonly subnetId: string; readonly securityGroupId: string } | undefined;
}

export type PoolIds = Readonly<Record<string, NetworkIds>>;

/**
 * Returns the configured members; a pool without any selects functions by its tag. A guarded function that may be attached
 * is a member from the beginning, so that relocation handles it from its first interface on.
 */
export function membersOf(name: string, pool: Pool): PoolSettings["members"] {
  const members = pool.members ?? { names: [], arns: [], tags: { [tagKeys.pool]: name } };
  return attaches(pool) ? { ...members, names: [...members.names, ...pool.guarded.functions] } : members;
}

export function relocationDocument(
  { pools, budgets }: HoldfastConfig,
  networks: PoolIds,
  addresses: Readonly<Record<string, OwnAddresses>>,
  deadLetterQueueUrl: string,
): RelocationSettings {
  const scouts = Object.values(networks).filter(({ scout }) => scout !== undefined).length;
  const monthlyVerifications = Math.floor(budgets.verificationsPerMonth / Math.max(1, scouts));
  const described = Object.entries(pools).flatMap(([name, pool]): PoolSettings[] => {
    const [network, own] = [networks[name], addresses[name]];
    if (!network || !own) return [];
    return [
      {
        name,
        members: membersOf(name, pool),
        guarded: attaches(pool) ? [...pool.guarded.functions] : [],
        drainSeconds: pool.schedule.drainSeconds ?? "longest call",
        sweepMinutes: pool.schedule.sweepMinutes,
        network: { vpcId: network.vpcId, subnetIds: [...network.subnetIds] },
        addresses: own,
        ...(network.scout && { scout: { ...network.scout, monthlyVerifications } }),
      },
    ];
  });
  return { pools: described, deadLetterQueueUrl };
}

/** Fallback's settings of each pool that are not in the configuration. */
export type FallbackIds = Readonly<Record<string, Pick<FallbackPool, "vpcId" | "subnetIds" | "nat" | "probes">>>;

export function fallbackDocument(
  { echoUrl }: Pick<HoldfastConfig, "echoUrl">,
  parts: readonly Pick<FallbackParts, "name" | "alarmName" | "pool">[],
  ids: FallbackIds,
  deadLetterQueueUrl: string,
): FallbackSettings {
  const pools = parts.flatMap(({ name, alarmName, pool: { fallback } }): FallbackPool[] => {
    const { mode: _mode, standby, ...tuned } = fallback;
    return ids[name] ? [{ name, alarmName, standby, ...tuned, ...ids[name] }] : [];
  });
  return { pools, deadLetterQueueUrl, echoUrl };
}

export function attachDocument(config: HoldfastConfig, networks: PoolIds, deadLetterQueueUrl: string): AttachSettings {
  const described = Object.entries(config.pools).flatMap(([name, pool]) => {
    const network = networks[name];
    if (!attaches(pool) || !network) return [];
    const { subnetIds, securityGroupIds } = network;
    const functions = [...pool.guarded.functions];
    return [{ name, functions, subnetIds: [...subnetIds], securityGroupIds: [...securityGroupIds] }];
  });
  return { pools: described, deadLetterQueueUrl };
}

/** A probe in the canary's settings. */
export type CanaryProbe = Required<ProbeSettings> & { readonly pool: string };

/** Targets are as configured; the canary drops what a probe does not need when it reads them. */
export function canaryDocument(
  config: HoldfastConfig,
  networks: PoolIds,
  probes: readonly CanaryProbe[],
): CanarySettings {
  const pools = Object.entries(config.pools).map(([name, pool]) => {
    const { targets, schedule, fallback } = pool;
    const { vpcId = "", subnetIds = [] } = networks[name] ?? {};
    const own = probes.filter(({ pool }) => pool === name);
    return {
      name,
      network: { vpcId, subnetIds: [...subnetIds] },
      probes: own.map(({ functionArn, vantage, kind }) => ({ functionArn, vantage, kind })),
      targets,
      roundsPerMinute: schedule.roundsPerMinute,
      poolRefusal: fallback.poolRefusal,
      metrics: metricLevelOf(config, pool),
    };
  });
  return { pools, echoUrl: config.echoUrl };
}

/** Returns the ids of the networks. */
export function idsOf(networks: Readonly<Record<string, PoolNetwork>>): Output<PoolIds> {
  const located = Object.entries(networks).map(([name, { vpcId, subnetIds, securityGroupIds, scout }]) =>
    all([vpcId, all([...subnetIds]), all([...securityGroupIds]), output(scout)]).apply(
      ([vpcId, subnetIds, securityGroupIds, scout]): [string, NetworkIds] => [
        name,
        {
          vpcId,
          subnetIds,
          securityGroupIds,
          scout: scout && { subnetId: scout.subnetId, securityGroupId: scout.securityGroupId },
        },
      ],
    ),
  );
  return all(located).apply((entries): PoolIds => Object.fromEntries(entries));
}

/** Returns each pool's own addresses. */
export function ownAddressesOf(
  addresses: Readonly<Record<string, PoolAddresses>>,
): Output<Readonly<Record<string, OwnAddresses>>> {
  return all(Object.fromEntries(Object.entries(addresses).map(([name, { own }]) => [name, own])));
}

/** Returns the ids of the networks, NAT gateways and probes of fallback's pools. */
export function fallbackIdsOf(parts: readonly FallbackParts[]): Output<FallbackIds> {
  const located = parts.map((part) =>
    all([part.network.vpcId, all([...part.network.subnetIds]), natOf(part), output([...part.probes])]).apply(
      ([vpcId, subnetIds, nat, probes]) => {
        const invoked = probes.map(({ functionArn, vantage, subnetId }) => ({ functionArn, vantage, subnetId }));
        return [part.name, { vpcId, subnetIds, nat, probes: invoked }] as const;
      },
    ),
  );
  return all(located).apply((entries): FallbackIds => Object.fromEntries(entries));
}

/** A regional gateway is in no subnet; it has the fallback address in the zone of the first members' subnet. */
function natOf({ pool, network }: FallbackParts): Output<FallbackPool["nat"]> {
  if (pool.fallback.mode === "zonal") {
    return output(network.natSubnetId).apply((subnetId = ""): FallbackPool["nat"] => ({ mode: "zonal", subnetId }));
  }
  const { availabilityZone } = ec2.getSubnetOutput({ id: network.subnetIds[0] ?? "" });
  return availabilityZone.apply((zone): FallbackPool["nat"] => ({ mode: "regional", zone }));
}
