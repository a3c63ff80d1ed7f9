/** What AWS bills a deployment for in a month, item by item, without traffic. Pure. */
import { counted } from "../telemetry/counted.ts";
import { allowances, hoursPerMonth, usd } from "./prices.ts";
import type { Use } from "./usage.ts";

/** Events that write, of an account that deploys now and then: what a second trail would be billed for. Assumed. */
export const writesPerMonth = 20_000;

/** What AWS bills besides, as it depends on what happens. */
export const leftOut = [
  "transfer to the internet, which costs the same either way",
  "what endpoints, load balancers and accelerators bill by traffic, and flow logs",
  "storage of logs, and queries of them: each view of the dashboard runs one for each log widget",
  "events, notifications and an advanced parameter, cents a month",
  "what healing does beyond a quiet month",
] as const;

/** What is there to be paid for, and what is used. */
export interface Inventory {
  readonly addresses: number;
  /** Interface endpoints times the zones that each is in. */
  readonly endpointZones: number;
  /** NAT gateways that are kept, each for the zones that it is active in. */
  readonly gatewayZones: number;
  /** Of ingress; a load balancer stands behind each. */
  readonly accelerators: number;
  readonly metrics: number;
  /** Metrics that alarms are on: one with math counts each of its metrics. */
  readonly alarmMetrics: number;
  readonly dashboards: number;
  /** Management events that a second trail records; none without one. */
  readonly trailEvents: number;
  readonly use: Use;
}

export interface BillItem {
  readonly item: string;
  readonly usdPerMonth: number;
  /** What of it the account's always-free allowances cover, where nothing else uses them up. */
  readonly freeUsd: number;
}

/** Returns the items that there are. */
export function itemsOf(inventory: Inventory): BillItem[] {
  const { use } = inventory;
  const hourly = (item: string, count: number, perHour: number) => priced(item, count, perHour * hoursPerMonth);
  return [
    hourly(counted(inventory.addresses, "Elastic IP"), inventory.addresses, usd.addressPerHour),
    hourly("Interface endpoints, by zone", inventory.endpointZones, usd.endpointPerZoneHour),
    hourly("NAT gateway, kept warm, by zone", inventory.gatewayZones, usd.natGatewayPerHour),
    hourly("Accelerators with two fixed addresses each", inventory.accelerators, usd.acceleratorPerHour),
    hourly("Load balancers behind them", inventory.accelerators, usd.loadBalancerPerHour),
    priced(counted(inventory.metrics, "custom metric"), inventory.metrics, usd.metricPerMonth, allowances.metrics),
    priced(
      `Alarms on ${counted(inventory.alarmMetrics, "metric")}`,
      inventory.alarmMetrics,
      usd.alarmMetricPerMonth,
      allowances.alarmMetrics,
    ),
    priced("Dashboard", inventory.dashboards, usd.dashboardPerMonth, allowances.dashboards),
    together("Lambda: requests and time", [
      priced("", use.lambdaGbSeconds, usd.lambdaPerGbSecond, allowances.lambdaGbSeconds),
      priced("", use.lambdaRequests, usd.lambdaRequest, allowances.lambdaRequests),
    ]),
    priced("SQS: polling and messages", use.queueRequests, usd.queueRequest, allowances.queueRequests),
    priced("EventBridge Scheduler", use.scheduledInvocations, usd.scheduledInvocation, allowances.scheduledInvocations),
    priced("Logs: ingestion", use.logsGb, usd.logsPerGb, allowances.logsGb),
    together("CloudWatch: metrics and alarms that functions read", [
      priced("", use.metricReads, usd.metricRead),
      priced("", use.cloudWatchCalls, usd.cloudWatchCall, allowances.cloudWatchCalls),
    ]),
    priced("Secrets Manager: reads", use.secretReads, usd.secretRead),
    priced("CloudTrail, a second copy", inventory.trailEvents, usd.trailEvent),
  ].filter(({ usdPerMonth }) => usdPerMonth > 0);
}

/** `free`: units that the account has for nothing. */
function priced(item: string, units: number, each: number, free = 0): BillItem {
  return { item, usdPerMonth: units * each, freeUsd: Math.min(units, free) * each };
}

function together(item: string, parts: readonly BillItem[]): BillItem {
  return { item, usdPerMonth: totalUsd(parts), freeUsd: freeUsd(parts) };
}

/** Returns the sum at list price. */
export function totalUsd(items: readonly BillItem[]): number {
  return items.reduce((sum, { usdPerMonth }) => sum + usdPerMonth, 0);
}

/** Returns what the always-free allowances take off the sum. */
export function freeUsd(items: readonly BillItem[]): number {
  return items.reduce((sum, it) => sum + it.freeUsd, 0);
}

/** Returns the items as a table in Markdown, with their sum, the allowances, and what is left. */
export function costTable(items: readonly BillItem[]): string {
  const sum = totalUsd(items);
  const free = freeUsd(items);
  const rows: [string, number][] = [
    ...items.map(({ item, usdPerMonth }): [string, number] => [item, usdPerMonth]),
    ["**Sum at list price, without traffic**", sum],
    ["Always-free allowances, where nothing else uses them", -free],
    ["**Sum within them**", sum - free],
  ];
  const lines = rows.map(([item, value]) => `| ${item} | ${value.toFixed(2)} |`);
  return ["| per month | USD |", "|---|---:|", ...lines].join("\n");
}
