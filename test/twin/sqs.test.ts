import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { openPath, type PathScene } from "./path-scene.ts";

const MINUTE = 60_000;

async function open(name: string, Attributes: Record<string, string> = {}) {
  const scene = await openPath();
  const url = await queue(scene, name, Attributes);
  const send = (body: string, group = "pool", id?: string) =>
    scene.call<{ MessageId: string; SequenceNumber?: string }>("sqs", "SendMessage", {
      QueueUrl: url,
      MessageBody: body,
      ...(name.endsWith(".fifo") && { MessageGroupId: group }),
      ...(id && { MessageDeduplicationId: id }),
    });
  const receive = async (more: object = {}) => {
    const input = { QueueUrl: url, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ["All"], ...more };
    return (await scene.call<{ Messages?: Received[] }>("sqs", "ReceiveMessage", input)).Messages ?? [];
  };
  const remove = (message: Received | undefined) =>
    scene.call("sqs", "DeleteMessage", { QueueUrl: url, ReceiptHandle: message?.ReceiptHandle });
  return { scene, url, send, receive, remove, advance: (ms: number) => scene.region.clock.advance(ms) };
}

interface Received {
  readonly MessageId: string;
  readonly Body: string;
  readonly ReceiptHandle: string;
  readonly Attributes: Record<string, string>;
}

async function queue(scene: PathScene, QueueName: string, attributes: Record<string, string>): Promise<string> {
  const fifo = QueueName.endsWith(".fifo") ? { FifoQueue: "true" } : {};
  const input = { QueueName, Attributes: { ...fifo, ...attributes } };
  return (await scene.call<{ QueueUrl: string }>("sqs", "CreateQueue", input)).QueueUrl;
}

const bodies = (messages: readonly Received[]) => messages.map(({ Body }) => Body);
const contentBased = { ContentBasedDeduplication: "true" };

describe("a FIFO queue", () => {
  it("drops a duplicate within five minutes, by content or by id, and answers the first one's id", async () => {
    const { send, receive, remove, advance } = await open("q.fifo", contentBased);
    const first = await send("same");
    await remove((await receive())[0]);
    await advance(4.9 * MINUTE);
    expect(await send("same")).toEqual(first);
    expect(await receive()).toEqual([]);
    await send("other", "pool", "id");
    await send("another", "pool", "id");
    expect(bodies(await receive())).toEqual(["other"]);
    await advance(0.2 * MINUTE);
    expect((await send("same")).MessageId).not.toBe(first.MessageId);
  });

  it.each([
    ["the whole queue", {}, ["same"]],
    ["each group", { DeduplicationScope: "messageGroup" }, ["same", "same"]],
  ])("tells duplicates within %s", async (_, scope, received) => {
    const { send, receive } = await open("q.fifo", { ...contentBased, ...scope });
    for (const group of ["a", "b", "a"]) await send("same", group);
    expect(bodies(await receive())).toEqual(received);
  });

  it("keeps a group's order, and locks it while one of its messages is in flight", async () => {
    const { send, receive, remove } = await open("q.fifo", contentBased);
    for (const body of ["a1", "a2", "a3"]) await send(body, "a");
    await send("b1", "b");
    const [a1, a2] = await receive({ MaxNumberOfMessages: 2 });
    expect([a1?.Body, a2?.Body]).toEqual(["a1", "a2"]);
    expect(bodies(await receive())).toEqual(["b1"]);
    await remove(a1);
    expect(await receive()).toEqual([]);
    await remove(a2);
    expect(bodies(await receive())).toEqual(["a3"]);
  });

  it("needs a group, and a way to tell duplicates", async () => {
    const { scene, url } = await open("q.fifo");
    const send = (more: object) => scene.call("sqs", "SendMessage", { QueueUrl: url, MessageBody: "x", ...more });
    await expect(send({})).rejects.toMatchObject({ code: "MissingParameter" });
    await expect(send({ MessageGroupId: "g" })).rejects.toMatchObject({ code: "InvalidParameterValue" });
  });

  it("gives the attributes that Lambda passes on", async () => {
    const { send, receive } = await open("q.fifo", contentBased);
    await send("x");
    expect(Object.keys((await receive())[0]?.Attributes ?? {}).sort()).toEqual([
      "ApproximateFirstReceiveTimestamp",
      "ApproximateReceiveCount",
      "MessageDeduplicationId",
      "MessageGroupId",
      "SenderId",
      "SentTimestamp",
      "SequenceNumber",
    ]);
  });
});

describe("visibility", () => {
  it("comes back after the time-out, and can be changed", async () => {
    const { scene, url, send, receive, advance } = await open("q", { VisibilityTimeout: "60" });
    await send("x");
    const [message] = await receive();
    await advance(59_000);
    expect(await receive()).toEqual([]);
    const change = { QueueUrl: url, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 10 };
    await scene.call("sqs", "ChangeMessageVisibility", change);
    await advance(9_000);
    expect(await receive()).toEqual([]);
    await advance(1_000);
    expect((await receive())[0]?.Attributes["ApproximateReceiveCount"]).toBe("2");
  });

  it("counts what is visible, in flight and delayed", async () => {
    const { scene, url, send, receive } = await open("q");
    await send("a");
    await send("b");
    await receive({ MaxNumberOfMessages: 1 });
    await scene.call("sqs", "SendMessage", { QueueUrl: url, MessageBody: "c", DelaySeconds: 5 });
    const { Attributes } = await scene.call<{ Attributes: object }>("sqs", "GetQueueAttributes", {
      QueueUrl: url,
      AttributeNames: ["All"],
    });
    expect(Attributes).toMatchObject({
      QueueArn: "arn:aws:sqs:us-east-1:123456789012:q",
      ApproximateNumberOfMessages: "1",
      ApproximateNumberOfMessagesNotVisible: "1",
      ApproximateNumberOfMessagesDelayed: "1",
    });
  });

  it("ends in the dead-letter queue after as many receives as allowed", async () => {
    const { scene, receive, advance, url, send } = await open("q.fifo", contentBased);
    await queue(scene, "dead.fifo", contentBased);
    const arn = "arn:aws:sqs:us-east-1:123456789012:dead.fifo";
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 2 });
    await scene.call("sqs", "SetQueueAttributes", { QueueUrl: url, Attributes: { RedrivePolicy } });
    const { MessageId } = await send("poison");
    await send("next");
    expect((await receive({ MaxNumberOfMessages: 1 })).length).toBe(1);
    await advance(30_000);
    expect((await receive({ MaxNumberOfMessages: 1 }))[0]?.Body).toBe("poison");
    await advance(30_000);
    expect(bodies(await receive())).toEqual(["next"]);
    const dead = scene.path.sqs.queueByArn(arn).receive(10);
    expect(dead).toMatchObject([
      { messageId: MessageId, deadLetterSourceArn: "arn:aws:sqs:us-east-1:123456789012:q.fifo" },
    ]);
  });
});

describe("through the SDK's client", () => {
  it("sends, receives, and names the missing queue's error", async () => {
    const { scene, url } = await open("q");
    const { sqs, run } = scene;
    await run(sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "hello" })));
    const { Messages } = await run(sqs.send(new ReceiveMessageCommand({ QueueUrl: url })));
    expect(Messages?.[0]?.Body).toBe("hello");
    const missing = `${url}-none`;
    const error = await scene.failure(sqs.send(new ReceiveMessageCommand({ QueueUrl: missing })));
    expect(error.name).toBe("QueueDoesNotExist");
  });
});
