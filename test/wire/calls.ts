/** One table of calls, made to the twin and to moto alike: each names what it asks and picks out of the answers what both model. */
import * as ec2 from "@aws-sdk/client-ec2";
import * as events from "@aws-sdk/client-eventbridge";
import * as lambda from "@aws-sdk/client-lambda";
import * as sqs from "@aws-sdk/client-sqs";
import { type Account, accountId, emptyZip, found, roleArn } from "./account.ts";
import { take } from "./queues.ts";

export type Call = readonly [title: string, make: (account: Account) => Promise<unknown>];

/** What the call ends in: the SDK's name of the error. */
async function errorOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
  return "no error";
}

async function newInterface(account: Account, subnet = 0, group = 0, description = "one"): Promise<string> {
  const input = {
    SubnetId: account.subnetIds[subnet],
    Groups: [account.groupIds[group] as string],
    Description: description,
  };
  const made = await account.ec2.send(new ec2.CreateNetworkInterfaceCommand(input));
  return found(made.NetworkInterface?.NetworkInterfaceId);
}

async function newAddress({ ec2: client }: Account): Promise<string> {
  return found((await client.send(new ec2.AllocateAddressCommand({ Domain: "vpc" }))).AllocationId);
}

function associate(account: Account, AllocationId: string, NetworkInterfaceId: string, AllowReassociation: boolean) {
  return account.ec2.send(new ec2.AssociateAddressCommand({ AllocationId, NetworkInterfaceId, AllowReassociation }));
}

/** Where an address is: its interface and association, if any. */
async function whereabouts({ ec2: client }: Account, AllocationId: string) {
  const { Addresses } = await client.send(new ec2.DescribeAddressesCommand({ AllocationIds: [AllocationId] }));
  const { AssociationId, NetworkInterfaceId } = Addresses?.[0] ?? {};
  return { associated: Boolean(AssociationId), networkInterfaceId: NetworkInterfaceId || "none" };
}

/** The descriptions of the interfaces that pass the filters. */
async function matching(
  { ec2: client, vpcId }: Account,
  filters: Record<string, string[]>,
): Promise<(string | undefined)[]> {
  const Filters = Object.entries({ "vpc-id": [vpcId], ...filters }).map(([Name, Values]) => ({ Name, Values }));
  const { NetworkInterfaces = [] } = await client.send(new ec2.DescribeNetworkInterfacesCommand({ Filters }));
  return NetworkInterfaces.map((it) => it.Description).sort();
}

export const interfaceCalls: readonly Call[] = [
  [
    "an interface as it is described",
    async (account) => {
      const id = await newInterface(account);
      const { NetworkInterfaces } = await account.ec2.send(
        new ec2.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] }),
      );
      return NetworkInterfaces?.map((it) => ({
        ...{ NetworkInterfaceId: it.NetworkInterfaceId, Description: it.Description, InterfaceType: it.InterfaceType },
        ...{ SubnetId: it.SubnetId, VpcId: it.VpcId, Groups: it.Groups, Status: it.Status, OwnerId: it.OwnerId },
        ...{ SourceDestCheck: it.SourceDestCheck, RequesterManaged: it.RequesterManaged, Association: it.Association },
        ...{ TagSet: it.TagSet, primary: it.PrivateIpAddresses?.map((address) => address.Primary) },
      }));
    },
  ],
  [
    "interfaces by wildcard, group, subnet, tag, and all of them together",
    async (account) => {
      const first = await newInterface(account, 0, 0, "AWS Lambda VPC ENI-orders-1");
      await newInterface(account, 1, 0, "AWS Lambda VPC ENI-orders-2");
      await newInterface(account, 1, 1, "something else");
      const Tags = [{ Key: "team", Value: "a" }];
      await account.ec2.send(new ec2.CreateTagsCommand({ Resources: [first], Tags }));
      const [subnetA, subnetB] = account.subnetIds;
      const [group, other] = account.groupIds;
      return {
        wildcard: await matching(account, { description: ["AWS Lambda VPC ENI-*"] }),
        oneLetter: await matching(account, { description: ["AWS Lambda VPC ENI-orders-?"] }),
        group: await matching(account, { "group-id": [other] }),
        eitherSubnet: await matching(account, { "subnet-id": [subnetA, subnetB] }),
        both: await matching(account, { "subnet-id": [subnetB], "group-id": [group] }),
        tag: await matching(account, { "tag:team": ["a", "b"] }),
        tagKey: await matching(account, { "tag-key": ["team"] }),
        type: await matching(account, { "interface-type": ["nothing"] }),
        none: await matching(account, { description: ["absent"] }),
      };
    },
  ],
  [
    "interfaces that do not exist",
    async ({ ec2: client }) => {
      const NetworkInterfaceId = "eni-0123456789abcdef0";
      return {
        described: await errorOf(
          client.send(new ec2.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId] })),
        ),
        deleted: await errorOf(client.send(new ec2.DeleteNetworkInterfaceCommand({ NetworkInterfaceId }))),
      };
    },
  ],
];

export const addressCalls: readonly Call[] = [
  [
    "a new address, by tag",
    async ({ ec2: client }) => {
      const Tags = [{ Key: "holdfast:pool", Value: "calls" }];
      const made = await client.send(
        new ec2.AllocateAddressCommand({ Domain: "vpc", TagSpecifications: [{ ResourceType: "elastic-ip", Tags }] }),
      );
      const Filters = [{ Name: "tag:holdfast:pool", Values: ["calls"] }];
      const { Addresses = [] } = await client.send(new ec2.DescribeAddressesCommand({ Filters }));
      return {
        domain: made.Domain,
        listed: Addresses.map((it) => ({
          AllocationId: it.AllocationId,
          Domain: it.Domain,
          Tags: it.Tags,
          AssociationId: it.AssociationId,
        })),
        same: Addresses[0]?.AllocationId === made.AllocationId && Addresses[0]?.PublicIp === made.PublicIp,
      };
    },
  ],
  [
    "associate, refuse to move, move, disassociate",
    async (account) => {
      const [first, second] = [await newInterface(account), await newInterface(account, 1)];
      const address = await newAddress(account);
      const made = await associate(account, address, first, false);
      const afterFirst = await whereabouts(account, address);
      const refused = await errorOf(associate(account, address, second, false));
      const afterRefusal = await whereabouts(account, address);
      const again = await errorOf(associate(account, address, first, false));
      const moved = await associate(account, address, second, true);
      const afterMove = await whereabouts(account, address);
      const { AssociationId } = moved;
      await account.ec2.send(new ec2.DisassociateAddressCommand({ AssociationId }));
      const freed = await whereabouts(account, address);
      return {
        ...{ afterFirst, refused, afterRefusal, again, afterMove, freed },
        newAssociation: made.AssociationId !== moved.AssociationId,
      };
    },
  ],
  [
    "the address on an interface",
    async (account) => {
      const id = await newInterface(account);
      const AllocationId = await newAddress(account);
      const { AssociationId } = await associate(account, AllocationId, id, false);
      const { NetworkInterfaces } = await account.ec2.send(
        new ec2.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] }),
      );
      const shown = NetworkInterfaces?.[0]?.Association;
      const byInterface = [{ Name: "network-interface-id", Values: [id] }];
      const { Addresses } = await account.ec2.send(new ec2.DescribeAddressesCommand({ Filters: byInterface }));
      return {
        ...{ allocation: shown?.AllocationId === AllocationId, association: shown?.AssociationId === AssociationId },
        ...{ owner: shown?.IpOwnerId, byInterface: Addresses?.map((it) => it.AllocationId === AllocationId) },
      };
    },
  ],
  [
    "addresses and associations that do not exist",
    async (account) => {
      const id = await newInterface(account);
      const missing = "eipalloc-0123456789abcdef0";
      const send = <T>(promise: Promise<T>) => errorOf(promise);
      const { ec2: client } = account;
      return {
        described: await send(client.send(new ec2.DescribeAddressesCommand({ AllocationIds: [missing] }))),
        associated: await send(associate(account, missing, id, false)),
        toNowhere: await send(associate(account, await newAddress(account), "eni-0123456789abcdef0", false)),
        disassociated: await send(
          client.send(new ec2.DisassociateAddressCommand({ AssociationId: "eipassoc-0123456789abcdef0" })),
        ),
        released: await send(client.send(new ec2.ReleaseAddressCommand({ AllocationId: missing }))),
      };
    },
  ],
  [
    "a dry run changes nothing",
    async (account) => {
      const [id, address] = [await newInterface(account), await newAddress(account)];
      const input = { AllocationId: address, NetworkInterfaceId: id, AllowReassociation: false, DryRun: true };
      return [
        await errorOf(account.ec2.send(new ec2.AssociateAddressCommand(input))),
        await whereabouts(account, address),
      ];
    },
  ],
  [
    "tags are added, overwritten, described and removed",
    async (account) => {
      const address = await newAddress(account);
      const { ec2: client } = account;
      const put = (Key: string, Value: string) =>
        client.send(new ec2.CreateTagsCommand({ Resources: [address], Tags: [{ Key, Value }] }));
      const list = async () => {
        const Filters = [{ Name: "resource-id", Values: [address] }];
        const { Tags = [] } = await client.send(new ec2.DescribeTagsCommand({ Filters }));
        return Tags.map((it) => `${it.Key}=${it.Value}`).sort();
      };
      await put("holdfast:use", "serving");
      await put("other", "kept");
      await put("holdfast:use", "draining");
      const written = await list();
      await client.send(new ec2.DeleteTagsCommand({ Resources: [address], Tags: [{ Key: "holdfast:use" }] }));
      return { written, left: await list() };
    },
  ],
];

export const routeCalls: readonly Call[] = [
  [
    "a default route is created once, and replaced only where there is one",
    async ({ ec2: client, vpcId }) => {
      const made = await client.send(new ec2.CreateRouteTableCommand({ VpcId: vpcId }));
      const RouteTableId = found(made.RouteTable?.RouteTableId);
      const { InternetGateways } = await client.send(
        new ec2.DescribeInternetGatewaysCommand({ Filters: [{ Name: "attachment.vpc-id", Values: [vpcId] }] }),
      );
      const GatewayId = found(InternetGateways?.[0]?.InternetGatewayId);
      const route = { RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId };
      const list = async () => {
        const { RouteTables } = await client.send(
          new ec2.DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] }),
        );
        return RouteTables?.[0]?.Routes?.map((it) => [it.DestinationCidrBlock, it.State, it.GatewayId]);
      };
      const before = await errorOf(client.send(new ec2.ReplaceRouteCommand(route)));
      await client.send(new ec2.CreateRouteCommand(route));
      const twice = await errorOf(client.send(new ec2.CreateRouteCommand(route)));
      const replaced = await errorOf(client.send(new ec2.ReplaceRouteCommand(route)));
      const routes = await list();
      await client.send(new ec2.DeleteRouteCommand({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0" }));
      const unknown = { ...route, RouteTableId: "rtb-0123456789abcdef0" };
      return {
        ...{ before, twice, replaced, routes, left: await list() },
        unknownTable: await errorOf(client.send(new ec2.ReplaceRouteCommand(unknown))),
      };
    },
  ],
];

/** The function's configuration once no creation or update is in progress. */
async function settled({ lambda: client }: Account, FunctionName: string, Qualifier?: string) {
  for (;;) {
    const input = Qualifier ? { FunctionName, Qualifier } : { FunctionName };
    const it = await client.send(new lambda.GetFunctionConfigurationCommand(input));
    if (it.State !== "Pending" && it.LastUpdateStatus !== "InProgress") return it;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function newFunction(account: Account, FunctionName: string, subnet = 0) {
  const VpcConfig = { SubnetIds: [account.subnetIds[subnet] as string], SecurityGroupIds: [account.groupIds[0]] };
  const code = { Handler: "index.handler", Runtime: "nodejs24.x", Code: { ZipFile: emptyZip } } as const;
  await account.lambda.send(new lambda.CreateFunctionCommand({ FunctionName, Role: roleArn, VpcConfig, ...code }));
  return settled(account, FunctionName);
}

async function reconfigure(
  account: Account,
  FunctionName: string,
  subnets: readonly string[],
  groups: readonly string[],
) {
  const VpcConfig = { SubnetIds: [...subnets], SecurityGroupIds: [...groups] };
  await account.lambda.send(new lambda.UpdateFunctionConfigurationCommand({ FunctionName, VpcConfig }));
  return settled(account, FunctionName);
}

export const functionCalls: readonly Call[] = [
  [
    "a function's VPC configuration is kept, changed and cleared",
    async (account) => {
      const pick = ({ VpcConfig: it }: lambda.FunctionConfiguration) => [
        it?.SubnetIds,
        it?.SecurityGroupIds,
        it?.VpcId,
      ];
      const created = await newFunction(account, "kept");
      const changed = await reconfigure(account, "kept", [account.subnetIds[1]], account.groupIds);
      const cleared = await reconfigure(account, "kept", [], []);
      return {
        ...{ arn: created.FunctionArn, state: created.State, update: changed.LastUpdateStatus },
        ...{ created: pick(created), changed: pick(changed), cleared: cleared.VpcConfig?.SubnetIds },
      };
    },
  ],
  [
    "a published version keeps its own, and aliases find it",
    async (account) => {
      const FunctionName = "pinned";
      const { lambda: client } = account;
      await newFunction(account, FunctionName);
      const first = await client.send(new lambda.PublishVersionCommand({ FunctionName }));
      await settled(account, FunctionName, first.Version);
      await reconfigure(account, FunctionName, [account.subnetIds[1]], [account.groupIds[0]]);
      const second = await client.send(new lambda.PublishVersionCommand({ FunctionName }));
      await settled(account, FunctionName, second.Version);
      const RoutingConfig = { AdditionalVersionWeights: { [found(first.Version)]: 0.25 } };
      const alias = { FunctionName, Name: "live" };
      await client.send(new lambda.CreateAliasCommand({ ...alias, FunctionVersion: second.Version, RoutingConfig }));
      const { Aliases } = await client.send(new lambda.ListAliasesCommand({ FunctionName }));
      const byAlias = await settled(account, FunctionName, "live");
      const old = await settled(account, FunctionName, first.Version);
      await client.send(new lambda.DeleteAliasCommand(alias));
      const left = await client.send(new lambda.ListAliasesCommand({ FunctionName }));
      return {
        versions: [first.Version, second.Version, byAlias.Version],
        arns: [first.FunctionArn, old.FunctionArn],
        aliases: Aliases?.map((it) => [it.AliasArn, it.Name, it.FunctionVersion, it.RoutingConfig]),
        subnets: [old.VpcConfig?.SubnetIds, byAlias.VpcConfig?.SubnetIds],
        left: left.Aliases,
      };
    },
  ],
  [
    "functions that do not exist, or do already",
    async (account) => {
      const FunctionName = "absent";
      const { lambda: client } = account;
      await newFunction(account, "twice");
      return {
        read: await errorOf(client.send(new lambda.GetFunctionConfigurationCommand({ FunctionName }))),
        aliases: await errorOf(client.send(new lambda.ListAliasesCommand({ FunctionName }))),
        concurrency: await errorOf(client.send(new lambda.ListProvisionedConcurrencyConfigsCommand({ FunctionName }))),
        updated: await errorOf(
          client.send(new lambda.UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 5 })),
        ),
        deleted: await errorOf(client.send(new lambda.DeleteFunctionCommand({ FunctionName }))),
        createdTwice: await errorOf(newFunction(account, "twice")),
      };
    },
  ],
];

export const messageCalls: readonly Call[] = [
  [
    "a FIFO queue drops duplicates and keeps a group's order",
    async ({ sqs: client, queueUrl: QueueUrl }) => {
      const send = (MessageBody: string, MessageDeduplicationId?: string) => {
        const id = MessageDeduplicationId ? { MessageDeduplicationId } : {};
        return client.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId: "group", ...id }));
      };
      await send("a", "1");
      await send("b", "1");
      await send("c", "2");
      await send("d");
      await send("d");
      const received = await take(client, QueueUrl);
      return {
        bodies: received.map((it) => it.Body),
        groups: received.map((it) => it.Attributes?.["MessageGroupId"]),
      };
    },
  ],
  [
    "a group waits while one of its messages is out",
    async ({ sqs: client, queueUrl: QueueUrl }) => {
      for (const MessageBody of ["first", "second"]) {
        await client.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId: "locked" }));
      }
      const receive = async () => (await client.send(new sqs.ReceiveMessageCommand({ QueueUrl }))).Messages ?? [];
      const [out] = await receive();
      const meanwhile = await receive();
      await client.send(new sqs.DeleteMessageCommand({ QueueUrl, ReceiptHandle: out?.ReceiptHandle }));
      const next = await take(client, QueueUrl);
      return { out: out?.Body, meanwhile: meanwhile.length, next: next.map((it) => it.Body) };
    },
  ],
  [
    "a message's attributes come with it",
    async ({ sqs: client, deadLetterQueueUrl: QueueUrl }) => {
      const MessageAttributes = { field: { DataType: "String", StringValue: "detail.eventName" } };
      const message = { QueueUrl, MessageBody: "body", MessageGroupId: "group", MessageAttributes };
      await client.send(new sqs.SendMessageCommand(message));
      return (await take(client, QueueUrl)).map((it) => it.MessageAttributes?.["field"]?.StringValue);
    },
  ],
  [
    "messages that cannot be sent",
    async (account) => {
      const { sqs: client, queueUrl: QueueUrl } = account;
      const absent = `${account.endpoint}/${accountId}/absent`;
      return {
        withoutGroup: await errorOf(client.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody: "a" }))),
        toNowhere: await errorOf(client.send(new sqs.SendMessageCommand({ QueueUrl: absent, MessageBody: "a" }))),
      };
    },
  ],
  [
    "a rule brings the events that match it to a FIFO queue, in its message group",
    async ({ events: client, sqs: queue, queueUrl }) => {
      const EventPattern = JSON.stringify({ source: ["calls"], detail: { name: [{ prefix: "Create" }] } });
      await client.send(new events.PutRuleCommand({ Name: "calls", EventPattern }));
      const Arn = `arn:aws:sqs:us-east-1:${accountId}:relocate.fifo`;
      const Targets = [{ Id: "queue", Arn, SqsParameters: { MessageGroupId: "partners" } }];
      await client.send(new events.PutTargetsCommand({ Rule: "calls", Targets }));
      const entry = (Source: string, name: string) => ({
        Source,
        DetailType: "Call",
        Detail: JSON.stringify({ name }),
      });
      const Entries = [
        entry("calls", "CreateFunction"),
        entry("calls", "DeleteFunction"),
        entry("others", "CreateFunction"),
      ];
      const put = await client.send(new events.PutEventsCommand({ Entries }));
      await new Promise((resolve) => setTimeout(resolve, 200));
      const received = await take(queue, queueUrl);
      const bodies = received.map((it) => JSON.parse(found(it.Body)) as Record<string, unknown>);
      await client.send(new events.RemoveTargetsCommand({ Rule: "calls", Ids: ["queue"] }));
      return {
        failed: put.FailedEntryCount,
        keys: bodies.map((it) =>
          Object.keys(it)
            .filter((key) => key !== "account")
            .sort(),
        ),
        events: bodies.map((it) => [it["source"], it["detail-type"], it["region"], it["detail"]]),
        groups: received.map((it) => it.Attributes?.["MessageGroupId"]),
      };
    },
  ],
  [
    "rules that do not exist, and patterns that are none",
    async ({ events: client }) => {
      const Arn = `arn:aws:sqs:us-east-1:${accountId}:relocate.fifo`;
      const put = (Rule: string, target: object) =>
        client.send(new events.PutTargetsCommand({ Rule, Targets: [{ Id: "queue", Arn, ...target }] }));
      await client.send(new events.PutRuleCommand({ Name: "groupless", EventPattern: '{"source":["nobody"]}' }));
      return {
        described: await errorOf(client.send(new events.DescribeRuleCommand({ Name: "absent" }))),
        targeted: await errorOf(put("absent", { SqsParameters: { MessageGroupId: "partners" } })),
        withoutGroup: await errorOf(put("groupless", {})),
        pattern: await errorOf(client.send(new events.PutRuleCommand({ Name: "bad", EventPattern: "{" }))),
      };
    },
  ],
];
