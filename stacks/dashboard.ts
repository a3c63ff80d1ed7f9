/** A pool's dashboard, from top to bottom: alarms, egress, addresses, health, what Holdfast did and why, cost. */
import { refusalRule } from "../src/attach/refusals.ts";
import { type MetricName, metricsNamespace as namespace } from "../src/telemetry/model.ts";
import { dashboardLine, dimensionsOf, guardTests } from "../src/telemetry/series.ts";

/** The data of a dashboard. */
export interface DashboardFacts {
  readonly pool: string;
  readonly region: string;
  readonly publicIps: readonly string[];
  readonly vantages: readonly string[];
  readonly targets: readonly string[];
  readonly alarmArns: readonly string[];
  readonly actuators: readonly ActuatorFacts[];
  readonly hasFallback: boolean;
  /** Guarded functions, and whether Holdfast may attach them to the pool's network. */
  readonly guarded: readonly string[];
  readonly attaches: boolean;
  readonly flowLogs: { readonly logGroupName: string; readonly partnerNetworks: readonly string[] } | undefined;
  readonly costTable: string;
  readonly runbookUrl: string;
}

interface ActuatorFacts {
  readonly name: string;
  readonly functionName: string;
  readonly queueName: string;
  readonly logGroupName: string;
}

interface Widget {
  readonly type: "text" | "alarm" | "metric" | "log";
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Metrics of relocation. CloudWatch bills each metric. */
export const relocationMetrics = [
  "AddressesServing",
  "AddressesSpare",
  "AddressesSuspect",
  "AddressesLost",
  "AddressesMoved",
  "Shortage",
  "Conflicts",
  "RunsFailed",
  "TimeToHealSeconds",
  "EgressGapSeconds",
  "Verifications",
] as const satisfies readonly MetricName[];

/** Additional metrics of a pool with a fallback. */
export const fallbackMetrics = [
  "FallbackActive",
  "FallbackCostUsd",
  "FallbackFlips",
  "FallbackHours",
  "FallbackProblems",
  "FallbackRunsFailed",
  "OverrideActive",
] as const satisfies readonly MetricName[];

/** Additional metrics of a pool that attaches guarded functions. */
export const attachMetrics = [
  "AttachProblems",
  "AttachRunsFailed",
  "FunctionsAttached",
] as const satisfies readonly MetricName[];

/** Returns how many metrics probing adds for a pool. */
export function probingMetrics(vantages: number, targets: number): number {
  const ofPool = 7;
  return ofPool + 2 * vantages + targets;
}

/** Returns the dashboard's body (CloudWatch API reference, "Dashboard body structure and syntax"). */
export function dashboardBody(facts: DashboardFacts): string {
  const rows = [
    [headline(facts)],
    [{ type: "alarm", width: 24, height: 3, properties: { title: "Alarms", alarms: facts.alarmArns } } as const],
    [
      each(facts, "Egress by zone", "Minimum", "Egress", "vantage", facts.vantages),
      each(facts, "Blocked rate by target", "Maximum", "BlockedRate", "target", facts.targets),
    ],
    [
      metrics(facts, "Addresses", "Maximum", ["AddressesServing", "AddressesSpare", "AddressesSuspect"]),
      metrics(facts, "Action needed", "Maximum", ["Shortage", "AddressesLost", "Conflicts", "RunsFailed"]),
      metrics(facts, "Moves and verifications", "Sum", ["AddressesMoved", "Verifications"], 8),
    ],
    [
      metrics(facts, "Time to heal, and time without egress (s)", "Maximum", ["TimeToHealSeconds", "EgressGapSeconds"]),
      controllerHealth(facts),
    ],
    ...(facts.hasFallback ? [fallback(facts)] : []),
    ...(facts.guarded.length > 0 ? [guarded(facts)] : []),
    [history(facts)],
    ...(facts.flowLogs ? [[unknownDestinations(facts.region, facts.flowLogs)]] : []),
    [{ type: "text", width: 24, height: 6, properties: { markdown: `## Cost\n${facts.costTable}` } } as const],
  ];
  return JSON.stringify({ start: "-PT6H", periodOverride: "inherit", widgets: layOut(rows) });
}

/** Places rows from top to bottom and widgets from left to right, on CloudWatch's grid of 24 columns. */
function layOut(rows: readonly (readonly Widget[])[]) {
  let y = 0;
  return rows.flatMap((row) => {
    let x = 0;
    const placed = row.map((widget) => {
      const at = { ...widget, x, y };
      x += widget.width;
      return at;
    });
    y += Math.max(...row.map(({ height }) => height));
    return placed;
  });
}

function headline({ pool, publicIps, runbookUrl }: DashboardFacts): Widget {
  const markdown = [
    `# Pool ${pool}`,
    `Addresses that partners allow-list: ${publicIps.map((ip) => `\`${ip}\``).join(", ")}`,
    `The description of each alarm says what to do first; the [runbook](${runbookUrl}) has the details.`,
  ].join("\n\n");
  return { type: "text", width: 24, height: 4, properties: { markdown } };
}

function metrics(
  { pool, region }: DashboardFacts,
  title: string,
  stat: "Maximum" | "Sum",
  names: readonly MetricName[],
  width = 24 / (names.length === 2 ? 2 : 3),
): Widget {
  const dimensions = dimensionsOf({ pool });
  const shown = names.map((metric) => dashboardLine({ namespace, metric, dimensions }));
  const properties = { title, region, view: "timeSeries", stat, period: 60, metrics: shown };
  return { type: "metric", width, height: 6, properties };
}

/** Returns a chart with one line per vantage or target. */
function each(
  { pool, region }: DashboardFacts,
  title: string,
  stat: "Minimum" | "Maximum",
  metric: MetricName,
  dimension: "vantage" | "target",
  values: readonly string[],
): Widget {
  const shown = values.map((value) => {
    const dimensions = dimensionsOf({ pool, [dimension]: value });
    return dashboardLine({ namespace, metric, dimensions }, { label: value });
  });
  const properties = { title, region, view: "timeSeries", stat, period: 60, yAxis: { left: { min: 0, max: 1 } } };
  return { type: "metric", width: 12, height: 6, properties: { ...properties, metrics: shown } };
}

/** Returns charts of fallback: state and override, duration and cost, problems. */
function fallback(facts: DashboardFacts): Widget[] {
  return [
    metrics(facts, "In fallback, overridden", "Maximum", ["FallbackActive", "OverrideActive"], 8),
    metrics(facts, "Hours in fallback, and cost (USD)", "Maximum", ["FallbackHours", "FallbackCostUsd"], 8),
    metrics(facts, "Fallback problems", "Maximum", ["FallbackFlips", "FallbackProblems", "FallbackRunsFailed"]),
  ];
}

/** Returns charts of what the guarded functions report, and of attaching. */
function guarded(facts: DashboardFacts): Widget[] {
  const shown = facts.guarded.map((name) =>
    dashboardLine(guardTests(name, "Average", refusalRule.periodSeconds), { label: name }),
  );
  const properties = {
    title: "Guarded functions: share of refused tests",
    region: facts.region,
    view: "timeSeries",
    stat: "Average",
    period: refusalRule.periodSeconds,
    yAxis: { left: { min: 0, max: 1 } },
    metrics: shown,
  };
  const refused: Widget = { type: "metric", width: 12, height: 6, properties };
  return facts.attaches ? [refused, metrics(facts, "Attaching", "Sum", attachMetrics, 12)] : [refused];
}

function ofFunction(metric: string, FunctionName: string) {
  return { namespace: "AWS/Lambda", metric, dimensions: { FunctionName } };
}

function controllerHealth({ region, actuators }: DashboardFacts): Widget {
  const properties = {
    title: "Controller health",
    region,
    view: "timeSeries",
    stat: "Maximum",
    period: 60,
    metrics: actuators.flatMap(({ functionName, queueName }) => [
      dashboardLine(ofFunction("Duration", functionName)),
      dashboardLine(ofFunction("Errors", functionName), { stat: "Sum", yAxis: "right" }),
      dashboardLine(
        { namespace: "AWS/SQS", metric: "ApproximateAgeOfOldestMessage", dimensions: { QueueName: queueName } },
        { yAxis: "right" },
      ),
    ]),
  };
  return { type: "metric", width: 12, height: 6, properties };
}

function history({ pool, region, actuators }: DashboardFacts): Widget {
  const query = [
    ...actuators.map(({ logGroupName }) => `SOURCE '${logGroupName}'`),
    "fields @timestamp, message, kind, row, allocationId, networkInterfaceId, routeTableId, natGatewayId, functionName, result, reason",
    `filter pool = "${pool}" and message in ["action", "finding", "run failed"]`,
    "sort @timestamp desc",
    "limit 50",
  ].join(" | ");
  return {
    type: "log",
    width: 24,
    height: 8,
    properties: { title: "What Holdfast did, and when", region, view: "table", query },
  };
}

/** Returns a table of public destinations that are not targets. */
function unknownDestinations(region: string, flowLogs: NonNullable<DashboardFacts["flowLogs"]>): Widget {
  const title = "Destinations that are not targets";
  const query = unknownDestinationsQuery(flowLogs);
  return { type: "log", width: 24, height: 6, properties: { title, region, view: "table", query } };
}

export function unknownDestinationsQuery({
  logGroupName,
  partnerNetworks,
}: NonNullable<DashboardFacts["flowLogs"]>): string {
  const known = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", ...partnerNetworks];
  return [
    `SOURCE '${logGroupName}'`,
    `filter ${known.map((network) => `not isIpv4InSubnet(dstAddr, "${network}")`).join(" and ")}`,
    "stats sum(bytes) as bytesSent, count(*) as flows by dstAddr, dstPort",
    "sort bytesSent desc",
    "limit 20",
  ].join(" | ");
}
