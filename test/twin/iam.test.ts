import { describe, expect, it } from "vitest";
import { createAuthorizer, type Role } from "../../twin/iam.ts";
import type { PolicyStatement } from "../../twin/iam-policy.ts";
import { AwsError } from "../../twin/service.ts";
import { createFunction, openPath, type PathScene } from "./path-scene.ts";
import { addLambdaInterface, text } from "./scene.ts";

const ROLE = "arn:aws:iam::123456789012:role/holdfast-relocate";
const POOL = { Key: "pool", Value: "payments" };
const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:123456789012:${resource}`;
const ofPool = { StringEquals: { "aws:ResourceTag/pool": "payments" } };

type Draft = Omit<PolicyStatement, "Effect"> & { readonly Effect?: "Allow" | "Deny" };

function role(statements: readonly Draft[]): Role {
  const Statement = statements.map((statement) => ({ Effect: "Allow" as const, Resource: "*", ...statement }));
  return { roleArn: ROLE, policies: [{ Statement }] };
}

/** One of each resource: an address and a subnet of the pool, an address of somebody else. */
async function openWorld() {
  const scene = await openPath();
  const operator = <T>(operation: string, input: object) => scene.call<T>("ec2", operation, input);
  const allocateTagged = async (Value: string) => {
    const TagSpecifications = [{ ResourceType: "elastic-ip", Tags: [{ ...POOL, Value }] }];
    return (await operator<{ AllocationId: string }>("AllocateAddress", { TagSpecifications })).AllocationId;
  };
  const own = await allocateTagged("payments");
  const foreign = await allocateTagged("others");
  const used = await allocateTagged("payments");
  const eni = addLambdaInterface(scene, scene.network);
  const busy = addLambdaInterface(scene, scene.network);
  const { AssociationId } = await operator<{ AssociationId: string }>("AssociateAddress", {
    AllocationId: used,
    NetworkInterfaceId: busy,
  });
  const { vpcId, subnetId } = scene.network;
  const TagSpecifications = [{ ResourceType: "route-table", Tags: [POOL] }];
  const table = await operator<{ RouteTable: { RouteTableId: string } }>("CreateRouteTable", {
    VpcId: vpcId,
    TagSpecifications,
  });
  const nat = await operator<{ NatGateway: { NatGatewayId: string } }>("CreateNatGateway", {
    SubnetId: subnetId,
    AllocationId: await allocateTagged("payments"),
  });
  const ids = {
    own,
    foreign,
    eni,
    AssociationId,
    subnetId,
    vpcId,
    rtb: table.RouteTable.RouteTableId,
    nat: nat.NatGateway.NatGatewayId,
    igw: scene.network.internetGatewayId,
  };
  await createFunction(scene, "orders", { Tags: { pool: "payments" } });
  await scene.call("sqs", "CreateQueue", { QueueName: "dead" });
  return { scene, ids };
}

type Ids = Awaited<ReturnType<typeof openWorld>>["ids"];

/** What came of a call by the role: `allowed` includes refusals for other reasons. */
async function attempt(scene: PathScene, service: string, operation: string, input: object): Promise<string> {
  try {
    await scene.call(service, operation, input, ROLE);
    return "allowed";
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return /UnauthorizedOperation|AccessDenied/.test(error.code) ? "refused" : "allowed";
  }
}

describe("EC2", () => {
  const associate = (ids: Ids) => ({ AllocationId: ids.own, NetworkInterfaceId: ids.eni });
  const move: Draft = { Action: "ec2:AssociateAddress", Resource: arn("ec2", "elastic-ip/*"), Condition: ofPool };
  const onto = (subnet: string): Draft => ({
    Action: ["ec2:AssociateAddress", "ec2:DisassociateAddress"],
    Resource: arn("ec2", "network-interface/*"),
    Condition: { ArnEquals: { "ec2:Subnet": arn("ec2", `subnet/${subnet}`) } },
  });
  const createNat = (ids: Ids) => ({
    SubnetId: ids.subnetId,
    AllocationId: ids.own,
    TagSpecifications: [{ ResourceType: "natgateway", Tags: [POOL] }],
  });
  const natParts: Draft[] = [
    {
      Action: "ec2:CreateNatGateway",
      Resource: arn("ec2", "natgateway/*"),
      Condition: { StringEquals: { "aws:RequestTag/pool": "payments" } },
    },
    { Action: "ec2:CreateNatGateway", Resource: arn("ec2", "subnet/*") },
    { Action: "ec2:CreateNatGateway", Resource: arn("ec2", "elastic-ip/*"), Condition: ofPool },
    {
      Action: "ec2:CreateTags",
      Resource: arn("ec2", "natgateway/*"),
      Condition: { StringEquals: { "ec2:CreateAction": "CreateNatGateway" } },
    },
  ];
  const tagOnly = (key: string): Draft => ({
    Action: "ec2:CreateTags",
    Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": [key] }, ...ofPool },
  });
  const routes: Draft = {
    Action: "ec2:ReplaceRoute",
    Resource: arn("ec2", "route-table/*"),
    Condition: { StringEquals: { "ec2:ResourceTag/pool": "payments" } },
  };
  const replace = ({ rtb, igw }: Ids) => ({ RouteTableId: rtb, DestinationCidrBlock: "0.0.0.0/0", GatewayId: igw });

  it.each<[string, string, (ids: Ids) => object, (ids: Ids) => Draft[], "allowed" | "refused"]>([
    ["anything without a policy", "DescribeAddresses", () => ({}), () => [], "refused"],
    ["a describe of everything", "DescribeAddresses", () => ({}), () => [{ Action: "ec2:Describe*" }], "allowed"],
    [
      "a describe by ARN only",
      "DescribeAddresses",
      () => ({}),
      () => [{ Action: "ec2:*", Resource: arn("ec2", "elastic-ip/*") }],
      "refused",
    ],
    ["an association", "AssociateAddress", associate, (ids) => [move, onto(ids.subnetId)], "allowed"],
    ["an association without the interface", "AssociateAddress", associate, () => [move], "refused"],
    ["an association without the address", "AssociateAddress", associate, (ids) => [onto(ids.subnetId)], "refused"],
    ["an association in another subnet", "AssociateAddress", associate, () => [move, onto("subnet-0")], "refused"],
    [
      "an association of another's address",
      "AssociateAddress",
      (ids) => ({ ...associate(ids), AllocationId: ids.foreign }),
      (ids) => [move, onto(ids.subnetId)],
      "refused",
    ],
    [
      "an association with an interface that is gone",
      "AssociateAddress",
      (ids) => ({ ...associate(ids), NetworkInterfaceId: "eni-0" }),
      (ids) => [move, onto(ids.subnetId)],
      "allowed",
    ],
    [
      "a disassociation",
      "DisassociateAddress",
      ({ AssociationId }) => ({ AssociationId }),
      (ids) => [{ ...move, Action: "ec2:DisassociateAddress" }, onto(ids.subnetId)],
      "allowed",
    ],
    [
      "a disassociation by address only",
      "DisassociateAddress",
      ({ AssociationId }) => ({ AssociationId }),
      () => [{ ...move, Action: "ec2:DisassociateAddress" }],
      "refused",
    ],
    [
      "a disassociation of nothing",
      "DisassociateAddress",
      () => ({ AssociationId: "eipassoc-0" }),
      (ids) => [{ ...move, Action: "ec2:DisassociateAddress" }, onto(ids.subnetId)],
      "allowed",
    ],
    [
      "a disassociation of nothing without the action",
      "DisassociateAddress",
      () => ({ AssociationId: "eipassoc-0" }),
      () => [move],
      "refused",
    ],
    [
      "a release",
      "ReleaseAddress",
      ({ own }) => ({ AllocationId: own }),
      () => [{ Action: "ec2:*Associate*" }],
      "refused",
    ],
    [
      "a tag by its key",
      "CreateTags",
      ({ own }) => ({ Resources: [own], Tags: [{ Key: "use", Value: "1" }] }),
      () => [tagOnly("use")],
      "allowed",
    ],
    [
      "another tag",
      "CreateTags",
      ({ own }) => ({ Resources: [own], Tags: [{ Key: "use", Value: "1" }, POOL] }),
      () => [tagOnly("use")],
      "refused",
    ],
    [
      "a tag on one of another's",
      "CreateTags",
      ({ own, foreign }) => ({ Resources: [own, foreign], Tags: [{ Key: "use", Value: "1" }] }),
      () => [tagOnly("use")],
      "refused",
    ],
    ["a route", "ReplaceRoute", replace, () => [routes], "allowed"],
    [
      "a route in a table without the tag",
      "ReplaceRoute",
      replace,
      () => [{ ...routes, Condition: { StringEquals: { "ec2:ResourceTag/pool": "x" } } }],
      "refused",
    ],
    [
      "a route in the table's network",
      "ReplaceRoute",
      replace,
      ({ vpcId }) => [{ ...routes, Condition: { ArnEquals: { "ec2:Vpc": arn("ec2", `vpc/${vpcId}`) } } }],
      "allowed",
    ],
    ["a gateway", "CreateNatGateway", createNat, () => natParts, "allowed"],
    [
      "a gateway without its tags",
      "CreateNatGateway",
      (ids) => ({ ...createNat(ids), TagSpecifications: undefined }),
      () => natParts,
      "refused",
    ],
    ["a gateway, its tags not allowed", "CreateNatGateway", createNat, () => natParts.slice(0, 3), "refused"],
    [
      "a gateway, its address not allowed",
      "CreateNatGateway",
      createNat,
      () => [...natParts.slice(0, 2), ...natParts.slice(3)],
      "refused",
    ],
    [
      "a gateway, its subnet not allowed",
      "CreateNatGateway",
      createNat,
      () => [...natParts.slice(0, 1), ...natParts.slice(2)],
      "refused",
    ],
    ["a gateway, itself not allowed", "CreateNatGateway", createNat, () => natParts.slice(1), "refused"],
    [
      "a deletion of a gateway without the tag",
      "DeleteNatGateway",
      ({ nat }) => ({ NatGatewayId: nat }),
      () => [{ Action: "ec2:DeleteNatGateway", Condition: ofPool }],
      "refused",
    ],
    [
      "a deletion of a gateway",
      "DeleteNatGateway",
      ({ nat }) => ({ NatGatewayId: nat }),
      () => [{ Action: "ec2:DeleteNatGateway", Resource: arn("ec2", "natgateway/*") }],
      "allowed",
    ],
  ])("%s", async (_name, operation, input, statements, expected) => {
    const { scene, ids } = await openWorld();
    createAuthorizer(scene.region, [role(statements(ids))]);
    expect(await attempt(scene, "ec2", operation, input(ids))).toBe(expected);
  });
});

describe("other services", () => {
  const fn = { FunctionName: "orders" };
  const event = { Entries: [{ Source: "holdfast", DetailType: "Moved", Detail: "{}" }] };
  const metric = { Namespace: "Holdfast", MetricData: [] };
  const inHoldfast = { StringEquals: { "cloudwatch:namespace": "Holdfast" } };
  it.each<[string, string, string, object, Draft, "allowed" | "refused"]>([
    [
      "a function",
      "lambda",
      "GetFunctionConfiguration",
      fn,
      { Action: "lambda:GetFunctionConfiguration", Resource: arn("lambda", "function:orders") },
      "allowed",
    ],
    [
      "another function",
      "lambda",
      "GetFunctionConfiguration",
      fn,
      { Action: "lambda:*", Resource: arn("lambda", "function:others") },
      "refused",
    ],
    ["a function by tag", "lambda", "ListAliases", fn, { Action: "lambda:ListAliases", Condition: ofPool }, "allowed"],
    [
      "a qualified function by its plain ARN",
      "lambda",
      "Invoke",
      { ...fn, Qualifier: "live" },
      { Action: "lambda:InvokeFunction", Resource: arn("lambda", "function:orders") },
      "refused",
    ],
    [
      "a qualified function",
      "lambda",
      "Invoke",
      { ...fn, Qualifier: "live" },
      { Action: "lambda:InvokeFunction", Resource: arn("lambda", "function:orders:*") },
      "allowed",
    ],
    ["invoking by the API's name", "lambda", "Invoke", fn, { Action: "lambda:Invoke" }, "refused"],
    [
      "all functions by ARN",
      "lambda",
      "ListFunctions",
      {},
      { Action: "lambda:ListFunctions", Resource: arn("lambda", "function:*") },
      "refused",
    ],
    [
      "a function's network",
      "lambda",
      "UpdateFunctionConfiguration",
      { ...fn, VpcConfig: { SubnetIds: ["subnet-1"] } },
      { Action: "lambda:*", Condition: { "ForAllValues:StringEquals": { "lambda:SubnetIds": ["subnet-1"] } } },
      "allowed",
    ],
    [
      "another network",
      "lambda",
      "UpdateFunctionConfiguration",
      { ...fn, VpcConfig: { SubnetIds: ["subnet-2"] } },
      { Action: "lambda:*", Condition: { "ForAllValues:StringEquals": { "lambda:SubnetIds": ["subnet-1"] } } },
      "refused",
    ],
    [
      "a message",
      "sqs",
      "SendMessage",
      { QueueUrl: "https://sqs.us-east-1.amazonaws.com/123456789012/dead", MessageBody: "x" },
      { Action: "sqs:SendMessage", Resource: arn("sqs", "dead") },
      "allowed",
    ],
    [
      "messages to another queue",
      "sqs",
      "SendMessageBatch",
      { QueueUrl: "https://sqs.us-east-1.amazonaws.com/123456789012/dead", Entries: [] },
      { Action: "sqs:SendMessage", Resource: arn("sqs", "other") },
      "refused",
    ],
    [
      "an event by source",
      "events",
      "PutEvents",
      event,
      {
        Action: "events:PutEvents",
        Resource: arn("events", "event-bus/default"),
        Condition: { StringEquals: { "events:source": "holdfast" } },
      },
      "allowed",
    ],
    [
      "an event of another source",
      "events",
      "PutEvents",
      { Entries: [...event.Entries, { ...event.Entries[0], Source: "x" }] },
      { Action: "events:PutEvents", Condition: { StringEquals: { "events:source": "holdfast" } } },
      "refused",
    ],
    [
      "a parameter",
      "ssm",
      "GetParameter",
      { Name: "/holdfast/settings" },
      { Action: "ssm:GetParameter", Resource: arn("ssm", "parameter/holdfast/*") },
      "allowed",
    ],
    [
      "another parameter",
      "ssm",
      "GetParameter",
      { Name: "/other" },
      { Action: "ssm:GetParameter", Resource: arn("ssm", "parameter/holdfast/*") },
      "refused",
    ],
    [
      "metrics",
      "monitoring",
      "PutMetricData",
      metric,
      { Action: "cloudwatch:PutMetricData", Condition: inHoldfast },
      "allowed",
    ],
    [
      "metrics of another namespace",
      "monitoring",
      "PutMetricData",
      { ...metric, Namespace: "x" },
      { Action: "cloudwatch:PutMetricData", Condition: inHoldfast },
      "refused",
    ],
    [
      "an alarm",
      "monitoring",
      "SetAlarmState",
      { AlarmName: "a" },
      { Action: "cloudwatch:SetAlarmState", Resource: arn("cloudwatch", "alarm:a") },
      "allowed",
    ],
    [
      "all alarms by one",
      "monitoring",
      "DescribeAlarms",
      {},
      { Action: "cloudwatch:DescribeAlarms", Resource: arn("cloudwatch", "alarm:a") },
      "refused",
    ],
    ["resources by tag", "tagging", "GetResources", {}, { Action: "tag:GetResources" }, "allowed"],
    [
      "a schedule",
      "scheduler",
      "DeleteSchedule",
      { Name: "s" },
      { Action: "scheduler:*", Resource: arn("scheduler", "schedule/default/s") },
      "allowed",
    ],
  ])("%s", async (_name, service, operation, input, statement, expected) => {
    const { scene } = await openWorld();
    createAuthorizer(scene.region, [role([statement])]);
    expect(await attempt(scene, service, operation, input)).toBe(expected);
  });
});

describe("a refusal", () => {
  it("says who, what and on which resource, as EC2 does and as others do", async () => {
    const { scene, ids } = await openWorld();
    createAuthorizer(scene.region, [role([{ Effect: "Deny", Action: "lambda:*" }])]);
    const user =
      "User: arn:aws:sts::123456789012:assumed-role/holdfast-relocate/holdfast-relocate is not authorized to perform:";
    await expect(scene.call("ec2", "ReleaseAddress", { AllocationId: ids.own }, ROLE)).rejects.toMatchObject({
      code: "UnauthorizedOperation",
      status: 403,
      message: `You are not authorized to perform this operation. ${user} ec2:ReleaseAddress on resource: ${arn("ec2", `elastic-ip/${ids.own}`)} because no identity-based policy allows the ec2:ReleaseAddress action`,
    });
    await expect(scene.call("lambda", "ListAliases", { FunctionName: "orders" }, ROLE)).rejects.toMatchObject({
      code: "AccessDeniedException",
      status: 403,
      message: `${user} lambda:ListAliases on resource: ${arn("lambda", "function:orders")} with an explicit deny in an identity-based policy`,
    });
  });

  it("meets unknown principals, but neither the operator nor services", async () => {
    const { scene } = await openWorld();
    createAuthorizer(scene.region, [role([{ Action: "ec2:*" }])]);
    await scene.call("ec2", "DescribeAddresses", {});
    await scene.call("ec2", "DescribeAddresses", {}, "scheduler.amazonaws.com");
    await scene.call("ec2", "DescribeAddresses", {}, "arn:aws:sts::123456789012:assumed-role/holdfast-relocate/run");
    const other = scene.call("ec2", "DescribeAddresses", {}, "arn:aws:iam::123456789012:role/other");
    await expect(other).rejects.toMatchObject({ code: "UnauthorizedOperation" });
  });

  it("comes before a dry run's answer", async () => {
    const { scene, ids } = await openWorld();
    createAuthorizer(scene.region, [role([])]);
    const dry = scene.call("ec2", "ReleaseAddress", { AllocationId: ids.own, DryRun: true }, ROLE);
    await expect(dry).rejects.toMatchObject({ code: "UnauthorizedOperation" });
  });
});

describe("what services do for others, once IAM is enforced", () => {
  const fifo = (scene: PathScene) => scene.path.sqs.queueByName("in");

  async function openWiring(Policy?: string) {
    const scene = await openPath();
    await scene.call("sqs", "CreateQueue", { QueueName: "in", Attributes: Policy ? { Policy } : {} });
    await scene.call("events", "PutRule", { Name: "r", EventPattern: '{"source":["app"]}' });
    await scene.call("events", "PutTargets", { Rule: "r", Targets: [{ Id: "q", Arn: arn("sqs", "in") }] });
    return scene;
  }
  const policy = JSON.stringify({
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: "*",
        Condition: { ArnEquals: { "aws:SourceArn": arn("events", "rule/r") } },
      },
    ],
  });

  it.each([
    ["passes with the queue's policy", policy, 1],
    ["stops without it", undefined, 0],
  ])("a rule's event %s", async (_name, text_, messages) => {
    const scene = await openWiring(text_);
    createAuthorizer(scene.region, []);
    scene.path.bus.publish("app", "Happened", {});
    await scene.region.clock.advance(60_000);
    expect(fifo(scene).counts().visible).toBe(messages);
  });

  it.each([
    ["passes with the role's permission", "sqs:SendMessage", 1],
    ["stops without it", "sqs:ReceiveMessage", 0],
  ])("a schedule's event %s", async (_name, Action, messages) => {
    const scene = await openWiring();
    createAuthorizer(scene.region, [role([{ Action, Resource: arn("sqs", "in") }])]);
    await scene.call("scheduler", "CreateSchedule", {
      Name: "s",
      ScheduleExpression: "rate(1 minute)",
      FlexibleTimeWindow: { Mode: "OFF" },
      Target: { Arn: arn("sqs", "in"), RoleArn: ROLE, Input: "{}" },
    });
    await scene.region.clock.advance(100_000);
    expect(fifo(scene).counts().visible).toBe(messages);
  });

  it("a queue's messages reach a function only by its role", async () => {
    const scene = await openWiring();
    const seen: unknown[] = [];
    await createFunction(scene, "worker", {});
    scene.path.registerHandler("worker", (it) => seen.push(it));
    scene.path.connectQueue({ queueName: "in", functionName: "worker" });
    const roleArn = text(scene.region.world.functions.get("worker")?.versions.get("$LATEST")?.settings.role);
    createAuthorizer(scene.region, []);
    fifo(scene).send({ body: "x" });
    await scene.region.clock.advance(200_000);
    expect(seen).toHaveLength(0);
    const Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
    createAuthorizer(scene.region, [{ ...role([{ Action, Resource: arn("sqs", "in") }]), roleArn }]);
    await scene.region.clock.advance(200_000);
    expect(seen).toHaveLength(1);
  });
});
