/** The monthly cost of a pool, item by item, at the list prices of us-east-1, without traffic and logs. */
import type { Pool } from "../src/config/pool.ts";
import { hoursPerMonth, usd } from "../src/cost/prices.ts";

export interface CostItem {
  readonly item: string;
  readonly usdPerMonth: number;
}

/** Returns the items of a pool's monthly bill. The functions themselves stay within Lambda's free tier. */
export function monthlyCost(pool: Pool, alarms: number, metrics: number): CostItem[] {
  const { network, addresses, fallback } = pool;
  const { egress } = addresses;
  const serving = egress.kind === "own" ? egress.allocationIds.length : egress.count + egress.spares;
  const count = serving + (addresses.fallback.kind === "none" ? 0 : 1);
  const endpoints =
    network.kind === "create" ? (network.interfaceEndpoints.length + network.privateLink.length) * network.zones : 0;
  return [
    { item: `${count} Elastic IPs`, usdPerMonth: count * usd.addressPerHour * hoursPerMonth },
    ...(endpoints > 0
      ? [{ item: `${endpoints} interface endpoints`, usdPerMonth: endpoints * usd.endpointPerZoneHour * hoursPerMonth }]
      : []),
    ...(fallback.standby === "warm"
      ? [{ item: "NAT gateway, kept warm", usdPerMonth: usd.natGatewayPerHour * hoursPerMonth }]
      : []),
    ...ingressCost(pool.ingress),
    { item: `${metrics} metrics`, usdPerMonth: metrics * usd.metricPerMonth },
    { item: `${alarms} alarms`, usdPerMonth: alarms * usd.alarmPerMonth },
    { item: "Dashboard (the first three of an account are free)", usdPerMonth: usd.dashboardPerMonth },
  ];
}

/** Without traffic and a load balancer's capacity units; an HTTP API is billed by calls alone. */
function ingressCost(ingress: Pool["ingress"]): CostItem[] {
  if (ingress?.kind !== "addresses") return [];
  return [
    { item: "Accelerator with two fixed addresses", usdPerMonth: usd.acceleratorPerHour * hoursPerMonth },
    { item: "Load balancer behind it", usdPerMonth: usd.loadBalancerPerHour * hoursPerMonth },
  ];
}

/** Returns the items as a table in Markdown, with their sum. */
export function costTable(items: readonly CostItem[]): string {
  const sum = items.reduce((total, { usdPerMonth }) => total + usdPerMonth, 0);
  const rows = [...items, { item: "**Sum, without traffic**", usdPerMonth: sum }];
  const lines = rows.map(({ item, usdPerMonth }) => `| ${item} | ${usdPerMonth.toFixed(2)} |`);
  return ["| per month | USD |", "|---|---:|", ...lines].join("\n");
}
