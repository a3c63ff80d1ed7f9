/** From a minute's rounds to metrics. Pure. What was not measured is not published: missing data is no block. */
import type { Dimensions, MetricName } from "../telemetry/model.ts";
import type { Confirmation } from "./confirm.ts";
import { groupBy, isAnswered, targetEvidence } from "./findings.ts";
import { attentionOfRound, certificateDaysLeft, findingsOf, type NotedRound } from "./noted-round.ts";

/** A metric's values of one minute, one for each round that had one. */
export interface Series {
  readonly name: MetricName;
  readonly dimensions: Dimensions;
  readonly values: readonly number[];
}

/**
 * Returns the series of one pool.
 *
 * `ProbingAttention` has a value for each round, whatever happens: it is the heartbeat too.
 *
 * @param refused targets that could not be probed in any round, by name
 * @param unprobed interfaces without a probe; undefined when that is not known
 */
export function measure(
  pool: string,
  rounds: readonly NotedRound[],
  refused: ReadonlySet<string>,
  unprobed: number | undefined,
): Series[] {
  const perRound = (name: MetricName, read: (round: NotedRound) => number | undefined): Series => ({
    name,
    dimensions: { pool },
    values: rounds.map(read).filter((value) => value !== undefined),
  });
  const series = [
    perRound("ProbingAttention", (round) => attentionOfRound(findingsOf(round, refused, unprobed))),
    perRound("AddressesBlocked", ({ blocked }) => blocked?.size),
    perRound("ProbesFailed", ({ failed }) => failed.size),
    perRound("TargetsRefused", (round) => new Set([...refused, ...round.refused.keys()]).size),
    perRound("TargetsDown", ({ confirmations }) => countTrue(targetEvidence(confirmations))),
    // Only while there are any: the rest of the time the metric costs nothing.
    perRound("TargetsRefusingPool", ({ refusedPool }) => refusedPool.size || undefined),
    perRound("CertificateDaysLeft", certificateDaysLeft),
    { name: "UnprobedInterfaces", dimensions: { pool }, values: unprobed === undefined ? [] : [unprobed] } as const,
    ...blockedRates(pool, rounds),
  ];
  return series.filter(({ values }) => values.length > 0);
}

/** Returns blocks as a share of the answers that serving vantages got: of all, by target, and by vantage. */
function blockedRates(pool: string, rounds: readonly NotedRound[]): Series[] {
  const byDimensions = new Map<string, { dimensions: Dimensions; values: number[] }>();
  for (const { confirmations, isBlock } of rounds) {
    const answered = confirmations.filter((it) => it.vantage.kind === "serving" && (isBlock(it) || isAnswered(it)));
    const groups: [Dimensions, Confirmation[]][] = [
      [{ pool }, answered],
      ...[...groupBy(answered, (it) => it.target)].map(
        ([target, all]) => [{ pool, target }, all] as [Dimensions, Confirmation[]],
      ),
      ...[...groupBy(answered, (it) => it.vantage.id)].map(
        ([vantage, all]) => [{ pool, vantage }, all] as [Dimensions, Confirmation[]],
      ),
    ];
    for (const [dimensions, all] of groups) {
      if (all.length === 0) continue;
      const key = JSON.stringify(dimensions);
      const entry = byDimensions.get(key) ?? { dimensions, values: [] };
      entry.values.push(all.filter(isBlock).length / all.length);
      byDimensions.set(key, entry);
    }
  }
  return [...byDimensions.values()].map((entry) => ({ name: "BlockedRate", ...entry }));
}

const countTrue = (evidence: ReadonlyMap<string, boolean>): number => [...evidence.values()].filter(Boolean).length;
