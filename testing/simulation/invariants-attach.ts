/** What attaching must never do: change an unlisted function or one in a network, act without evidence or against an override. */
import type { CallRecord } from "../twin/call-log.ts";
import { currentInvocation } from "../twin/lambda-invocation.ts";
import { refusals } from "../twin/partners.ts";
import type { Checking } from "./invariant.ts";
import { watchOverrides } from "./invariants-fallback.ts";
import type { SimulatedPool } from "./settle-in.ts";

const periodMs = 300_000;
/** Three high periods within an hour, the one under way included (docs/guard.md). */
const periods = 12;
const leastHigh = 3;
/**
 * A period with fewer tests is never high, nor one with fewer refusals: half of them. CloudWatch has samples in another
 * order than they were made, so a period that is not high by all its tests may have been by those that it showed.
 */
const leastTests = 5;
const leastRefused = 3;

interface Update {
  readonly FunctionName?: string;
  readonly VpcConfig?: { readonly SubnetIds: readonly string[]; readonly SecurityGroupIds: readonly string[] };
}

export function checkAttaching(checking: Checking): void {
  const { account, report } = checking;
  const { region } = account;
  const role = account.roles.get("attach");
  if (role === undefined) return;
  const overrides = watchOverrides(checking);
  const tests = new Map(account.pools.map((pool) => [pool, watchTests(pool, checking)]));
  const modifiedMs = new Map<string, number>();
  let inNetwork = false;
  const make = region.call;
  region.call = (call, requestId) => {
    // An update that fails later leaves the function where it was, so only the moment before this one counts.
    const latest = region.world.functions.get(String(call.input["FunctionName"]))?.versions.get("$LATEST");
    if (call.principal === role) inNetwork = latest?.vpcConfig !== undefined;
    return make(call, requestId);
  };
  region.calls.onCall((call) => {
    if (call.service !== "lambda" || !/^(Create|Update)Function/.test(call.operation)) return;
    if (!call.reached || call.error) return;
    if (call.principal === role) judge(call);
    modifiedMs.set(String(call.input["FunctionName"]), call.atMs);
  });

  function judge({ input, atMs, operation }: CallRecord): void {
    const { FunctionName = "", VpcConfig } = input as Update;
    const pool = account.pools.find(({ draw }) => draw.guardedNames.includes(FunctionName));
    const what = `${operation} of ${FunctionName}`;
    if (!pool || !VpcConfig) return void report("own functions", `${what}, which is not listed`);
    if (inNetwork) report("own functions", `${what}, which was in a network`);
    const { subnetIds, securityGroupIds } = pool.network;
    const asked = [VpcConfig.SubnetIds, VpcConfig.SecurityGroupIds].map((ids) => [...ids].sort().join());
    if (asked.join() !== [[...subnetIds].sort().join(), securityGroupIds[0]].join()) {
      report("own functions", `${what} to ${asked.join()}, which is not ${pool.draw.name}'s network`);
    }
    overrides.judge(pool, atMs, "any", what);
    const high = highPeriods(tests.get(pool) ?? [], modifiedMs.get(FunctionName) ?? 0, atMs);
    if (high < leastHigh) report("evidence", `${what} after ${high} periods in which it may have been refused`);
  }
}

interface Test {
  readonly atMs: number;
  readonly refused: boolean;
}

/** Records the partner's answers to the pool's guarded functions. */
function watchTests(pool: SimulatedPool, { account }: Checking): Test[] {
  const partner = account.partners.get(pool.draw.name);
  const tests: Test[] = [];
  if (!partner) return tests;
  const { ask } = partner;
  partner.ask = async (asker, timeoutMs) => {
    const functionName = currentInvocation()?.functionName ?? "";
    const exchange = await ask(asker, timeoutMs);
    const { answer } = exchange;
    const isRefusal = answer.kind === "http" && answer.body === refusals.address.body;
    const refused =
      isRefusal || (exchange.rule?.kind === "behavior" && !(answer.kind === "http" && answer.status < 400));
    const guarded = pool.draw.guardedNames.includes(functionName);
    if (guarded) tests.push({ atMs: account.region.clock.now(), refused });
    return exchange;
  };
  return tests;
}

function highPeriods(tests: readonly Test[], sinceMs: number, nowMs: number): number {
  const first = Math.floor(nowMs / periodMs) - periods + 1;
  const counts = new Map<number, { tests: number; refused: number }>();
  for (const { atMs, refused } of tests) {
    const period = Math.floor(atMs / periodMs);
    if (period < first || period * periodMs < sinceMs) continue;
    const count = counts.get(period) ?? { tests: 0, refused: 0 };
    counts.set(period, { tests: count.tests + 1, refused: count.refused + Number(refused) });
  }
  return [...counts.values()].filter((it) => it.tests >= leastTests && it.refused >= leastRefused).length;
}
