/** The pool's NAT gateway: which one counts, when to make one, which ones to delete. */
import type { Action, Finding, Wait } from "./actions.ts";
import { creationFindings } from "./findings.ts";
import { backoffMs, maxAttempts, type NatGateway, type Observed } from "./model.ts";

const hourMs = 3_600_000;
/** Records of failed and deleted gateways last about an hour, so it distinguishes attempts of different hours. */
const slotMs = hourMs;

const worth: Record<NatGateway["state"], number> = { available: 0, pending: 1, deleting: 2, failed: 3, deleted: 4 };

/** The one that counts, if any: what carries traffic first, then what is furthest, then the oldest. */
export function chosenGateway({ natGateways }: Observed): NatGateway | undefined {
  return natGateways
    .filter(({ state }) => state === "available" || state === "pending" || state === "deleting")
    .sort(
      (a, b) =>
        worth[a.state] - worth[b.state] ||
        Number(b.routed) - Number(a.routed) ||
        a.createdMs - b.createdMs ||
        (a.natGatewayId < b.natGatewayId ? -1 : 1),
    )[0];
}

/** Row 5, and row 15 for a second gateway, which nothing needs. Never one that a route points to. */
export function deletions(observed: Observed): Action[] {
  const chosen = chosenGateway(observed);
  return observed.natGateways.flatMap((it): Action[] => {
    const { natGatewayId, state, routed } = it;
    if (routed) return [];
    if (state === "failed") return [{ kind: "delete", row: 5, natGatewayId }];
    const isDouble = it !== chosen && (state === "available" || state === "pending");
    return isDouble ? [{ kind: "delete", row: 15, natGatewayId }] : [];
  });
}

export interface Creation {
  readonly actions: readonly Action[];
  readonly findings: readonly Finding[];
  readonly waits: readonly Wait[];
}

const nothing: Creation = { actions: [], findings: [], waits: [] };

/** Rows 3, 6 and 13 where the pool has no gateway: make one, pause after a failure, or give up for the hour. */
export function creation(observed: Observed, episode: string, nowMs: number): Creation {
  const { fallbackAddress, natGateways } = observed;
  if (!fallbackAddress || creationFindings(observed).length > 0) return nothing;
  const spent = natGateways.filter((it) => it.episode === episode && (it.failure || it.state !== "available"));
  const lastMs = Math.max(0, ...spent.map(({ createdMs }) => createdMs));
  if (spent.length >= maxAttempts) {
    return { ...nothing, findings: [{ kind: "attempts-exhausted", attempts: spent.length }] };
  }
  const untilMs = lastMs + backoffMs * 2 ** (spent.length - 1);
  if (spent.length > 0 && nowMs < untilMs) return { ...nothing, waits: [{ kind: "backoff", untilMs }] };
  // Not their number: it is the same again when old records go while new ones come.
  const newestMs = Math.max(0, ...natGateways.map(({ createdMs }) => createdMs));
  const attempt = `${Math.floor(nowMs / slotMs)} ${newestMs}`;
  const { allocationId } = fallbackAddress;
  const row = spent.length > 0 ? 6 : episode.startsWith("standby") ? 13 : 3;
  return { ...nothing, actions: [{ kind: "create", row, allocationId, episode, attempt }] };
}

export function failures({ natGateways }: Observed): Finding[] {
  return natGateways.flatMap(({ natGatewayId, failure }) =>
    failure ? [{ kind: "gateway-failed", natGatewayId, code: failure.code, reason: failure.message } as const] : [],
  );
}
