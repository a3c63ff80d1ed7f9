/**
 * The deployment's dashboard: what all pools share, then a section for each pool. Log widgets show what is no metric. A
 * dashboard holds 500 widgets, so a pool of `lean` has four (stacks/sizes.ts).
 */
import { dashboardLine } from "../src/telemetry/series.ts";
import { type PoolFacts, poolSection } from "./dashboard-pool.ts";
import { alarmWidget, layOut, logWidget, textWidget, type Widget } from "./dashboard-widgets.ts";

/** The data of a dashboard. */
export interface DashboardFacts {
  readonly stage: string;
  readonly region: string;
  readonly runbookUrl: string;
  readonly alarmArns: readonly string[];
  readonly actuators: readonly ActuatorFacts[];
  readonly costTable: string;
  readonly pools: readonly PoolFacts[];
}

interface ActuatorFacts {
  readonly functionName: string;
  readonly queueName: string;
  readonly logGroupName: string;
}

/** Widgets before the first pool's. */
export const sharedWidgets = 5;

/** Returns the dashboard's body. */
export function dashboardBody(facts: DashboardFacts): string {
  const { stage, runbookUrl, alarmArns, costTable, pools } = facts;
  const rows = [
    [
      textWidget(
        3,
        `# Holdfast, ${stage}`,
        `The description of each alarm says what to do first; the [runbook](${runbookUrl}) has the details.`,
      ),
    ],
    [alarmWidget("Alarms of all pools", alarmArns)],
    [measured(facts)],
    [controllerHealth(facts)],
    [textWidget(8, `## Cost\n${costTable}`)],
    ...pools.flatMap(poolSection),
  ];
  return JSON.stringify({ start: "-PT6H", periodOverride: "inherit", widgets: layOut(rows) });
}

/** Returns a table of what relocation and fallback have measured of each pool, metric or not. */
function measured({ region, actuators, pools }: DashboardFacts): Widget {
  const fields = [
    "latest(AddressesServing) as serving, latest(AddressesSpare) as spare, latest(AddressesSuspect) as suspect",
    "latest(AddressesLost) as lost, sum(AddressesMoved) as moved",
    "max(EgressGapSeconds) as longestGapSeconds, max(TimeToHealSeconds) as longestToHealSeconds",
    ...(pools.some(({ hasFallback }) => hasFallback)
      ? [
          "latest(FallbackActive) as inFallback, latest(FallbackHours) as fallbackHours",
          "latest(FallbackCostUsd) as fallbackUsd, latest(OverrideActive) as overridden",
        ]
      : []),
  ];
  const groups = actuators.map(({ logGroupName }) => logGroupName);
  return logWidget(region, "Measured, by pool", 8, groups, [
    'filter service = "holdfast"',
    `stats ${fields.join(", ")} by pool`,
    "sort pool",
    "limit 200",
  ]);
}

function controllerHealth({ region, actuators }: DashboardFacts): Widget {
  const ofFunction = (metric: string, FunctionName: string) => {
    return { namespace: "AWS/Lambda", metric, dimensions: { FunctionName } };
  };
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
  return { type: "metric", width: 24, height: 6, properties };
}
