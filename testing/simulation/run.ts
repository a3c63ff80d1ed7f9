/** One seed from beginning to end: days under faults, then faults off and a proof that everything comes to rest. */

import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { patient } from "../deployment/recorded-deployment.ts";
import type { Call } from "../twin/service.ts";
import { buildAccount, createFunction, type SimulatedAccount } from "./account.ts";
import { accountFaults } from "./account-faults.ts";
import { type CallFaults, strikeCalls } from "./api-faults.ts";
import { comeToRest } from "./come-to-rest.ts";
import { type FaultSchedule, startFaultSchedule } from "./fault-schedule.ts";
import { createOutages, type Outages, outagesOf } from "./function-outages.ts";
import { gatewayFaults } from "./gateway-faults.ts";
import { createGuarded, guardedFaults } from "./guarded-faults.ts";
import { type Checking, type Violation, watchAnswers } from "./invariant.ts";
import { checkAttaching } from "./invariants-attach.ts";
import { type Conduct, checkConduct } from "./invariants-conduct.ts";
import { checkFallback } from "./invariants-fallback.ts";
import { checkGaps } from "./invariants-gap.ts";
import { checkHealing } from "./invariants-healing.ts";
import { type Answered, checkGivenBack } from "./invariants-messages.ts";
import { checkPartners } from "./invariants-partners.ts";
import { checkSafety } from "./invariants-safety.ts";
import { lambdaFaults } from "./lambda-faults.ts";
import { manualChanges } from "./manual-changes.ts";
import { manualRouteChanges } from "./manual-route-changes.ts";
import { deployments } from "./member-deployments.ts";
import { partnerBehaviors } from "./partner-behaviors.ts";
import { partnerFaults } from "./partner-faults.ts";
import type { Limits } from "./pool-draw.ts";
import { createRefusals, type Refusals, refusalFaults } from "./refusal-faults.ts";
import { countRunning, leapOverRest } from "./rest.ts";
import { createTrace, type Trace } from "./trace.ts";
import { giveCode, traffic } from "./traffic.ts";
import { updateFaults } from "./update-faults.ts";
import { drawWorld, type FaultKind, type WorldDraw } from "./world-draw.ts";

const dayMs = 86_400_000;
const creationPauseMs = 1_000;

export interface SeedOptions extends Limits {
  readonly seed: number;
  readonly days: number;
  readonly faults: readonly FaultKind[];
  /** Leaps over nothing, and reports each write in a time that could have been left out. Default false. */
  readonly allSweeps?: boolean;
  /** Over the wire instead of by direct clients. Default false. */
  readonly wire?: boolean;
}

export interface SeedResult {
  readonly seed: number;
  readonly draw: WorldDraw;
  readonly violations: readonly Violation[];
  readonly traceHash: string;
  /** The last trace lines before the first violation. */
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
  const listening: { conduct?: Conduct; answered?: Answered } = {};
  const account = await buildAccount(draw, {
    direct: !options.wire,
    onLine: (line) => listening.conduct?.emitted(line),
    log: { info: () => {}, error: (text, detail) => listening.conduct?.logged(`${text} ${JSON.stringify(detail)}`) },
    around: (name, handler) =>
      running.around(
        outages.around(name, async (event, context) => {
          const answer = await handler(event, context);
          if (/-(relocate|fallback|attach)$/.test(name))
            listening.answered?.(event as SQSEvent, answer as SQSBatchResponse);
          return answer;
        }),
      ),
  });
  const { clock, calls, delays } = account.region;
  let recent: readonly string[] = [];
  const report = (invariant: string, text: string) => {
    if (violations.length === 0) recent = [...trace.recent];
    if (violations.length < 20) violations.push({ invariant, atMs: clock.now(), text });
  };
  const roles = new Set(account.roles.values());
  const isOurs = ({ principal }: Pick<Call, "principal">) => principal !== undefined && roles.has(principal);
  const checking: Checking = { account, isOurs, report };
  const counts = countCalls(checking);
  calls.onCall((call) => trace.addCall(call));

  const conduct = checkConduct(checking);
  listening.conduct = conduct;
  listening.answered = checkGivenBack(checking);
  checkGaps(checking);
  checkFallback(checking);
  checkAttaching(checking);
  checkPartners(checking);
  const faults = strikeCalls(account.region, isOurs, draw);
  const answers = watchAnswers(account.region, account.roles.get("relocate") ?? "");
  checkSafety(checking, answers);
  const refusals = createRefusals(() => clock.now());
  checkHealing(checking, answers, { faults, refusals });
  await populate(account);
  Object.assign(delays, eventFaultsOf(draw));
  const schedule = startAllFaults(account, faults, { outages, refusals }, trace);
  const rest = leapOverRest(account, running, {
    verify: options.allSweeps ?? false,
    isOurs,
    report,
    // After a refusal relocation tries again by the passing of time alone.
    surroundings: () => [...outages.current, refusals.any && clock.now()],
  });
  await rest.during(options.days * dayMs, () => clock.advance(options.days * dayMs));
  await comeToRest(checking, { schedule, faults, rest });
  conduct.settle();
  return {
    seed: options.seed,
    draw,
    violations,
    traceHash: trace.hash(),
    recent,
    ...counts,
    leaptHours: rest.leaptMs / 3_600_000,
    crashes: faults.crashes,
    gapSeconds: gapSecondsOf(account),
  };
}

/** Faults of the events that reach Holdfast, from its deployment on. */
function eventFaultsOf({ events, alarms }: WorldDraw) {
  return {
    cloudTrailLossRate: events.lost,
    cloudTrailLateRate: events.late,
    cloudTrailDuplicateRate: events.twice,
    eventBridgeDuplicateRate: events.twice,
    alarmEventLateRate: alarms.late,
    alarmEventLossRate: alarms.lost,
  };
}

/** Creates the pools' members and other functions beside them, no faster than Lambda allows. */
async function populate(account: SimulatedAccount): Promise<void> {
  const deploying = { ...account, operator: patient(account.region, account.operator) };
  for (const pool of account.pools) {
    const { subnetIds, securityGroupIds } = pool.network;
    for (const name of [...pool.draw.memberNames, ...pool.strangerNames]) {
      const own = pool.draw.memberNames.includes(name) ? securityGroupIds.slice(0, 1) : [pool.strangerGroupId];
      await createFunction(deploying, pool, name, { subnetIds, securityGroupIds: own });
      await account.region.clock.advance(creationPauseMs);
    }
    for (const name of pool.draw.guardedNames) await createGuarded(deploying, pool, name);
    giveCode(account, pool);
  }
}

function startAllFaults(
  account: SimulatedAccount,
  { bursts, cuts }: CallFaults,
  { outages, refusals }: { readonly outages: Outages; readonly refusals: Refusals },
  trace: Trace,
): FaultSchedule {
  const { clock, random } = account.region;
  const onFault = (text: string) => trace.add(`${clock.now()} fault ${text}`);
  const scheduledFaults = account.pools.flatMap((pool) => [
    ...deployments(account, pool),
    ...lambdaFaults(account, pool),
    ...manualChanges(account, pool),
    ...partnerFaults(account, pool),
    ...partnerBehaviors(account, pool),
    ...gatewayFaults(account, pool),
    ...manualRouteChanges(account, pool),
    ...outagesOf(account, pool, outages),
    ...guardedFaults(account, pool),
    ...updateFaults(account, pool),
    ...traffic(account, pool),
    ...refusalFaults(account, pool, refusals),
    ...accountFaults(account, pool),
  ]);
  return startFaultSchedule({ clock, random, faultWindows: account.draw.faultWindows, onFault }, [
    bursts,
    cuts,
    ...scheduledFaults,
  ]);
}

/** Summed over the members' live versions and subnets. */
function gapSecondsOf({ path, pools }: SimulatedAccount): number {
  const members = pools.flatMap(({ draw }) => draw.memberNames);
  return Math.round(members.reduce((sum, name) => sum + path.egress.totalGapMs(name), 0) / 1000);
}

function countCalls({ account: { region, roles }, isOurs }: Checking) {
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
