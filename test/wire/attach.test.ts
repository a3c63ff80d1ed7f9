import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  PublishVersionCommand,
} from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { type Account, emptyZip, openAccount, roleArn, settle } from "./account.ts";
import { type BuiltFunction, type Invocation, startFunction } from "./built-function.ts";
import { metricsOf } from "./metrics.ts";
import { dead, deliver, heard } from "./queues.ts";

const minuteMs = 60_000;
/** Evidence counts from a function's last change on, which in the emulator is now: attaching looks from later. */
const aheadMs = 40 * minuteMs;
const FunctionName = "label-printer";

let account: Account;
let attach: BuiltFunction | undefined;

beforeEach(async () => {
  account = await openAccount(inject("motoUrl"));
  const outside = { Runtime: "nodejs24.x", Handler: "index.handler", Code: { ZipFile: emptyZip } } as const;
  await account.lambda.send(new CreateFunctionCommand({ FunctionName, Role: roleArn, ...outside }));
});

afterEach(() => {
  attach?.stop();
  attach = undefined;
});

/** In each of three periods so many tests were made, all with the same result. */
async function report(curable: 0 | 1, tests: number): Promise<void> {
  const cloudWatch = new CloudWatchClient(settle(account.endpoint));
  const MetricData = [25, 30, 35].flatMap((minutes) =>
    Array.from({ length: tests }, () => ({
      MetricName: "GuardCurable",
      Unit: "Count" as const,
      Value: curable,
      Dimensions: [{ Name: "function", Value: FunctionName }],
      Timestamp: new Date(Date.now() + minutes * minuteMs),
    })),
  );
  await cloudWatch.send(new PutMetricDataCommand({ Namespace: "Holdfast", MetricData }));
}

let minute = 0;
const sweep = () =>
  JSON.stringify({ kind: "sweep", scheduledTime: new Date(Date.UTC(2026, 0, 1, 0, minute++)).toISOString() });

async function run(functions = [FunctionName], body = sweep()): Promise<Invocation> {
  const { pool: name, subnetIds, groupIds, deadLetterQueueUrl } = account;
  const pool = { name, functions, subnetIds, securityGroupIds: [groupIds[0]] };
  const settings = JSON.stringify({ pools: [pool], deadLetterQueueUrl });
  attach ??= await startFunction("attach", { endpoint: account.endpoint, settings, aheadMs });
  const invocation = await attach.invoke(await deliver(account, [body]));
  expect(invocation.answer).toEqual({ batchItemFailures: [] });
  return invocation;
}

async function networkOf(): Promise<{ subnetIds: string[]; groupIds: string[] }> {
  const { VpcConfig } = await account.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  return { subnetIds: VpcConfig?.SubnetIds ?? [], groupIds: VpcConfig?.SecurityGroupIds ?? [] };
}

describe("a sweep", () => {
  it("attaches a function whose environments are refused to all of the pool's subnets, and tells of it", async () => {
    await report(1, 6);

    const invocation = await run();

    const pools = { subnetIds: [...account.subnetIds], groupIds: [account.groupIds[0]] };
    expect(await networkOf()).toEqual(pools);
    expect(await heard(account)).toMatchObject([
      { type: "FunctionAttached", detail: { pool: "partners", functionName: FunctionName, tests: 18, refused: 18 } },
    ]);
    expect(metricsOf(invocation)).toMatchObject({
      FunctionsAttached: { value: 1 },
      AttachProblems: { value: 0 },
      AttachRunsFailed: { value: 0 },
    });
    expect(metricsOf(await run())).toMatchObject({ FunctionsAttached: { value: 0 } });
    expect(await networkOf()).toEqual(pools);
  });

  it.each<[string, 0 | 1, number]>([
    ["whose environments are accepted", 0, 6],
    ["of which too few tests were made", 1, 4],
    ["that reports nothing", 1, 0],
  ])("leaves a function alone %s", async (_, curable, tests) => {
    if (tests > 0) await report(curable, tests);
    expect(metricsOf(await run())).toMatchObject({ FunctionsAttached: { value: 0 }, AttachRunsFailed: { value: 0 } });
    expect((await networkOf()).subnetIds).toEqual([]);
    expect(await heard(account)).toEqual([]);
  });

  it("tells of aliases that no update reaches", async () => {
    const { Version } = await account.lambda.send(new PublishVersionCommand({ FunctionName }));
    await account.lambda.send(new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: Version }));
    await report(1, 6);

    await run();

    expect(await heard(account)).toMatchObject([
      { type: "FunctionAttached" },
      { type: "AttachFailed", detail: { finding: "published-version", functionName: FunctionName, aliases: ["live"] } },
    ]);
  });

  it("tells once of a function that is not there", async () => {
    expect(metricsOf(await run(["nobody"]))).toMatchObject({ AttachProblems: { value: 1 } });
    await run(["nobody"]);
    expect(await heard(account)).toMatchObject([
      { type: "AttachFailed", detail: { finding: "missing-function", functionName: "nobody" } },
    ]);
  });
});

describe("a message that is no sweep", () => {
  it("is set aside with its reason, and nothing is looked at", async () => {
    const change = JSON.stringify({ "detail-type": "CloudWatch Alarm State Change", time: "2026-01-01T00:00:00Z" });
    const { lines } = await run([FunctionName], change);
    expect(await dead(account)).toMatchObject([{ body: change, field: "body" }]);
    expect(lines.some(({ message }) => message === "run")).toBe(false);
  });
});
