/** Many pools for hours in which Lambda replaces the interface of each at some time, and events are late, doubled and lost. */
import { createRandom } from "../twin/random.ts";
import { openManyPools, replaceInterface } from "./busy-account.ts";

const hourMs = 3_600_000;

/**
 * How long a new interface may be without an address, in milliseconds: an event that is lost costs a sweep, which comes
 * within a minute and begins within another, and a describe call may lag by three quarters of one.
 */
export const healBoundMs = 165_000;

export interface PoolsDay {
  readonly pools: number;
  readonly hours: number;
  readonly heals: number;
  /** Heals that took longer than the bound. */
  readonly late: number;
  readonly longestHealSeconds: number;
  readonly medianHealSeconds: number;
  /** How long a member was without egress, in seconds, at most. */
  readonly longestGapSeconds: number;
  readonly failedRuns: number;
  /** Calls that AWS refused because of their rate. */
  readonly throttled: number;
}

/** Replaces each pool's interface once for each 24 hours, and once at least, at times that the seed draws. */
export async function simulatePoolsDay(pools: number, hours: number, seed = 1): Promise<PoolsDay> {
  const { deployed, names, principal } = await openManyPools(pools, 2, {});
  const { region, path, events } = deployed;
  const { clock, calls } = region;
  await clock.advance(hourMs / 2);
  let throttled = 0;
  calls.onCall(({ principal: caller, error }) => {
    if (caller === principal && error?.code === "TooManyRequestsException") throttled++;
  });
  const [gapsBefore, eventsBefore] = [path.egress.gaps.length, events.length];
  const random = createRandom(seed);
  const once = async (pool: string) => {
    await clock.sleep(random.next() * hours * hourMs);
    return replaceInterface(deployed, pool);
  };
  const times = Math.max(1, Math.floor(hours / 24));
  const all = Promise.all(Array.from({ length: times }, () => names.map(once)).flat());
  await clock.advance(hours * hourMs);
  const healMs = (await clock.run(all)).sort((a, b) => a - b);
  const lasted = path.egress.gaps.slice(gapsBefore).map(({ fromMs, toMs = clock.now() }) => toMs - fromMs);
  return {
    ...{ pools, hours, throttled },
    heals: healMs.length,
    late: healMs.filter((ms) => ms > healBoundMs).length,
    longestHealSeconds: (healMs.at(-1) ?? 0) / 1000,
    medianHealSeconds: (healMs[healMs.length >> 1] ?? 0) / 1000,
    longestGapSeconds: Math.max(0, ...lasted) / 1000,
    failedRuns: events.slice(eventsBefore).filter(({ type }) => type === "RelocationFailed").length,
  };
}
