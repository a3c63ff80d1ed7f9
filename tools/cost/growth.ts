/** What Holdfast costs and uses at several numbers of pools, and what the alternatives cost. Pure. */
import { defineHoldfast, type HoldfastConfig, type HoldfastInput } from "../../src/config/holdfast.ts";
import { type Alternative, alternatives, alternativeUsd } from "../../src/cost/alternatives.ts";
import { freeUsd, itemsOf, totalUsd } from "../../src/cost/bill.ts";
import { inventoryOf } from "../../src/cost/configured.ts";
import { countAlarms } from "../../stacks/pool-alarms.ts";

export const poolCounts = [1, 10, 100] as const;
/** Of all pools together, a month. */
export const traffics = [
  { gb: 0, text: "none" },
  { gb: 100, text: "100 GB" },
  { gb: 1024, text: "1 TB" },
] as const;

type PoolInput = HoldfastInput["pools"][string];

const targets = [{ name: "partner", url: "https://api.example.com/" }];
/** The pools that are compared; neither has a fallback. */
export const shapes = {
  "Holdfast, one zone: an address and a spare": { network: { create: {} }, targets },
  "Holdfast, two zones: two addresses and a spare": {
    network: { create: { zones: 2 } },
    addresses: { count: 2, spares: 1 },
    targets,
  },
} as const satisfies Record<string, PoolInput>;
export type Shape = keyof typeof shapes;

/** Returns a deployment of so many pools of a shape. */
export function poolsOf(shape: Shape, count: number): HoldfastConfig {
  const names = Array.from({ length: count }, (_, index) => `p-${index + 1}`);
  return defineHoldfast({ pools: Object.fromEntries(names.map((name) => [name, shapes[shape]])) });
}

export interface Monthly {
  readonly listUsd: number;
  readonly withinAllowancesUsd: number;
  readonly lambdaGbSeconds: number;
  readonly queueRequests: number;
  readonly controlCalls: number;
}

/** Returns what a configuration costs in a month without traffic. */
export function monthlyOf(config: HoldfastConfig): Monthly {
  const inventory = inventoryOf(config, countAlarms(config).metrics);
  const items = itemsOf(inventory);
  const listUsd = totalUsd(items);
  const { lambdaGbSeconds, queueRequests, controlCalls } = inventory.use;
  return { listUsd, withinAllowancesUsd: listUsd - freeUsd(items), lambdaGbSeconds, queueRequests, controlCalls };
}

/** What must not grow with the pools, of each pool; named as on the page. */
export const growing = {
  "USD at list price": { of: (it: Monthly) => it.listUsd, digits: 2 },
  "Lambda GB-seconds": { of: (it: Monthly) => it.lambdaGbSeconds, digits: 0 },
  "calls of EC2 and Lambda": { of: (it: Monthly) => it.controlCalls, digits: 0 },
  "requests of SQS": { of: (it: Monthly) => it.queueRequests, digits: 0 },
} as const;

/** Returns how many times as much each of so many pools uses as one pool alone. */
export function growthOf(shape: Shape, count: number, of: (it: Monthly) => number): number {
  return of(monthlyOf(poolsOf(shape, count))) / count / of(monthlyOf(poolsOf(shape, 1)));
}

/** A way to fixed addresses, by how many pools and how much traffic. */
export interface Way {
  readonly name: string;
  readonly usdOf: (pools: number, gb: number) => number;
}

/** Holdfast bills nothing by traffic. */
export function holdfastWays(): Way[] {
  return Object.keys(shapes).map((shape) => {
    const bills = new Map(poolCounts.map((count) => [count, monthlyOf(poolsOf(shape as Shape, count)).listUsd]));
    return { name: shape, usdOf: (pools) => bills.get(pools as 1) ?? Number.NaN };
  });
}

/** Each pool has its own, as it has with Holdfast, or all share one, and its addresses. */
export const otherWays: readonly Way[] = [
  ...alternatives.map((it) => ofEach(it)),
  ...alternatives.map(
    (it): Way => ({ name: `${it.name}, one for all pools`, usdOf: (_, gb) => alternativeUsd(it, gb) }),
  ),
];

function ofEach(it: Alternative): Way {
  return { name: `${it.name}, for each pool`, usdOf: (pools, gb) => pools * it.standingUsd + gb * it.perGbUsd };
}
