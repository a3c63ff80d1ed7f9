/** When a sweep may end after a look at the network alone (docs/decisions/0003-quiet-sweeps.md). */
import type { PoolSettings } from "../config/settings.ts";
import type { Finding } from "./actions.ts";
import type { Change } from "./changes.ts";
import type { Pass } from "./pass.ts";

/** Lambda's control plane grants an account about 15 requests per second; a third of it is ours to use. */
const lambdaCallsPerMinute = 5 * 60;
/** Calls that a full observation of a pool of ordinary size (10 members) costs. */
const callsPerPool = 30;
/** The least: how late what no event and no look at the network shows is found, such as a function that Lambda cannot wake. */
const leastMinutes = 4;
/** So long after a heal no turn comes, unless the last full observation is three times as old: Lambda and EC2 are busy then. */
const putOffMs = 5 * 60_000;

/** Minutes between full observations of a pool, whatever its network shows: the more pools, the rarer. */
export function fullEveryMinutes(poolCount: number): number {
  return Math.min(30, Math.max(leastMinutes, Math.ceil((poolCount * callsPerPool * 1.5) / lambdaCallsPerMinute)));
}

/**
 * Whether a sweep observes the pool in full; the pools take turns. Counted in sweeps, or a pool that is swept at odd
 * minutes only might never have its turn.
 */
export function isFullSweep(poolName: string, poolCount: number, scheduledMs: number, sweepMinutes: number): boolean {
  const turn = [...poolName].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 1_000_003;
  const everySweeps = Math.ceil(fullEveryMinutes(poolCount) / sweepMinutes);
  return (Math.floor(scheduledMs / (sweepMinutes * 60_000)) + turn) % everySweeps === 0;
}

/** A change this much older than a full observation was seen by it: what Lambda shows, and our clocks, may be that late. Assumed. */
const settledMs = 10_000;

/**
 * Returns whether none of the changes asks for more than a look at the network.
 *
 * @param observedMs when the pool's last full observation began; undefined when there was none
 * @param healedMs when a run last gave an address to an interface; undefined when none did
 */
export function mayBeQuiet(
  { name, sweepMinutes }: Pick<PoolSettings, "name" | "sweepMinutes">,
  poolCount: number,
  changes: readonly Change[],
  observedMs = 0,
  healedMs = Number.NEGATIVE_INFINITY,
): boolean {
  return changes.every(({ kind, timeMs }) => {
    if (kind === "function") return timeMs < observedMs - settledMs;
    const isPutOff = timeMs < healedMs + putOffMs && timeMs < observedMs + 3 * putOffMs;
    const mayWait = isPutOff || !isFullSweep(name, poolCount, timeMs, sweepMinutes);
    return kind === "interface" || (kind === "sweep" && mayWait);
  });
}

/** Findings that last for days: about members, which no look at the network would end, and what every look shows alike. */
const lastingFindings: ReadonlySet<Finding["kind"]> = new Set([
  "missing-member",
  "failed-update",
  "outside-network",
  "outside-vpc",
  "dual-stack",
  "inactive",
  "address-lost",
]);

/**
 * Whether a run ended with nothing to do or to wait for, nothing to report but what lasts, and an address on every
 * interface in use. One without could become a live version's by an alias alone, which the network does not show.
 */
export function isQuiet({ observed, plan, outcomes }: Pass): boolean {
  const held = new Set(observed.addresses.map((it) => it.networkInterfaceId));
  return (
    outcomes.length + plan.actions.length + plan.waits.length === 0 &&
    plan.findings.every(({ kind }) => lastingFindings.has(kind)) &&
    observed.interfaces.every((it) => !it.inUse || held.has(it.networkInterfaceId))
  );
}
