/** What one round says about addresses, targets and vantages. Pure; who says nothing is absent. */

import { echoName } from "../config/target-rules.ts";
import type { Confirmation } from "./confirm.ts";

/** The rule of what another host lets in: the target redirects there, and does not answer itself. */
export const elsewhere = "redirected-to-another-host";

/**
 * Returns by public address: true when it was treated worse than another, false when it was let in and is nowhere kept
 * out. A target that is down for everybody speaks of no address; one that answers otherwise than to those that serve
 * does, though what it says is not known.
 */
export function addressEvidence(confirmations: readonly Confirmation[]): Map<string, boolean> {
  const evidence = new Map<string, boolean>();
  for (const [address, here] of groupBy(confirmations, ({ vantage }) =>
    vantage.kind === "shared" ? undefined : vantage.address,
  )) {
    if (here.some((it) => it.confirmed)) evidence.set(address, true);
    else if (here.some(({ clean }) => clean) && !here.some(isDoubtful)) evidence.set(address, false);
  }
  return evidence;
}

function isDoubtful({ accepted, clean, finding, verdict }: Confirmation): boolean {
  if (accepted) return !clean;
  return verdict.kind === "blocked" || verdict.kind === "unauthorized" || finding === "other-endpoint";
}

/**
 * Returns by target: true when no vantage of ours with egress reached it; what the shared pool gets is of no use to
 * members. A refusal is an answer; what another host answers in the target's place is none. The echo counts as a target: it is down when it does not tell a serving vantage its
 * address, since a block there cannot be confirmed.
 */
export function targetEvidence(confirmations: readonly Confirmation[]): Map<string, boolean> {
  const reaching = confirmations.filter(
    ({ verdict, vantage }) => verdict.kind !== "no-egress" && vantage.kind !== "shared",
  );
  const groups = groupBy(reaching, ({ target }) => target);
  const evidence = new Map(
    [...groups].map(([target, all]) => [target, all.every((it) => isSilent(it) || isElsewhere(it))] as const),
  );
  const answered = confirmations.filter((it) => it.vantage.kind === "serving" && isAnswered(it));
  if (answered.length > 0)
    evidence.set(
      echoName,
      answered.some(({ vantage }) => vantage.address === undefined),
    );
  return evidence;
}

/** Returns by vantage: true when it has lost its egress. */
export function egressEvidence(confirmations: readonly Confirmation[]): Map<string, boolean> {
  const groups = groupBy(confirmations, ({ vantage }) => (vantage.kind === "shared" ? undefined : vantage.id));
  return new Map([...groups].map(([id, all]) => [id, all.some(({ verdict }) => verdict.kind === "no-egress")]));
}

/** Returns whether a target answered, or kept this address out while it let another in. */
export const isAnswered = (it: Confirmation): boolean =>
  it.confirmed || !(isSilent(it) || it.verdict.kind === "no-egress");

const isSilent = ({ verdict: { kind } }: Confirmation): boolean => kind === "target-down" || kind === "unreachable";

const isElsewhere = ({ verdict: { rule } }: Confirmation): boolean => rule === elsewhere;

export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string | undefined): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
