/** Reads one pool's guarded functions from AWS: two calls for all, one for each function, one more for a refused one. */
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { EC2Client } from "@aws-sdk/client-ec2";
import { GetFunctionConfigurationCommand, type LambdaClient, paginateListAliases } from "@aws-sdk/client-lambda";
import type { Clock } from "../aws/clock.ts";
import { AwsCallError, call } from "../aws/errors.ts";
import type { AttachPool } from "../config/attach-settings.ts";
import { describePoolAddresses, tagOf } from "../pool/addresses.ts";
import { readOverride } from "../pool/override.ts";
import { tagKeys } from "../pool/tags.ts";
import { readSeries } from "../telemetry/read-series.ts";
import { guardTests, seriesOf } from "../telemetry/series.ts";
import type { GuardedFunction, Observed } from "./model.ts";
import { hasRefusals } from "./plan.ts";
import { refusalRule, type Tests } from "./refusals.ts";

export interface Source {
  readonly ec2: EC2Client;
  readonly cloudWatch: CloudWatchClient;
  readonly lambda: LambdaClient;
  readonly clock: Clock;
}

/** The pool's guarded functions as AWS shows them now. */
export async function observe(source: Source, pool: AttachPool): Promise<Observed> {
  const { ec2, lambda } = source;
  const [addresses, measured, read] = await Promise.all([
    describePoolAddresses(ec2, [pool.name]),
    observeMetrics(source, pool),
    Promise.all(pool.functions.map((name) => readFunction(lambda, name, pool))),
  ]);
  const there = read.filter((it) => it !== undefined);
  const functions = there.map(async (it): Promise<GuardedFunction> => {
    const periods = measured.tests.get(it.functionName) ?? [];
    const publishedAliases = hasRefusals({ ...it, periods }) ? await listPublished(lambda, it.functionName) : [];
    return { ...it, periods, publishedAliases };
  });
  return {
    functions: await Promise.all(functions),
    missing: pool.functions.filter((name) => !there.some(({ functionName }) => functionName === name)),
    poolBlocked: measured.poolBlocked,
    override: readOverride(addresses.map(({ Tags }) => tagOf(Tags, tagKeys.override))),
  };
}

interface Measured {
  /** By function. */
  readonly tests: ReadonlyMap<string, readonly Tests[]>;
  readonly poolBlocked: boolean;
}

/** What the guards reported in the last periods, the one under way included, and what the pool's own probes found in them. */
async function observeMetrics({ cloudWatch, clock }: Source, pool: AttachPool): Promise<Measured> {
  const { periodSeconds, periods: periodCount } = refusalRule;
  const periodMs = periodSeconds * 1000;
  const nowMs = clock.now();
  const currentMs = Math.floor(nowMs / periodMs) * periodMs;
  const testsOf = (name: string, statistic: string) => guardTests(name, statistic, periodSeconds);
  const blockedRate = seriesOf("BlockedRate", "Maximum", { pool: pool.name }, periodSeconds);
  const series = [
    ...pool.functions.flatMap((name) => [testsOf(name, "SampleCount"), testsOf(name, "Sum")]),
    blockedRate,
  ];
  const dataOf = await readSeries(cloudWatch, series, currentMs - (periodCount - 1) * periodMs, nowMs);
  const tests = pool.functions.map((name) => {
    const refused = new Map(dataOf(testsOf(name, "Sum")).map(({ atMs, value }) => [atMs, value]));
    const periods = dataOf(testsOf(name, "SampleCount")).map(
      ({ atMs, value }): Tests => ({ startMs: atMs, tests: value, refused: refused.get(atMs) ?? 0 }),
    );
    return [name, periods] as const;
  });
  const latest = dataOf(blockedRate).filter(({ atMs }) => atMs >= currentMs - periodMs);
  return { tests: new Map(tests), poolBlocked: latest.some(({ value }) => value > 0) };
}

type Configured = Omit<GuardedFunction, "periods" | "publishedAliases">;

/** Undefined when Lambda does not know the function. */
async function readFunction(
  lambda: LambdaClient,
  FunctionName: string,
  { subnetIds }: AttachPool,
): Promise<Configured | undefined> {
  try {
    const output = await call("lambda:GetFunctionConfiguration", () =>
      lambda.send(new GetFunctionConfigurationCommand({ FunctionName })),
    );
    const used = output.VpcConfig?.SubnetIds ?? [];
    const network = used.length === 0 ? "none" : used.every((id) => subnetIds.includes(id)) ? "pool" : "other";
    return {
      functionName: FunctionName,
      changing: output.State === "Pending" || output.LastUpdateStatus === "InProgress",
      network,
      modifiedMs: Date.parse(output.LastModified ?? ""),
      revisionId: output.RevisionId ?? "",
    };
  } catch (error) {
    if (error instanceof AwsCallError && error.errorClass === "gone") return undefined;
    throw error;
  }
}

function listPublished(client: LambdaClient, FunctionName: string): Promise<string[]> {
  return call("lambda:ListAliases", async () => {
    const names: string[] = [];
    for await (const page of paginateListAliases({ client }, { FunctionName })) {
      for (const { Name = "", FunctionVersion } of page.Aliases ?? []) {
        if (FunctionVersion !== "$LATEST") names.push(Name);
      }
    }
    return names;
  });
}
