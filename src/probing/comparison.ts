/**
 * What the comparison remembers from round to round, and what follows from it. Pure; lost memory costs the rounds until
 * there is enough evidence again, never a false mark.
 */
import { type Confirmation, confirm, type Reading, settleEgress } from "./confirm.ts";
import { groupBy } from "./findings.ts";
import { type Known, learn } from "./known.ts";
import { rankOf, ranks } from "./rank.ts";
import { shapeOf } from "./shape.ts";
import { type Records, type Result, record, sharedPool } from "./suspicion.ts";

export interface Comparison {
  readonly known: ReadonlyMap<string, Known>;
  /** About our addresses, by public IP, and about the shared pool. */
  readonly addresses: Records;
  /** About the pool as a whole, under `poolItself`. */
  readonly pool: Records;
}

export const poolItself = "pool";
export const nothingCompared: Comparison = { known: new Map(), addresses: new Map(), pool: new Map() };

export interface ComparedRound {
  readonly comparison: Comparison;
  readonly confirmations: readonly Confirmation[];
}

/** Compares one round's readings and adds the result to the evidence. */
export function compareRound(before: Comparison, readings: readonly Reading[], nowMs: number): ComparedRound {
  const confirmations = confirm(settleEgress(readings), before.known);
  const byTarget = groupBy(confirmations, ({ target }) => target);
  const results = [...byTarget.values()].flatMap((all) => [...resultsOf(all), ...sharedResultOf(all)]);
  const ofPool = [...byTarget].flatMap(([target, all]): Result[] => {
    const worse = isPoolRefused(all, before.known.get(target));
    return worse === undefined ? [] : [{ about: poolItself, target, worse }];
  });
  const refusing = new Set(ofPool.flatMap(({ target, worse }) => (worse ? target : [])));
  const comparison = {
    known: learn(before.known, confirmations.flatMap(acceptanceOf), refusing, nowMs),
    addresses: record(before.addresses, results, nowMs),
    pool: record(before.pool, ofPool, nowMs),
  };
  return { comparison, confirmations };
}

/** Returns by address whether this target treats it worse, where the round says so. */
function resultsOf(confirmations: readonly Confirmation[]): Result[] {
  const byAddress = groupBy(confirmations, ({ vantage: { kind, address } }) =>
    kind === "shared" ? undefined : address,
  );
  return [...byAddress].flatMap(([about, here]): Result[] => {
    const target = here[0]?.target ?? "";
    const asked = new Set(here.map(({ partnerIp }) => partnerIp));
    const partnerIp = asked.size === 1 ? here[0]?.partnerIp : undefined;
    if (here.some(({ confirmed }) => confirmed)) return [{ about, target, worse: true, partnerIp }];
    return here.some(({ accepted }) => accepted) ? [{ about, target, worse: false, partnerIp }] : [];
  });
}

/** Returns whether this target lets the shared pool in, in a round in which it lets in an address of ours. */
function sharedResultOf(confirmations: readonly Confirmation[]): Result[] {
  const isOursLetIn = confirmations.some(({ vantage, accepted }) => vantage.kind !== "shared" && accepted);
  return confirmations.flatMap(({ vantage, target, verdict, answer, accepted, partnerIp }): Result[] => {
    const rank = rankOf(verdict, answer);
    if (vantage.kind !== "shared" || !isOursLetIn || rank === undefined || rank === ranks.strain) return [];
    return [{ about: sharedPool, target, worse: !accepted, partnerIp }];
  });
}

/**
 * Returns whether the partner keeps out all of the pool's addresses and nobody else; undefined where that is not known.
 *
 * ```
 * our addresses that got an answer or silence | the shared pool | our addresses before           | the pool is refused
 * ------------------------------------------- | --------------- | ------------------------------ | -------------------
 * one is accepted                             | -               | -                              | no
 * none, or one that only says load            | -               | -                              | not known
 * one refused or silent, by the comparison    | -               | -                              | not known: that address
 * all refused, at two of its addresses        | accepted        | -                              | YES
 * all refused or silent                       | accepted there  | -                              | YES
 * all refused or silent                       | else            | -                              | not known: everybody is
 * all refused                                 | not asked       | accepted within the last hour  | YES
 * otherwise                                   |                 |                                | not known
 * ```
 */
export function isPoolRefused(confirmations: readonly Confirmation[], before: Known | undefined): boolean | undefined {
  const known = confirmations.filter(({ vantage }) => vantage.kind !== "shared" && vantage.address !== undefined);
  // In fallback those that do not leave by the NAT gateway are the pool, as long as there are any.
  const direct = known.filter(({ vantage }) => !vantage.isOnNat);
  const own = direct.length > 0 ? direct : known;
  const shared = confirmations.filter(({ vantage }) => vantage.kind === "shared");
  if (own.some(({ accepted }) => accepted)) return false;
  const rankings = own.flatMap(({ verdict, answer }) => rankOf(verdict, answer) ?? []);
  const isKeptOut = rankings.length > 0 && rankings.every((rank) => rank !== ranks.strain);
  if (!isKeptOut || own.some(({ confirmed, finding }) => confirmed || finding === "other-endpoint")) return undefined;
  const isRefusal = rankings.every((rank) => rank !== ranks.silence);
  const refusedAt = new Set(own.flatMap(({ partnerIp }) => partnerIp ?? []));
  const letIn = shared
    .filter(isSuccess)
    .filter((it) => (isRefusal && refusedAt.size > 1) || own.some((ours) => isSamePartnerAddress(ours, it)));
  if (shared.length > 0) return letIn.length > 0 ? true : undefined;
  return isRefusal && before?.betterMs !== undefined ? true : undefined;
}

/** Refusal and silence may be those of one machine of the partner's: another one that answers says nothing of it. */
function isSamePartnerAddress({ partnerIp: ours }: Confirmation, { partnerIp: theirs }: Confirmation): boolean {
  return ours === undefined || theirs === undefined || ours === theirs;
}

const isSuccess = ({ verdict, answer }: Confirmation): boolean => rankOf(verdict, answer) === ranks.success;

function acceptanceOf({ accepted, vantage, target, verdict, answer, host, partnerIp }: Confirmation) {
  if (!accepted || vantage.kind === "shared" || vantage.address === undefined) return [];
  const isCredentials = rankOf(verdict, answer) === ranks.credentials;
  const shape = answer?.kind === "http" ? shapeOf(answer, host) : undefined;
  return [{ target, address: vantage.address, isServing: vantage.kind === "serving", isCredentials, shape, partnerIp }];
}
