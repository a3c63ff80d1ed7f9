import type { Context, SQSEvent } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { MessageError } from "../../src/actuator/message.ts";
import { createQueueHandler, type Job } from "../../src/actuator/queue-handler.ts";

interface Pool {
  readonly name: string;
}

/**
 * A handler for two pools; `bad` is not understood, on `odd` the code fails, `nothing` concerns no pool, `only a` the first.
 */
function open(
  run: (job: Job<Pool, string>) => Promise<void>,
  send: (command: Sent) => Promise<object> = async () => ({}),
  pools: readonly Pool[] = [{ name: "a" }, { name: "b" }],
) {
  const logged: string[] = [];
  const handler = createQueueHandler<Pool, string>({
    pools,
    deadLetterQueueUrl: "https://sqs.us-east-1.amazonaws.com/123456789012/dead.fifo",
    clock: { now: () => 0, sleep: async () => {} },
    sqs: { send } as never,
    log: { info: () => {}, error: (text, detail) => logged.push(`${text}: ${detail["reason"]}`) },
    parse: (body) => {
      if (body === "bad") throw new MessageError("body", "bad");
      return body;
    },
    concerns: ({ name }, change) => {
      if (change === "odd") throw new TypeError("odd is not iterable");
      return change !== "nothing" && (change !== "only a" || name === "a");
    },
    run,
  });
  const handle =
    (receives: number) =>
    async (...messages: readonly (readonly [pool: string, body: string])[]) => {
      const Records = messages.map(([MessageGroupId, body], index) => ({
        messageId: String(index),
        body,
        attributes: { MessageGroupId, ApproximateReceiveCount: String(receives) },
        eventSource: "aws:sqs",
        eventSourceARN: "arn:aws:sqs:us-east-1:123456789012:queue.fifo",
      }));
      const context = { getRemainingTimeInMillis: () => 90_000 } as Context;
      const { batchItemFailures } = await handler({ Records } as unknown as SQSEvent, context);
      return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    };
  return { handle: handle(1), handleAgain: handle, logged };
}

interface Sent {
  readonly input: {
    readonly MessageBody: string;
    readonly MessageAttributes: Readonly<Record<string, { readonly StringValue: string }>>;
  };
}

/** Dead letters as they are sent: body and reason. */
function keepLetters() {
  const letters: string[] = [];
  const send = async ({ input: { MessageBody, MessageAttributes } }: Sent) => {
    letters.push(
      `${MessageBody} ${MessageAttributes["field"]?.StringValue} ${MessageAttributes["reason"]?.StringValue}`,
    );
    return {};
  };
  return { letters, send };
}

const refused = async () => {
  throw new Error("denied");
};

describe("a batch", () => {
  it("comes to one run per pool, with all that asks for it", async () => {
    const jobs: Job<Pool, string>[] = [];
    const { handle } = open(async (job) => void jobs.push(job));
    expect(await handle(["a", "1"], ["b", "2"], ["a", "3"], ["a", "bad"])).toEqual([]);
    expect(jobs).toEqual([
      { pool: { name: "a" }, changes: ["1", "3"] },
      { pool: { name: "b" }, changes: ["2"] },
    ]);
  });

  it("returns the messages of the pool whose run failed, and in the next batch none", async () => {
    let broken = true;
    const { handle } = open(async ({ pool }) => {
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
    const { handle } = open(run, refused);
    expect(await handle(["a", "bad"], ["a", "1"])).toEqual(["0", "1"]);
    expect(ended).toBe(true);
  });
});

describe("a message", () => {
  it("on which the code fails is set aside with the error, and holds up no other", async () => {
    const { letters, send } = keepLetters();
    const jobs: Job<Pool, string>[] = [];
    const { handle } = open(async (job) => void jobs.push(job), send, [{ name: "a" }]);
    expect(await handle(["a", "odd"], ["a", "1"])).toEqual([]);
    expect(letters).toEqual(["odd body body: the function failed on it: TypeError: odd is not iterable"]);
    expect(jobs.map(({ changes }) => changes)).toEqual([["1"]]);
  });

  it("whose run fails four times is set aside with the error at the fifth; the log has it each time", async () => {
    const { letters, send } = keepLetters();
    const { handleAgain, logged } = open(async () => {
      throw new TypeError("the pool is not iterable");
    }, send);
    for (const receives of [1, 2, 3, 4]) expect(await handleAgain(receives)(["a", "1"])).toEqual(["0"]);
    expect(letters).toEqual([]);
    expect(await handleAgain(5)(["a", "1"])).toEqual([]);
    expect(letters).toEqual(["1 run run: the function failed: TypeError: the pool is not iterable"]);
    expect(logged.filter((it) => it === "run ended by a defect: the pool is not iterable")).toHaveLength(5);
  });

  it("that AWS does not let it set aside is in the log, and no longer in the queue, at the fifth", async () => {
    const { handleAgain, logged } = open(async () => {}, refused);
    expect(await handleAgain(4)(["a", "bad"])).toEqual(["0"]);
    expect(logged.at(-1)).toContain("message not set aside: sqs:SendMessage failed: Error: denied");
    expect(await handleAgain(5)(["a", "bad"])).toEqual([]);
    expect(logged.at(-1)).toContain("message dropped: sqs:SendMessage failed: Error: denied");
  });

  it("that comes after many receives, as after an hour of throttling, is handled like any other", async () => {
    const { letters, send } = keepLetters();
    const jobs: Job<Pool, string>[] = [];
    const { handleAgain } = open(async (job) => void jobs.push(job), send);
    expect(await handleAgain(38)(["a", "1"])).toEqual([]);
    expect([jobs.length, letters]).toEqual([1, []]);
  });
});

interface SentOn {
  readonly input: {
    readonly QueueUrl: string;
    readonly Entries?: readonly { readonly MessageGroupId: string; readonly MessageBody: string }[];
  };
}

/** Messages as they are passed on: queue, pool and body. */
function keepPassedOn(answer: (pools: readonly string[]) => object = () => ({})) {
  const sent: string[] = [];
  const send = async ({ input: { QueueUrl, Entries = [] } }: Sent & SentOn) => {
    sent.push(...Entries.map((it) => `${QueueUrl.split("/").at(-1)} ${it.MessageGroupId} ${it.MessageBody}`));
    return answer(Entries.map(({ MessageGroupId }) => MessageGroupId));
  };
  return { sent, send: send as (command: Sent) => Promise<object> };
}

describe("a message for all pools", () => {
  it("is passed on to those that it concerns, and none is looked at meanwhile", async () => {
    const { sent, send } = keepPassedOn();
    const jobs: Job<Pool, string>[] = [];
    const { handle } = open(async (job) => void jobs.push(job), send);
    expect(await handle(["*changes", "1"], ["*changes", "only a"], ["*sweeps", "nothing"])).toEqual([]);
    expect(sent).toEqual(["queue.fifo a 1", "queue.fifo b 1", "queue.fifo a only a"]);
    expect(jobs).toEqual([]);
  });

  it("once passed on, is not judged again", async () => {
    const jobs: Job<Pool, string>[] = [];
    const { handle } = open(async (job) => void jobs.push(job));
    await handle(["b", "only a"]);
    expect(jobs).toEqual([{ pool: { name: "b" }, changes: ["only a"] }]);
  });

  it("reaches 100 pools in calls of ten messages, and a long one in calls that SQS accepts", async () => {
    const calls: number[] = [];
    const { send } = keepPassedOn((pools) => {
      calls.push(pools.length);
      return {};
    });
    const pools = Array.from({ length: 100 }, (_, index) => ({ name: `pool-${index}` }));
    const { handle } = open(async () => {}, send, pools);
    await handle(["*sweeps", "1"]);
    expect(calls).toEqual(Array.from({ length: 10 }, () => 10));
    calls.length = 0;
    await handle(["*changes", "x".repeat(100_000)]);
    expect(calls).toEqual(Array.from({ length: 50 }, () => 2));
  });

  it("comes again when one pool's was not accepted for now, and is set aside when that will not change", async () => {
    const failing = (Code: string) =>
      keepPassedOn((pools) => (pools.length > 1 ? { Failed: [{ Id: "b", Code }] } : {}));
    const run = async () => {};
    expect(await open(run, failing("InternalError").send).handle(["*changes", "1"], ["a", "2"])).toEqual(["0"]);
    const { handle, logged } = open(run, failing("AccessDenied").send);
    expect(await handle(["*changes", "1"])).toEqual([]);
    expect(logged.at(-1)).toContain(
      "message set aside: body: it could not be passed on: AwsCallError: not sent to pool b",
    );
  });

  it("reaches all other pools though one pool's is not accepted, and comes again unless the message is at fault", async () => {
    const failed = { Id: "pool-3", Code: "InternalServiceError", SenderFault: false };
    const { sent, send } = keepPassedOn((names) => (names.includes("pool-3") ? { Failed: [failed] } : {}));
    const pools = Array.from({ length: 25 }, (_, index) => ({ name: `pool-${index}` }));
    expect(await open(async () => {}, send, pools).handle(["*changes", "1"])).toEqual(["0"]);
    expect(sent).toHaveLength(25);
  });

  it("is a single pool's own", async () => {
    const jobs: Job<Pool, string>[] = [];
    const { handle } = open(async (job) => void jobs.push(job), undefined, [{ name: "a" }]);
    await handle(["*changes", "1"]);
    expect(jobs).toEqual([{ pool: { name: "a" }, changes: ["1"] }]);
  });
});
