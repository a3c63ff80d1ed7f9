import type { SQSEvent } from "aws-lambda";
import { describe, expect, it } from "vitest";
import type { EventSourceInput } from "../../testing/twin/lambda-event-sources.ts";
import type { Handler } from "../../testing/twin/lambda-invocation.ts";
import { createFunction, openPath } from "./path-scene.ts";

const MINUTE = 60_000;

async function open(more: Partial<EventSourceInput> = {}) {
  const scene = await openPath();
  const { clock } = scene.region;
  const input = {
    QueueName: "q.fifo",
    Attributes: { FifoQueue: "true", ContentBasedDeduplication: "true", VisibilityTimeout: "60" },
  };
  const { QueueUrl } = await scene.call<{ QueueUrl: string }>("sqs", "CreateQueue", input);
  await createFunction(scene, "worker", { Timeout: 30 });
  const startMs = clock.now();
  scene.path.connectQueue({ queueName: "q.fifo", functionName: "worker", reportBatchItemFailures: true, ...more });
  const batches: { readonly atMs: number; readonly bodies: string[] }[] = [];
  const handle = (handler: (event: SQSEvent, bodies: string[]) => unknown) => {
    const wrapped: Handler = (event) => {
      const bodies = (event as SQSEvent).Records.map(({ body }) => body);
      batches.push({ atMs: clock.now() - startMs, bodies });
      return handler(event as SQSEvent, bodies);
    };
    scene.path.registerHandler("worker", wrapped);
  };
  const send = (body: string, group: string) =>
    scene.call("sqs", "SendMessage", { QueueUrl, MessageBody: body, MessageGroupId: group });
  return { scene, clock, batches, handle, send, counts: () => scene.path.sqs.queueByName("q.fifo").counts() };
}

describe("an event source", () => {
  it("gives several groups in one batch and deletes what succeeded", async () => {
    const { batches, handle, send, clock, counts } = await open();
    handle(() => undefined);
    for (const [body, group] of [
      ["a1", "a"],
      ["b1", "b"],
      ["a2", "a"],
    ] as const)
      await send(body, group);
    await clock.advance(MINUTE);
    expect(batches.map(({ bodies }) => bodies)).toEqual([["a1", "b1", "a2"]]);
    expect(counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it("never has two batches of one group at a time", async () => {
    const { batches, handle, send, clock } = await open({ batchSize: 1 });
    let running = 0;
    let most = 0;
    handle(async () => {
      most = Math.max(most, ++running);
      await clock.sleep(5_000);
      running--;
    });
    for (const body of ["1", "2", "3"]) await send(body, "a");
    await clock.advance(MINUTE);
    expect(batches.map(({ bodies }) => bodies)).toEqual([["1"], ["2"], ["3"]]);
    expect(most).toBe(1);
  });

  it("keeps to its maximum concurrency", async () => {
    const { handle, send, clock, batches } = await open({ batchSize: 1, maximumConcurrency: 2 });
    let running = 0;
    let most = 0;
    handle(async () => {
      most = Math.max(most, ++running);
      await clock.sleep(5_000);
      running--;
    });
    for (const group of ["a", "b", "c", "d", "e"]) await send(group, group);
    await clock.advance(MINUTE);
    expect(batches).toHaveLength(5);
    expect(most).toBe(2);
  });

  it("brings failed messages again after the visibility time-out, in order, counted", async () => {
    const { batches, handle, send, clock } = await open();
    const counts: string[] = [];
    handle(({ Records }) => {
      counts.push(...Records.map(({ body, attributes }) => `${body}:${attributes.ApproximateReceiveCount}`));
      if (batches.length > 1) return { batchItemFailures: [] };
      return { batchItemFailures: Records.slice(1).map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
    for (const body of ["1", "2", "3", "4"]) await send(body, "a");
    await clock.advance(2 * MINUTE);
    expect(counts).toEqual(["1:1", "2:1", "3:1", "4:1", "2:2", "3:2", "4:2"]);
    const [first, second] = batches;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(60_000 - 10);
  });

  it.each([
    ["throws", () => Promise.reject(new Error("no"))],
    ["names an unknown message", () => ({ batchItemFailures: [{ itemIdentifier: "?" }] })],
    ["names nothing where a name should be", () => ({ batchItemFailures: [{}] })],
    ["answers a text", () => "ok"],
  ])("takes the whole batch for failed when the function %s", async (_, answer) => {
    const { batches, handle, send, clock } = await open();
    handle(answer);
    await send("1", "a");
    await send("2", "b");
    await clock.advance(MINUTE + 5_000);
    expect(batches.map(({ bodies }) => bodies)).toEqual([
      ["1", "2"],
      ["1", "2"],
    ]);
  });

  it.each([
    ["null", null],
    ["no list", {}],
    ["an empty list", { batchItemFailures: [] }],
  ])("takes the whole batch for done when the function answers %s", async (_, answer) => {
    const { handle, send, clock, counts } = await open();
    handle(() => answer);
    await send("1", "a");
    await clock.advance(5_000);
    expect(counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it("keeps the batch of a timed-out or crashed invocation until the visibility time-out", async () => {
    const { scene, batches, handle, send, clock } = await open();
    handle(async () => {
      if (batches.length === 1) await clock.sleep(10 * MINUTE);
      if (batches.length === 2) await scene.call("ssm", "PutParameter", { Name: "x", Value: "1" });
    });
    scene.region.faults.inject({ service: "ssm", when: "before", crash: true });
    await send("1", "a");
    await clock.advance(5 * MINUTE);
    expect(batches.map(({ atMs }) => Math.round(atMs / MINUTE))).toEqual([0, 1, 2]);
  });

  it("gives records of the recorded form", async () => {
    const { handle, send, clock } = await open();
    const seen: SQSEvent[] = [];
    handle((event) => void seen.push(event));
    await send("Test message.", "1");
    await clock.advance(MINUTE);
    const [record] = seen[0]?.Records ?? [];
    // The keys of the developer guide's FIFO example event.
    expect(Object.keys(record ?? {}).sort()).toEqual([
      "attributes",
      "awsRegion",
      "body",
      "eventSource",
      "eventSourceARN",
      "md5OfBody",
      "messageAttributes",
      "messageId",
      "receiptHandle",
    ]);
    expect(record?.md5OfBody).toBe("e4e68fb7bd0e697a0ae8f1bb342846b3");
  });
});
