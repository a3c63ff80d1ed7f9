/** An account in the emulator: what an operator, and Lambda itself, would have made there. */
import {
  AllocateAddressCommand,
  AttachInternetGatewayCommand,
  AttachNetworkInterfaceCommand,
  CreateInternetGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeAddressesCommand,
  EC2Client,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { callIam } from "./iam.ts";

export const accountId = "123456789012";
export const roleArn = `arn:aws:iam::${accountId}:role/member`;

/** An archive without entries: the emulator stores code and never runs it. */
export const emptyZip = Buffer.from("UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==", "base64");

export interface Account {
  readonly endpoint: string;
  readonly ec2: EC2Client;
  readonly lambda: LambdaClient;
  readonly sqs: SQSClient;
  readonly events: EventBridgeClient;
  readonly vpcId: string;
  readonly subnetIds: readonly [string, string, string];
  readonly groupIds: readonly [string, string];
  readonly pool: string;
  /** Relocation's queue, its dead-letter queue, and a queue behind a rule that takes every event of Holdfast. */
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly heardQueueUrl: string;
}

export function settle(endpoint: string) {
  return { endpoint, region: "us-east-1", credentials: { accessKeyId: "operator", secretAccessKey: "operator" } };
}

/** Empties moto and builds an account in it. */
export async function openAccount(endpoint: string): Promise<Account> {
  await emptyMoto(endpoint);
  return buildAccount(endpoint);
}

/** An account with a member that has one interface, and a spare for it. */
export async function openMember(
  endpoint: string,
): Promise<{ account: Account; networkInterfaceId: string; allocationId: string }> {
  const account = await openAccount(endpoint);
  const [subnet] = account.subnetIds;
  const [group] = account.groupIds;
  await makeFunction(account, [subnet], [group]);
  const networkInterfaceId = await makeInterface(account, subnet, [group]);
  return { account, networkInterfaceId, allocationId: await allocate(account, account.pool) };
}

/** Empties moto, and makes the role without which it accepts no function. */
export async function emptyMoto(endpoint: string): Promise<void> {
  await fetch(`${endpoint}/moto-api/reset`, { method: "POST" });
  const Statement = [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" } }];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await callIam(endpoint, "CreateRole", { RoleName: "member", AssumeRolePolicyDocument });
}

/**
 * A VPC with an internet gateway, three subnets and two security groups, the queues, and the rule by which the test
 * hears what Holdfast says.
 */
export async function buildAccount(endpoint: string): Promise<Account> {
  const ec2 = new EC2Client(settle(endpoint));
  const sqs = new SQSClient(settle(endpoint));
  const events = new EventBridgeClient(settle(endpoint));

  const VpcId = found((await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))).Vpc?.VpcId);
  const gateway = (await ec2.send(new CreateInternetGatewayCommand({}))).InternetGateway?.InternetGatewayId;
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId: gateway }));
  const makeSubnet = async (third: number) => {
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: `10.0.${third}.0/24` }));
    return found(Subnet?.SubnetId);
  };
  const makeGroup = async (GroupName: string) =>
    found((await ec2.send(new CreateSecurityGroupCommand({ VpcId, GroupName, Description: GroupName }))).GroupId);
  const makeQueue = async (QueueName: string) => {
    const fifo = QueueName.endsWith(".fifo") ? { FifoQueue: "true", ContentBasedDeduplication: "true" } : {};
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes: fifo }));
    // A client that has its endpoint from the environment calls the host of the queue's URL (middleware-sdk-sqs).
    return new URL(new URL(found(QueueUrl)).pathname, endpoint).href;
  };

  const heardQueueUrl = await makeQueue("heard");
  await events.send(new PutRuleCommand({ Name: "all", EventPattern: JSON.stringify({ source: ["holdfast"] }) }));
  const target = { Id: "heard", Arn: `arn:aws:sqs:us-east-1:${accountId}:heard` };
  await events.send(new PutTargetsCommand({ Rule: "all", Targets: [target] }));
  return {
    endpoint,
    ec2,
    sqs,
    events,
    heardQueueUrl,
    vpcId: VpcId,
    pool: "partners",
    lambda: new LambdaClient(settle(endpoint)),
    subnetIds: [await makeSubnet(1), await makeSubnet(2), await makeSubnet(3)],
    groupIds: [await makeGroup("functions"), await makeGroup("other")],
    queueUrl: await makeQueue("relocate.fifo"),
    deadLetterQueueUrl: await makeQueue("dead.fifo"),
  };
}

/** `HOLDFAST_SETTINGS` of the account's pool: one member, all three subnets. */
export function settingsOf(account: Account, drainSeconds = 0): Record<string, unknown> {
  const network = { vpcId: account.vpcId, subnetIds: account.subnetIds };
  const members = { names: ["orders"], arns: [], tags: {} };
  const addresses = { egress: {}, fallback: {} };
  return {
    pools: [{ name: account.pool, members, guarded: [], network, addresses, drainSeconds, sweepMinutes: 1 }],
    deadLetterQueueUrl: account.deadLetterQueueUrl,
  };
}

export async function makeFunction(
  { lambda }: Account,
  SubnetIds: readonly string[],
  SecurityGroupIds: readonly string[],
): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: "orders",
      Role: roleArn,
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Code: { ZipFile: emptyZip },
      VpcConfig: { SubnetIds: [...SubnetIds], SecurityGroupIds: [...SecurityGroupIds] },
    }),
  );
}

/**
 * Lambda's part, by hand: an interface in use. The emulator knows no interface in use without an instance, so it is
 * attached to one that has no security groups of its own.
 */
export async function makeInterface(
  { ec2 }: Pick<Account, "ec2">,
  SubnetId: string,
  groupIds: readonly string[],
): Promise<string> {
  const Description = "AWS Lambda VPC ENI-orders-30bb1fd5-e726-4d80-9ff2-52fd62cd548c";
  const made = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId, Groups: [...groupIds], Description }));
  const NetworkInterfaceId = found(made.NetworkInterface?.NetworkInterfaceId);
  const run = await ec2.send(new RunInstancesCommand({ ImageId: "ami-12c6146b", MinCount: 1, MaxCount: 1 }));
  const InstanceId = found(run.Instances?.[0]?.InstanceId);
  await ec2.send(new AttachNetworkInterfaceCommand({ NetworkInterfaceId, InstanceId, DeviceIndex: 1 }));
  return NetworkInterfaceId;
}

/** An Elastic IP of the pool, or a foreign one. */
export async function allocate({ ec2 }: Account, pool?: string): Promise<string> {
  const Tags = [
    { Key: "holdfast:pool", Value: pool ?? "" },
    { Key: "holdfast:role", Value: "egress" },
  ];
  const tagged = pool ? { TagSpecifications: [{ ResourceType: "elastic-ip" as const, Tags }] } : {};
  return found((await ec2.send(new AllocateAddressCommand({ Domain: "vpc", ...tagged }))).AllocationId);
}

/** Allocation → interface, for every address that is associated. */
export async function associations({ ec2 }: Account): Promise<Record<string, string>> {
  const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({}));
  const held = Addresses.filter((it) => it.NetworkInterfaceId);
  return Object.fromEntries(held.map((it) => [found(it.AllocationId), found(it.NetworkInterfaceId)]));
}

/** The value that must be there. */
export function found(value: string | undefined): string {
  if (!value) throw new Error("expected a value");
  return value;
}
