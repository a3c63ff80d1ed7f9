/** What one round says about addresses, targets and vantages. Pure; who says nothing is absent. */

import { echoName } from "../config/target-rules.ts";
import type { Verdict } from "./answer.ts";
import type { Confirmation } from "./confirm.ts";

/** Returns by public address: true when blocked for certain, false when accepted and nowhere refused. */
export function addressEvidence(confirmations: readonly Confirmation[]): Map<string, boolean> {
  const evidence = new Map<string, boolean>();
  for (const [address, here] of groupBy(confirmations, ({ vantage }) =>
    vantage.kind === "shared" ? undefined : vantage.address,
  )) {
    if (here.some((it) => it.confirmed)) evidence.set(address, true);
    else if (here.some(isAccepted) && !here.some(isBlocked)) evidence.set(address, false);
  }
  return evidence;
}

/** Returns by public address and target (`blockKey`): true when blocked there for certain, false when accepted. */
export function blockEvidence(confirmations: readonly Confirmation[]): Map<string, boolean> {
  const pairs = groupBy(confirmations, ({ vantage: { kind, address }, target }) =>
    kind === "shared" || address === undefined ? undefined : blockKey(address, target),
  );
  const evidence = new Map<string, boolean>();
  for (const [pair, here] of pairs) {
    if (here.some((it) => it.confirmed)) evidence.set(pair, true);
    else if (here.some(isAccepted)) evidence.set(pair, false);
  }
  return evidence;
}

export const blockKey = (publicIp: string, target = ""): string => `${publicIp} ${target}`;

/**
 * Returns by target: true when no vantage with egress reached it. A refusal is an answer. The echo counts as a target:
 * it is down when it does not tell a serving vantage its address, since a block there cannot be confirmed.
 */
export function targetEvidence(confirmations: readonly Confirmation[]): Map<string, boolean> {
  const reaching = confirmations.filter(({ verdict }) => verdict.kind !== "no-egress");
  const groups = groupBy(reaching, ({ target }) => target);
  const evidence = new Map(
    [...groups].map(([target, all]) => [target, all.every(({ verdict }) => isSilent(verdict))] as const),
  );
  const answered = confirmations.filter((it) => it.vantage.kind === "serving" && (isAccepted(it) || isBlocked(it)));
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

export const isBlocked = ({ verdict }: Confirmation): boolean => verdict.kind === "blocked";

export const isAccepted = ({ verdict }: Confirmation): boolean =>
  verdict.kind === "ok" || verdict.kind === "unauthorized";

const isSilent = ({ kind }: Verdict): boolean => kind === "target-down" || kind === "unreachable";

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
