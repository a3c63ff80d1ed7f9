/** The network of a run: one of its own, as a pool has one, or an existing one. */
import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  ReplaceRouteCommand,
} from "@aws-sdk/client-ec2";
import { type Account, ask, notYetThere } from "./account.ts";
import { type Maker, unlessDone } from "./make.ts";
import { nameOf } from "./names.ts";

export interface Network {
  readonly vpcId: string;
  /** As a pool's subnet. */
  readonly subnetId: string;
  readonly subnetArn: string;
  readonly groupId: string;
  /** For an update of a function. */
  readonly otherGroupId: string | undefined;
  /** Of an existing subnet: what VPC Block Public Access lets through. */
  readonly blockMode: string | undefined;
  /** Undefined: the network was there before the run, which changes nothing of it. */
  readonly own: OwnNetwork | undefined;
}

export interface OwnNetwork {
  readonly vpcId: string;
  readonly gatewayId: string;
  /** Of the pool's subnet. */
  readonly routeTableId: string;
  /** Of the same VPC and not the pool's. */
  readonly otherSubnetId: string;
}

const everywhere = "0.0.0.0/0";
/** The part of the route table for a NAT gateway's subnet. */
export const natRoutesPart = "nat-routes";
const cidr = { network: "10.87.0.0/24", subnet: "10.87.0.0/26", other: "10.87.0.64/26" };

export async function makeNetwork(maker: Maker): Promise<Network> {
  const { account, ensure } = maker;
  const { ec2 } = account.clients;
  account.say(
    "making a network of its own: a VPC, two subnets, an internet gateway, a route table, two security groups",
  );
  const vpcId = await ensure("vpc", "network", async (TagSpecifications) => {
    const command = new CreateVpcCommand({ CidrBlock: cidr.network, TagSpecifications });
    return (await ask(account, "ec2:CreateVpc", () => ec2.send(command))).Vpc?.VpcId;
  });
  const gatewayId = await ensure("internet-gateway", "gateway", async (TagSpecifications) => {
    const command = new CreateInternetGatewayCommand({ TagSpecifications });
    const made = await ask(account, "ec2:CreateInternetGateway", () => ec2.send(command));
    return made.InternetGateway?.InternetGatewayId;
  });
  const attach = new AttachInternetGatewayCommand({ VpcId: vpcId, InternetGatewayId: gatewayId });
  await unlessDone(ask(account, "ec2:AttachInternetGateway", () => ec2.send(attach), notYetThere));
  const routeTableId = await makePublicRoutes(maker, "routes", { vpcId, gatewayId });
  const subnet = (part: string, CidrBlock: string) =>
    ensure("subnet", part, async (TagSpecifications) => {
      const command = new CreateSubnetCommand({ VpcId: vpcId, CidrBlock, TagSpecifications });
      return (await ask(account, "ec2:CreateSubnet", () => ec2.send(command), notYetThere)).Subnet?.SubnetId;
    });
  const subnetId = await subnet("subnet", cidr.subnet);
  const otherSubnetId = await subnet("other-subnet", cidr.other);
  await associateRoutes(maker, routeTableId, subnetId);
  // A run that was interrupted while it tried a NAT gateway may have left the route there.
  if (maker.known("route-table", natRoutesPart)) await replaceRoute(account, routeTableId, { GatewayId: gatewayId });
  const groupId = await makeGroup(maker, "group", vpcId);
  const otherGroupId = await makeGroup(maker, "other-group", vpcId);
  const own = { vpcId, gatewayId, routeTableId, otherSubnetId };
  const subnetArn = subnetArnOf(account, subnetId);
  return { vpcId, subnetId, subnetArn, groupId, otherGroupId, blockMode: undefined, own };
}

export function subnetArnOf({ place }: Account, subnetId: string): string {
  return `arn:${place.partition}:ec2:${place.region}:${place.accountId}:subnet/${subnetId}`;
}

/** Returns a route table whose default route is the internet gateway. */
export async function makePublicRoutes(
  { account, ensure }: Maker,
  part: string,
  { vpcId, gatewayId }: Pick<OwnNetwork, "vpcId" | "gatewayId">,
): Promise<string> {
  const { ec2 } = account.clients;
  const RouteTableId = await ensure("route-table", part, async (TagSpecifications) => {
    const command = new CreateRouteTableCommand({ VpcId: vpcId, TagSpecifications });
    const made = await ask(account, "ec2:CreateRouteTable", () => ec2.send(command), notYetThere);
    return made.RouteTable?.RouteTableId;
  });
  const route = new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: everywhere, GatewayId: gatewayId });
  await unlessDone(ask(account, "ec2:CreateRoute", () => ec2.send(route), notYetThere));
  return RouteTableId;
}

export async function associateRoutes({ account }: Maker, RouteTableId: string, SubnetId: string): Promise<void> {
  const associate = new AssociateRouteTableCommand({ RouteTableId, SubnetId });
  await unlessDone(ask(account, "ec2:AssociateRouteTable", () => account.clients.ec2.send(associate), notYetThere));
}

/** Replaces the default route. */
export async function replaceRoute(
  account: Account,
  RouteTableId: string,
  to: { readonly GatewayId: string } | { readonly NatGatewayId: string },
): Promise<void> {
  const command = new ReplaceRouteCommand({ RouteTableId, DestinationCidrBlock: everywhere, ...to });
  await ask(account, "ec2:ReplaceRoute", () => account.clients.ec2.send(command), notYetThere);
}

function makeGroup({ account, run, ensure }: Maker, part: string, vpcId: string): Promise<string> {
  return ensure("security-group", part, async (TagSpecifications) => {
    const command = new CreateSecurityGroupCommand({
      VpcId: vpcId,
      GroupName: nameOf(run, part),
      Description: "Of a rehearsal of Holdfast",
      TagSpecifications,
    });
    const send = () => account.clients.ec2.send(command);
    return (await ask(account, "ec2:CreateSecurityGroup", send, notYetThere)).GroupId;
  });
}

/** Returns an interface that is not Lambda's, in the subnet that is not the pool's. */
export function makeOtherInterface(
  { account, ensure }: Maker,
  { otherSubnetId }: OwnNetwork,
  groupId: string,
): Promise<string> {
  return ensure("network-interface", "other-interface", async (TagSpecifications) => {
    const command = new CreateNetworkInterfaceCommand({
      SubnetId: otherSubnetId,
      Groups: [groupId],
      TagSpecifications,
    });
    const send = () => account.clients.ec2.send(command);
    const made = await ask(account, "ec2:CreateNetworkInterface", send, notYetThere);
    return made.NetworkInterface?.NetworkInterfaceId;
  });
}
