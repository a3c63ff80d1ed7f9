/** One seed from beginning to end: days under faults, then faults off and proof that everything comes to rest. */

import type { SQSBatchResponse } from "aws-lambda";
import { patient } from "../deployment/recorded-deployment.ts";
import type { Call } from "../twin/service.ts";
import { buildStage, createFunction, type Stage } from "./account.ts";
import { type CallFaults, strikeCalls } from "./api-faults.ts";
import { comeToRest } from "./come-to-rest.ts";
import { startWeather, type Weather } from "./fault-schedule.ts";
import { createOutages, type Outages, outagesOf } from "./function-outages.ts";
import { gatewayMoods } from "./gateway-faults.ts";
import { createGuarded, guardedMoods } from "./guarded-faults.ts";
import { type Checking, type Violation, watchAnswers } from "./invariant.ts";
import { checkAttaching } from "./invariants-attach.ts";
import { checkConduct } from "./invariants-conduct.ts";
import { checkFallback } from "./invariants-fallback.ts";
import { checkGaps } from "./invariants-gap.ts";
import { checkSafety } from "./invariants-safety.ts";
import { lambdaMoods } from "./lambda-faults.ts";
import { hands } from "./manual-changes.ts";
import { routeHands } from "./manual-route-changes.ts";
import { deployments } from "./member-deployments.ts";
import { partnerMoods } from "./partner-faults.ts";
import type { Limits } from "./pool-draw.ts";
import { countRunning, leapOverRest } from "./rest.ts";
import { createTrace, type Trace } from "./trace.ts";
import { drawWorld, type FaultKind, type WorldDraw } from "./world-draw.ts";

const dayMs = 86_400_000;
const creationPauseMs = 1_000;

export interface SeedOptions extends Limits {
  readonly seed: number;
  readonly days: number;
  readonly faults: readonly FaultKind[];
  /** Leaps over nothing, and objects to whatever is done in a time that could be left out. Default false. */
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
  readonly associations: number;
  readonly flips: number;
  /** Guarded functions that were attached to their pool's network. */
  readonly attachments: number;
  readonly leaptHours: number;
  readonly crashes: number;
  readonly gapSeconds: number;
}

/** Runs a seed. The same options always give the same result. */
export async function runSeed(options: SeedOptions): Promise<SeedResult> {
  const draw = drawWorld(options.seed, options.faults, options);
  const trace = createTrace();
  const violations: Violation[] = [];
  const outages = createOutages();
  const running = countRunning();
  const hears: { judge: ReturnType<typeof checkConduct> | undefined } = { judge: undefined };
  const stage = await buildStage(draw, {
    direct: !options.wire,
    onLine: (line) => hears.judge?.emitted(line),
    log: { info: () => {}, error: (text, detail) => hears.judge?.logged(`${text} ${JSON.stringify(detail)}`) },
    around: (name, handler) =>
      running.around(
        outages.around(name, async (event, context) => {
          const answer = await handler(event, context);
          if (/-(relocate|fallback|attach)$/.test(name)) hears.judge?.answered(answer as SQSBatchResponse);
          return answer;
        }),
      ),
  });
  const { clock, calls, delays } = stage.region;
  let recent: readonly string[] = [];
  const report = (checker: string, text: string) => {
    if (violations.length === 0) recent = [...trace.recent];
    if (violations.length < 20) violations.push({ checker, atMs: clock.now(), text });
  };
  const roles = new Set(stage.roles.values());
  const isOurs = ({ principal }: Pick<Call, "principal">) => principal !== undefined && roles.has(principal);
  const checking: Checking = { stage, isOurs, report };
  const counts = countCalls(checking);
  calls.onCall((call) => trace.addCall(call));

  const conduct = checkConduct(checking);
  hears.judge = conduct;
  checkFallback(checking);
  checkAttaching(checking);
  checkGaps(checking);
  const faults = strikeCalls(stage.region, isOurs, draw.rates);
  checkSafety(checking, watchAnswers(stage.region, stage.roles.get("relocate") ?? ""));
  await populate(stage);
  Object.assign(delays, troublesOf(draw));
  const weather = startAllWeather(stage, faults, outages, trace);
  const rest = leapOverRest(stage, running, {
    ...{ verify: options.allSweeps ?? false, isOurs, report, surroundings: () => [...outages.current] },
  });
  await rest.during(options.days * dayMs, () => clock.advance(options.days * dayMs));
  await comeToRest(checking, { weather, faults, rest, notUnderstood: conduct.notUnderstood });
  conduct.settle();
  return {
    ...{ seed: options.seed, draw, violations, traceHash: trace.hash(), recent, ...counts },
    leaptHours: rest.leaptMs / 3_600_000,
    crashes: faults.crashes,
    gapSeconds: gapSecondsOf(stage),
  };
}

/** What may happen to what Holdfast hears of, from when it is deployed. */
function troublesOf({ events, alarms }: WorldDraw) {
  return {
    cloudTrailLossRate: events.lost,
    cloudTrailLateRate: events.late,
    cloudTrailDuplicateRate: events.twice,
    eventBridgeDuplicateRate: events.twice,
    alarmEventLateRate: alarms.late,
    alarmEventLossRate: alarms.lost,
  };
}

/** Makes the pools' members, and functions beside them that are none; no faster than Lambda lets it. */
async function populate(stage: Stage): Promise<void> {
  const deploying = { ...stage, operator: patient(stage.region, stage.operator) };
  for (const pool of stage.pools) {
    const { subnetIds, securityGroupIds } = pool.network;
    for (const name of [...pool.draw.memberNames, ...pool.strangerNames]) {
      const own = pool.draw.memberNames.includes(name) ? securityGroupIds.slice(0, 1) : [pool.strangerGroupId];
      await createFunction(deploying, pool, name, { subnetIds, securityGroupIds: own });
      await stage.region.clock.advance(creationPauseMs);
    }
    for (const name of pool.draw.guardedNames) await createGuarded(deploying, pool, name);
  }
}

function startAllWeather(stage: Stage, { storms }: CallFaults, outages: Outages, trace: Trace): Weather {
  const { clock, random } = stage.region;
  const tell = (text: string) => trace.add(`${clock.now()} weather ${text}`);
  const happenings = stage.pools.flatMap((pool) => [
    ...deployments(stage, pool),
    ...lambdaMoods(stage, pool),
    ...hands(stage, pool),
    ...partnerMoods(stage, pool),
    ...gatewayMoods(stage, pool),
    ...routeHands(stage, pool),
    ...outagesOf(stage, pool, outages),
    ...guardedMoods(stage, pool),
  ]);
  return startWeather({ clock, random, fronts: stage.draw.fronts, tell }, [storms, ...happenings]);
}

/** Summed over the members' live versions and subnets. */
function gapSecondsOf({ path, pools }: Stage): number {
  const members = pools.flatMap(({ draw }) => draw.memberNames);
  return Math.round(members.reduce((sum, name) => sum + path.egress.totalGapMs(name), 0) / 1000);
}

function countCalls({ stage: { region, roles }, isOurs }: Checking) {
  const counts = { calls: 0, associations: 0, flips: 0, attachments: 0 };
  const attach = roles.get("attach");
  region.calls.onCall((call) => {
    if (!isOurs(call)) return;
    counts.calls++;
    if (call.operation === "AssociateAddress" || call.operation === "DisassociateAddress") counts.associations++;
    if (call.operation === "ReplaceRoute") counts.flips++;
    const attaches = call.operation === "UpdateFunctionConfiguration" && call.principal === attach;
    if (attaches && call.reached && !call.error) counts.attachments++;
  });
  return counts;
}
