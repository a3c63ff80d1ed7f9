/** docs/cost.md and its picture, from the program that the dashboard and `holdfast cost` reckon with. Pure. */
import { defineHoldfast, type HoldfastInput } from "../../src/config/holdfast.ts";
import { alternatives } from "../../src/cost/alternatives.ts";
import { costTable, itemsOf, leftOut, writesPerMonth } from "../../src/cost/bill.ts";
import { inventoryOf } from "../../src/cost/configured.ts";
import { hoursPerMonth, usd } from "../../src/cost/prices.ts";
import { assumed } from "../../src/cost/usage.ts";
import { countAlarms } from "../../stacks/pool-alarms.ts";
import { barChart } from "../../testing/simulation/bar-chart.ts";
import {
  growing,
  growthOf,
  holdfastWays,
  monthlyOf,
  otherWays,
  poolCounts,
  poolsOf,
  type Shape,
  shapes,
  traffics,
  type Way,
} from "./growth.ts";

const money = (value: number) => value.toFixed(2);
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map((_, index) => (index === 0 ? "---" : "---:")), ...rows]
    .map((it) => `| ${it.join(" | ")} |`)
    .join("\n");

const cells = poolCounts.flatMap((pools) => traffics.map(({ gb, text }) => ({ pools, gb, text })));
const placeOf = ({ pools, text }: (typeof cells)[number]) =>
  `${pools} ${pools === 1 ? "pool" : "pools"}, ${text === "none" ? "no traffic" : text}`;

export function costPage(examples: Readonly<Record<string, HoldfastInput>>): string {
  const ways = holdfastWays();
  const perMonth = [...ways, ...otherWays].map((way) => [
    way.name,
    ...cells.map(({ pools, gb }) => Math.round(way.usdOf(pools, gb)).toLocaleString("en-US")),
  ]);
  return `# What it costs

USD per month at the list prices of us-east-1. A test makes this page anew with the program that the dashboard and \`npx holdfast cost\` reckon with.

## Where Holdfast is dearer

${table(
  ["Holdfast", "is dearer than", "at", "up to"],
  ways.flatMap((way) => otherWays.flatMap((other) => dearer(way, other))),
)}

What these ways do not do: a NAT instance has one zone, no failover and no repair but what its owner builds; a NAT gateway's address that a partner blocks stays blocked, for all that share it. [The comparison under faults](comparison.md) has the rest.

## Compared

Traffic is that of all pools together, in both directions. The transfer to the internet ($0.09 per GB after the first 100 GB) costs the same in every row and is in none. Holdfast bills nothing by traffic; a NAT gateway $${usd.natGatewayPerGb} per GB. A NAT gateway without its address is ${money(usd.natGatewayPerHour * hoursPerMonth)} a month, an address ${money(usd.addressPerHour * hoursPerMonth)}.

${table(["USD a month", ...cells.map(placeOf)], perMonth)}

## By the number of pools

What one of so many pools costs and uses, at list price and without traffic. Schedules, queues, the canary, the alarms of the deployment and the dashboard are shared.

${growthTable()}

In brackets: as a multiple of one pool alone. None is above 1.1, which a test asserts.

![Of each pool, as a multiple of one pool alone](growth.svg)

![USD a month for each pool](cost.svg)

The always-free allowances are the account's, whatever the number of pools: 10 metrics, 10 alarms, 3 dashboards, a million requests and 400,000 GB-seconds of Lambda, a million requests of SQS, 5 GB of logs. One pool without a fallback fits into them, a hundred do not.

${Object.entries(examples)
  .map(([name, input]) => `## ${name}\n${exampleTable(input)}`)
  .join("\n\n")}

## Ingress
[An ingress](ingress.md) of kind \`addresses\` adds these, and beyond them $0.015 per GB or more (Global Accelerator) and $0.008 per capacity unit and hour (load balancer; both load balancer prices from memory). One of kind \`name\` adds only $1.00 per million calls.

${table(
  ["per month", "USD"],
  [
    ["Accelerator with two fixed addresses", money(usd.acceleratorPerHour * hoursPerMonth)],
    ["Load balancer behind it", money(usd.loadBalancerPerHour * hoursPerMonth)],
  ],
)}

## What is assumed

How long functions run and how much they log is assumed, as for partners that answer at once and a month without faults: ${assumed}. More rounds a minute keep the canary running between them: at six rounds it runs for 51 s of each minute, which is about $7.40 a month. A second CloudTrail copy is reckoned with ${writesPerMonth.toLocaleString("en-US")} events that write; where the account has no other trail, \`trail: "create"\` is free.

Left out, since it depends on what happens:

${leftOut.map((it) => `- ${it}`).join("\n")}
`;
}

function exampleTable(input: HoldfastInput): string {
  const config = defineHoldfast(input);
  return costTable(itemsOf(inventoryOf(config, countAlarms(config).metrics)));
}

/** Where one of Holdfast's shapes costs more than another way; nothing where it never does. */
function dearer(way: Way, other: Way): string[][] {
  const where = cells.filter(({ pools, gb }) => way.usdOf(pools, gb) > other.usdOf(pools, gb));
  if (where.length === 0) return [];
  const most = Math.max(...where.map(({ pools, gb }) => way.usdOf(pools, gb) / other.usdOf(pools, gb)));
  const places = where.length === cells.length ? "all of them" : where.map(placeOf).join("; ");
  return [[way.name.replace(/^Holdfast, /, ""), other.name, places, `${most.toFixed(1)} times`]];
}

function growthTable(): string {
  const rows = Object.keys(shapes).flatMap((name) =>
    poolCounts.map((count) => {
      const shape = name as Shape;
      const monthly = monthlyOf(poolsOf(shape, count));
      const each = Object.values(growing).map(({ of, digits }) => {
        const value = (of(monthly) / count).toFixed(digits);
        return count === 1 ? value : `${value} (${growthOf(shape, count, of).toFixed(2)})`;
      });
      return [shape, String(count), ...each, (monthly.withinAllowancesUsd / count).toFixed(2)];
    }),
  );
  return table(["of each pool", "pools", ...Object.keys(growing), "USD within the allowances"], rows);
}

/** The picture of growth: what each pool uses, as a multiple of one pool alone. */
export function growthPicture(): string {
  const kinds = [
    { fill: "#d08a2e", text: "10 pools" },
    { fill: "#5b8c5a", text: "100 pools" },
  ];
  const rows = Object.keys(shapes).flatMap((shape) =>
    Object.entries(growing).map(([what, { of }]) => ({
      name: `${what}, ${/one zone|two zones/.exec(shape)?.[0]}`,
      values: [10, 100].map((count) => growthOf(shape as Shape, count, of)),
    })),
  );
  return barChart({ title: "Of each pool, as a multiple of one pool alone", kinds, rows, digits: 2 });
}

/** The picture of the page: USD a month for each pool. */
export function costPicture(): string {
  const kinds = [
    { fill: "#3b6ea5", text: "1 pool" },
    { fill: "#d08a2e", text: "10 pools" },
    { fill: "#5b8c5a", text: "100 pools" },
  ];
  const ofShapes = Object.keys(shapes).map((shape) => ({
    name: shape.replace(/:.*/, ""),
    values: poolCounts.map((count) => monthlyOf(poolsOf(shape as Shape, count)).listUsd / count),
  }));
  const others = alternatives.slice(0, 3).map(({ name, standingUsd }) => ({
    name: name.replace(/ with its address|, with addresses/, ""),
    values: poolCounts.map(() => standingUsd),
  }));
  const rows = [...ofShapes, ...others];
  return barChart({ title: "USD a month for each pool, without traffic", kinds, rows, digits: 2 });
}
