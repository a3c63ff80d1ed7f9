import { EventBridgeClient, PutEventsCommand, PutRuleCommand } from "@aws-sdk/client-eventbridge";
import {
  CreateScheduleCommand,
  GetScheduleCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { describe, expect, it } from "vitest";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { deliver } from "../../testing/twin/event-target.ts";
import { AwsError } from "../../testing/twin/service.ts";
import { createFunction, openPath, type PathScene } from "./path-scene.ts";

const MINUTE = 60_000;
const queueArn = (name: string) => `arn:aws:sqs:us-east-1:123456789012:${name}`;

async function createQueue(
  scene: PathScene,
  QueueName: string,
  Attributes: Record<string, string> = {},
): Promise<void> {
  const fifo = QueueName.endsWith(".fifo") ? { FifoQueue: "true" } : {};
  await scene.call("sqs", "CreateQueue", { QueueName, Attributes: { ...fifo, ...Attributes } });
}

const received = (scene: PathScene, name: string) => scene.path.sqs.queueByName(name).receive(10);

async function ruleTo(scene: PathScene, target: object): Promise<void> {
  await scene.call("events", "PutRule", { Name: "r", EventPattern: JSON.stringify({ source: ["holdfast"] }) });
  await scene.call("events", "PutTargets", { Rule: "r", Targets: [{ Id: "t", ...target }] });
}

const put = (scene: PathScene, detail: object = { a: 1 }) =>
  scene.call("events", "PutEvents", {
    Entries: [{ Source: "holdfast", DetailType: "d", Detail: JSON.stringify(detail) }],
  });

describe("rules and targets", () => {
  it("send what matches to a FIFO queue, in the target's group", async () => {
    const scene = await openPath();
    await createQueue(scene, "q.fifo", { ContentBasedDeduplication: "true" });
    await ruleTo(scene, { Arn: queueArn("q.fifo"), SqsParameters: { MessageGroupId: "pool" } });
    await put(scene);
    scene.path.bus.publish("aws.other", "d", {});
    await scene.region.clock.advance(1_000);
    const [message, ...more] = received(scene, "q.fifo");
    expect(more).toEqual([]);
    expect(message?.groupId).toBe("pool");
    expect(JSON.parse(message?.body ?? "")).toMatchObject({
      source: "holdfast",
      "detail-type": "d",
      detail: { a: 1 },
      account: "123456789012",
    });
  });

  it("refuse a FIFO queue without a group, and patterns that are wrong", async () => {
    const scene = await openPath();
    await expect(ruleTo(scene, { Arn: queueArn("q.fifo") })).rejects.toMatchObject({ code: "ValidationException" });
    const bad = { Name: "r", EventPattern: '{"source":"x"}' };
    await expect(scene.call("events", "PutRule", bad)).rejects.toMatchObject({ code: "InvalidEventPatternException" });
  });

  it("bury at once what the queue will never take: a FIFO queue that cannot tell duplicates", async () => {
    const scene = await openPath();
    await createQueue(scene, "q.fifo");
    await createQueue(scene, "dead");
    await ruleTo(scene, {
      Arn: queueArn("q.fifo"),
      SqsParameters: { MessageGroupId: "pool" },
      DeadLetterConfig: { Arn: queueArn("dead") },
    });
    await put(scene);
    await scene.region.clock.advance(1_000);
    expect(received(scene, "dead")).toHaveLength(1);
  });

  it("bury at once what is meant for a function that is gone", async () => {
    const scene = await openPath();
    await createQueue(scene, "dead");
    const Arn = "arn:aws:lambda:us-east-1:123456789012:function:gone";
    await ruleTo(scene, { Arn, DeadLetterConfig: { Arn: queueArn("dead") } });
    await put(scene);
    await scene.region.clock.advance(1_000);
    expect(received(scene, "dead")).toHaveLength(1);
  });

  it("invoke functions asynchronously, with the input shaped", async () => {
    const scene = await openPath();
    await createFunction(scene, "f", {});
    const events: unknown[] = [];
    scene.path.registerHandler("f", (event) => void events.push(event));
    const Arn = "arn:aws:lambda:us-east-1:123456789012:function:f";
    const shapes = [
      { Input: '{"constant":true}' },
      { InputPath: "$.detail" },
      {
        InputTransformer: {
          InputPathsMap: { a: "$.detail.a", s: "$.source" },
          InputTemplate: '{"n": <a>, "from": "<s>"}',
        },
      },
    ];
    for (const shape of shapes) {
      await ruleTo(scene, { Arn, ...shape });
      await put(scene);
      await scene.region.clock.advance(1_000);
    }
    expect(events).toEqual([{ constant: true }, { a: 1 }, { n: 1, from: "holdfast" }]);
  });

  it("retry with growing pauses what a target refuses for now, and bury it when the attempts are used up", async () => {
    const scene = await openPath();
    const { clock } = scene.region;
    await createQueue(scene, "dead");
    const attemptsMs: number[] = [];
    const startMs = clock.now();
    const queueByArn = (arn: string) => {
      if (arn.endsWith("dead")) return scene.path.sqs.queueByArn(arn);
      attemptsMs.push(clock.now() - startMs);
      throw new AwsError("RequestThrottled", "Rate exceeded");
    };
    const { delays, lambda, sqs } = scene.path;
    const sender = { service: "events.amazonaws.com", sourceArn: "" };
    const target = { arn: queueArn("busy"), deadLetterArn: queueArn("dead"), maximumRetryAttempts: 3, sender };
    const admit = () => undefined;
    deliver({ clock, delays, sqs: { ...sqs, queueByArn }, invoker: lambda.invoker, admit }, target, "{}");
    await clock.advance(60 * MINUTE);
    expect(attemptsMs.map((ms) => Math.round(ms / 1_000))).toEqual([0, 5, 15, 35]);
    expect(received(scene, "dead").map(({ body }) => body)).toEqual(["{}"]);
  });

  it("stop when a rule is disabled", async () => {
    const scene = await openPath();
    await createQueue(scene, "q");
    await ruleTo(scene, { Arn: queueArn("q") });
    await scene.call("events", "PutRule", { Name: "r", EventPattern: '{"source":["holdfast"]}', State: "DISABLED" });
    await put(scene);
    await scene.region.clock.advance(1_000);
    expect(received(scene, "q")).toEqual([]);
  });

  it("answer the SDK's client, with limits", async () => {
    const scene = await openPath();
    const client = new EventBridgeClient(clientConfig(scene.region));
    const rule = await scene.run(client.send(new PutRuleCommand({ Name: "r", EventPattern: '{"source":["x"]}' })));
    expect(rule.RuleArn).toBe("arn:aws:events:us-east-1:123456789012:rule/r");
    const entry = { Source: "x", DetailType: "d", Detail: "{" };
    const answer = await scene.run(client.send(new PutEventsCommand({ Entries: [entry, { ...entry, Detail: "{}" }] })));
    expect(answer).toMatchObject({ FailedEntryCount: 1, Entries: [{ ErrorCode: "MalformedDetail" }, {}] });
    const ofAws = new PutEventsCommand({ Entries: [{ ...entry, Source: "aws.lambda", Detail: "{}" }] });
    expect(await scene.run(client.send(ofAws))).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: "NotAuthorizedForSourceException" }],
    });
    const many = new PutEventsCommand({ Entries: Array.from({ length: 11 }, () => entry) });
    expect((await scene.failure(client.send(many))).name).toBe("ValidationException");
    const large = { ...entry, Detail: JSON.stringify("x".repeat(1_048_576)) };
    expect((await scene.failure(client.send(new PutEventsCommand({ Entries: [large] })))).name).toBe(
      "ValidationException",
    );
  });
});

describe("schedules", () => {
  it("send the scheduled minute every minute, so that no two messages are duplicates", async () => {
    const scene = await openPath();
    await createQueue(scene, "q.fifo", { ContentBasedDeduplication: "true" });
    const client = new SchedulerClient(clientConfig(scene.region));
    const schedule = {
      Name: "sweep",
      ScheduleExpression: "rate(1 minute)",
      FlexibleTimeWindow: { Mode: "OFF" as const },
      Target: {
        Arn: queueArn("q.fifo"),
        RoleArn: "arn:aws:iam::123456789012:role/r",
        Input: '{"sweep":"<aws.scheduler.scheduled-time>"}',
        SqsParameters: { MessageGroupId: "pool" },
      },
    };
    await scene.run(client.send(new CreateScheduleCommand(schedule)));
    const startMs = scene.region.clock.now();
    await scene.region.clock.advance(3 * MINUTE + 30_000);
    const messages = received(scene, "q.fifo");
    const minute = (index: number) =>
      `${new Date(Math.ceil(startMs / MINUTE) * MINUTE + index * MINUTE).toISOString().slice(0, 19)}Z`;
    expect(messages.map(({ body }) => JSON.parse(body))).toEqual([0, 1, 2].map((index) => ({ sweep: minute(index) })));
    const [first] = messages;
    expect((first?.sentMs ?? 0) - Date.parse(minute(0))).toBe(20_000);
    const shown = await scene.run(client.send(new GetScheduleCommand({ Name: "sweep" })));
    expect(shown).toMatchObject({
      Arn: "arn:aws:scheduler:us-east-1:123456789012:schedule/default/sweep",
      State: "ENABLED",
    });
    await scene.call("scheduler", "DeleteSchedule", { Name: "sweep" });
    await scene.region.clock.advance(5 * MINUTE);
    expect(scene.path.sqs.queueByName("q.fifo").counts()).toMatchObject({ visible: 3, inFlight: 0 });
  });

  it("without input give the recorded event, whose detail is a text", async () => {
    const scene = await openPath();
    await createFunction(scene, "f", {});
    const events: unknown[] = [];
    scene.path.registerHandler("f", (event) => void events.push(event));
    await scene.call("scheduler", "CreateSchedule", {
      Name: "s",
      ScheduleExpression: "rate(2 hours)",
      Target: { Arn: "arn:aws:lambda:us-east-1:123456789012:function:f" },
    });
    await scene.region.clock.advance(5 * 60 * MINUTE);
    expect(events).toHaveLength(2);
    expect(events[0]).toMatchObject({ source: "aws.scheduler", "detail-type": "Scheduled Event", detail: "{}" });
  });

  it("begin a period after their start date, and show when they were made and changed last", async () => {
    const scene = await openPath();
    await createQueue(scene, "q");
    const client = new SchedulerClient(clientConfig(scene.region));
    const madeMs = scene.region.clock.now();
    const StartDate = new Date(madeMs + 60 * MINUTE);
    const schedule = {
      Name: "s",
      ScheduleExpression: "rate(1 minute)",
      FlexibleTimeWindow: { Mode: "OFF" as const },
      StartDate,
      Target: { Arn: queueArn("q"), RoleArn: "arn:aws:iam::123456789012:role/r", Input: "{}" },
    };
    await scene.run(client.send(new CreateScheduleCommand(schedule)));
    await scene.region.clock.advance(59 * MINUTE);
    expect(received(scene, "q")).toEqual([]);
    const changedMs = scene.region.clock.now();
    await scene.run(client.send(new UpdateScheduleCommand(schedule)));
    await scene.region.clock.advance(4 * MINUTE);
    expect(received(scene, "q").length).toBeGreaterThanOrEqual(2);
    const { CreationDate, LastModificationDate } = await scene.run(client.send(new GetScheduleCommand({ Name: "s" })));
    // In whole seconds, as AWS shows them.
    expect(Math.abs((CreationDate?.getTime() ?? 0) - madeMs)).toBeLessThan(1000);
    expect(Math.abs((LastModificationDate?.getTime() ?? 0) - changedMs)).toBeLessThan(1000);
  });

  it("refuse expressions that they do not know", async () => {
    const scene = await openPath();
    const input = { Name: "s", ScheduleExpression: "rate(0 minutes)", Target: {} };
    await expect(scene.call("scheduler", "CreateSchedule", input)).rejects.toMatchObject({
      code: "ValidationException",
    });
  });
});

describe("parameters", () => {
  it("are put, got and overwritten through the SDK's client", async () => {
    const scene = await openPath();
    const client = new SSMClient(clientConfig(scene.region));
    const parameter = { Name: "/a/b", Value: "1", Type: "String" as const };
    await scene.run(client.send(new PutParameterCommand(parameter)));
    expect((await scene.failure(client.send(new PutParameterCommand(parameter)))).name).toBe("ParameterAlreadyExists");
    await scene.run(client.send(new PutParameterCommand({ ...parameter, Value: "2", Overwrite: true })));
    const { Parameter } = await scene.run(client.send(new GetParameterCommand({ Name: "/a/b" })));
    expect(Parameter).toMatchObject({ Value: "2", Version: 2, Type: "String" });
    expect((await scene.failure(client.send(new GetParameterCommand({ Name: "/none" })))).name).toBe(
      "ParameterNotFound",
    );
  });
});
