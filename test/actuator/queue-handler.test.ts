import type { Context, SQSEvent } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { MessageError } from "../../src/actuator/message.ts";
import { createQueueHandler, type Job } from "../../src/actuator/queue-handler.ts";

interface Pool {
  readonly name: string;
}

/** A handler for two pools; message `bad` is not understood, `nothing` concerns no pool. */
function open(run: (job: Job<Pool, string>) => Promise<void>, send = async () => ({})) {
  const handler = createQueueHandler<Pool, string>({
    pools: [{ name: "a" }, { name: "b" }],
    deadLetterQueueUrl: "https://sqs.us-east-1.amazonaws.com/123456789012/dead.fifo",
    clock: { now: () => 0, sleep: async () => {} },
    sqs: { send } as never,
    log: { info: () => {}, error: () => {} },
    parse: (body) => {
      if (body === "bad") throw new MessageError("body", "bad");
      return body;
    },
    concerns: (_, change) => change !== "nothing",
    run,
  });
  return async (...messages: readonly (readonly [pool: string, body: string])[]) => {
    const Records = messages.map(([MessageGroupId, body], index) => ({
      messageId: String(index),
      body,
      attributes: { MessageGroupId },
      eventSource: "aws:sqs",
    }));
    const context = { getRemainingTimeInMillis: () => 90_000 } as Context;
    const { batchItemFailures } = await handler({ Records } as unknown as SQSEvent, context);
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };
}

describe("a batch", () => {
  it("comes to one run per pool, with all that asks for it", async () => {
    const jobs: Job<Pool, string>[] = [];
    const handle = open(async (job) => void jobs.push(job));
    expect(await handle(["a", "1"], ["b", "2"], ["a", "3"], ["a", "nothing"], ["a", "bad"])).toEqual([]);
    expect(jobs).toEqual([
      { pool: { name: "a" }, changes: ["1", "3"] },
      { pool: { name: "b" }, changes: ["2"] },
    ]);
  });

  it("returns the messages of the pool whose run failed, and in the next batch none", async () => {
    let broken = true;
    const handle = open(async ({ pool }) => {
      if (broken && pool.name === "a") throw new Error("a bug");
    });
    expect(await handle(["a", "1"], ["b", "2"], ["a", "3"])).toEqual(["0", "2"]);
    broken = false;
    expect(await handle(["a", "1"], ["b", "2"])).toEqual([]);
  });

  it("ends only when every run has ended, also that of a pool whose bad message could not be put away", async () => {
    let ended = false;
    const run = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      ended = true;
    };
    const handle = open(run, async () => {
      throw new Error("denied");
    });
    expect(await handle(["a", "bad"], ["a", "1"])).toEqual(["0", "1"]);
    expect(ended).toBe(true);
  });
});
