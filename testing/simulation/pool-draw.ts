/** The operator's file of a simulated account: drawn from a catalogue, so that the deployment of each is made only once. */
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { createRandom, type Random } from "../twin/random.ts";
import { type PlacedPool, sharedIds } from "./shared-network.ts";

/** Operator's files in the catalogue. */
const catalogue = 24;

/** Upper bounds with which a failing seed is made smaller. */
export interface Limits {
  readonly pools?: number | undefined;
  readonly members?: number | undefined;
}

export interface PoolDraw extends PlacedPool {
  readonly memberNames: readonly string[];
  readonly membersBy: "names" | "pattern" | "arns" | "tags";
  /** Functions outside every network that wear the guard, and are attached when partners refuse them. */
  readonly guardedNames: readonly string[];
  readonly spares: number;
  /** Egress addresses in all: for some or all (zone, groups) that members may use at once, and the spares. */
  readonly addresses: number;
  readonly drainSeconds: number;
  readonly roundsPerMinute: number;
  readonly fallback: {
    readonly standby: "off" | "cold" | "warm";
    readonly holdMinutes: number;
    readonly cleanRounds: number;
    readonly graceMinutes: number;
  };
}

/** One of the catalogue's files, as its pools. */
export function drawPools(random: Random, limits: Limits): PoolDraw[] {
  const file = createRandom(random.integer(1, catalogue)).fork("file");
  const count = Math.min(limits.pools ?? 2, file.fork("pools").chance(0.25) ? 2 : 1);
  return Array.from({ length: count }, (_, index) => drawPool(file.fork(`pool ${index}`), `pool${index}`, limits));
}

function drawPool(random: Random, name: string, limits: Limits): PoolDraw {
  const zones = random.pick([1, 2, 2, 3]);
  const members = Math.min(limits.members ?? 4, random.integer(1, 4));
  const spares = random.integer(0, 2);
  const drawn: Omit<PoolDraw, "network"> = {
    name,
    zones,
    memberNames: Array.from({ length: members }, (_, member) => `${name}-member-${member}`),
    membersBy: random.pick(["names", "pattern", "arns", "tags"]),
    guardedNames: random.fork("guarded").pick([[], [], [`${name}-guarded`]]),
    spares,
    addresses: zones * random.integer(1, 3) + spares,
    drainSeconds: random.pick([0, 30, 60, 300]),
    roundsPerMinute: random.pick([1, 1, 2]),
    fallback: {
      standby: random.pick(["off", "cold", "cold", "warm"]),
      holdMinutes: random.pick([5, 10, 30]),
      cleanRounds: random.integer(2, 5),
      graceMinutes: random.pick([5, 20]),
    },
  };
  // A fallback changes routes, which only the owner of a network may.
  const shared = drawn.fallback.standby === "off" && random.fork("shared").chance(0.5);
  return { ...drawn, network: shared ? "shared" : "created" };
}

/** What the operator would have written into holdfast.config.ts. */
export function fileOf(pools: readonly PoolDraw[]): HoldfastInput {
  return { pools: Object.fromEntries(pools.map((pool, index) => [pool.name, poolInput(pool, index)])) };
}

function poolInput(pool: PoolDraw, index: number): HoldfastInput["pools"][string] {
  const { zones, network, spares, addresses, drainSeconds, roundsPerMinute, fallback, guardedNames } = pool;
  return {
    members: membersOf(pool),
    network:
      network === "shared"
        ? { existing: sharedIds(index, zones) }
        : { create: { zones, cidr: `10.${97 + index}.0.0/16` } },
    addresses: { count: addresses - spares, spares },
    targets: [{ name: targetOf(pool.name), url: `https://${pool.name}.example.com/` }],
    schedule: { drainSeconds, roundsPerMinute },
    fallback,
    ...(guardedNames.length > 0 && { guarded: { functions: [...guardedNames], policy: "attach" as const } }),
  };
}

/** Returns the functions that may have the pool's addresses. */
export function functionNamesOf({ memberNames, guardedNames }: PoolDraw): string[] {
  return [...memberNames, ...guardedNames];
}

export function targetOf(poolName: string): string {
  return `${poolName}-partner`;
}

function membersOf({ name, membersBy, memberNames }: PoolDraw) {
  switch (membersBy) {
    case "names":
      return { names: [...memberNames] };
    case "pattern":
      return { names: [`${name}-member-*`] };
    case "arns":
      return { arns: memberNames.map((member) => `arn:aws:lambda:us-east-1:123456789012:function:${member}`) };
    case "tags":
      return { tags: { team: name } };
  }
}
