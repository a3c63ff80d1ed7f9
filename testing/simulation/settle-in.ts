/** Finds what a deployment has made for each pool by its tags, and creates foreign resources beside it. */
import { tagKeys } from "../../src/pool/tags.ts";
import type { Operator } from "../deployment/operator.ts";
import { networkOf, type PoolNetwork } from "../deployment/pool-network.ts";
import type { Region } from "../twin/region.ts";
import type { World } from "../twin/world.ts";
import type { PoolDraw } from "./pool-draw.ts";
import { type SharedNetwork, withScout } from "./shared-network.ts";
import type { ForeignKinds, WorldDraw } from "./world-draw.ts";

export interface SimulatedPool {
  readonly draw: PoolDraw;
  /** Its second security group is there so that members can change theirs. */
  readonly network: PoolNetwork;
  /** The strangers' own group; no member ever uses it. */
  readonly strangerGroupId: string;
  /** An instance's interface in one of the pool's subnets. */
  readonly instanceInterfaceId: string;
  /** Changes when a janitor releases one and the operator allocates it again. */
  readonly allocationIds: string[];
  readonly fallbackAllocationId: string | undefined;
  /** All addresses that the partner has on its allow-list. */
  readonly publicIps: readonly string[];
  readonly strangerNames: readonly string[];
}

/** Whether the pool has an address now: a janitor may have released them all. */
export function hasAddresses({ allocationIds }: SimulatedPool): boolean {
  return allocationIds.length > 0;
}

/** Foreign resources in the same account, which must stay as they are. */
export interface Foreign {
  readonly allocationIds: readonly string[];
  readonly routeTableIds: readonly string[];
}

export async function settleIn(
  region: Region,
  operator: Operator,
  { pools, strangers, foreignKinds }: WorldDraw,
  shared: ReadonlyMap<string, SharedNetwork>,
): Promise<{ readonly pools: SimulatedPool[]; readonly foreign: Foreign }> {
  const { world } = region;
  const staged: SimulatedPool[] = [];
  const routeTableIds: string[] = [];
  for (const draw of pools) {
    const network = shared.get(draw.name);
    const found = network ? withScout(world, draw.name, network) : networkOf(world, draw.name, draw.zones);
    const pool = await addNeighbours(world, operator, draw, { network: found, strangers });
    staged.push(pool);
    if (!network) routeTableIds.push(await addForeignTable(operator, pool));
  }
  const allocationIds: string[] = [];
  for (let index = 0; index < 2; index++) {
    const made = await operator<{ AllocationId: string }>("ec2", "AllocateAddress", { Domain: "vpc" });
    allocationIds.push(made.AllocationId);
  }
  for (const pool of staged) await addForeignKinds(region, operator, pool, foreignKinds);
  return { pools: staged, foreign: { allocationIds, routeTableIds } };
}

async function addForeignKinds(
  { ec2, world }: Region,
  operator: Operator,
  { draw: { name }, network }: SimulatedPool,
  { managedAddresses, otherBorderGroup, dualStack }: ForeignKinds,
): Promise<void> {
  for (let count = 0; count < managedAddresses; count++) ec2.addManagedAddress("alb");
  if (otherBorderGroup) {
    const Tags = [
      { Key: tagKeys.pool, Value: name },
      { Key: tagKeys.role, Value: "egress" },
    ];
    const TagSpecifications = [{ ResourceType: "elastic-ip", Tags }];
    await operator("ec2", "AllocateAddress", { NetworkBorderGroup: `${world.region}-bos-1`, TagSpecifications });
  }
  for (const subnetId of dualStack ? network.subnetIds : []) {
    Object.assign(world.subnets.get(subnetId) ?? {}, { ipv6CidrBlock: "2001:db8:1234:1a00::/64" });
    ec2.changed("subnets", subnetId);
  }
}

async function addNeighbours(
  world: World,
  operator: Operator,
  draw: PoolDraw,
  { network, strangers }: { readonly network: PoolNetwork; readonly strangers: number },
): Promise<SimulatedPool> {
  const addGroup = async (GroupName: string) => {
    const input = { VpcId: network.vpcId, GroupName, Description: GroupName };
    return (await operator<{ GroupId: string }>("ec2", "CreateSecurityGroup", input)).GroupId;
  };
  const next = await addGroup("members-next");
  const strangerGroupId = await addGroup("strangers");
  const { NetworkInterface } = await operator<{ NetworkInterface: { NetworkInterfaceId: string } }>(
    "ec2",
    "CreateNetworkInterface",
    { SubnetId: network.subnetIds[0], Groups: [strangerGroupId] },
  );
  const addresses = [...world.addresses.values()].filter(({ tags }) => tags[tagKeys.pool] === draw.name);
  const egress = addresses.filter(({ tags }) => tags[tagKeys.role] === "egress");
  const strangerNames = Array.from({ length: strangers }, (_, index) => `stranger-${draw.name}-${index}`);
  return {
    draw,
    network: { ...network, securityGroupIds: [...network.securityGroupIds, next] },
    strangerGroupId,
    instanceInterfaceId: NetworkInterface.NetworkInterfaceId,
    allocationIds: egress.map(({ allocationId }) => allocationId),
    fallbackAllocationId: addresses.find(({ tags }) => tags[tagKeys.role] === "fallback")?.allocationId,
    publicIps: addresses.map(({ publicIp }) => publicIp),
    strangerNames,
  };
}

/** A foreign table in the pool's VPC, with a default route of its own. */
async function addForeignTable(operator: Operator, { network }: SimulatedPool): Promise<string> {
  const made = await operator<{ RouteTable: { RouteTableId: string } }>("ec2", "CreateRouteTable", {
    VpcId: network.vpcId,
  });
  const { RouteTableId } = made.RouteTable;
  const route = { DestinationCidrBlock: "0.0.0.0/0", GatewayId: network.internetGatewayId };
  await operator("ec2", "CreateRoute", { RouteTableId, ...route });
  return RouteTableId;
}
