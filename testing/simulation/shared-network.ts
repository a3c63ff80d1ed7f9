/** Subnets that another account has made and shares (VPC user guide, "Share your VPC subnets with other accounts"). */
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import type { Operator } from "../deployment/operator.ts";
import type { PoolNetwork } from "../deployment/pool-network.ts";
import { type NetworkInputs, networkMakers } from "../deployment/recorded-network.ts";
import type { Ids } from "../deployment/recorded-resource.ts";
import type { Account } from "../deployment/stand-in/account.ts";
import type { Region } from "../twin/region.ts";
import type { World } from "../twin/world.ts";

const ownerId = "210987654321";

/** Where a pool stands. */
export interface PlacedPool {
  readonly name: string;
  readonly zones: number;
  /** Whether the deployment makes the network, or another account has made it and shares its subnets. */
  readonly network: "created" | "shared";
}

/** What the operator's file names, by ids that are the same in every simulated account. */
export function sharedIds(index: number, zones: number) {
  const zoneIds = (kind: string) => Array.from({ length: zones }, (_, zone) => `${kind}-0a${index}${zone}`);
  return {
    vpcId: `vpc-0a${index}`,
    subnetIds: zoneIds("subnet"),
    securityGroupIds: [`sg-0a${index}`],
    routeTableIds: zoneIds("rtb"),
    scoutSubnetId: `subnet-0b${index}`,
  } satisfies HoldfastInput["pools"][string]["network"]["existing"];
}

/** What lookups of a deployment find of the pools' shared networks. */
export function withShared(account: Account, pools: readonly PlacedPool[]): Account {
  const shared = pools.flatMap(({ network, zones }, index) => (network === "shared" ? [sharedIds(index, zones)] : []));
  const tableOf = (vpcId: string, routeTableId: string, subnetId: string | undefined) => ({
    routeTableId,
    vpcId,
    main: false,
    defaultRoute: "igw-0a",
    subnetIds: subnetId === undefined ? [] : [subnetId],
  });
  return {
    ...account,
    vpcs: shared.map(({ vpcId }) => ({ vpcId, cidr: "10.0.0.0/16", ownerId })),
    subnets: shared.flatMap(({ vpcId, subnetIds, scoutSubnetId }) =>
      [...subnetIds, scoutSubnetId].map((subnetId) => ({ subnetId, vpcId, ownerId })),
    ),
    routeTables: shared.flatMap(({ vpcId, routeTableIds, subnetIds, scoutSubnetId }, index) => [
      ...routeTableIds.map((id, zone) => tableOf(vpcId, id, subnetIds[zone])),
      tableOf(vpcId, `rtb-0b${index}`, scoutSubnetId),
    ]),
  };
}

/** A network without the scout's security group, which the deployment makes. */
export type SharedNetwork = Omit<PoolNetwork, "scout"> & { readonly scoutSubnetId: string };

/** Creates the networks that pools share with their owner, by the pools' names. Adds their ids to those that the deployment finds. */
export async function shareNetworks(
  region: Region,
  operator: Operator,
  pools: readonly PlacedPool[],
  ids: Ids,
): Promise<ReadonlyMap<string, SharedNetwork>> {
  const networks = new Map<string, SharedNetwork>();
  for (const [index, { name, network, zones }] of pools.entries()) {
    if (network !== "shared") continue;
    const made = await shareNetwork(region, operator, index, zones);
    const named = sharedIds(index, zones);
    ids.set(named.vpcId, made.vpcId).set(named.scoutSubnetId, made.scoutSubnetId);
    for (const kind of ["subnetIds", "routeTableIds", "securityGroupIds"] as const) {
      for (const [at, id] of named[kind].entries()) ids.set(id, made[kind][at] as string);
    }
    networks.set(name, made);
  }
  return networks;
}

/** Makes a network as its owner would, and shares it; the members' security group is the participant's own. */
async function shareNetwork(
  { ec2, world }: Region,
  operator: Operator,
  index: number,
  zones: number,
): Promise<SharedNetwork> {
  const make = (kind: string, inputs: NetworkInputs, name = "") => networkMakers[kind]?.(operator, inputs, name);
  const makeNamed = async (...what: Parameters<typeof make>) => (await make(...what)) ?? "";
  const vpcId = await makeNamed("vpc:Vpc", { cidrBlock: `10.${97 + index}.0.0/16` });
  const gatewayId = await makeNamed("internetGateway:InternetGateway", { vpcId });
  const addSubnet = async (third: number, zone: number) => {
    const place = { cidrBlock: `10.${97 + index}.${third}.0/24`, availabilityZone: `${world.region}${"abc"[zone]}` };
    const subnetId = await makeNamed("subnet:Subnet", { vpcId, ...place });
    const routeTableId = await makeNamed("routeTable:RouteTable", { vpcId });
    await make("routeTableAssociation:RouteTableAssociation", { subnetId, routeTableId });
    await make("route:Route", { routeTableId, destinationCidrBlock: "0.0.0.0/0", gatewayId });
    return { subnetId, routeTableId };
  };
  const members = [];
  for (let zone = 0; zone < zones; zone++) members.push(await addSubnet(zone, zone));
  const { subnetId: scoutSubnetId } = await addSubnet(zones, 0);
  ec2.shareVpc(vpcId, ownerId);
  const groupId = await makeNamed("securityGroup:SecurityGroup", { vpcId, description: "members" }, "members");
  return {
    vpcId,
    internetGatewayId: gatewayId,
    subnetIds: members.map(({ subnetId }) => subnetId),
    routeTableIds: members.map(({ routeTableId }) => routeTableId),
    natSubnetId: undefined,
    scoutSubnetId,
    securityGroupIds: [groupId],
  };
}

/** Returns the network with the security group that the deployment made for its scout. */
export function withScout(world: World, poolName: string, { scoutSubnetId, ...network }: SharedNetwork): PoolNetwork {
  const group = [...world.securityGroups.values()].find(({ tags }) => tags["Name"]?.endsWith(`-${poolName}-scout`));
  if (!group) throw new Error(`the deployment made no scout's security group for ${poolName}`);
  return { ...network, scout: { subnetId: scoutSubnetId, securityGroupId: group.groupId } };
}
