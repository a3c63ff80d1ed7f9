/** Reads one pool from AWS: 6 calls, one more for what a returned subnet's probes found, and one while the alarm asks for a failover. */
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import {
  type Address,
  DescribeInternetGatewaysCommand,
  type EC2Client,
  type NatGateway as Ec2NatGateway,
  type RouteTable as Ec2RouteTable,
  paginateDescribeNatGateways,
  paginateDescribeRouteTables,
  paginateDescribeSubnets,
} from "@aws-sdk/client-ec2";
import type { Clock } from "../aws/clock.ts";
import { call } from "../aws/errors.ts";
import type {
  AllocationId,
  InternetGatewayId,
  NatGatewayId,
  NetworkInterfaceId,
  RouteTableId,
  SubnetId,
} from "../aws/identifiers.ts";
import type { FallbackPool } from "../config/fallback-settings.ts";
import { addressState } from "../pool/address-state.ts";
import { describePoolAddresses, tagOf } from "../pool/addresses.ts";
import { readOverride } from "../pool/override.ts";
import { tagKeys } from "../pool/tags.ts";
import { parseUse } from "../relocation/use.ts";
import { parseFlips } from "./history.ts";
import type {
  EgressAddress,
  FallbackAddress,
  LedTable,
  NatGateway,
  Observed,
  Route,
  RouteTable,
  UncoveredSubnet,
} from "./model.ts";
import { observeAlarm, observePoolRefused, observeRounds } from "./observe-alarm.ts";
import { parseRefusals, refusalsNow } from "./refusals.ts";

const everywhere = "0.0.0.0/0";

export interface Source {
  readonly ec2: EC2Client;
  readonly cloudWatch: CloudWatchClient;
  readonly clock: Clock;
}

type RoutedPool = Pick<FallbackPool, "name" | "vpcId" | "subnetIds">;

/** The pool as AWS shows it now. */
export async function observe(source: Source, pool: FallbackPool): Promise<Observed> {
  const { ec2, cloudWatch, clock } = source;
  const [tables, vpcSubnetIds, gateways, internetGatewayId, addresses, alarm] = await Promise.all([
    describeRouteTables(ec2, pool.vpcId),
    listSubnetIds(ec2, pool.vpcId),
    describeNatGateways(ec2, pool.name),
    findInternetGateway(ec2, pool.vpcId),
    describePoolAddresses(ec2, [pool.name]),
    observeAlarm(cloudWatch, pool.alarmName),
  ]);
  const routeTables = ofPool(pool, tables).map((it) => toRouteTable(pool, it, usersOf(it, tables, vpcSubnetIds)));
  const routed = new Set(tables.flatMap(({ Routes = [] }) => Routes.map(({ NatGatewayId }) => NatGatewayId)));
  const ofRole = (role: string) => addresses.filter(({ Tags }) => tagOf(Tags, tagKeys.role) === role);
  const natGateways = gateways.map((it) => toNatGateway(it, routed.has(it.NatGatewayId)));
  const isDirect = routeTables.every(({ route }) => route?.kind !== "nat");
  const mayBeRefused = pool.poolRefusal === "escalate" && alarm.state === "raised" && isDirect;
  const noted = routeTables.flatMap((it) => parseRefusals(it.noted));
  return {
    routeTables,
    uncovered: uncoveredOf(pool, routeTables, tables),
    natGateways,
    internetGatewayId,
    natSubnet: pool.nat.mode === "zonal" ? natSubnetOf(pool.nat.subnetId, tables) : undefined,
    alarm,
    poolRefused: mayBeRefused && (await observePoolRefused(cloudWatch, pool.name, clock.now())),
    egress: ofRole("egress").map(toEgressAddress),
    fallbackAddress: ofRole("fallback").map(toFallbackAddress)[0],
    rounds: await observeRounds(cloudWatch, pool, routeTables, clock.now()),
    override: readOverride(addresses.map(({ Tags }) => tagOf(Tags, tagKeys.override))),
    refusals: refusalsNow(noted, natGateways, clock.now()),
  };
}

/** All of the VPC's: the pool's own, the NAT subnet's, and any other with a route to the pool's gateway. */
export function describeRouteTables(client: EC2Client, vpcId: string): Promise<Ec2RouteTable[]> {
  return call("ec2:DescribeRouteTables", async () => {
    const tables: Ec2RouteTable[] = [];
    const input = { Filters: [{ Name: "vpc-id", Values: [vpcId] }] };
    for await (const page of paginateDescribeRouteTables({ client, pageSize: 100 }, input)) {
      tables.push(...(page.RouteTables ?? []));
    }
    return tables;
  });
}

function listSubnetIds(client: EC2Client, vpcId: string): Promise<SubnetId[]> {
  return call("ec2:DescribeSubnets", async () => {
    const ids: SubnetId[] = [];
    const input = { Filters: [{ Name: "vpc-id", Values: [vpcId] }] };
    for await (const page of paginateDescribeSubnets({ client, pageSize: 1000 }, input)) {
      ids.push(...(page.Subnets ?? []).map(({ SubnetId }) => SubnetId as SubnetId));
    }
    return ids;
  });
}

export function describeNatGateways(client: EC2Client, poolName: string): Promise<Ec2NatGateway[]> {
  return call("ec2:DescribeNatGateways", async () => {
    const gateways: Ec2NatGateway[] = [];
    const input = { Filter: [{ Name: `tag:${tagKeys.pool}`, Values: [poolName] }] };
    for await (const page of paginateDescribeNatGateways({ client, pageSize: 1000 }, input)) {
      gateways.push(...(page.NatGateways ?? []));
    }
    return gateways;
  });
}

/** The pool's NAT gateways alone, for a caller that waits for one. */
export async function listNatGateways(ec2: EC2Client, poolName: string): Promise<NatGateway[]> {
  return (await describeNatGateways(ec2, poolName)).map((it) => toNatGateway(it, false));
}

/**
 * The pool's route tables, and whether any route of the VPC points to the gateway. Only the main table's users are not
 * all in its associations.
 */
export async function listRoutes(
  ec2: EC2Client,
  pool: RoutedPool,
): Promise<{ tables: RouteTable[]; hasRouteTo: (id: NatGatewayId) => boolean }> {
  const tables = await describeRouteTables(ec2, pool.vpcId);
  const own = ofPool(pool, tables);
  const vpcSubnetIds = own.some(isMain) ? await listSubnetIds(ec2, pool.vpcId) : [];
  return {
    tables: own.map((it) => toRouteTable(pool, it, usersOf(it, tables, vpcSubnetIds))),
    hasRouteTo: (id) => tables.some(({ Routes = [] }) => Routes.some(({ NatGatewayId }) => NatGatewayId === id)),
  };
}

/** A VPC has one internet gateway at most (VPC user guide, "Internet gateways"). */
export async function findInternetGateway(ec2: EC2Client, vpcId: string): Promise<InternetGatewayId | undefined> {
  const Filters = [{ Name: "attachment.vpc-id", Values: [vpcId] }];
  const command = new DescribeInternetGatewaysCommand({ Filters });
  const output = await call("ec2:DescribeInternetGateways", () => ec2.send(command));
  return output.InternetGateways?.[0]?.InternetGatewayId as InternetGatewayId | undefined;
}

function ofPool({ name }: RoutedPool, tables: readonly Ec2RouteTable[]): Ec2RouteTable[] {
  return tables.filter((it) => tagOf(it.Tags, tagKeys.pool) === name);
}

function isMain({ Associations = [] }: Ec2RouteTable): boolean {
  return Associations.some(({ Main }) => Main === true);
}

function associatedWith({ Associations = [] }: Ec2RouteTable): SubnetId[] {
  return Associations.flatMap(({ SubnetId }) => (SubnetId ? [SubnetId as SubnetId] : []));
}

/** A subnet without an association of its own uses the VPC's main table (VPC user guide, "Subnet route tables"). */
function usersOf(
  table: Ec2RouteTable,
  tables: readonly Ec2RouteTable[],
  vpcSubnetIds: readonly SubnetId[],
): SubnetId[] {
  if (!isMain(table)) return associatedWith(table);
  const elsewhere = new Set(tables.filter((it) => it !== table).flatMap(associatedWith));
  return [...new Set([...associatedWith(table), ...vpcSubnetIds.filter((id) => !elsewhere.has(id))])];
}

/** A subnet of the members that lost its association, or got another, is no longer switched by fallback. */
function uncoveredOf(
  { subnetIds }: RoutedPool,
  own: readonly RouteTable[],
  tables: readonly Ec2RouteTable[],
): UncoveredSubnet[] {
  const covered = new Set<string>(own.flatMap((it) => it.subnetIds));
  return subnetIds
    .filter((id) => !covered.has(id))
    .map((id) => ({
      subnetId: id as SubnetId,
      routeTableId: tableOf(id, tables)?.RouteTableId as RouteTableId | undefined,
    }));
}

/** A subnet without a table of its own uses the VPC's main one. */
function tableOf(subnetId: string, tables: readonly Ec2RouteTable[]): Ec2RouteTable | undefined {
  return tables.find((it) => associatedWith(it).some((id) => id === subnetId)) ?? tables.find(isMain);
}

function toRouteTable({ subnetIds }: RoutedPool, it: Ec2RouteTable, users: readonly SubnetId[]): RouteTable {
  const members = new Set<string>(subnetIds);
  return {
    ...toLedTable(it),
    subnetIds: users.filter((id) => members.has(id)),
    otherSubnetIds: users.filter((id) => !members.has(id)),
    noted: tagOf(it.Tags, tagKeys.refusals) ?? "",
  };
}

export function toLedTable(it: Ec2RouteTable): LedTable {
  return {
    routeTableId: it.RouteTableId as RouteTableId,
    route: toRoute(it),
    flips: parseFlips(tagOf(it.Tags, tagKeys.flips)),
  };
}

function toRoute({ Routes = [] }: Ec2RouteTable): Route | undefined {
  const found = Routes.find((it) => it.DestinationCidrBlock === everywhere);
  if (!found) return undefined;
  const { GatewayId, NatGatewayId, State } = found;
  if (NatGatewayId) {
    return { kind: "nat", natGatewayId: NatGatewayId as NatGatewayId, blackhole: State === "blackhole" };
  }
  if (GatewayId?.startsWith("igw-")) return { kind: "internet", gatewayId: GatewayId as InternetGatewayId };
  const others = [found.NetworkInterfaceId, found.TransitGatewayId, found.VpcPeeringConnectionId, found.InstanceId];
  return { kind: "other", target: [GatewayId, ...others].find(Boolean) ?? "unknown" };
}

export function toNatGateway(it: Ec2NatGateway, routed: boolean): NatGateway {
  const { State: state = "pending", CreateTime, DeleteTime } = it;
  // Whether AWS gives a gateway that is being deleted a time of deletion is not documented.
  const since = state === "pending" ? CreateTime : state === "deleting" ? DeleteTime : undefined;
  return {
    natGatewayId: it.NatGatewayId as NatGatewayId,
    state,
    createdMs: CreateTime?.getTime() ?? 0,
    sinceMs: since?.getTime(),
    episode: tagOf(it.Tags, tagKeys.episode),
    failure: it.FailureCode ? { code: it.FailureCode, message: it.FailureMessage ?? "" } : undefined,
    allocationIds: (it.NatGatewayAddresses ?? []).map(({ AllocationId }) => AllocationId as AllocationId),
    routed,
  };
}

function natSubnetOf(subnetId: string, tables: readonly Ec2RouteTable[]): Observed["natSubnet"] {
  const table = tableOf(subnetId, tables);
  return {
    subnetId: subnetId as SubnetId,
    routeTableId: table?.RouteTableId as RouteTableId | undefined,
    toInternet: table !== undefined && toRoute(table)?.kind === "internet",
  };
}

function toEgressAddress(it: Address): EgressAddress {
  const use = parseUse(tagOf(it.Tags, tagKeys.use));
  const blocked = tagOf(it.Tags, tagKeys.verdict) === "blocked";
  const kind = it.AssociationId || it.NetworkInterfaceId ? "unknown" : "none";
  const state = addressState({ holder: { kind }, blocked, noted: use?.state });
  return {
    allocationId: it.AllocationId as AllocationId,
    servesSubnetId: state === "serving" ? use?.subnetId : undefined,
    spare: state === "spare",
    blocked,
  };
}

function toFallbackAddress(it: Address): FallbackAddress {
  const associated = Boolean(it.AssociationId || it.NetworkInterfaceId);
  return {
    allocationId: it.AllocationId as AllocationId,
    publicIp: it.PublicIp ?? "",
    networkInterfaceId: associated ? ((it.NetworkInterfaceId as NetworkInterfaceId) ?? "unknown") : undefined,
  };
}
