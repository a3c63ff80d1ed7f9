/** The page that compares Holdfast with the baselines, made from the scores. */

import type { Baseline } from "./baselines.ts";
import type { Row, Score } from "./comparison-model.ts";

/** USD, us-east-1: public IPv4 address and NAT gateway (VPC pricing), t4g.nano (EC2 pricing), CloudWatch pricing. */
const usd = {
  addressHour: 0.005,
  natGatewayHour: 0.045,
  natInstanceHour: 0.0042,
  metricMonth: 0.3,
  alarmMonth: 0.1,
  dashboardMonth: 3,
};
const hoursPerMonth = 730;
const daysPerMonth = hoursPerMonth / 24;

interface Rates {
  readonly natFailuresPerDay: number;
  readonly natFailureMinutes: readonly [number, number];
  readonly blocksPerDay: number;
  readonly blockMinutes: readonly [number, number];
}

interface Figures {
  readonly name: string;
  readonly shut: number;
  readonly cut: number;
  readonly refused: number;
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
  readonly seen: number;
  readonly cost: number;
  readonly calls: number;
}

const columns: readonly (readonly [keyof Figures, string, number])[] = [
  ["shut", "seconds without egress", 1],
  ["cut", "seconds without the partner", 1],
  ["refused", "requests refused", 0],
  ["p50", "heal p50 s", 1],
  ["p99", "p99 s", 1],
  ["most", "max s", 1],
  ["seen", "addresses seen", 1],
  ["cost", "USD a month", 2],
  ["calls", "AWS calls a day", 0],
];

function figuresOf({ baseline, scores }: Row, days: number): Figures {
  const total = days * scores.length;
  const sum = (of: (score: Score) => number) => scores.reduce((all, it) => all + of(it), 0);
  const heals = scores.flatMap((it) => it.heals).sort((a, b) => a - b);
  const quantile = (q: number) => heals[Math.min(heals.length - 1, Math.floor(q * heals.length))] ?? 0;
  return {
    name: baseline.name,
    shut: sum((it) => it.shutSeconds) / total,
    cut: sum((it) => it.cutSeconds) / total,
    refused: sum((it) => it.unlistedSeconds - it.shutSeconds) / total,
    p50: quantile(0.5),
    p99: quantile(0.99),
    most: heals.at(-1) ?? 0,
    seen: sum((it) => it.addressesSeen) / scores.length,
    cost: monthlyUsd(baseline, scores, total),
    calls: sum((it) => it.calls) / total,
  };
}

function monthlyUsd({ keeps, holdfast }: Baseline, scores: readonly Score[], totalDays: number): number {
  const { addresses, natGateways, natInstances } = keeps;
  const hourly = addresses * usd.addressHour + natGateways * usd.natGatewayHour + natInstances * usd.natInstanceHour;
  const standing = hourly * hoursPerMonth;
  const [first] = scores;
  if (!holdfast || !first) return standing;
  const natHoursPerDay = scores.reduce((all, it) => all + it.natSeconds, 0) / 3600 / totalDays;
  const fallback = natHoursPerDay * daysPerMonth * usd.natGatewayHour;
  return standing + fallback + first.metrics * usd.metricMonth + first.alarms * usd.alarmMonth + usd.dashboardMonth;
}

export function comparisonPage(rows: readonly Row[], seeds: readonly number[], days: number, rates: Rates): string {
  const figures = rows.map((row) => figuresOf(row, days));
  const lines = figures.map(
    (it) => `| ${[it.name, ...columns.map(([key, , digits]) => (it[key] as number).toFixed(digits))].join(" | ")} |`,
  );
  const [from, to] = [seeds[0] ?? 1, seeds.at(-1) ?? 1];
  return `# Holdfast and other ways, under the same faults

Seeds ${from} to ${to}, ${days} days each. One function in two zones: deployed and moved between subnets and groups four times a day, interfaces replaced by Lambda twice a day and more of them two days in three, CloudTrail as in \`testing/twin/delays.ts\`, five Elastic IPs in the account. Every way meets the same events. Made by \`npm run sim -- --compare --seeds ${seeds.length} --days ${days}${from === 1 ? "" : ` --from ${from}`}\`; do not edit.

![Seconds per day without a way out, and without the partner](comparison.svg)

Per day, if not said otherwise:

| way | ${columns.map(([, title]) => title).join(" | ")} |
|---|${columns.map(() => "---:|").join("")}
${lines.join("\n")}

- A *way* is a live version in a subnet (or an environment outside a VPC); seconds are summed over two of them. One interface of several without an address counts as no way out, since the interface cannot be chosen.
- *Without the partner*: no way out, or the partner blocks the address. *Requests refused*: of one a second and way, by a partner that blocks addresses and lets in only the addresses declared at the start. *Heal*: how long each time without the partner lasted.
- The partner blocks one of the addresses that it sees ${rates.blocksPerDay} time a day for ${rates.blockMinutes.join(" to ")} minutes; a zone's NAT gateway or instance fails ${rates.natFailuresPerDay} times a day for ${rates.natFailureMinutes.join(" to ")} minutes. Both are assumed; no rates are published.
- The process-exit guard has environments that live 45 minutes on average and eight shared addresses, one of which is refused always. Assumed.
- USD: addresses, NAT gateways and instances by the hour; for Holdfast its metrics, alarms, dashboard and the NAT gateways of its fallbacks. Traffic and Lambda are left out; a NAT gateway adds $0.045 per GB.

## Where others are better
${betterLines(figures).join("\n")}

## Where each way is described
${rows.map(({ baseline }) => `- ${baseline.name}: ${baseline.source}`).join("\n")}
`;
}

/** One line for every column in which another way has the smaller figure. */
function betterLines(figures: readonly Figures[]): string[] {
  const own = figures.at(-1);
  if (!own) return [];
  return columns.flatMap(([key, title, digits]) => {
    const better = figures.filter((it) => it !== own && Number(it[key]) < Number(own[key]));
    if (better.length === 0) return [];
    const listed = better.map((it) => `${it.name} (${Number(it[key]).toFixed(digits)})`);
    return [`- ${title}: Holdfast has ${Number(own[key]).toFixed(digits)}; less have ${listed.join(", ")}.`];
  });
}
