/** When a sweep may end after a look at the network alone (docs/decisions/0003-quiet-sweeps.md). */
import { fullEveryMinutes } from "../config/full-observations.ts";
import type { PoolSettings } from "../config/settings.ts";
import type { Finding } from "./actions.ts";
import type { Change } from "./changes.ts";
import type { PoolNetwork } from "./observe-network.ts";
import type { Pass } from "./pass.ts";

/** So long after a heal no turn comes, unless the last full observation is three times as old: Lambda and EC2 are busy then. */
const putOffMs = 5 * 60_000;

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
  return changes.every((change) => {
    const { kind, timeMs } = change;
    if (kind === "sweep" && change.inFull) return false;
    if (kind === "function") return timeMs < observedMs - settledMs;
    const mayWait = isPutOff(timeMs, observedMs, healedMs) || !isFullSweep(name, poolCount, timeMs, sweepMinutes);
    return kind === "interface" || (kind === "sweep" && mayWait);
  });
}

function isPutOff(timeMs: number, observedMs: number, healedMs: number): boolean {
  return timeMs < healedMs + putOffMs && timeMs < observedMs + 3 * putOffMs;
}

/**
 * What a sweep of all pools does about one of them, whose network it has looked at:
 *
 * ```
 * the network looks as when the pool last needed nothing | shows something to do | its members' turn | does
 * ------------------------------------------------------ | --------------------- | ----------------- | -------------------------
 * could not be read                                      | -                     | -                 | gives it a run of its own
 * no, or none is remembered                              | yes                   | -                 | likewise
 *                                                        | no                    | -                 | asks the members
 * yes                                                    | -                     | yes, or overdue   | asks the members
 *                                                        | -                     | no                | nothing
 * ```
 */
export function sweepStep(
  pool: Pick<PoolSettings, "name" | "sweepMinutes">,
  poolCount: number,
  timeMs: number,
  network: PoolNetwork | undefined,
  { isQuiet, observedMs = 0, healedMs = Number.NEGATIVE_INFINITY }: KnownOfPool,
): "run" | "ask" | "none" {
  if (!network) return "run";
  if (!isQuiet) return showsNothingToDo(network) ? "ask" : "run";
  const isOverdue = timeMs > observedMs + (fullEveryMinutes(poolCount) + pool.sweepMinutes) * 60_000;
  if (isOverdue && !isPutOff(timeMs, observedMs, healedMs)) return "ask";
  return mayBeQuiet(pool, poolCount, [{ kind: "sweep", timeMs }], observedMs, healedMs) ? "none" : "ask";
}

interface KnownOfPool {
  /** Whether the network looks as when the pool last needed nothing. */
  readonly isQuiet: boolean;
  readonly observedMs: number | undefined;
  readonly healedMs: number | undefined;
}

/** Whether each interface in use has an address, no address is where none is used, and nobody has marked or lost any. */
function showsNothingToDo({ interfaces, addresses, lost, paused }: PoolNetwork): boolean {
  const used = new Set(interfaces.filter((it) => it.inUse || it.pending).map((it) => it.networkInterfaceId));
  const held = new Set(addresses.map((it) => it.networkInterfaceId));
  return (
    !paused &&
    lost.length === 0 &&
    [...used].every((id) => held.has(id)) &&
    addresses.every((it) => !it.blocked && (it.networkInterfaceId === undefined || used.has(it.networkInterfaceId)))
  );
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
