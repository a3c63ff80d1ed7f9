/** Calls to Lambda, SQS and EventBridge on which the twin and moto have to agree. */
import * as events from "@aws-sdk/client-eventbridge";
import * as lambda from "@aws-sdk/client-lambda";
import * as sqs from "@aws-sdk/client-sqs";
import { type Account, accountId, emptyZip, found, roleArn } from "./account.ts";
import { type Call, errorOf } from "./calls.ts";
import { take } from "./queues.ts";

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
        arn: created.FunctionArn,
        state: created.State,
        update: changed.LastUpdateStatus,
        created: pick(created),
        changed: pick(changed),
        cleared: cleared.VpcConfig?.SubnetIds,
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
