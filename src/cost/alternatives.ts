/** What other ways to a fixed address cost in a month. Pure. */
import { hoursPerMonth, usd } from "./prices.ts";

export interface Alternative {
  readonly name: string;
  /** USD a month without traffic. */
  readonly standingUsd: number;
  /** USD per GB beyond what the transfer to the internet costs, which is the same for all. */
  readonly perGbUsd: number;
}

const addressPerMonth = usd.addressPerHour * hoursPerMonth;
const gatewayPerMonth = usd.natGatewayPerHour * hoursPerMonth + addressPerMonth;
/** The smallest that Amazon Linux takes. From memory. */
const natInstanceDiskGb = 2;

/** USD a month of a NAT gateway with its one public address, without traffic. */
export const natGatewayPerMonth = gatewayPerMonth;

/** The cheapest first. A NAT instance has what its owner builds for it: no fail over, no repair, one zone. */
export const alternatives: readonly Alternative[] = [
  {
    name: "NAT instance (t4g.nano) with its address",
    standingUsd: usd.natInstancePerHour * hoursPerMonth + natInstanceDiskGb * usd.diskPerGbMonth + addressPerMonth,
    perGbUsd: 0,
  },
  { name: "NAT gateway with its address", standingUsd: gatewayPerMonth, perGbUsd: usd.natGatewayPerGb },
  {
    name: "NAT gateway in each of two zones, with addresses",
    standingUsd: 2 * gatewayPerMonth,
    perGbUsd: usd.natGatewayPerGb,
  },
  {
    name: "Regional NAT gateway, active in two zones, with an address in each",
    standingUsd: 2 * gatewayPerMonth,
    perGbUsd: usd.natGatewayPerGb,
  },
];

/** @param gb of the month, in both directions */
export function alternativeUsd({ standingUsd, perGbUsd }: Alternative, gb: number): number {
  return standingUsd + gb * perGbUsd;
}
