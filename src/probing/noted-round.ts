/** A round with what was noted of it, and what it asks of a person. Pure. */
import { attentionFor } from "../telemetry/attention.ts";
import type { PoolRound } from "./canary-round.ts";
import type { Confirmation } from "./confirm.ts";
import { type Finding, findingTable } from "./finding-table.ts";
import { groupBy, targetEvidence } from "./findings.ts";

/** A round with the serving addresses that count as blocked after it; not known when they could not be read. */
export interface NotedRound extends PoolRound {
  readonly blocked: ReadonlySet<string> | undefined;
  /** All addresses that count as blocked, serving or not. */
  readonly marked: ReadonlySet<string>;
  /** Vantages without traffic of members. */
  readonly idle: ReadonlySet<string>;
  /** Whether a reading counts as a block: one round's difference does not. */
  readonly isBlock: (confirmation: Confirmation) => boolean;
  /** Targets that keep out the whole pool. */
  readonly refusedPool: ReadonlySet<string>;
}

/** A certificate that ends sooner is to be renewed. */
const certificateDays = 14;
const dayMs = 86_400_000;

/** Days until the first of a round's certificates ends; negative when it has. */
export function certificateDaysLeft({ certificateExpiresMs, timeMs }: NotedRound): number | undefined {
  return certificateExpiresMs === undefined ? undefined : Math.floor((certificateExpiresMs - timeMs) / dayMs);
}

/**
 * Returns what a round found.
 *
 * @param refused targets that could not be probed in any round, by name
 * @param unprobed interfaces without a probe; undefined when that is not known
 */
export function findingsOf(round: NotedRound, refused: ReadonlySet<string>, unprobed: number | undefined): Finding[] {
  const { confirmations, failed, marked, idle, refusedPool } = round;
  const serving = confirmations.filter(({ vantage }) => vantage.kind === "serving");
  const leaving = new Set(serving.flatMap(({ vantage }) => vantage.address ?? []));
  const byVantage = groupBy(
    confirmations.filter(({ vantage }) => vantage.kind !== "shared" && !idle.has(vantage.id)),
    ({ vantage }) => vantage.id,
  );
  const lost = [...byVantage].filter(([, all]) => all.some(({ verdict }) => verdict.kind === "no-egress"));
  const down = [...targetEvidence(confirmations)].filter(([, isDown]) => isDown);
  const days = certificateDaysLeft(round);
  return [
    ...lost.map(([vantage]) => ({ kind: "no-egress", vantage }) as const),
    ...[...marked].map((publicIp) => ({ kind: leaving.has(publicIp) ? "refused-now" : "blocked", publicIp }) as const),
    ...[...refusedPool].map((target) => poolRefusal(target, confirmations)),
    ...[...failed.keys()].map((vantage) => ({ kind: "probe-dead", vantage }) as const),
    ...down.map(([target]) => ({ kind: "target-down", target }) as const),
    ...[...new Set([...refused, ...round.refused.keys()])].map(
      (target) => ({ kind: "target-refused", target }) as const,
    ),
    ...(unprobed ? [{ kind: "blind-spot", interfaces: unprobed } as const] : []),
    ...(days !== undefined && days < certificateDays ? [{ kind: "certificate", days } as const] : []),
  ];
}

/** Nothing sets a pool apart from an address of which alone anything is known. */
function poolRefusal(target: string, confirmations: readonly Confirmation[]): Finding {
  const own = confirmations.filter((it) => it.target === target && it.vantage.kind !== "shared");
  const [only, ...others] = new Set(
    own.flatMap(({ vantage: { address, isOnNat } }) => (isOnNat ? [] : (address ?? []))),
  );
  return { kind: "pool-refused", target, ...(only && others.length === 0 && { only }) };
}

/** Returns the value of the round in the metric `ProbingAttention`. */
export function attentionOfRound(findings: readonly Finding[]): number {
  return attentionFor(findings.map(({ kind }) => findingTable[kind].severity));
}
