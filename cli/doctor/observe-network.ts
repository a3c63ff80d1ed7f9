/** Reads what packets of a pool meet on their way out: subnets, routes, network ACLs, security groups, DNS. */
import {
  DescribeVpcAttributeCommand,
  type EC2Client,
  type IpPermission,
  type NatGateway,
  type NetworkAcl,
  paginateDescribeNatGateways,
  paginateDescribeNetworkAcls,
  paginateDescribeRouteTables,
  paginateDescribeSecurityGroups,
  paginateDescribeSubnets,
  type Route as RouteOfTable,
  type RouteTable,
  type SecurityGroup,
  type Subnet,
} from "@aws-sdk/client-ec2";
import { call } from "../../src/aws/errors.ts";
import { tagKeys } from "../../src/pool/tags.ts";
import type { EgressRule, NetworkFact, Route, SubnetFact } from "./facts.ts";
import type { Reader } from "./reader.ts";

interface PoolNetwork {
  readonly name: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

export async function readNetwork(client: EC2Client, pool: PoolNetwork, reader: Reader): Promise<NetworkFact> {
  const inVpc = [{ Name: "vpc-id", Values: [pool.vpcId] }];
  const [dnsSupport, present, tables, acls, ownNats, groups] = await Promise.all([
    reader.attempt(() => readDnsSupport(client, pool.vpcId)),
    reader.attempt(() =>
      call("ec2:DescribeSubnets", () =>
        collect(paginateDescribeSubnets({ client }, { Filters: inVpc }), (page) => page.Subnets),
      ),
    ),
    reader.attempt(() =>
      call("ec2:DescribeRouteTables", () =>
        collect(paginateDescribeRouteTables({ client }, { Filters: inVpc }), (page) => page.RouteTables),
      ),
    ),
    reader.attempt(() =>
      call("ec2:DescribeNetworkAcls", () =>
        collect(paginateDescribeNetworkAcls({ client }, { Filters: inVpc }), (page) => page.NetworkAcls),
      ),
    ),
    reader.attempt(() => listOwnNats(client, pool.name)),
    reader.attempt(() => readSecurityGroups(client, pool)),
  ]);
  const readAll = present && tables && acls && ownNats;
  const nats = new Set(ownNats?.map(({ NatGatewayId = "" }) => NatGatewayId));
  const subnets = readAll
    ? pool.subnetIds.map((id) => {
        const subnet = present.find(({ SubnetId }) => SubnetId === id);
        return subnetFact(id, subnet, tables, acls, nats);
      })
    : undefined;
  return {
    dnsSupport,
    subnets,
    securityGroups:
      groups &&
      new Map(groups.map(({ GroupId = "", IpPermissionsEgress = [] }) => [GroupId, IpPermissionsEgress.map(toEgress)])),
    openGroups: groups?.flatMap(openGroup),
    gateways: subnets && ownNats?.flatMap((it) => costingGateway(it, pool, tables ?? [])),
  };
}

function costingGateway(
  { NatGatewayId: natGatewayId = "", State: state }: NatGateway,
  { subnetIds }: PoolNetwork,
  tables: readonly RouteTable[],
) {
  if (state !== "available" && state !== "pending") return [];
  const routed = subnetIds.some((id) => defaultRoute(id, tables)?.NatGatewayId === natGatewayId);
  return [{ natGatewayId, routed }];
}

/** A group that lets any address of the internet in, over IPv4 or IPv6. */
function openGroup({ GroupId: groupId = "", IpPermissions = [] }: SecurityGroup) {
  const open = IpPermissions.filter(
    ({ IpRanges = [], Ipv6Ranges = [] }) =>
      IpRanges.some(({ CidrIp }) => CidrIp === "0.0.0.0/0") || Ipv6Ranges.some(({ CidrIpv6 }) => CidrIpv6 === "::/0"),
  );
  const ports = open.map(({ IpProtocol, FromPort, ToPort }) =>
    IpProtocol === "-1" ? "every port" : `${IpProtocol} ${FromPort === ToPort ? FromPort : `${FromPort}-${ToPort}`}`,
  );
  return open.length > 0 ? [{ groupId, ports: ports.join(", ") }] : [];
}

/** Returns the items of all pages. */
export async function collect<Page, Item>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => Item[] | undefined,
): Promise<Item[]> {
  const all: Item[] = [];
  for await (const page of pages) all.push(...(items(page) ?? []));
  return all;
}

async function readDnsSupport(client: EC2Client, VpcId: string): Promise<boolean> {
  const command = new DescribeVpcAttributeCommand({ VpcId, Attribute: "enableDnsSupport" });
  const { EnableDnsSupport } = await call("ec2:DescribeVpcAttribute", () => client.send(command));
  return EnableDnsSupport?.Value !== false;
}

function listOwnNats(client: EC2Client, pool: string): Promise<NatGateway[]> {
  const input = { Filter: [{ Name: `tag:${tagKeys.pool}`, Values: [pool] }] };
  return call("ec2:DescribeNatGateways", () =>
    collect(paginateDescribeNatGateways({ client }, input), (page) => page.NatGateways),
  );
}

async function readSecurityGroups(client: EC2Client, pool: PoolNetwork): Promise<SecurityGroup[]> {
  const filter = { Filters: [{ Name: "group-id", Values: [...pool.securityGroupIds] }] };
  if (pool.securityGroupIds.length === 0) return [];
  return call("ec2:DescribeSecurityGroups", () =>
    collect(paginateDescribeSecurityGroups({ client }, filter), (page) => page.SecurityGroups),
  );
}

function toEgress({
  IpProtocol = "-1",
  FromPort,
  ToPort,
  IpRanges = [],
  PrefixListIds = [],
}: IpPermission): EgressRule {
  const cidrs = [
    ...IpRanges.flatMap(({ CidrIp }) => CidrIp ?? []),
    ...PrefixListIds.flatMap((it) => it.PrefixListId ?? []),
  ];
  return { protocol: IpProtocol, fromPort: FromPort, toPort: ToPort, cidrs };
}

function subnetFact(
  subnetId: string,
  subnet: Subnet | undefined,
  tables: readonly RouteTable[],
  acls: readonly NetworkAcl[],
  ownNats: ReadonlySet<string>,
): SubnetFact {
  const acl = acls.find(({ Associations = [] }) => Associations.some((it) => it.SubnetId === subnetId));
  return {
    subnetId,
    exists: subnet !== undefined,
    blockMode: subnet?.BlockPublicAccessStates?.InternetGatewayBlockMode ?? "off",
    route: routeOf(subnetId, tables, ownNats),
    aclId: acl?.NetworkAclId,
    aclRules: (acl?.Entries ?? []).flatMap((it) =>
      it.CidrBlock === undefined
        ? []
        : {
            number: it.RuleNumber ?? 0,
            egress: it.Egress === true,
            allow: it.RuleAction === "allow",
            protocol: it.Protocol ?? "-1",
            cidr: it.CidrBlock,
            fromPort: it.PortRange?.From,
            toPort: it.PortRange?.To,
          },
    ),
  };
}

/**
 * Returns the route table of a subnet: a subnet without one of its own uses the VPC's main one.
 *
 * @param tables of the subnet's VPC
 */
export function routeTableOf(subnetId: string, tables: readonly RouteTable[]): RouteTable | undefined {
  return (
    tables.find(({ Associations = [] }) => Associations.some((it) => it.SubnetId === subnetId)) ??
    tables.find(({ Associations = [] }) => Associations.some(({ Main }) => Main))
  );
}

/** Returns where what is not for the VPC goes. */
export function defaultRouteIn(table: RouteTable | undefined): RouteOfTable | undefined {
  return table?.Routes?.find((it) => it.DestinationCidrBlock === "0.0.0.0/0");
}

function defaultRoute(subnetId: string, tables: readonly RouteTable[]): RouteOfTable | undefined {
  return defaultRouteIn(routeTableOf(subnetId, tables));
}

function routeOf(subnetId: string, tables: readonly RouteTable[], ownNats: ReadonlySet<string>): Route {
  const found = defaultRoute(subnetId, tables);
  if (!found) return { kind: "none" };
  const { GatewayId, NatGatewayId, State } = found;
  if (State === "blackhole") return { kind: "other", target: `${NatGatewayId ?? GatewayId}, which is gone` };
  if (GatewayId?.startsWith("igw-")) return { kind: "internet" };
  if (NatGatewayId && ownNats.has(NatGatewayId)) return { kind: "own-nat" };
  const others = [
    GatewayId,
    NatGatewayId,
    found.TransitGatewayId,
    found.NetworkInterfaceId,
    found.VpcPeeringConnectionId,
  ];
  return { kind: "other", target: others.find(Boolean) ?? "something else" };
}
