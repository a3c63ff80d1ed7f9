/** What a seed draws: everything that makes one simulated account different from another. */
import { createRandom, type Random } from "../twin/random.ts";

/** Kinds of faults, each of which can be left out. */
export const faultKinds = [
  "crash",
  "throttle",
  "error",
  "timeout",
  "stale",
  "events",
  "churn",
  "idle",
  "update-failure",
  "hands",
  "skew",
  "poison",
  "blocked",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** Upper bounds with which a failing seed is made smaller. */
export interface Limits {
  readonly pools?: number | undefined;
  readonly members?: number | undefined;
}

export type MembersBy = "names" | "pattern" | "arns" | "tags";

export interface PoolDraw {
  readonly name: string;
  readonly zones: number;
  readonly memberNames: readonly string[];
  readonly membersBy: MembersBy;
  /** Functions in the pool's subnets that are none of its members, in a security group of their own. */
  readonly strangers: number;
  readonly spares: number;
  /** Egress addresses in all: for some or all (zone, groups) that members may use at once, and the spares. */
  readonly addresses: number;
  readonly drainSeconds: number;
  /** Whether members are deployed behind an alias, which pins published versions. */
  readonly aliases: boolean;
  readonly provisioned: boolean;
  /** Each per day and pool. */
  readonly deploysPerDay: number;
}

export interface FaultRates {
  /** Share of our calls that end so, outside of a storm. */
  readonly crash: number;
  readonly throttle: number;
  readonly error: number;
  readonly timeout: number;
  readonly stale: number;
  /** In a storm every share is so many times larger. */
  readonly stormFactor: number;
  readonly stormsPerDay: number;
}

export interface WorldDraw {
  readonly seed: number;
  readonly faults: readonly FaultKind[];
  readonly pools: readonly PoolDraw[];
  readonly showsDuringUpdate: "new" | "old";
  readonly interfaceCreationMs: readonly [number, number];
  readonly rates: FaultRates;
  /** Share of CloudTrail's events that are lost, late, or come twice. */
  readonly events: { readonly lost: number; readonly late: number; readonly twice: number };
  readonly churnPerDay: number;
  readonly handsPerDay: number;
  /** Hours without an invocation after which Lambda reclaims interfaces; AWS's own are 14 days. */
  readonly blocksPerDay: number;
  readonly poisonPerDay: number;
  readonly failedUpdatesPerDay: number;
  readonly idleHours: number | undefined;
  readonly skewMs: number;
}

/** The world of a seed. Each part has a stream of its own, so that a limit or a missing fault changes nothing else. */
export function drawWorld(seed: number, faults: readonly FaultKind[], limits: Limits = {}): WorldDraw {
  const root = createRandom(seed).fork("world");
  // Not all at once: a fault that always strikes can hide what another one does.
  const on = (kind: FaultKind) => faults.includes(kind) && root.fork(`has ${kind}`).chance(0.75);
  const pools = Math.min(limits.pools ?? 2, root.fork("pools").chance(0.3) ? 2 : 1);
  const rates = root.fork("rates");
  const events = root.fork("events");
  const slow = root.fork("creation").chance(0.5);
  return {
    seed,
    faults: faultKinds.filter(on),
    pools: Array.from({ length: pools }, (_, index) => drawPool(root.fork(`pool ${index}`), index, limits)),
    showsDuringUpdate: root.fork("shows").pick(["new", "old"]),
    interfaceCreationMs: slow ? [60_000, 120_000] : [6_000, 30_000],
    rates: drawRates(rates, on),
    events: {
      lost: on("events") ? events.pick([0.01, 0.1, 0.5, 1]) : 0,
      late: on("events") ? events.pick([0, 0.05, 0.3]) : 0,
      twice: on("events") ? events.pick([0, 0.1, 0.5]) : 0,
    },
    churnPerDay: on("churn") ? root.fork("churn").integer(1, 12) : 0,
    handsPerDay: on("hands") ? root.fork("hands").integer(1, 10) : 0,
    blocksPerDay: on("blocked") ? root.fork("blocked").integer(1, 6) : 0,
    poisonPerDay: on("poison") ? 2 : 0,
    failedUpdatesPerDay: on("update-failure") ? root.fork("update failure").integer(1, 6) : 0,
    idleHours: on("idle") && root.fork("idle").chance(0.5) ? root.fork("idle hours").integer(2, 8) : undefined,
    skewMs: on("skew") ? root.fork("skew").integer(-5_000, 5_000) : 0,
  };
}

function drawPool(random: Random, index: number, limits: Limits): PoolDraw {
  const name = `pool${index}`;
  const zones = random.integer(1, 3);
  const wanted = random.integer(1, 6);
  const membersBy = random.pick(["names", "pattern", "arns", "tags"] as const);
  const spares = random.integer(0, 2);
  const combinations = random.integer(1, 3);
  const members = Math.min(limits.members ?? 6, wanted);
  return {
    name,
    zones,
    memberNames: Array.from({ length: members }, (_, member) => `${name}-member-${member}`),
    membersBy,
    strangers: random.integer(0, 2),
    spares,
    addresses: zones * combinations + spares,
    drainSeconds: random.pick([0, 30, 60, 300]),
    aliases: random.chance(0.5),
    provisioned: random.chance(0.3),
    deploysPerDay: random.integer(2, 20),
  };
}

function drawRates(random: Random, on: (kind: FaultKind) => boolean): FaultRates {
  const drawn = {
    crash: random.pick([0.0005, 0.002, 0.01]),
    throttle: random.pick([0, 0.005, 0.03]),
    error: random.pick([0, 0.005, 0.03]),
    timeout: random.pick([0, 0.002, 0.01]),
    stale: random.pick([0, 0.01, 0.1]),
    stormFactor: random.pick([1, 10, 30]),
    stormsPerDay: random.integer(0, 6),
  };
  return {
    ...drawn,
    crash: on("crash") ? drawn.crash : 0,
    throttle: on("throttle") ? drawn.throttle : 0,
    error: on("error") ? drawn.error : 0,
    timeout: on("timeout") ? drawn.timeout : 0,
    stale: on("stale") ? drawn.stale : 0,
  };
}
