/** A network that was there before the run: looked at, and refused where a rehearsal would change what others do in it. */
import {
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type RouteTable,
  type SecurityGroup,
  type Subnet,
} from "@aws-sdk/client-ec2";
import { AwsCallError } from "../../src/aws/errors.ts";
import { UsageError } from "../support/usage-error.ts";
import { type Account, ask } from "./account.ts";
import type { GivenNetwork } from "./choices.ts";
import { isRunIn, type Ledger, listFunctions } from "./ledger.ts";
import { isFunctionName } from "./names.ts";
import { type Network, subnetArnOf } from "./network.ts";

/** @throws UsageError for ids that are not there or do not fit each other, and for a network that others use */
export async function findNetwork(account: Account, given: GivenNetwork, ledger: Ledger): Promise<Network> {
  const { subnetId, groupIds } = given;
  const subnet = await findSubnet(account, subnetId);
  for (const group of await findGroups(account, groupIds)) demandSameVpc(group, subnet);
  await demandRouteOut(account, subnet);
  await demandUnused(account, given, ledger);
  const [groupId = "", otherGroupId] = groupIds;
  return {
    vpcId: subnet.VpcId ?? "",
    subnetId,
    subnetArn: subnet.SubnetArn ?? subnetArnOf(account, subnetId),
    groupId,
    otherGroupId,
    blockMode: subnet.BlockPublicAccessStates?.InternetGatewayBlockMode,
    own: undefined,
  };
}

async function findSubnet(account: Account, id: string): Promise<Subnet> {
  const command = new DescribeSubnetsCommand({ SubnetIds: [id] });
  const send = () => account.clients.ec2.send(command);
  const { Subnets = [] } = await known(account, "--subnet", id, () => ask(account, "ec2:DescribeSubnets", send));
  return Subnets[0] ?? {};
}

async function findGroups(account: Account, ids: readonly string[]): Promise<SecurityGroup[]> {
  const command = new DescribeSecurityGroupsCommand({ GroupIds: [...ids] });
  const send = () => account.clients.ec2.send(command);
  const find = () => ask(account, "ec2:DescribeSecurityGroups", send);
  return (await known(account, "--security-group", ids.join(" "), find)).SecurityGroups ?? [];
}

async function known<Answer>(
  { place }: Account,
  flag: string,
  ids: string,
  find: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof AwsCallError) || !/NotFound$|Malformed$/.test(error.code)) throw error;
    throw new UsageError(
      `${flag} ${ids}: EC2 knows no such id in ${place.region} (${error.code})`,
      "give ids of this region and account, as the VPC console lists them",
    );
  }
}

function demandSameVpc({ GroupId, VpcId }: SecurityGroup, subnet: Subnet): void {
  if (VpcId === subnet.VpcId) return;
  throw new UsageError(
    `--security-group ${GroupId} is of ${VpcId}, and --subnet ${subnet.SubnetId} of ${subnet.VpcId}`,
    "give a security group of the subnet's VPC",
  );
}

/** Without a route to the internet gateway an address on an interface lets nothing out. */
async function demandRouteOut(account: Account, { SubnetId = "", VpcId = "" }: Subnet): Promise<void> {
  const own = await tablesWith(account, { "association.subnet-id": SubnetId });
  const tables = own.length > 0 ? own : await tablesWith(account, { "vpc-id": VpcId, "association.main": "true" });
  const routes = tables.flatMap(({ Routes = [] }) => Routes);
  const route = routes.find(({ DestinationCidrBlock }) => DestinationCidrBlock === "0.0.0.0/0");
  if (route?.GatewayId?.startsWith("igw-") && route.State !== "blackhole") return;
  const target = route?.NatGatewayId ?? route?.GatewayId ?? route?.TransitGatewayId ?? route?.NetworkInterfaceId;
  throw new UsageError(
    `--subnet ${SubnetId} has no route to an internet gateway: its default route is ${target ?? "missing"}`,
    "give a public subnet, as a pool's is; the rehearsal replaces no route of an existing network",
  );
}

async function tablesWith(account: Account, filters: Readonly<Record<string, string>>): Promise<RouteTable[]> {
  const Filters = Object.entries(filters).map(([Name, value]) => ({ Name, Values: [value] }));
  const command = new DescribeRouteTablesCommand({ Filters });
  const send = () => account.clients.ec2.send(command);
  return (await ask(account, "ec2:DescribeRouteTables", send)).RouteTables ?? [];
}

/** Functions of the same subnet and group share an interface: an address that comes and goes would be theirs too. */
async function demandUnused(account: Account, { groupIds, subnetId }: GivenNetwork, ledger: Ledger): Promise<void> {
  const refuse = (user: string) => {
    throw new UsageError(
      `--security-group ${groupIds.join(" ")} is in use by ${user}, which the rehearsal would give an address and take it away`,
      "make a security group that nothing uses, with a rule for outgoing HTTPS",
    );
  };
  for (const { FunctionName = "", VpcConfig } of await listFunctions(account)) {
    if (isFunctionName(FunctionName)) continue;
    if (VpcConfig?.SecurityGroupIds?.some((id) => groupIds.includes(id))) refuse(`the function ${FunctionName}`);
  }
  if (isRunIn(ledger, { subnetId, groupIds })) return;
  const Filters = [{ Name: "group-id", Values: [...groupIds] }];
  const command = new DescribeNetworkInterfacesCommand({ Filters, IncludeManagedResources: true });
  const { NetworkInterfaces = [] } = await ask(account, "ec2:DescribeNetworkInterfaces", () =>
    account.clients.ec2.send(command),
  );
  const [first] = NetworkInterfaces;
  if (first) refuse(`the interface ${first.NetworkInterfaceId}`);
}
