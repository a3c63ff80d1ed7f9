/** The way back: when a route table may return, and when one that has returned must be put back. */
import type { Finding, Wait } from "./actions.ts";
import { failedReturns, flipsOfTheDay, lastFlipMs, poolFlips } from "./history.ts";
import type { Observed, Policy, RouteTable } from "./model.ts";

/** Tables whose members are refused again since they returned. */
export function refusedAgain(direct: readonly RouteTable[], { rounds }: Observed, policy: Policy): RouteTable[] {
  return direct.filter(
    ({ subnetIds, flips }) =>
      flips.at(-1)?.direction === "direct" &&
      subnetIds.some((subnetId) => (rounds.get(subnetId)?.blocked ?? 0) >= policy.blockedRounds),
  );
}

/** How long the pool stays in fallback: twice as long after each return of the last day that failed. */
export function holdMsOf(tables: readonly RouteTable[], { holdMs, maxHoldMs }: Policy, nowMs: number): number {
  return Math.min(Math.max(holdMs, maxHoldMs), holdMs * 2 ** failedReturns(poolFlips(tables), nowMs));
}

/**
 * Whether a returned table has shown that its members get through: clean rounds of its own or, where too little is
 * measured, a hold time without a block.
 */
export function isProven(
  { flips, subnetIds }: RouteTable,
  { rounds }: Observed,
  policy: Policy,
  nowMs: number,
): boolean {
  const returned = flips.at(-1);
  if (returned?.direction !== "direct" || nowMs - returned.atMs >= policy.holdMs) return true;
  const measured = subnetIds.flatMap((subnetId) => rounds.get(subnetId) ?? []);
  return measured.length > 0 && measured.every(({ clean }) => clean >= policy.cleanRounds);
}

/** Why the table cannot return now, or undefined when it can. */
export function blockerOf(
  table: RouteTable,
  direct: readonly RouteTable[],
  observed: Observed,
  policy: Policy,
  nowMs: number,
): { readonly wait: Wait } | { readonly finding: Finding } | undefined {
  const { routeTables } = observed;
  const unproven = direct.find((it) => !isProven(it, observed, policy, nowMs));
  if (unproven) return { wait: { kind: "clean-rounds", routeTableId: unproven.routeTableId } };
  const enteredMs = lastFlipMs(routeTables, "fallback") ?? nowMs;
  const untilMs = enteredMs + holdMsOf(routeTables, policy, nowMs) * (hasCleanAddresses(table, observed) ? 1 : 2);
  if (nowMs < untilMs) return { wait: { kind: "hold", untilMs } };
  const flips = poolFlips(routeTables);
  const today = flipsOfTheDay(flips, nowMs).length;
  const isFirst = flips.at(-1)?.direction === "fallback";
  if (today + (isFirst ? 2 : 1) > policy.flipsPerDay) return { finding: { kind: "flips-exhausted", flips: today } };
  return undefined;
}

/** An address marked blocked has not been seen clean since: it cannot be, while traffic leaves by the NAT gateway. */
function hasCleanAddresses({ subnetIds }: RouteTable, { egress }: Observed): boolean {
  return !egress.some(({ servesSubnetId: id, blocked }) => blocked && id !== undefined && subnetIds.includes(id));
}
