/** A pool's section of the dashboard: alarms, what needs a person, what Holdfast did and why; in `full` every metric too. */
import { refusalRule } from "../src/attach/refusals.ts";
import type { MetricName } from "../src/telemetry/model.ts";
import { dashboardLine, guardTests } from "../src/telemetry/series.ts";
import {
  alarmWidget,
  chartOfEach,
  chartWidget,
  logWidget,
  type Shown,
  textWidget,
  type Widget,
} from "./dashboard-widgets.ts";

export interface PoolFacts {
  readonly pool: string;
  readonly region: string;
  readonly monitoring: "lean" | "full";
  readonly publicIps: readonly string[];
  readonly vantages: readonly string[];
  readonly targets: readonly string[];
  readonly alarmArns: readonly string[];
  /** Log groups of its actuators' functions and of the canary. */
  readonly logGroups: readonly string[];
  readonly hasFallback: boolean;
  /** Guarded functions, and whether Holdfast may attach them to the pool's network. */
  readonly guarded: readonly string[];
  readonly attaches: boolean;
  readonly flowLogs: { readonly logGroupName: string; readonly partnerNetworks: readonly string[] } | undefined;
}

/** By this beginning of a section's text the page of `holdfast console` finds it. */
export const sectionTitle = (pool: string) => `# Pool ${pool}`;

/** Returns the rows of a pool's section. */
export function poolSection(facts: PoolFacts): Widget[][] {
  const { pool, region, publicIps, guarded, flowLogs, hasFallback, attaches } = facts;
  const addresses = `Addresses that partners allow-list: ${publicIps.map((ip) => `\`${ip}\``).join(", ")}`;
  const attention: MetricName[] = [
    "RelocationAttention",
    "ProbingAttention",
    ...(hasFallback ? (["FallbackAttention"] as const) : []),
    ...(attaches ? (["AttachAttention"] as const) : []),
  ];
  return [
    [textWidget(3, sectionTitle(pool), addresses)],
    [alarmWidget("Alarms", facts.alarmArns)],
    [chartWidget(facts, "Needs a person: 1 a ticket, 2 a page", "Maximum", attention, 24)],
    ...(facts.monitoring === "full" ? everyMetric(facts) : []),
    ...(guarded.length > 0 ? [guardedRow(facts)] : []),
    [history(facts)],
    ...(flowLogs ? [[unknownDestinations(region, flowLogs)]] : []),
  ];
}

function everyMetric(facts: PoolFacts): Widget[][] {
  return [
    [
      chartOfEach(facts, "Egress by zone", "Minimum", "Egress", "vantage", facts.vantages),
      chartOfEach(facts, "Blocked rate by target", "Maximum", "BlockedRate", "target", facts.targets),
    ],
    [
      chartWidget(facts, "Addresses", "Maximum", ["AddressesServing", "AddressesSpare", "AddressesSuspect"]),
      chartWidget(facts, "Action needed", "Maximum", ["Shortage", "AddressesLost", "Conflicts", "RunsFailed"]),
      chartWidget(facts, "Moves and verifications", "Sum", ["AddressesMoved", "Verifications"], 8),
    ],
    [
      chartWidget(
        facts,
        "Time to heal, and time without egress (s)",
        "Maximum",
        ["TimeToHealSeconds", "EgressGapSeconds"],
        24,
      ),
    ],
    ...(facts.hasFallback ? [fallbackRow(facts)] : []),
    ...(facts.attaches
      ? [[chartWidget(facts, "Attaching", "Sum", ["AttachProblems", "AttachRunsFailed", "FunctionsAttached"], 24)]]
      : []),
  ];
}

/** Returns charts of fallback: state and override, duration and cost, problems. */
function fallbackRow(shown: Shown): Widget[] {
  return [
    chartWidget(shown, "In fallback, overridden", "Maximum", ["FallbackActive", "OverrideActive"], 8),
    chartWidget(shown, "Hours in fallback, and cost (USD)", "Maximum", ["FallbackHours", "FallbackCostUsd"], 8),
    chartWidget(shown, "Fallback problems", "Maximum", ["FallbackFlips", "FallbackProblems", "FallbackRunsFailed"]),
  ];
}

/** Returns a chart of what the guarded functions report. */
function guardedRow({ guarded, region }: PoolFacts): Widget[] {
  const properties = {
    title: "Guarded functions: share of refused tests",
    region,
    view: "timeSeries",
    stat: "Average",
    period: refusalRule.periodSeconds,
    yAxis: { left: { min: 0, max: 1 } },
    metrics: guarded.map((name) =>
      dashboardLine(guardTests(name, "Average", refusalRule.periodSeconds), { label: name }),
    ),
  };
  return [{ type: "metric", width: 24, height: 6, properties }];
}

function history({ pool, region, logGroups }: PoolFacts): Widget {
  return logWidget(region, "What Holdfast found and did, and when", 8, logGroups, [
    "fields @timestamp, message, kind, row, allocationId, networkInterfaceId, routeTableId, natGatewayId, functionName, result, reason, findings.0.text, findings.1.text",
    `filter pool = "${pool}" and message in ["action", "finding", "findings", "run failed", "target refused", "probe failed"]`,
    "sort @timestamp desc",
    "limit 50",
  ]);
}

/** Returns a table of public destinations that are not targets. */
function unknownDestinations(region: string, flowLogs: NonNullable<PoolFacts["flowLogs"]>): Widget {
  const { logGroupName, partnerNetworks } = flowLogs;
  return logWidget(region, "Destinations that are not targets", 6, [logGroupName], destinationsQuery(partnerNetworks));
}

/** Returns the query for destinations outside private networks and those of partners. */
export function destinationsQuery(partnerNetworks: readonly string[]): string[] {
  const known = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", ...partnerNetworks];
  return [
    `filter ${known.map((network) => `not isIpv4InSubnet(dstAddr, "${network}")`).join(" and ")}`,
    "stats sum(bytes) as bytesSent, count(*) as flows by dstAddr, dstPort",
    "sort bytesSent desc",
    "limit 20",
  ];
}
