import type { BlockScope } from "../config/target-rules.ts";
import type { BlockedVerdict, Verdict } from "./answer.ts";

/**
 * Where a probe leaves from: a `serving` subnet and security group, the `scout`, or Lambda's `shared` pool. `address`
 * is the public IP that an echo saw, if one answered.
 */
export interface Vantage {
  readonly id: string;
  readonly kind: "serving" | "scout" | "shared";
  readonly address: string | undefined;
}

/** One vantage's verdict on one target in one round. */
export interface Reading {
  readonly vantage: Vantage;
  readonly target: string;
  readonly verdict: Verdict;
}

/** Why a reading was or was not confirmed; the names of the rows of the table below. */
export type Finding =
  | "not-blocked"
  | "foreign-address"
  | "not-curable"
  | "address-unknown"
  | "contradicted"
  | "accepted-elsewhere"
  | "refused-everywhere"
  | "alone";

export interface Confirmation extends Reading {
  /** True only for `blocked/address` that the comparison established: the one thing that counts towards a swap. */
  readonly confirmed: boolean;
  readonly finding: Finding;
  /** The other vantages' readings that had a say, as evidence. */
  readonly comparedWith: readonly Reading[];
}

/**
 * Whose acceptance shows that the address is to blame: `any` other vantage's, only that of another `own` address
 * (serving or scout), or none. Cloudflare distinguishes a banned network (1005) and country (1009) from a banned
 * address; another address of ours lies in the same network and country, so only if that one is accepted was the
 * partner's list narrower than it says. The shared pool may be listed apart and proves nothing there. A challenge
 * depends on reputation as well as on the client, so it is treated alike. A rate limit is cured by waiting and to
 * dodge it would be abuse; a client's signature and the law do not change with the address.
 */
const convincedBy: Readonly<Record<BlockScope, "any" | "own" | "none">> = {
  address: "any",
  unknown: "any",
  network: "own",
  country: "own",
  challenge: "own",
  rate: "none",
  client: "none",
  legal: "none",
};

/**
 * Returns which blocks are aimed at an address: refused here and accepted elsewhere. Pure; the order of readings does not
 * matter. Readings without egress, silent, unreachable or of a target that is down count neither way: they are no
 * answers. `ok` and `unauthorized` are acceptance (the edge let us through to the application), of the shared pool
 * `ok` alone. The shared pool's
 * refusal is no evidence about our addresses, since allow-lists refuse it always.
 *
 * ```
 * this reading     scope               same address  other own   other own  shared     | scope     confirmed  finding
 *                                      accepted      accepted    refused    accepted   | becomes
 * ---------------- ------------------- ------------- ----------- ---------- ---------- | --------- ---------- ------------------
 * not blocked      -                   -             -           -          -          | (same)    no         not-blocked
 * shared, blocked  any                 -             -           -          -          | (same)    no         foreign-address
 * own, blocked     rate client legal   -             -           -          -          | (same)    no         not-curable
 * own, address ?   all others          -             -           -          -          | (same)    no         address-unknown
 * own, blocked     all others          yes           -           -          -          | (same)    no         contradicted
 * own, blocked     address unknown     no            yes         -          -          | address   YES        accepted-elsewhere
 * own, blocked     address unknown     no            no          -          yes        | address   YES        accepted-elsewhere
 * own, blocked     network country     no            yes         -          -          | address   YES        accepted-elsewhere
 *                  challenge
 * own, blocked     network country     no            no          yes        -          | (same)    no         refused-everywhere
 *                  challenge
 * own, blocked     network country     no            no          no         -          | (same)    no         alone
 *                  challenge
 * own, blocked     unknown             no            no          yes        no         | unknown   no         refused-everywhere
 * own, blocked     address             no            no          yes        no         | unknown   no         refused-everywhere
 * own, blocked     address unknown     no            no          no         no         | (same)    no         alone
 * ```
 *
 * "Same address" are other vantages that leave with this very address (all of them do behind a NAT gateway): if one
 * is accepted, the refusal comes and goes and the address is not its cause. An own vantage whose address is not known
 * cannot be distinguished, so it neither confirms nor refutes.
 */
export function confirm(readings: readonly Reading[]): Confirmation[] {
  return readings.map((reading) => {
    const others = readings.filter(
      (other) => other.target === reading.target && other.vantage.id !== reading.vantage.id,
    );
    return compare(reading, others);
  });
}

function compare(reading: Reading, others: readonly Reading[]): Confirmation {
  const { verdict, vantage } = reading;
  const unchanged = (finding: Finding, comparedWith: readonly Reading[] = []): Confirmation => ({
    ...reading,
    confirmed: false,
    finding,
    comparedWith,
  });
  if (verdict.kind !== "blocked") return unchanged("not-blocked");
  if (vantage.kind === "shared") return unchanged("foreign-address");
  const convinced = convincedBy[verdict.scope];
  if (convinced === "none") return unchanged("not-curable");
  if (vantage.address === undefined) return unchanged("address-unknown");

  const same = others.filter((other) => accepted(other) && other.vantage.address === vantage.address);
  if (same.length > 0) return unchanged("contradicted", same);
  const own = others.filter(
    ({ vantage: { kind, address } }) => kind !== "shared" && address !== undefined && address !== vantage.address,
  );
  // An application's 401 or 403 may be how it refuses a stranger's address, so of the shared pool it proves nothing.
  const shared = others.filter(({ vantage: { kind }, verdict: { kind: seen } }) => kind === "shared" && seen === "ok");
  const witnesses = convinced === "any" ? [...own, ...shared] : own;
  const acceptedBy = witnesses.filter(accepted);
  const refusedBy = own.filter((other) => other.verdict.kind === "blocked");
  if (acceptedBy.length > 0) {
    const finding = "accepted-elsewhere";
    const comparedWith = [...acceptedBy, ...refusedBy];
    return { ...reading, verdict: withScope(verdict, "address"), confirmed: true, finding, comparedWith };
  }
  if (refusedBy.length === 0) return unchanged("alone");
  const scope = verdict.scope === "address" ? "unknown" : verdict.scope;
  return { ...unchanged("refused-everywhere", refusedBy), verdict: withScope(verdict, scope) };
}

const accepted = ({ verdict }: Reading): boolean => verdict.kind === "ok" || verdict.kind === "unauthorized";

const withScope = (verdict: BlockedVerdict, scope: BlockScope): BlockedVerdict => ({ ...verdict, scope });

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
