/** Accounts as AWS answers about them, page by page, behind the SDK's own serialisation, retries and paginators. */

import type { GetMetricDataInput } from "@aws-sdk/client-cloudwatch";
import * as cloudWatchSdk from "@aws-sdk/client-cloudwatch";
import type { Address, NatGateway, NetworkInterface, RouteTable, Subnet } from "@aws-sdk/client-ec2";
import * as ec2Sdk from "@aws-sdk/client-ec2";
import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import * as lambdaSdk from "@aws-sdk/client-lambda";
import { STSClient } from "@aws-sdk/client-sts";
import type { AccountFacts } from "../../../cli/advise/facts.ts";
import { observeRegion, readAccountId } from "../../../cli/advise/observe.ts";
import { clientConfig } from "../../../testing/twin/endpoint.ts";
import { createRegion, type Region } from "../../../testing/twin/region.ts";
import type { Operation } from "../../../testing/twin/service.ts";
import { createSts } from "../../../testing/twin/sts.ts";

export const accountId = "123456789012";
export const nowMs = Date.UTC(2026, 10, 30, 12);
const dayMs = 86_400_000;

/** What AWS answers. */
export interface Recorded {
  readonly natGateways: NatGateway[];
  readonly addresses: Address[];
  readonly subnets: Subnet[];
  readonly routeTables: RouteTable[];
  readonly interfaces: NetworkInterface[];
  readonly functions: FunctionConfiguration[];
  /** GB that each NAT gateway has processed in 30 days. */
  readonly gb: Readonly<Record<string, number>>;
}

export const vpcId = "vpc-0a1b2c3d4e5f60718";
const ids = (kind: string, letter: string) => `${kind}-0${letter}1b2c3d4e5f60718`;

/** A VPC with a public and a private subnet in each zone; a NAT gateway with its address in each of so many. */
export function vpcWith({
  zones,
  gateways = zones,
  gb = 40,
  ownerId = accountId,
  ipv6 = false,
}: {
  readonly zones: number;
  readonly gateways?: number;
  readonly gb?: number;
  readonly ownerId?: string;
  readonly ipv6?: boolean;
}): Recorded {
  const isShared = ownerId !== accountId;
  const letters = ["a", "b", "c"].slice(0, zones);
  const natOf = (letter: string) => ids("nat", letters.indexOf(letter) < gateways ? letter : "a");
  const range = {
    AssociationId: "subnet-cidr-assoc-0a",
    Ipv6CidrBlock: "2600:1f18::/64",
    Ipv6CidrBlockState: { State: "associated" as const },
  };
  const subnet = (SubnetId: string, letter: string): Subnet => ({
    SubnetId,
    VpcId: vpcId,
    AvailabilityZone: `us-east-1${letter}`,
    State: "available",
    OwnerId: ownerId,
    BlockPublicAccessStates: { InternetGatewayBlockMode: "off" },
    Ipv6CidrBlockAssociationSet: ipv6 ? [range] : [],
  });
  const table = (RouteTableId: string, subnetIds: readonly string[], target: object): RouteTable => ({
    RouteTableId,
    VpcId: vpcId,
    OwnerId: ownerId,
    Associations: subnetIds.map((SubnetId) => ({ SubnetId, Main: false, RouteTableId })),
    Routes: [
      { DestinationCidrBlock: "10.0.0.0/16", GatewayId: "local", State: "active" },
      { DestinationCidrBlock: "0.0.0.0/0", State: "active", ...target },
      ...(ipv6
        ? [{ DestinationIpv6CidrBlock: "::/0", EgressOnlyInternetGatewayId: "eigw-0a", State: "active" as const }]
        : []),
    ],
  });
  const own = isShared ? [] : letters.slice(0, gateways);
  return {
    // A participant does not see the owner's gateways and public subnets (VPC user guide, "Share your VPC subnets").
    natGateways: own.map((letter) => ({
      NatGatewayId: ids("nat", letter),
      VpcId: vpcId,
      SubnetId: ids("subnet", letter),
      State: "available",
      ConnectivityType: "public",
      CreateTime: new Date(nowMs - 300 * dayMs),
      NatGatewayAddresses: [
        { AllocationId: ids("eipalloc", letter), PublicIp: publicIpOf(letter), NetworkInterfaceId: ids("eni", letter) },
      ],
      Tags: [],
    })),
    addresses: own.map((letter) => ({
      AllocationId: ids("eipalloc", letter),
      PublicIp: publicIpOf(letter),
      AssociationId: ids("eipassoc", letter),
      Domain: "vpc",
    })),
    subnets: letters.flatMap((letter) => [
      ...(isShared ? [] : [subnet(ids("subnet", letter), letter)]),
      subnet(privateSubnet(letter), letter),
    ]),
    routeTables: [
      // One for all public subnets, as modules of Terraform make it.
      ...(isShared
        ? []
        : [
            table(
              ids("rtb", "d"),
              letters.map((it) => ids("subnet", it)),
              { GatewayId: "igw-0a" },
            ),
          ]),
      ...letters.map((letter) => table(ids("rtb", letter), [privateSubnet(letter)], { NatGatewayId: natOf(letter) })),
    ],
    interfaces: own.map((letter) => ({
      NetworkInterfaceId: ids("eni", letter),
      InterfaceType: "natGateway",
      SubnetId: ids("subnet", letter),
      Status: "in-use",
      Association: { AllocationId: ids("eipalloc", letter), PublicIp: publicIpOf(letter), IpOwnerId: accountId },
    })),
    functions: [],
    gb: Object.fromEntries(own.map((letter) => [ids("nat", letter), gb])),
  };
}

const publicIpOf = (letter: string) => `203.0.113.${letter.charCodeAt(0)}`;
export const privateSubnet = (letter: string): string => `subnet-1${letter}1b2c3d4e5f60718`;
export const group = "sg-0a1b2c3d4e5f60718";

export function functionIn(
  FunctionName: string,
  zones: readonly string[],
  more: Partial<FunctionConfiguration> = {},
): FunctionConfiguration {
  return {
    FunctionName,
    FunctionArn: `arn:aws:lambda:us-east-1:${accountId}:function:${FunctionName}`,
    VpcConfig: {
      VpcId: zones.length > 0 ? vpcId : "",
      SubnetIds: zones.map(privateSubnet),
      SecurityGroupIds: zones.length > 0 ? [group] : [],
    },
    ...more,
  };
}

/** Smaller than any of these accounts' lists. */
const pageSize = 2;

function paged(name: string, items: readonly unknown[], token: "NextToken" | "Marker"): Operation {
  return (input: Record<string, string | undefined>) => {
    const start = Number(input[token] ?? 0);
    const next = start + pageSize < items.length ? String(start + pageSize) : undefined;
    return { [name]: items.slice(start, start + pageSize), [token === "Marker" ? "NextMarker" : token]: next };
  };
}

/** One day's sum for each of the two metrics, half of the gigabytes each. */
function getMetricData(gb: Recorded["gb"]): Operation {
  return ({ MetricDataQueries = [], NextToken }: GetMetricDataInput) => {
    const results = MetricDataQueries.map(({ Id, MetricStat }) => {
      const id = MetricStat?.Metric?.Dimensions?.[0]?.Value ?? "";
      return { Id, Timestamps: [new Date(nowMs - dayMs)], Values: [((gb[id] ?? 0) / 2) * 1024 ** 3] };
    });
    return paged("MetricDataResults", results, "NextToken")({ NextToken }, {} as never);
  };
}

export interface Served {
  readonly region: Region;
  /** Reads the account, with `holdfast advise`'s own code. */
  read(principal?: string): Promise<AccountFacts>;
}

export function serve(recorded: Recorded, name = "us-east-1"): Served {
  const region = createRegion({ seed: 1, accountId, name, throttling: false });
  const { natGateways, subnets, routeTables, interfaces, addresses, functions, gb } = recorded;
  region.addService({
    name: "ec2",
    sdk: ec2Sdk,
    operations: {
      DescribeNatGateways: paged("NatGateways", natGateways, "NextToken"),
      DescribeSubnets: paged("Subnets", subnets, "NextToken"),
      DescribeRouteTables: paged("RouteTables", routeTables, "NextToken"),
      DescribeNetworkInterfaces: paged("NetworkInterfaces", interfaces, "NextToken"),
      DescribeAddresses: () => ({ Addresses: addresses }),
    },
  });
  const ListFunctions = paged("Functions", functions, "Marker");
  region.addService({ name: "lambda", sdk: lambdaSdk, operations: { ListFunctions } });
  region.addService({ name: "monitoring", sdk: cloudWatchSdk, operations: { GetMetricData: getMetricData(gb) } });
  region.addService(createSts(region));
  return {
    region,
    read: (principal) =>
      region.clock.run(
        (async () => {
          const config = clientConfig(region, principal);
          const clients = {
            ec2: new ec2Sdk.EC2Client(config),
            lambda: new lambdaSdk.LambdaClient(config),
            cloudWatch: new cloudWatchSdk.CloudWatchClient(config),
            sts: new STSClient(config),
          };
          const id = await readAccountId(clients);
          return { accountId: id, nowMs, regions: [await observeRegion(clients, name, nowMs)] };
        })(),
      ),
  };
}
