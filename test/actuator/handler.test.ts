import type { Context, SQSEvent } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { createActuatorHandler, lastFindings } from "../../src/actuator/handler.ts";
import { count, eventOf, failuresOf } from "../../src/actuator/report.ts";
import type { Pass, Plan, Run } from "../../src/actuator/run.ts";
import { AwsCallError } from "../../src/aws/errors.ts";

const denied = new AwsCallError("ec2:AssociateAddress", "UnauthorizedOperation", "denied", "AWS denied it");

type Found = { readonly kind: string };
type FoundPass = Pass<unknown, Plan<object, Found, object>>;

/** An actuator whose runs have these passes, one message each, and what it has written where. */
function open(runs: readonly (readonly Partial<FoundPass>[])[], failure?: AwsCallError) {
  const lines: (readonly [message: string, detail: object])[] = [];
  const measured: string[] = [];
  const events: string[] = [];
  const [...left] = runs;
  const handler = createActuatorHandler(
    {
      settings: { pools: [{ name: "a" }], deadLetterQueueUrl: "https://sqs/dead.fifo" },
      clock: { now: () => 0, sleep: async () => {} },
      sqs: {} as never,
      eventBridge: {
        send: async ({ input }: { input: { Entries: { DetailType: string; Detail: string }[] } }) => {
          events.push(...input.Entries.map(({ DetailType, Detail }) => `${DetailType} ${Detail}`));
          return {};
        },
      } as never,
      writeMetrics: ({ pool }, _timeMs, list) =>
        measured.push(...list.map(({ name, value }) => `${pool} ${name} ${value}`)),
      log: { info: (...line) => lines.push(line), error: (...line) => lines.push(line) },
    },
    {
      parse: (body) => body,
      concerns: () => true,
      reconcile: async ({ pool }): Promise<Run<FoundPass>> => {
        const passes = (left.shift() ?? []).map((pass) => ({
          ...{ observed: {}, plan: { actions: [], findings: [], waits: [] }, outcomes: [], unverified: [], ...pass },
        }));
        return { pool: pool.name, startedMs: 0, endedMs: 5, passes, failure };
      },
      findingsOf: (run) => lastFindings(run),
      report: (run, _job, newFindings) => {
        const failures = failuresOf(run, String);
        const reported = newFindings.map((it) => eventOf(run, "AddressShortage", it));
        return { measurements: [count("RunsFailed", failures.length)], events: reported, failures };
      },
    },
  );
  const sweep = async () => {
    const record = { messageId: "1", body: "sweep", attributes: { MessageGroupId: "a" }, eventSource: "aws:sqs" };
    const context = { getRemainingTimeInMillis: () => 90_000 } as Context;
    return (await handler({ Records: [record] } as unknown as SQSEvent, context)).batchItemFailures;
  };
  return { sweep, lines, measured, events };
}

function finding(...kinds: readonly string[]): Partial<FoundPass> {
  return { plan: { actions: [], findings: kinds.map((kind) => ({ kind })), waits: [] } };
}

describe("an actuator's run", () => {
  it("announces a lasting finding once, of what its last pass found, and again when it has been gone", async () => {
    const runs = [
      [finding("passing"), finding("lasting")],
      [],
      [finding("lasting")],
      [finding()],
      [finding("lasting")],
    ];
    const { sweep, events } = open(runs);
    const announced: number[] = [];
    for (const _ of runs) {
      await sweep();
      announced.push(events.length);
    }
    expect(announced).toEqual([1, 1, 1, 1, 2]);
    expect(events[0]).toBe('AddressShortage {"pool":"a","kind":"lasting"}');
  });

  it("logs each action with what came of it, findings, waits, and why the run failed", async () => {
    const action = { kind: "associate" };
    const outcomes = [
      { action, result: "done", atMs: 1, unnoted: denied },
      { action, result: "conflict", reason: "it is taken", atMs: 2 },
      { action, result: "failed", error: denied, atMs: 3 },
    ] as const;
    const plan = { actions: [], findings: [{ kind: "shortage" }], waits: [{ kind: "update" }] };
    const { sweep, lines, measured } = open([[{ plan, outcomes, unverified: ["not shown"] }]], denied);
    expect(await sweep()).toEqual([]);
    const failed = (code: string, permission: string, reason: string) =>
      ["run failed", { pool: "a", code, permission, reason }] as const;
    expect(lines.filter(([message]) => message !== "domain event")).toEqual([
      ["action", { pool: "a", kind: "associate", result: "done", reason: undefined }],
      ["action", { pool: "a", kind: "associate", result: "conflict", reason: "it is taken" }],
      ["action", { pool: "a", kind: "associate", result: "failed", reason: "AWS denied it" }],
      ["finding", { pool: "a", kind: "shortage" }],
      ["wait", { pool: "a", kind: "update" }],
      failed("UnauthorizedOperation", "ec2:AssociateAddress", "AWS denied it"),
      failed("UnauthorizedOperation", "ec2:AssociateAddress", "AWS denied it"),
      failed("Unverified", "none", "not shown"),
      ["run", { pool: "a", durationMs: 5, passes: 1 }],
    ]);
    expect(measured).toEqual(["a RunsFailed 3"]);
  });
});

describe("a message for all pools", () => {
  it("is given back when a pool's run cannot be asked for, after what the others need has been reported", async () => {
    const measured: string[] = [];
    const throttled = new AwsCallError("sqs:SendMessage", "RequestThrottled", "throttled", "too many");
    const handler = createActuatorHandler(
      {
        settings: { pools: [{ name: "a" }, { name: "b" }], deadLetterQueueUrl: "https://sqs/dead.fifo" },
        clock: { now: () => 0, sleep: async () => {} },
        sqs: { send: async () => Promise.reject(throttled) } as never,
        eventBridge: { send: async () => ({}) } as never,
        writeMetrics: ({ pool }) => measured.push(String(pool)),
        log: { info: () => {}, error: () => {} },
      },
      {
        parse: (body) => body,
        concerns: () => true,
        reconcile: () => Promise.reject(new Error("no run is asked for")),
        forAll: async ([a, b], _change, passOn): Promise<Run<FoundPass>[]> => {
          if (a) await passOn([a]);
          return b ? [{ pool: b.name, startedMs: 0, endedMs: 5, passes: [], failure: undefined }] : [];
        },
        findingsOf: () => undefined,
        report: () => ({ measurements: [], events: [], failures: [] }),
      },
    );
    const attributes = { MessageGroupId: "*sweeps", ApproximateReceiveCount: "1" };
    const eventSourceARN = "arn:aws:sqs:us-east-1:123456789012:queue.fifo";
    const record = { messageId: "1", body: "sweep", attributes, eventSource: "aws:sqs", eventSourceARN };
    const context = { getRemainingTimeInMillis: () => 90_000 } as Context;
    const { batchItemFailures } = await handler({ Records: [record] } as unknown as SQSEvent, context);
    expect(batchItemFailures).toEqual([{ itemIdentifier: "1" }]);
    expect(measured).toEqual(["b"]);
  });
});
