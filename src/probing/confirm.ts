import type { BlockScope } from "../config/target-rules.ts";
import type { Answer, BlockedVerdict, Verdict } from "./answer.ts";
import { isEndpointOfOthers, isUsual, type Known, nothingKnown } from "./known.ts";
import { type Rank, rankOf, ranks } from "./rank.ts";
import { isAlike, type Shape, shapeOf } from "./shape.ts";

/**
 * Where a probe leaves from: a `serving` subnet and security group, the `scout`, or Lambda's `shared` pool. `address`
 * is the public IP that an echo saw, if one answered.
 */
export interface Vantage {
  readonly id: string;
  readonly kind: "serving" | "scout" | "shared";
  readonly address: string | undefined;
  /** The address is not one of the pool's egress addresses, but a NAT gateway's: it says nothing against one of those. */
  readonly isOnNat?: true;
}

/** One vantage's verdict on one target in one round. */
export interface Reading {
  readonly vantage: Vantage;
  readonly target: string;
  readonly verdict: Verdict;
  readonly answer?: Answer;
  /** The partner's address that the probe connected to. */
  readonly partnerIp?: string;
  /** The host that answered after redirects, where that is another than the target's. */
  readonly host?: string;
}

/** What the comparison found; the names of the rows of the table below. */
export type Finding =
  | "accepted"
  | "foreign-address"
  | "no-answer"
  | "not-curable"
  | "address-unknown"
  | "contradicted"
  | "accepted-elsewhere"
  | "other-endpoint"
  | "refused-pool"
  | "refused-everywhere"
  | "alone";

export interface Confirmation extends Reading {
  /** True only where the comparison has shown that this address is treated worse: the one thing that counts towards a swap. */
  readonly confirmed: boolean;
  readonly finding: Finding;
  /** Let in, as the partner usually lets us in. */
  readonly accepted: boolean;
  /** Accepted with an answer that looks like those to the serving addresses. */
  readonly clean: boolean;
}

/**
 * Returns which readings show that an address is treated worse than another one of ours. Pure; the order of readings
 * does not matter. `rank.ts` says what ranks worse than what; signatures have no say in it but to tell a refusal.
 *
 * ```
 * this reading's rank      same      own, accepted, better   own, accepted, better   other own   shared   | confirmed  finding
 *                          address   same partner address    another one             answer      accepted |
 * ------------------------ --------- ----------------------- ----------------------- ----------- -------- | ---------- ------------------
 * any, shared              -         -                       -                       -           -        | no         foreign-address
 * none (DNS, no egress)    -         -                       -                       -           -        | no         no-answer
 * accepted                 -         no                      -                       -           -        | no         accepted
 * strain                   -         -                       -                       -           -        | no         not-curable
 * other, address unknown   -         -                       -                       -           -        | no         address-unknown
 * other                    accepted  -                       -                       -           -        | no         contradicted
 * other                    -         yes                     -                       -           -        | YES        accepted-elsewhere
 * says "address"           -         -                       yes                     -           -        | YES        accepted-elsewhere
 * other                    -         no                      yes                     -           -        | no         other-endpoint
 * other                    -         no                      no                      yes         yes      | no         refused-pool
 * other                    -         no                      no                      yes         no       | no         refused-everywhere
 * other                    -         no                      no                      no          usual    | YES (*)    accepted-elsewhere
 * other                    -         no                      no                      no          else     | no         alone
 * ```
 *
 * Accepted is every rank up to an application's own 4xx, and its 401 or 403 where the partner has given us nothing better
 * within the last hour, or before it began to keep out the whole pool, and the shared pool no 2xx now; not a 2xx that has another shape than the witness's and, other than it, the words of a refusal,
 * nor a page of another host. `Same address` are other vantages that leave with this very address (all of them do behind a NAT
 * gateway): if one is accepted, the refusal comes and goes and the address is not its cause. `Same partner address`:
 * both probes connected to it, or another address of ours was accepted there in one of the last rounds; otherwise the
 * cause may be that machine or that zone's endpoint. An address of a NAT gateway is no witness: in fallback it would have
 * each address marked of a pool that the partner keeps out as a whole. Nor is one that got no more than a 401 or 403, against
 * a refusal of a network or country, a challenge or the law that the shared pool gets too: that one means everybody. An own vantage whose address is not known neither confirms nor
 * refutes. The shared pool is a witness only where no other address of ours has answered, and only with a 2xx of a
 * shape that our addresses have got (usual), from the same partner address; (*) never of a network, a country, a challenge or the law, where it may be
 * listed apart. Where all of ours are refused and the shared pool is not, the partner means the whole pool.
 */
export function confirm(readings: readonly Reading[], known: ReadonlyMap<string, Known> = new Map()): Confirmation[] {
  const seen = readings.map((reading) => look(reading, readings, known.get(reading.target) ?? nothingKnown));
  return seen.map((it) =>
    compare(
      it,
      seen.filter((other) => other !== it && other.reading.target === it.reading.target),
    ),
  );
}

/** A reading with what the comparison reads of it. */
interface Look {
  readonly reading: Reading;
  readonly known: Known;
  readonly rank: Rank | undefined;
  readonly shape: Shape | undefined;
  readonly accepted: boolean;
}

function look(reading: Reading, all: readonly Reading[], known: Known): Look {
  const { verdict, answer, host, target } = reading;
  const shape = answer?.kind === "http" ? shapeOf(answer, host) : undefined;
  const rank = rankOf(verdict, answer);
  const isBetterKnown = known.betterMs !== undefined || all.some((it) => it.target === target && isBetter(it));
  const accepted = rank !== undefined && (rank <= ranks.answer || (rank === ranks.credentials && !isBetterKnown));
  return { reading, known, rank, shape, accepted };
}

/** Returns whether a reading shows that the partner gives more than a 401 or 403, the shared pool's only by a 2xx. */
function isBetter({ vantage, verdict, answer }: Reading): boolean {
  return vantage.kind === "shared" ? rankOf(verdict, answer) === ranks.success : verdict.kind === "ok";
}

function compare(it: Look, others: readonly Look[]): Confirmation {
  const { reading, rank, known } = it;
  const { vantage, verdict } = reading;
  const unchanged = (finding: Finding): Confirmation => ({
    ...reading,
    confirmed: false,
    finding,
    accepted: finding === "accepted",
    clean: finding === "accepted" && isClean(it, others),
  });
  if (vantage.kind === "shared") return unchanged(it.accepted ? "accepted" : "foreign-address");
  if (rank === undefined) return unchanged("no-answer");
  const own = others.filter(({ reading: { vantage: at } }) => at.kind !== "shared" && at.address !== undefined);
  const elsewhere = own.filter((other) => other.reading.vantage.address !== vantage.address);
  const isForAll = isForEverybody(
    reading,
    others.map((other) => other.reading),
  );
  const better = elsewhere.filter(
    (other) =>
      !other.reading.vantage.isOnNat &&
      other.accepted &&
      isWorse(it, other) &&
      !(isForAll && other.rank === ranks.credentials),
  );
  if (it.accepted && better.length === 0) return unchanged("accepted");
  if (rank === ranks.strain) return unchanged("not-curable");
  if (vantage.address === undefined) return unchanged("address-unknown");

  const same = own.filter((other) => other.reading.vantage.address === vantage.address);
  const contradicting = same.filter((other) => other.accepted && !better.some((witness) => isWorse(other, witness)));
  if (contradicting.length > 0) return unchanged("contradicted");
  const answering = elsewhere.filter((other) => other.rank !== undefined);
  const shared = others.filter(({ reading: at, rank: its }) => at.vantage.kind === "shared" && its === ranks.success);
  const usual =
    answering.length === 0 && mayShow(verdict)
      ? shared.filter((other) => other.shape && isUsual(known, other.shape) && isSameEndpoint(it, other))
      : [];
  const comparable = better.filter((other) => isSameEndpoint(it, other));
  if (comparable.length + usual.length > 0) {
    const confirmed = unchanged("accepted-elsewhere");
    return { ...confirmed, verdict: aimedAt(verdict, "address"), confirmed: true };
  }
  if (better.length > 0) return unchanged("other-endpoint");
  if (!answering.some(({ accepted }) => !accepted)) return unchanged("alone");
  const finding = shared.length > 0 ? "refused-pool" : "refused-everywhere";
  return { ...unchanged(finding), verdict: claimsAddress(verdict) ? aimedAt(verdict, "unknown") : verdict };
}

/** Returns whether this answer is worse than the other's, for a cause that another address may cure. */
function isWorse(it: Look, other: Look): boolean {
  if (it.rank === undefined || other.rank === undefined) return false;
  if (it.rank > other.rank) return true;
  if (!it.shape || !other.shape || isAlike(it.shape, other.shape) || it.rank !== ranks.success) return false;
  return isRefusing(it, other);
}

/**
 * Returns whether a refusal means more than an address, and the shared pool gets it too. One that names an address, or
 * nothing, says so little: anyone who is not on the partner's list gets it.
 */
export function isForEverybody({ verdict, target }: Reading, all: readonly Reading[]): boolean {
  return (
    !mayShow(verdict) &&
    all.some((it) => it.vantage.kind === "shared" && it.target === target && it.verdict.rule === verdict.rule)
  );
}

/** What a refusal says, also with status 200. */
const refusing =
  /access (?:to this \w+ )?(?:is |was |has been )?(?:denied|blocked|restricted|forbidden)|\bforbidden\b|\bunauthori[sz]ed\b|not (?:allowed|authori[sz]ed|permitted|available in your)|(?:request|ip|address|you) (?:is|was|were|are|has been|have been) (?:blocked|rejected|denied)|unusual (?:traffic|activity)|captcha|are you (?:a )?(?:human|robot)/i;

/**
 * A success that is none: with a refusal's words, which the witness's answer does not have too, or from another host and
 * of another kind than the witness's.
 */
function isRefusing({ reading: { answer, verdict }, shape }: Look, witness: Look): boolean {
  if (answer?.kind !== "http" || !shape || !witness.shape || verdict.rule.startsWith("target:")) return false;
  const { host, body, detail } = witness.shape;
  if (shape.host !== undefined && shape.host !== host && shape.body !== body) return true;
  const isOther = shape.body !== body || shape.detail !== detail;
  return isOther && hasWords(answer) && !hasWords(witness.reading.answer);
}

const hasWords = (answer: Answer | undefined): boolean => answer?.kind === "http" && refusing.test(answer.body);

function isSameEndpoint({ reading: { partnerIp, verdict, vantage }, known }: Look, witness: Look): boolean {
  if (claimsAddress(verdict)) return true;
  if (partnerIp === undefined || witness.reading.partnerIp === undefined) return true;
  return partnerIp === witness.reading.partnerIp || isEndpointOfOthers(known, partnerIp, vantage.address);
}

/** An address is clean only by answers that look like those to the serving addresses, of this round or the last hour. */
function isClean({ shape, known, reading: { vantage } }: Look, others: readonly Look[]): boolean {
  if (!shape || vantage.kind === "serving") return true;
  const serving = others.filter((other) => other.reading.vantage.kind === "serving" && other.accepted);
  const shapes = serving.flatMap((other) => other.shape ?? []);
  if (shapes.length === 0 && known.shapes.length === 0) return true;
  return shapes.some((other) => isAlike(shape, other)) || isUsual(known, shape);
}

/** Whether an address may be all that is meant: a wider list may name the shared pool apart from ours. */
function mayShow(verdict: Verdict): boolean {
  return verdict.kind !== "blocked" || verdict.scope === "address" || verdict.scope === "unknown";
}

const claimsAddress = (verdict: Verdict): boolean => verdict.kind === "blocked" && verdict.scope === "address";

function aimedAt(verdict: Verdict, scope: BlockScope): Verdict {
  return verdict.kind === "blocked" ? ({ ...verdict, scope } satisfies BlockedVerdict) : verdict;
}

/**
 * Tells a vantage that has lost its way out from targets that are silent. A vantage is without egress when no echo
 * saw its address and every target is silent from there, and it is not the targets: there are at least two of them,
 * or another vantage reached one, or the network itself says so. Its readings then become `no-egress`. Of any other
 * vantage a reading that claims it (an address family without a route, a target's own rule) speaks of that target
 * alone, and becomes `unreachable`. To be run before `confirm`.
 */
export function settleEgress(readings: readonly Reading[]): Reading[] {
  const silent = ({ verdict }: Reading): boolean => verdict.kind === "unreachable" || verdict.kind === "no-egress";
  return readings.map((reading) => {
    if (!silent(reading)) return reading;
    const here = readings.filter((other) => other.vantage.id === reading.vantage.id);
    const targets = new Set(here.map((other) => other.target));
    const reachedElsewhere = readings.some((other) => targets.has(other.target) && !silent(other));
    const hasNoRoute = here.some(({ verdict }) => verdict.kind === "no-egress");
    const isLost =
      reading.vantage.address === undefined &&
      here.every(silent) &&
      (targets.size > 1 || reachedElsewhere || hasNoRoute);
    const { rule, ids } = reading.verdict;
    return { ...reading, verdict: { kind: isLost ? "no-egress" : "unreachable", rule, ids } };
  });
}
