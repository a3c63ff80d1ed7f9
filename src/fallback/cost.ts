/** What the pool's NAT gateway costs. Pure. */
import { usd } from "../cost/prices.ts";
import { activeSinceMs } from "./history.ts";
import type { Observed, Policy } from "./model.ts";

const hourMs = 3_600_000;

/** Of a gateway; data costs as much again per GB and is not measured here. */
export const priceUsdPerHour = usd.natGatewayPerHour;

export interface Cost {
  /** Hours since the first table that is still in fallback left. 0 when all is direct. */
  readonly hours: number;
  /** What the gateway has cost so far: of a cold one since it was made, of a warm one since fallback began. */
  readonly usd: number;
}

export function costOf(observed: Observed, { standby }: Pick<Policy, "standby">, nowMs: number): Cost {
  const activeMs = activeSinceMs(observed.routeTables);
  const made = observed.natGateways.filter(({ state }) => state === "available" || state === "pending");
  const billedMs = standby === "warm" ? activeMs : Math.min(...made.map(({ createdMs }) => createdMs));
  const startedHours =
    billedMs !== undefined && billedMs <= nowMs ? Math.max(1, Math.ceil((nowMs - billedMs) / hourMs)) : 0;
  return {
    hours: activeMs === undefined ? 0 : rounded(Math.max(0, nowMs - activeMs) / hourMs),
    usd: rounded(startedHours * priceUsdPerHour),
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
