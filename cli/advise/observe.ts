/** Reads what advice is given on. Every call reads; docs/cli.md has the policy that allows them, and no more. */
import {
  type Address,
  DescribeAddressesCommand,
  type NatGateway,
  type NetworkInterface,
  paginateDescribeNatGateways,
  paginateDescribeNetworkInterfaces,
  paginateDescribeRouteTables,
  paginateDescribeSubnets,
  type RouteTable,
  type Subnet,
} from "@aws-sdk/client-ec2";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { call } from "../../src/aws/errors.ts";
import { tagKeys } from "../../src/pool/tags.ts";
import { collect, defaultRouteIn, routeTableOf } from "../doctor/observe-network.ts";
import { listFunctions } from "../doctor/observe-wiring.ts";
import { Reader } from "../doctor/reader.ts";
import type { Clients } from "../support/clients.ts";
import { readProcessedGb, zonesOf } from "../support/nat-traffic.ts";
import {
  type AddressFact,
  type Egress,
  type NatGatewayFact,
  type RegionFacts,
  type SubnetFact,
  trafficDays,
  type WorkloadFact,
} from "./facts.ts";

type ReadingClients = Pick<Clients, "cloudWatch" | "ec2" | "lambda" | "sts">;

/** The most that each call takes (EC2 API reference). */
const pageSizes = { natGateways: 1000, subnets: 1000, routeTables: 100, networkInterfaces: 1000 } as const;

/** Returns the caller's account, which needs no permission (STS API reference). @throws AwsCallError */
export async function readAccountId({ sts }: Pick<Clients, "sts">): Promise<string> {
  const { Account = "" } = await call("sts:GetCallerIdentity", () => sts.send(new GetCallerIdentityCommand()));
  return Account;
}

/** @throws AwsCallError when anything but traffic and interfaces cannot be read: without it there is nothing to say */
export async function observeRegion(clients: ReadingClients, region: string, nowMs: number): Promise<RegionFacts> {
  const { ec2: client } = clients;
  const reader = new Reader();
  const [gateways, addresses, subnets, tables, functions, interfaces] = await Promise.all([
    call("ec2:DescribeNatGateways", () =>
      collect(paginateDescribeNatGateways({ client, pageSize: pageSizes.natGateways }, {}), (it) => it.NatGateways),
    ),
    call("ec2:DescribeAddresses", () => client.send(new DescribeAddressesCommand({}))),
    call("ec2:DescribeSubnets", () =>
      collect(paginateDescribeSubnets({ client, pageSize: pageSizes.subnets }, {}), (it) => it.Subnets),
    ),
    call("ec2:DescribeRouteTables", () =>
      collect(paginateDescribeRouteTables({ client, pageSize: pageSizes.routeTables }, {}), (it) => it.RouteTables),
    ),
    listFunctions(clients),
    reader.attempt(() =>
      call("ec2:DescribeNetworkInterfaces", () =>
        collect(
          paginateDescribeNetworkInterfaces(
            { client, pageSize: pageSizes.networkInterfaces },
            { IncludeManagedResources: true },
          ),
          (it) => it.NetworkInterfaces,
        ),
      ),
    ),
  ]);
  const there = gateways.filter(isThere);
  const ids = there.map(({ NatGatewayId = "" }) => NatGatewayId);
  const fromMs = nowMs - trafficDays * 86_400_000;
  const gb = await reader.attempt(() => readProcessedGb(clients.cloudWatch, ids, fromMs, nowMs));
  return {
    region,
    natGateways: there.map((it) => toGateway(it, nowMs, gb)),
    addresses: (addresses.Addresses ?? [])
      .filter(({ ServiceManaged }) => ServiceManaged === undefined)
      .map((it) => toAddress(it, gateways)),
    subnets: subnets.map((it) => toSubnet(it, tables)),
    functions,
    interfaces: interfaces && {
      workloads: interfaces.flatMap(toWorkload),
      assignedAddresses: interfaces.filter(({ Association: it }) => it?.PublicIp && !it.AllocationId).length,
    },
    unreadable: reader.unreadable,
  };
}

function isThere({ State, ConnectivityType }: NatGateway): boolean {
  return ConnectivityType !== "private" && (State === "available" || State === "pending");
}

function toGateway(it: NatGateway, nowMs: number, gb: ReadonlyMap<string, number> | undefined): NatGatewayFact {
  const { NatGatewayId: natGatewayId = "", VpcId: vpcId = "", CreateTime, NatGatewayAddresses = [], Tags = [] } = it;
  return {
    natGatewayId,
    vpcId,
    zones: zonesOf(it),
    createdMs: CreateTime?.getTime() ?? nowMs,
    addresses: NatGatewayAddresses.flatMap(({ AllocationId: allocationId, PublicIp: publicIp }) =>
      allocationId && publicIp ? [{ allocationId, publicIp }] : [],
    ),
    gb: gb?.get(natGatewayId),
    pool: poolOf(Tags),
  };
}

function poolOf(tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]) {
  return tags.find(({ Key }) => Key === tagKeys.pool)?.Value;
}

/** The interface of a zonal gateway has the association; a regional one's addresses have no interface. */
function toAddress(it: Address, gateways: readonly NatGateway[]): AddressFact {
  const { AllocationId: allocationId = "", PublicIp: publicIp = "", AssociationId, Tags = [] } = it;
  const onGateway = gateways.some(({ NatGatewayAddresses = [] }) =>
    NatGatewayAddresses.some(({ AllocationId }) => AllocationId === allocationId),
  );
  return { allocationId, publicIp, use: onGateway ? "nat" : AssociationId ? "other" : "idle", pool: poolOf(Tags) };
}

function toSubnet(it: Subnet, allTables: readonly RouteTable[]): SubnetFact {
  const { SubnetId: subnetId = "", VpcId: vpcId = "", AvailabilityZone: zone = "", OwnerId: ownerId = "" } = it;
  const table = routeTableOf(
    subnetId,
    allTables.filter(({ VpcId }) => VpcId === vpcId),
  );
  const hasRange = (it.Ipv6CidrBlockAssociationSet ?? []).some(
    ({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State === "associated",
  );
  const leavesByIpv6 = (table?.Routes ?? []).some(
    ({ DestinationIpv6CidrBlock, EgressOnlyInternetGatewayId, GatewayId }) =>
      DestinationIpv6CidrBlock === "::/0" && (EgressOnlyInternetGatewayId || GatewayId?.startsWith("igw-")),
  );
  return {
    subnetId,
    vpcId,
    zone,
    ownerId,
    blockMode: it.BlockPublicAccessStates?.InternetGatewayBlockMode ?? "off",
    routeTableId: table?.RouteTableId,
    egress: egressOf(table),
    ipv6: hasRange && leavesByIpv6,
  };
}

function egressOf(table: RouteTable | undefined): Egress {
  const route = defaultRouteIn(table);
  if (!route || route.State === "blackhole") return { kind: "other" };
  if (route.NatGatewayId) return { kind: "nat", natGatewayId: route.NatGatewayId };
  return { kind: route.GatewayId?.startsWith("igw-") ? "internet" : "other" };
}

/**
 * What only takes connections: load balancers, databases, caches and file systems, by the descriptions that AWS gives their
 * interfaces. From memory; one that is missed counts as a workload that keeps the NAT gateway.
 */
const onlyTakes =
  /^(?:ELB |RDSNetworkInterface|ElastiCache |EFS mount target|AWS Lambda VPC ENI|VPC Endpoint Interface)/;

function toWorkload(it: NetworkInterface): WorkloadFact[] {
  const { InterfaceType, Description = "", SubnetId: subnetId = "", Status, Attachment } = it;
  const isPlain = InterfaceType !== undefined && ["interface", "efa", "trunk", "branch"].includes(InterfaceType);
  if (!isPlain || Status !== "in-use" || onlyTakes.test(Description)) return [];
  if (/^arn:aws[a-z-]*:ecs:/.test(Description)) return [{ subnetId, kind: "ECS task" }];
  return [{ subnetId, kind: Attachment?.InstanceId ? "EC2 instance" : "other interface" }];
}
