/** One seed from beginning to end: days under faults, then faults off and proof that everything comes to rest. */

import type { SQSBatchResponse } from "aws-lambda";
import type { Checking, Violation } from "./checker.ts";
import { watchAnswers } from "./checker.ts";
import { type Conduct, checkConduct } from "./checkers-conduct.ts";
import { checkConverged, checkDeadLetters, checkEgress, checkSpares } from "./checkers-rest.ts";
import { checkSafety } from "./checkers-safety.ts";
import { deploy, relocateRole } from "./deployment.ts";
import { type CallFaults, strikeCalls } from "./faults.ts";
import { restore } from "./hands.ts";
import { type Idle, leaveOutIdleSweeps } from "./idle.ts";
import { buildStage, membershipOf, type Stage, tryCall } from "./stage.ts";
import { createTrace, type Trace } from "./trace.ts";
import { startWeather, type Weather } from "./weather.ts";
import { drawWorld, type FaultKind, type Limits, type WorldDraw } from "./world-draw.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Sweeps within which the pools must have converged, and the visibility timeout that a crash may cost before them. */
const sweepsToConverge = 3;
const visibilityMs = 95_000;

export interface SeedOptions extends Limits {
  readonly seed: number;
  readonly days: number;
  readonly faults: readonly FaultKind[];
  /** Runs the sweeps too that could be left out, and objects to any that writes. Default false. */
  readonly allSweeps?: boolean;
  /** Over the wire instead of by direct clients. Default false. */
  readonly wire?: boolean;
}

export interface SeedResult {
  readonly seed: number;
  readonly draw: WorldDraw;
  readonly violations: readonly Violation[];
  readonly traceHash: string;
  /** The last things that happened before the first violation. */
  readonly recent: readonly string[];
  readonly calls: number;
  readonly writes: number;
  readonly skipped: number;
  readonly crashes: number;
  readonly gapSeconds: number;
}

/** Runs a seed. The same options always give the same result. */
export async function runSeed(options: SeedOptions): Promise<SeedResult> {
  const draw = drawWorld(options.seed, options.faults, options);
  const stage = await buildStage(draw);
  const { clock, calls } = stage.region;
  const trace = createTrace();
  const violations: Violation[] = [];
  let recent: readonly string[] = [];
  const report = (checker: string, text: string) => {
    if (violations.length === 0) recent = [...trace.recent];
    if (violations.length < 20) violations.push({ checker, atMs: clock.now(), text });
  };
  const checking: Checking = { stage, principal: relocateRole, report };
  const counts = countCalls(stage);
  calls.onCall((call) => trace.addCall(call));

  const conduct = checkConduct(checking);
  const idle = leaveOutIdleSweeps(stage.region, {
    principal: relocateRole,
    verify: options.allSweeps ?? false,
    report,
  });
  await deployHoldfast(stage, conduct, trace, idle, options.wire ?? false);
  const faults = strikeCalls(stage.region, relocateRole, draw.rates);
  checkSafety(checking, watchAnswers(stage.region, relocateRole));
  const weather = await startWeather(stage, (text) => trace.add(`${clock.now()} weather ${text}`));
  await clock.advance(options.days * dayMs);
  idle.stop();
  await comeToRest(checking, weather, faults);
  conduct.settle();
  return {
    seed: options.seed,
    draw,
    violations,
    traceHash: trace.hash(),
    recent,
    ...counts,
    skipped: idle.skipped,
    crashes: faults.crashes,
    gapSeconds: gapSecondsOf(stage),
  };
}

async function deployHoldfast(stage: Stage, conduct: Conduct, trace: Trace, idle: Idle, wire: boolean): Promise<void> {
  const { clock } = stage.region;
  const pools = stage.pools.map((pool) => ({
    name: pool.draw.name,
    members: membershipOf(pool),
    network: { vpcId: pool.network.vpcId, subnetIds: [...pool.network.subnetIds] },
    drainSeconds: pool.draw.drainSeconds,
  }));
  const { skewMs } = stage.draw;
  await deploy(stage.region, stage.path, {
    settings: { pools, eventBusName: "default", metricsNamespace: "Holdfast" },
    direct: !wire,
    clock: { now: () => clock.now() + skewMs, sleep: clock.sleep },
    onMeasurements: (pool, timeMs, list) => {
      conduct.measured(list);
      trace.add(`${timeMs} ${pool} ${list.map(({ name, value }) => `${name}=${value}`).join(" ")}`);
    },
    around: (handler) =>
      idle.around(async (event, context) => {
        const answer = await handler(event, context);
        conduct.answered(answer as SQSBatchResponse);
        return answer;
      }),
    log: { info: () => {}, error: (text, detail) => conduct.logged(`${text} ${JSON.stringify(detail)}`) },
  });
}

/** Phase two: nothing goes wrong any more; each pool must converge, then have its spares back. */
async function comeToRest(checking: Checking, weather: Weather, faults: CallFaults): Promise<void> {
  const { stage } = checking;
  const { clock } = stage.region;
  weather.stop();
  faults.stop();
  await clock.runUntil(() => weather.pending === 0, 3 * 60 * minuteMs);
  Object.assign(stage.region.delays, { cloudTrailLossRate: 0, cloudTrailLateRate: 0 });
  for (const pool of stage.pools) await restore(stage, pool);
  for (let attempt = 0; attempt < 10; attempt++) {
    await repair(stage);
    await clock.advance(4 * minuteMs);
    if (isSettled(stage)) break;
  }
  await clock.advance(sweepsToConverge * minuteMs + visibilityMs);
  checkConverged(checking);
  const drainMs = Math.max(...stage.draw.pools.map(({ drainSeconds }) => drainSeconds * 1000));
  await clock.advance(drainMs + 5 * minuteMs);
  checkConverged(checking);
  checkSpares(checking);
  checkEgress(checking);
  await checkDeadLetters(checking, faults.crashes);
}

/** What an operator does about failed updates: deploys again; failed versions lose their aliases. */
async function repair({ region, operator, pools }: Stage): Promise<void> {
  for (const pool of pools) {
    for (const FunctionName of pool.memberNames) {
      const fn = region.world.functions.get(FunctionName);
      for (const version of fn?.versions.values() ?? []) {
        if (version.state !== "Failed" && version.lastUpdateStatus !== "Failed") continue;
        if (version.version === "$LATEST") {
          await tryCall(operator, "lambda", "UpdateFunctionConfiguration", { FunctionName, Description: "again" });
          continue;
        }
        for (const Name of fn?.aliases.keys() ?? [])
          await tryCall(operator, "lambda", "DeleteAlias", { FunctionName, Name });
        await tryCall(operator, "lambda", "DeleteFunction", { FunctionName, Qualifier: version.version });
      }
    }
  }
}

function isSettled({ region, pools }: Stage): boolean {
  return pools
    .flatMap((pool) => pool.memberNames)
    .flatMap((name) => [...(region.world.functions.get(name)?.versions.values() ?? [])])
    .every(
      ({ state, lastUpdateStatus }) =>
        state !== "Pending" && state !== "Failed" && (lastUpdateStatus ?? "Successful") === "Successful",
    );
}

/** Summed over the members' live versions and subnets. */
function gapSecondsOf({ path, pools }: Stage): number {
  const members = pools.flatMap((pool) => pool.memberNames);
  return Math.round(members.reduce((sum, name) => sum + path.egress.totalGapMs(name), 0) / 1000);
}

function countCalls({ region }: Stage): { calls: number; writes: number } {
  const counts = { calls: 0, writes: 0 };
  region.calls.onCall(({ principal, operation }) => {
    if (principal !== relocateRole) return;
    counts.calls++;
    if (operation === "AssociateAddress" || operation === "DisassociateAddress") counts.writes++;
  });
  return counts;
}
