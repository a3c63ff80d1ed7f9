import { describe, expect, it } from "vitest";
import { createAuthorizer } from "../../testing/twin/iam.ts";
import { arn, attempt, type Draft, ofPool, openWorld, ROLE, role } from "./iam-scene.ts";
import { createFunction, openPath, type PathScene } from "./path-scene.ts";
import { text } from "./scene.ts";

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
      "several events, by an operator for keys with one value",
      "events",
      "PutEvents",
      { Entries: [...event.Entries, ...event.Entries] },
      { Action: "events:PutEvents", Condition: { StringEquals: { "events:source": "holdfast" } } },
      "refused",
    ],
    [
      "several events, by an operator for keys with several values",
      "events",
      "PutEvents",
      { Entries: [...event.Entries, ...event.Entries] },
      { Action: "events:PutEvents", Condition: { "ForAllValues:StringEquals": { "events:source": "holdfast" } } },
      "allowed",
    ],
    [
      "an event of another source among several, by the same operator",
      "events",
      "PutEvents",
      { Entries: [...event.Entries, { ...event.Entries[0], Source: "x" }] },
      { Action: "events:PutEvents", Condition: { "ForAllValues:StringEquals": { "events:source": "holdfast" } } },
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
