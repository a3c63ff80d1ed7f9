/**
 * The deployment's dashboard: what all pools share, then a section for each pool. Log widgets show what is no metric. A
 * dashboard holds 500 widgets, so a pool of `lean` has four (stacks/sizes.ts).
 */
import { headlineMeanings, headlines } from "../src/telemetry/headline.ts";
import { dashboardLine } from "../src/telemetry/series.ts";
import { type PoolFacts, poolSection } from "./dashboard-pool.ts";
import { alarmsPerWidget, alarmWidget, layOut, logWidget, textWidget, type Widget } from "./dashboard-widgets.ts";

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

/** Returns how many widgets there are before the first pool's. @param alarms of the whole deployment */
export function sharedWidgets(alarms: number): number {
  return 4 + Math.ceil(alarms / alarmsPerWidget);
}

/** Returns the dashboard's body. */
export function dashboardBody(facts: DashboardFacts): string {
  const { stage, runbookUrl, costTable, pools } = facts;
  const rows = [
    ...health(facts).map((it) => [it]),
    [
      textWidget(
        5,
        `# Holdfast, ${stage}`,
        `The description of each alarm says what to do first; the [runbook](${runbookUrl}) has the details. \`npx holdfast status\` says who cannot reach whom, since when, why, what Holdfast does about it and what you can do: ${headlines.map((it) => `**${it}**, ${headlineMeanings[it]}`).join("; ")}. It also shows what raises no alarm, such as a member outside the pool's network. \`dead-letters\` and \`undelivered\` have no data while nothing is in their queues.`,
      ),
    ],
    [measured(facts)],
    [controllerHealth(facts)],
    [textWidget(8, `## Cost\n${costTable}`)],
    ...pools.flatMap(poolSection),
  ];
  return JSON.stringify({ start: "-PT6H", periodOverride: "inherit", widgets: layOut(rows) });
}

/**
 * Returns the state of every alarm, the raised ones first. An alarm is the one thing on a dashboard that is never older than it
 * looks: those on the parts' heartbeats are raised when nothing is published any more.
 */
function health({ alarmArns, pools }: DashboardFacts): Widget[] {
  const all = [...pools.flatMap((pool) => pool.alarmArns), ...alarmArns];
  const widgets = Math.ceil(all.length / alarmsPerWidget);
  return Array.from({ length: widgets }, (_, index) => {
    const title = "Health: OK without an alarm in red; with one DEGRADED, DOWN or, where a part is silent, UNKNOWN";
    const part = widgets > 1 ? ` (${index + 1} of ${widgets})` : "";
    return alarmWidget(`${title}${part}`, all.slice(index * alarmsPerWidget, (index + 1) * alarmsPerWidget));
  });
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
