/**
 * What the checks share: a network, functions, addresses and the deployed role, each made when the first check needs it, and
 * only if the run has not made it before. So a run that was interrupted goes on where it was.
 */
import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeAddressesCommand,
  DescribeNetworkInterfacesCommand,
  type EC2Client,
  type NetworkInterface,
  type ResourceType,
  type TagSpecification,
} from "@aws-sdk/client-ec2";
import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateFunctionCommand,
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { AwsCallError } from "../../src/aws/errors.ts";
import { interfacePermissions, movePermissions, type Permission } from "../../src/pool/permissions.ts";
import { tagKeys } from "../../src/pool/tags.ts";
import { type Account, ask, notYetThere, until } from "./account.ts";
import { functionCode, type Sample, type SampleRequest } from "./function-code.ts";
import type { Ledger } from "./ledger.ts";
import { functionParts, nameOf, policyName, type Run, rolePath, tagsOf } from "./names.ts";
import { policyDocument } from "./policy.ts";
import { zipOf } from "./zip.ts";

export interface Network {
  readonly vpcId: string;
  readonly gatewayId: string;
  /** As a pool's subnet. */
  readonly subnetId: string;
  /** Of the same VPC and not the pool's. */
  readonly otherSubnetId: string;
  readonly groupId: string;
  /** For an update of a function. */
  readonly otherGroupId: string;
}

/** One look at a function that is being made, and at its VPC. */
export interface Look {
  readonly atMs: number;
  readonly state: string;
  readonly reason?: string | undefined;
  readonly interfaces: readonly NetworkInterface[];
}

export interface MadeFunction {
  readonly name: string;
  /** From its creation until it was active; one look if it was there already. */
  readonly looks: readonly Look[];
  /** Whether Lambda took the role as Holdfast deploys it for its probes. */
  readonly roleAccepted: boolean;
}

export interface Address {
  readonly allocationId: string;
  readonly publicIp: string;
  /** Whether it was of a pool already, as an interrupted run leaves the spare. */
  readonly pooled: boolean;
}

export interface Scene {
  readonly account: Account;
  readonly run: Run;
  readonly network: () => Promise<Network>;
  /** A function in the pool's subnet, active. */
  readonly member: () => Promise<MadeFunction>;
  /** Another in the same subnet with the same group. */
  readonly neighbour: () => Promise<MadeFunction>;
  /** An interface that is not Lambda's, in the subnet that is not the pool's. */
  readonly otherInterface: () => Promise<string>;
  /** With the pool's tags. */
  readonly address: () => Promise<Address>;
  /** Without the pool's tags, until `tagAddress` gives it some. */
  readonly spare: () => Promise<Address>;
  readonly tagAddress: (address: Address, pool: string) => Promise<void>;
  readonly poolName: string;
  /** EC2 under exactly the statements by which `relocate` moves addresses. */
  readonly deployed: () => Promise<EC2Client>;
  readonly interfaces: () => Promise<NetworkInterface[]>;
  /** Asks the echo from inside a function. */
  readonly sample: (functionName: string, seconds: number) => Promise<Sample[]>;
}

const cidr = { network: "10.87.0.0/24", subnet: "10.87.0.0/26", other: "10.87.0.64/26" };
/** The role that Lambda gets if it refuses the narrower one. That it is there says so to a run that goes on. */
const widePart = "wide-role";

export function createScene(account: Account, run: Run, ledger: Ledger, echo: string): Scene {
  const { ec2, iam, lambda, sts, invoker } = account.clients;
  const { partition, region, accountId } = account.place;
  const poolName = nameOf(run, "pool");
  const ec2Arn = (resource: string) => `arn:${partition}:ec2:${region}:${accountId}:${resource}`;
  const functionArn = (part: string) => `arn:${partition}:lambda:${region}:${accountId}:function:${nameOf(run, part)}`;

  /** Returns what the run has made as this part, or makes it. */
  const ensure = async (
    type: ResourceType,
    part: string,
    make: (tags: TagSpecification[]) => Promise<string | undefined>,
  ) => {
    const known = ledger.made.find((it) => it.run.id === run.id && it.type === type && it.part === part);
    if (known) return known.id;
    const Tags = toList({ ...tagsOf(run, part), Name: nameOf(run, part) });
    return (await make([{ ResourceType: type, Tags }])) ?? "";
  };

  const network = once(async (): Promise<Network> => {
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
    const RouteTableId = await ensure("route-table", "routes", async (TagSpecifications) => {
      const command = new CreateRouteTableCommand({ VpcId: vpcId, TagSpecifications });
      const made = await ask(account, "ec2:CreateRouteTable", () => ec2.send(command), notYetThere);
      return made.RouteTable?.RouteTableId;
    });
    const route = new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId: gatewayId });
    await unlessDone(ask(account, "ec2:CreateRoute", () => ec2.send(route), notYetThere));
    const subnet = (part: string, CidrBlock: string) =>
      ensure("subnet", part, async (TagSpecifications) => {
        const command = new CreateSubnetCommand({ VpcId: vpcId, CidrBlock, TagSpecifications });
        return (await ask(account, "ec2:CreateSubnet", () => ec2.send(command), notYetThere)).Subnet?.SubnetId;
      });
    const subnetId = await subnet("subnet", cidr.subnet);
    const otherSubnetId = await subnet("other-subnet", cidr.other);
    const associate = new AssociateRouteTableCommand({ RouteTableId, SubnetId: subnetId });
    await unlessDone(ask(account, "ec2:AssociateRouteTable", () => ec2.send(associate), notYetThere));
    const group = (part: string) =>
      ensure("security-group", part, async (TagSpecifications) => {
        const GroupName = nameOf(run, part);
        const command = new CreateSecurityGroupCommand({
          VpcId: vpcId,
          GroupName,
          Description: "Of a rehearsal of Holdfast",
          TagSpecifications,
        });
        return (await ask(account, "ec2:CreateSecurityGroup", () => ec2.send(command), notYetThere)).GroupId;
      });
    const groupId = await group("group");
    return { vpcId, gatewayId, subnetId, otherSubnetId, groupId, otherGroupId: await group("other-group") };
  });

  const interfaces = async (): Promise<NetworkInterface[]> => {
    const { vpcId } = await network();
    const Filters = [{ Name: "vpc-id", Values: [vpcId] }];
    const command = new DescribeNetworkInterfacesCommand({ Filters, IncludeManagedResources: true });
    return (await ask(account, "ec2:DescribeNetworkInterfaces", () => ec2.send(command))).NetworkInterfaces ?? [];
  };

  const role = async (part: string, trusted: object, permissions: readonly Permission<string>[]): Promise<string> => {
    const RoleName = nameOf(run, part);
    const Path = rolePath(region);
    if (!ledger.roleNames.includes(RoleName)) {
      const command = new CreateRoleCommand({
        RoleName,
        Path,
        AssumeRolePolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: trusted }],
        }),
        Tags: toList(tagsOf(run, part)),
      });
      await unlessDone(ask(account, "iam:CreateRole", () => iam.send(command)));
    }
    await allow(part, permissions);
    return `arn:${partition}:iam::${accountId}:role${Path}${RoleName}`;
  };

  const allow = (part: string, permissions: readonly Permission<string>[]) => {
    const PolicyDocument = JSON.stringify(policyDocument(permissions));
    const command = new PutRolePolicyCommand({ RoleName: nameOf(run, part), PolicyName: policyName, PolicyDocument });
    return ask(account, "iam:PutRolePolicy", () => iam.send(command), notYetThere);
  };

  const functionRole = once(async () => {
    const { subnetId } = await network();
    const permissions = interfacePermissions<string>({
      functionArns: Object.values(functionParts).map(functionArn),
      subnetArns: [ec2Arn(`subnet/${subnetId}`)],
      interfaces: ec2Arn("network-interface/*"),
      groups: `arn:${partition}:ec2:${region}:*:security-group/*`,
      everything: ec2Arn("*"),
    });
    return role("function-role", lambdaService, permissions);
  });

  const configurationOf = (FunctionName: string): Promise<FunctionConfiguration> =>
    ask(
      account,
      "lambda:GetFunctionConfiguration",
      () => lambda.send(new GetFunctionConfigurationCommand({ FunctionName })),
      notYetThere,
    );

  /** Whether Lambda has refused the role that Holdfast deploys, in this process or in one that was interrupted. */
  let refused = ledger.roleNames.includes(nameOf(run, widePart));

  const createFunction = async (part: string): Promise<void> => {
    const { subnetId, groupId } = await network();
    const commandOf = (Role: string) =>
      new CreateFunctionCommand({
        FunctionName: nameOf(run, part),
        Description: "Of a rehearsal of Holdfast",
        Runtime: "nodejs22.x",
        Architectures: ["arm64"],
        Handler: "index.handler",
        Role,
        Timeout: functionTimeoutSeconds,
        Code: { ZipFile: zipOf("index.js", functionCode) },
        VpcConfig: { SubnetIds: [subnetId], SecurityGroupIds: [groupId] },
        Tags: tagsOf(run, part),
      });
    const create = (Role: string) => {
      const command = commandOf(Role);
      return unlessDone(ask(account, "lambda:CreateFunction", () => lambda.send(command), notYetTaken));
    };
    if (!refused) {
      try {
        return await create(await functionRole());
      } catch (error) {
        if (!(error instanceof AwsCallError) || !notYetAssumed(error)) throw error;
        account.say("Lambda does not take the role as Holdfast deploys it: trying with a wider one");
        refused = true;
      }
    }
    await create(await role(widePart, lambdaService, anyInterface));
  };

  /** A run that was interrupted may have left the function in the other group. */
  const returnToGroup = async (FunctionName: string): Promise<void> => {
    const { subnetId, groupId } = await network();
    const settled = await until(account, { stepMs: 5_000, limitMs: 15 * 60_000 }, async () => {
      const configuration = await configurationOf(FunctionName);
      const busy = configuration.State === "Pending" || configuration.LastUpdateStatus === "InProgress";
      return busy ? undefined : configuration;
    });
    if (!settled) throw new SceneError("an update of the function had not ended after 15 min");
    if (settled.VpcConfig?.SecurityGroupIds?.[0] === groupId) return;
    const command = new UpdateFunctionConfigurationCommand({
      FunctionName,
      VpcConfig: { SubnetIds: [subnetId], SecurityGroupIds: [groupId] },
    });
    await ask(account, "lambda:UpdateFunctionConfiguration", () => lambda.send(command));
  };

  const ensureFunction = async (part: string): Promise<MadeFunction> => {
    const name = nameOf(run, part);
    if (!ledger.functionNames.includes(name)) {
      account.say(
        `making the function ${name}, and waiting until Lambda has made its interface: usually 90 s, at most 10 min`,
      );
      await createFunction(part);
    } else {
      await returnToGroup(name);
    }
    const looks: Look[] = [];
    const active = await until(account, { stepMs: 3_000, limitMs: 10 * 60_000 }, async () => {
      const { State = "", StateReasonCode: reason, LastUpdateStatus } = await configurationOf(name);
      looks.push({ atMs: account.clock.now(), state: State, reason, interfaces: await interfaces() });
      return (State === "Active" && LastUpdateStatus !== "InProgress") || State === "Failed" ? State : undefined;
    });
    if (active === "Active") return { name, looks, roleAccepted: !refused };
    throw new SceneError(`the function stayed ${looks.at(-1)?.state} (${looks.at(-1)?.reason ?? "no reason given"})`);
  };

  const allocate = async (part: string, tags: Record<string, string>): Promise<Address> => {
    const AllocationId = await ensure("elastic-ip", part, async ([specification]) => {
      const Tags = [...(specification?.Tags ?? []), ...toList(tags)];
      const command = new AllocateAddressCommand({
        Domain: "vpc",
        TagSpecifications: [{ ResourceType: "elastic-ip", Tags }],
      });
      return (await ask(account, "ec2:AllocateAddress", () => ec2.send(command))).AllocationId;
    });
    const command = new DescribeAddressesCommand({ AllocationIds: [AllocationId] });
    const { Addresses = [] } = await ask(account, "ec2:DescribeAddresses", () => ec2.send(command), notYetThere);
    const [{ PublicIp = "", Tags: shown = [] } = {}] = Addresses;
    const pooled = shown.some(({ Key }) => Key === tagKeys.pool);
    return { allocationId: AllocationId, publicIp: PublicIp, pooled };
  };

  const deployed = once(async (): Promise<EC2Client> => {
    const { subnetId } = await network();
    const permissions = movePermissions({
      poolNames: [poolName],
      addresses: ec2Arn("elastic-ip/*"),
      interfaces: ec2Arn("network-interface/*"),
      subnetArns: [ec2Arn(`subnet/${subnetId}`)],
      scoutSubnetArns: [],
    });
    account.say("making a role that may do exactly what the deployed one may, and assuming it");
    const RoleArn = await role("mover-role", { AWS: account.caller }, permissions);
    const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: run.id });
    const { Credentials } = await ask(account, "sts:AssumeRole", () => sts.send(command), denied);
    return account.ec2Of({
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    });
  });

  return {
    account,
    run,
    poolName,
    network,
    interfaces,
    deployed,
    member: once(() => ensureFunction(functionParts.member)),
    neighbour: once(() => ensureFunction(functionParts.neighbour)),
    otherInterface: once(async () => {
      const { otherSubnetId, otherGroupId } = await network();
      return ensure("network-interface", "other-interface", async (TagSpecifications) => {
        const command = new CreateNetworkInterfaceCommand({
          SubnetId: otherSubnetId,
          Groups: [otherGroupId],
          TagSpecifications,
        });
        const made = await ask(account, "ec2:CreateNetworkInterface", () => ec2.send(command), notYetThere);
        return made.NetworkInterface?.NetworkInterfaceId;
      });
    }),
    address: once(() => allocate("address", poolTags(poolName))),
    spare: once(() => allocate("spare", {})),
    async tagAddress({ allocationId }, pool) {
      const command = new CreateTagsCommand({ Resources: [allocationId], Tags: toList(poolTags(pool)) });
      await ask(account, "ec2:CreateTags", () => ec2.send(command), notYetThere);
    },
    async sample(FunctionName, seconds) {
      const request: SampleRequest = { url: echo, seconds };
      const command = new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(request)) });
      const { Payload, FunctionError } = await ask(account, "lambda:InvokeFunction", () => invoker.send(command));
      const text = Buffer.from(Payload ?? []).toString();
      if (FunctionError) throw new SceneError(`the function failed: ${text}`);
      return JSON.parse(text) as Sample[];
    },
  };
}

/** What a check needs could not be made. The message says which and why. */
export class SceneError extends Error {
  override readonly name = "SceneError";
}

const lambdaService = { Service: "lambda.amazonaws.com" };

/** Of the functions: longer than any of their calls. */
const functionTimeoutSeconds = 240;

/** As AWS's own policy for functions in a VPC has it (AWS managed policy reference, AWSLambdaVPCAccessExecutionRole). */
const anyInterface: readonly Permission<string>[] = [
  {
    sid: "Interfaces",
    actions: [
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ],
    resources: ["*"],
  },
];

/** A role that is new to Lambda is refused with the code of a wrong parameter, and so is one that may not do enough. */
const notYetAssumed = (error: AwsCallError) =>
  error.code === "InvalidParameterValueException" && /role/i.test(error.message);
/** Lambda looks the network up for itself, and may see it later than its maker (EC2 developer guide, "Eventual consistency"). */
const notYetTaken = (error: AwsCallError) =>
  notYetAssumed(error) ||
  (error.code === "InvalidParameterValueException" && /NotFound|does not exist/.test(error.message));
const denied = (error: AwsCallError) => error.errorClass === "denied";

/** What an earlier attempt has done already. */
const done =
  /^(?:RouteAlreadyExists|Resource\.AlreadyAssociated|EntityAlreadyExists(?:Exception)?|ResourceConflictException)$/;

async function unlessDone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof AwsCallError) || !done.test(error.code)) throw error;
  }
}

function poolTags(pool: string): Record<string, string> {
  return { [tagKeys.pool]: pool, [tagKeys.role]: "egress" };
}

function toList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Does something once; what it answers, or the error it ends in, is kept. */
function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
