/** The pool's NAT gateway: which one counts, when to make one, which ones to delete. */
import type { Action, Finding, Wait } from "./actions.ts";
import { creationFindings } from "./findings.ts";
import type { NatGateway, Observed } from "./model.ts";
import { pauseMs } from "./refusals.ts";

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
  readonly waits: readonly Wait[];
}

const nothing: Creation = { actions: [], waits: [] };

/**
 * Rows 3, 6, 13 and 18: makes a gateway. What AWS refuses has its own pauses; after one that an operator or another system
 * deleted there is one too, so that no race begins.
 */
export function creation(observed: Observed, episode: string, nowMs: number): Creation {
  const { fallbackAddress, natGateways, refusals } = observed;
  if (!fallbackAddress || creationFindings(observed).length > 0) return nothing;
  const gone = natGateways.filter(
    ({ state, failure, episode: of }) => of === episode && !failure && (state === "deleting" || state === "deleted"),
  );
  const untilMs = Math.max(0, ...gone.map(({ createdMs }) => createdMs)) + pauseMs("fail", gone.length);
  if (gone.length > 0 && nowMs < untilMs) return { ...nothing, waits: [{ kind: "backoff", untilMs }] };
  // Not their number: it is the same again when old records go while new ones come.
  const newestMs = Math.max(0, ...natGateways.map(({ createdMs }) => createdMs));
  const attempt = `${Math.floor(nowMs / slotMs)} ${newestMs}`;
  const despite = chosenGateway(observed)?.natGatewayId;
  const isAgain = gone.length > 0 || refusals.some(({ operation }) => operation === "create" || operation === "fail");
  const row = despite ? 18 : isAgain ? 6 : episode.startsWith("standby") ? 13 : 3;
  const { allocationId } = fallbackAddress;
  return { ...nothing, actions: [{ kind: "create", row, allocationId, episode, despite, attempt }] };
}

/**
 * From when on a gateway that is on its way is reported, and looked at once a sweep. One usually comes within two minutes
 * (eight Terraform logs) and within 10 at most (kubernetes/kops#944); Terraform waits 10 for it and 30 for its deletion
 * (provider documentation, `aws_nat_gateway`, Timeouts). What is added to the 10 is assumed.
 */
const overdueMs = { pending: 15 * 60_000, deleting: 30 * 60_000 } as const;

/** Returns the finding for a gateway that does not come or go. */
export function overdueOf(
  gateway: NatGateway,
  nowMs: number,
): Extract<Finding, { kind: "gateway-overdue" }> | undefined {
  const { natGatewayId, state, sinceMs } = gateway;
  if ((state !== "pending" && state !== "deleting") || sinceMs === undefined) return undefined;
  if (nowMs - sinceMs < overdueMs[state]) return undefined;
  return { kind: "gateway-overdue", natGatewayId, state, sinceMs };
}

/** Whether another gateway may be made beside it: never beside one that may still come, since each would cost. */
export function isOutOfTheWay(gateway: NatGateway, { fallbackAddress }: Observed, nowMs: number): boolean {
  const isFree = fallbackAddress !== undefined && fallbackAddress.networkInterfaceId === undefined;
  return gateway.state === "deleting" && isFree && overdueOf(gateway, nowMs) !== undefined;
}
