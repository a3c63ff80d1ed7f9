import { expect, it } from "vitest";
import { createAuthorizer } from "../../testing/twin/iam.ts";
import { createFunction, openPath } from "./path-scene.ts";

const arn = (name: string) => `arn:aws:sqs:us-east-1:123456789012:${name}`;

async function open() {
  const scene = await openPath();
  const seen: unknown[] = [];
  await scene.call("sqs", "CreateQueue", { QueueName: "jobs" });
  await createFunction(scene, "worker", {});
  scene.path.registerHandler("worker", (event) => {
    seen.push(event);
  });
  const create = (more: object = {}) =>
    scene.call<{ UUID: string }>("lambda", "CreateEventSourceMapping", {
      FunctionName: "worker",
      EventSourceArn: arn("jobs"),
      BatchSize: 2,
      ...more,
    });
  const send = async () => {
    scene.path.sqs.queueByName("jobs").send({ body: "x" });
    await scene.region.clock.advance(60_000);
  };
  return { scene, seen, create, send };
}

it("bring a queue's messages to a function until they are deleted", async () => {
  const { scene, seen, create, send } = await open();
  const made = await create();
  expect(made).toMatchObject({ State: "Enabled", BatchSize: 2, EventSourceArn: arn("jobs") });
  const mappings = "arn:aws:lambda:us-east-1:123456789012:event-source-mapping";
  expect(made).toMatchObject({ EventSourceMappingArn: `${mappings}:${made.UUID}` });
  await send();
  expect(seen).toHaveLength(1);
  expect(await scene.call("lambda", "ListEventSourceMappings", { FunctionName: "worker" })).toMatchObject({
    EventSourceMappings: [{ UUID: made.UUID }],
  });
  await scene.call("lambda", "DeleteEventSourceMapping", { UUID: made.UUID });
  await send();
  expect(seen).toHaveLength(1);
  const gone = scene.call("lambda", "GetEventSourceMapping", { UUID: made.UUID });
  await expect(gone).rejects.toMatchObject({ code: "ResourceNotFoundException" });
});

it("do nothing while they are disabled", async () => {
  const { seen, create, send } = await open();
  await create({ Enabled: false });
  await send();
  expect(seen).toHaveLength(0);
});

it.each([
  ["an unknown function", { FunctionName: "nobody" }, "ResourceNotFoundException"],
  ["an unknown queue", { EventSourceArn: arn("none") }, "InvalidParameterValueException"],
  [
    "another kind of source",
    { EventSourceArn: "arn:aws:kinesis:us-east-1:123456789012:stream/s" },
    "InvalidParameterValueException",
  ],
  ["too large a batch", { EventSourceArn: arn("jobs.fifo"), BatchSize: 11 }, "InvalidParameterValueException"],
])("are refused for %s", async (_name, more, code) => {
  const { create } = await open();
  await expect(create(more)).rejects.toMatchObject({ code });
});

it("are refused twice for the same pair, and for a role that may not read the queue", async () => {
  const { scene, create } = await open();
  createAuthorizer(scene.region, []);
  await expect(create()).rejects.toThrow("does not have permissions to call ReceiveMessage");
  scene.region.authorize = undefined;
  await create();
  await expect(create()).rejects.toMatchObject({ code: "ResourceConflictException" });
});
