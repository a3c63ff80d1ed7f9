/** Finds what a deployment made for a pool, by its tags. */
import { tagKeys } from "../../src/pool/tags.ts";
import type { World } from "../twin/world.ts";

export interface PoolNetwork {
  readonly vpcId: string;
  readonly internetGatewayId: string;
  /** One per zone of the members, as are the route tables. */
  readonly subnetIds: readonly string[];
  readonly routeTableIds: readonly string[];
  /** Undefined in a network that another account shares. */
  readonly natSubnetId: string | undefined;
  readonly scout: { readonly subnetId: string; readonly securityGroupId: string };
  readonly securityGroupIds: readonly string[];
}

/** @throws Error when the deployment made no network for the pool */
export function networkOf(world: World, poolName: string, zones: number): PoolNetwork {
  const named = <It extends { readonly tags: Record<string, string> }>(of: ReadonlyMap<string, It>, part: string) => {
    const found = [...of.values()].find(
      ({ tags }) => tags[tagKeys.pool] === poolName && tags["Name"]?.endsWith(`-${poolName}-${part}`),
    );
    if (!found) throw new Error(`the deployment made no ${part} for ${poolName}`);
    return found;
  };
  const parts = Array.from({ length: zones }, (_, index) => `zone-${index + 1}`);
  return {
    vpcId: named(world.vpcs, "vpc").vpcId,
    internetGatewayId: named(world.internetGateways, "gateway").internetGatewayId,
    subnetIds: parts.map((part) => named(world.subnets, part).subnetId),
    routeTableIds: parts.map((part) => named(world.routeTables, part).routeTableId),
    natSubnetId: named(world.subnets, "nat").subnetId,
    scout: {
      subnetId: named(world.subnets, "scout").subnetId,
      securityGroupId: named(world.securityGroups, "scout").groupId,
    },
    securityGroupIds: [named(world.securityGroups, "members").groupId],
  };
}
