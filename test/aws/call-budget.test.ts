import { GetFunctionCommand, LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { describe, expect, it } from "vitest";
import { callsAllowed, callWaitMs, createPace, type SentCall, slowedBy } from "../../src/aws/call-budget.ts";
import { classify } from "../../src/aws/errors.ts";
import { directClients, overWire, type Wire } from "../../testing/deployment/direct-clients.ts";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { addEventPath } from "../../testing/twin/event-path.ts";
import { createRegion, type Region } from "../../testing/twin/region.ts";
import { AwsError } from "../../testing/twin/service.ts";

const role = "arn:aws:iam::123456789012:role/caller";

describe("callWaitMs", () => {
  const ended = (...ms: readonly number[]): SentCall[] => ms.map((endedMs) => ({ startedMs: 0, endedMs }));
  const underWay = (count: number): SentCall[] =>
    Array.from({ length: count }, () => ({ startedMs: 5_000, endedMs: undefined }));

  it.each<[string, SentCall[], number]>([
    ["nothing before", [], 0],
    ["nine under way", underWay(9), 0],
    ["ten under way: the first ends now at the earliest", underWay(10), 1000],
    ["ten ended a while ago", ended(...Array.from({ length: 10 }, () => 4_000)), 0],
    [
      "ten of which the first ended 900 ms ago",
      ended(4_100, 4_200, 4_300, 4_400, 4_500, 4_600, 4_700, 4_800, 4_900, 4_950),
      100,
    ],
    [
      "twelve: until three of them count no more",
      ended(4_100, 4_200, 4_300, ...Array.from({ length: 9 }, () => 4_950)),
      300,
    ],
  ])("%s", (_what, sent, waitMs) => {
    expect(callWaitMs(sent, undefined, 5_000)).toBe(waitMs);
  });

  it("a call without an answer counts no longer than its client waits for one", () => {
    const sent = underWay(10);
    expect(callWaitMs(sent, undefined, 11_999)).toBeGreaterThan(0);
    expect(callWaitMs(sent, undefined, 12_000)).toBe(0);
  });
});

describe("after Lambda has refused a call", () => {
  it("half as many go out, and one a second more comes back every five seconds", () => {
    const slowed = slowedBy(undefined, 0);
    const allowed = [0, 4_999, 5_000, 10_000, 24_999, 25_000, 3_600_000].map((ms) => callsAllowed(slowed, ms));
    expect(allowed).toEqual([5, 5, 6, 7, 9, 10, 10]);
  });

  it("further refusals of the same second change nothing, later ones halve again, down to three", () => {
    const first = slowedBy(undefined, 0);
    expect(slowedBy(first, 999)).toEqual(first);
    expect(slowedBy(first, 1_000)).toEqual({ atMs: 1_000, perSecond: 3 });
    expect(slowedBy(slowedBy(first, 1_000), 2_000)).toEqual({ atMs: 2_000, perSecond: 3 });
  });
});

describe.each<[string, (region: Region) => Wire]>([
  ["over the wire", () => overWire],
  ["without the wire", (region) => directClients(region, role)],
])("an execution environment, %s", (_how, wireOf) => {
  function open() {
    const region = createRegion({ seed: 3, throttling: false });
    addEventPath(region);
    const { clock } = region;
    const lambda = wireOf(region)(new LambdaClient(clientConfig(region, role)), "lambda", createPace(clock));
    const startMs = clock.now();
    const list = () => lambda.send(new ListFunctionsCommand({}));
    const times = () => region.calls.recent.map(({ atMs }) => atMs - startMs);
    return { region, clock, lambda, list, times };
  }
  const worst = (times: readonly number[]) =>
    Math.max(...times.map((fromMs) => times.filter((ms) => ms >= fromMs && ms < fromMs + 1000).length));

  it("sends no more than ten calls in any second, however many are asked for at once", async () => {
    const { clock, list, times } = open();
    await clock.run(Promise.all(Array.from({ length: 60 }, list)));
    expect(worst(times())).toBeLessThanOrEqual(10);
    expect(Math.max(...times())).toBeLessThan(7_000);
  });

  it("gives up, as throttled, what has no turn within 15 seconds: the function must end in time", async () => {
    const { clock, list, times } = open();
    const failed: string[] = [];
    const asked = Array.from({ length: 300 }, () => list().catch((error: Error) => failed.push(error.name)));
    await clock.run(Promise.all(asked));
    expect(new Set(failed)).toEqual(new Set(["CallBudgetExceeded"]));
    expect(classify("CallBudgetExceeded")).toBe("throttled");
    expect(times().length + failed.length).toBe(300);
    expect(times().length).toBeGreaterThan(130);
    expect(Math.max(...times())).toBeLessThan(16_000);
  });

  it("does not delay the first ten", async () => {
    const { clock, list, times } = open();
    await clock.run(Promise.all(Array.from({ length: 10 }, list)));
    expect(Math.max(...times())).toBeLessThan(500);
  });

  it("does not pace what has a limit of its own", async () => {
    const { clock, lambda, times } = open();
    const get = () => lambda.send(new GetFunctionCommand({ FunctionName: "orders" })).catch(() => {});
    await clock.run(Promise.all(Array.from({ length: 40 }, get)));
    expect(Math.max(...times())).toBeLessThan(500);
  });

  it("sends fewer after a refusal, attempts made again included", async () => {
    const { region, clock, list, times } = open();
    const error = new AwsError("TooManyRequestsException", "Rate exceeded", 429);
    region.faults.inject({ operation: "ListFunctions", when: "before", times: 1, error });
    await clock.run(list());
    const before = times().length;
    await clock.run(Promise.all(Array.from({ length: 20 }, list)));
    const first = times().slice(before);
    expect(before).toBe(2);
    expect(worst(times())).toBeLessThanOrEqual(6);
    expect(first).toHaveLength(20);
  });
});
