/** Phase two: faults are off. Each pool must converge, route directly again, and have its spares back. */
import { tagKeys } from "../../src/pool/tags.ts";
import { type SimulatedAccount, tryCall } from "./account.ts";
import type { CallFaults } from "./api-faults.ts";
import type { FaultSchedule } from "./fault-schedule.ts";
import type { Checking } from "./invariant.ts";
import {
  checkConverged,
  checkDeadLetters,
  checkEgress,
  checkGateways,
  checkSpares,
  isDirect,
} from "./invariants-rest.ts";
import { restore } from "./manual-changes.ts";
import { functionNamesOf } from "./pool-draw.ts";
import { refusalMs } from "./refusal-faults.ts";
import type { Rest } from "./rest.ts";

const minuteMs = 60_000;
/** Sweeps within which the pools must have converged, and the visibility timeout that a crash may cost before them. */
const sweepsToConverge = 3;
const visibilityMs = 95_000;
/** Flips of the last day may be used up, and a hold is doubled up to 8 hours (src/config/fallback-settings.ts). */
const backToDirectMs = 34 * 60 * minuteMs;
/** A gateway takes two minutes to come or go; one that failed is tried again within a quarter of an hour. */
const gatewayMs = 70 * minuteMs;

export interface Surroundings {
  readonly schedule: FaultSchedule;
  readonly faults: CallFaults;
  readonly rest: Rest;
}

export async function comeToRest(checking: Checking, { schedule, faults, rest }: Surroundings): Promise<void> {
  const { account } = checking;
  const { clock, delays } = account.region;
  schedule.stop();
  faults.stop();
  await clock.runUntil(() => schedule.pending === 0, 3 * 60 * minuteMs);
  Object.assign(delays, { cloudTrailLossRate: 0, cloudTrailLateRate: 0, alarmEventLateRate: 0, alarmEventLossRate: 0 });
  for (const { rules } of account.partners.values()) rules.length = 0;
  for (const pool of account.pools) await restore(account, pool);
  for (let attempt = 0; attempt < 10; attempt++) {
    await repair(account);
    await clock.advance(4 * minuteMs);
    if (isSettled(account)) break;
  }
  if (account.draw.paces.refusals > 0) await clock.advance(refusalMs);
  await clock.advance(sweepsToConverge * minuteMs + visibilityMs);
  checkConverged(checking);
  const drainMs = Math.max(...account.draw.pools.map(({ drainSeconds }) => drainSeconds * 1000));
  await clock.advance(drainMs + 5 * minuteMs);
  checkConverged(checking);
  checkSpares(checking);
  checkEgress(checking);
  await leaveFallback(account, rest);
  checkGateways(checking);
  await checkDeadLetters(checking);
}

/** The way back takes a hold and clean rounds for each route table, then the grace time of a cold gateway. */
async function leaveFallback(account: SimulatedAccount, rest: Rest): Promise<void> {
  const { clock, world } = account.region;
  const mayReturn = account.pools.some(({ draw }) => draw.fallback.standby !== "off");
  if (!mayReturn) return;
  const wait = (done: () => boolean, ms: number) => rest.during(ms, () => clock.runUntil(done, ms));
  await wait(() => isDirect(account), backToDirectMs);
  const waits = account.pools.flatMap(({ draw }) =>
    draw.fallback.standby === "cold" ? draw.fallback.graceMinutes : 0,
  );
  const warm = account.pools.filter(({ draw }) => draw.fallback.standby === "warm").map(({ draw }) => draw.name);
  const isDone = () => {
    const living = [...world.natGateways.values()].filter(
      ({ tags, state }) => tags[tagKeys.pool] !== undefined && (state === "pending" || state === "available"),
    );
    const stays = living.every(({ tags, state }) => state === "available" && warm.includes(tags[tagKeys.pool] ?? ""));
    return stays && living.length === warm.length;
  };
  await wait(isDone, Math.max(...waits) * minuteMs + gatewayMs);
}

/** What an operator does about failed updates: deploys again; failed versions lose their aliases. */
async function repair({ region, operator, pools }: SimulatedAccount): Promise<void> {
  for (const pool of pools) {
    for (const FunctionName of functionNamesOf(pool.draw)) {
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

function isSettled({ region, pools }: SimulatedAccount): boolean {
  return pools
    .flatMap((pool) => functionNamesOf(pool.draw))
    .flatMap((name) => [...(region.world.functions.get(name)?.versions.values() ?? [])])
    .every(
      ({ state, lastUpdateStatus }) =>
        state !== "Pending" && state !== "Failed" && (lastUpdateStatus ?? "Successful") === "Successful",
    );
}
