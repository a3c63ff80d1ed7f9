/** What a seed draws: everything that makes one simulated account different from another. */
import { createRandom, type Random } from "../twin/random.ts";
import { drawPools, type Limits, type PoolDraw } from "./pool-draw.ts";

/** Kinds of faults, each of which can be left out. */
export const faultKinds = [
  "crash",
  "throttle",
  "error",
  "timeout",
  "stale",
  "events",
  "alarms",
  "churn",
  "idle",
  "update-failure",
  "manual",
  "routes",
  "gateways",
  "quota",
  "partner",
  "blocked",
  "override",
  "probes",
  "canary",
  "skew",
  "poison",
  "hung-update",
  "code-failure",
  "long-invocation",
  "numbered",
  "refused",
  "janitor",
  "connection",
  "stall",
  "tag-index",
  "public-access",
  "foreign-kinds",
  "differences",
  "innocent",
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface FaultRates {
  /** Share of our calls that end so, outside of a burst. */
  readonly crash: number;
  readonly throttle: number;
  readonly error: number;
  readonly timeout: number;
  readonly stale: number;
  /** In a burst every share is so many times larger. */
  readonly burstFactor: number;
  readonly burstsPerDay: number;
}

/** How often faults strike, per day and pool. */
export interface Paces {
  readonly deploys: number;
  readonly failedUpdates: number;
  readonly churn: number;
  readonly manual: number;
  readonly routes: number;
  readonly gateways: number;
  readonly partner: number;
  readonly blocks: number;
  readonly override: number;
  readonly probes: number;
  readonly canary: number;
  readonly poison: number;
  readonly hungUpdates: number;
  readonly codeFailures: number;
  readonly longInvocations: number;
  readonly numberedVersions: number;
  readonly refusals: number;
  readonly janitor: number;
  readonly connections: number;
  readonly stalls: number;
  readonly tagIndex: number;
  readonly publicAccess: number;
  readonly differences: number;
  readonly innocent: number;
}

/** Resources of kinds that Holdfast can do nothing with. */
export interface ForeignKinds {
  /** Addresses of a load balancer in the account. */
  readonly managedAddresses: number;
  /** Whether an address of a Local Zone carries the pool's tags: no interface of the pool can have it. */
  readonly otherBorderGroup: boolean;
  /** Whether subnets are dual-stack and members may leave by IPv6. */
  readonly dualStack: boolean;
}

export interface WorldDraw {
  readonly seed: number;
  readonly faults: readonly FaultKind[];
  readonly pools: readonly PoolDraw[];
  /** Whether members are deployed behind an alias, which pins published versions. */
  readonly aliases: boolean;
  readonly provisioned: boolean;
  /** Functions in each pool's subnets that are none of its members, in a security group of their own. */
  readonly strangers: number;
  readonly showsDuringUpdate: "new" | "old";
  /** Whether EC2 associates an address with an interface that is still being made. */
  readonly associatesPending: boolean;
  readonly interfaceCreationMs: readonly [number, number];
  readonly rates: FaultRates;
  /** Share of CloudTrail's events that are lost, late, or come twice. */
  readonly events: { readonly lost: number; readonly late: number; readonly twice: number };
  /** Share of alarm changes whose events come minutes later, or never. */
  readonly alarms: { readonly late: number; readonly lost: number };
  readonly paces: Paces;
  /** NAT gateways per zone that the account may have; a foreign gateway may use one of them. */
  readonly natGatewayQuota: number;
  /** Hours without an invocation after which Lambda reclaims interfaces; AWS's own are 14 days. */
  readonly idleHours: number | undefined;
  readonly skewMs: number;
  readonly foreignKinds: ForeignKinds;
  /** Windows of the day in which faults strike, and how long each lasts. */
  readonly faultWindows: { readonly perDay: number; readonly minutes: number };
}

/** NAT gateways per zone (VPC user guide, "Amazon VPC quotas"). */
export const usualGatewayQuota = 5;

/** Returns the world of a seed. Each part has a stream of its own, so that a limit or a missing fault changes nothing else. */
export function drawWorld(seed: number, faults: readonly FaultKind[], limits: Limits = {}): WorldDraw {
  const root = createRandom(seed).fork("world");
  // Not all at once: a fault that always strikes can hide what another one does.
  const on = (kind: FaultKind) => faults.includes(kind) && root.fork(`has ${labelOf(kind)}`).chance(0.75);
  const events = root.fork("events");
  const alarms = root.fork("alarms");
  const slow = root.fork("creation").chance(0.5);
  const pools = drawPools(root.fork("file"), limits);
  const warm = pools.filter(({ fallback }) => fallback.standby === "warm").length;
  return {
    seed,
    faults: faultKinds.filter(on),
    pools,
    aliases: root.fork("aliases").chance(0.5),
    provisioned: root.fork("provisioned").chance(0.3),
    strangers: root.fork("strangers").integer(0, 2),
    showsDuringUpdate: root.fork("shows").pick(["new", "old"]),
    associatesPending: root.fork("pending").chance(0.5),
    interfaceCreationMs: slow ? [60_000, 120_000] : [6_000, 30_000],
    rates: drawRates(root.fork("rates"), on),
    events: {
      lost: on("events") ? events.pick([0.01, 0.1, 0.5, 1]) : 0,
      late: on("events") ? events.pick([0, 0.05, 0.3]) : 0,
      twice: on("events") ? events.pick([0, 0.1, 0.5]) : 0,
    },
    alarms: {
      late: on("alarms") ? alarms.pick([0.2, 0.5, 1]) : 0,
      lost: on("alarms") ? alarms.pick([0, 0.3]) : 0,
    },
    paces: drawPaces(root, on),
    // Room for what is meant to be there always: without it, nothing would ever come to rest.
    natGatewayQuota: on("quota") ? Math.max(1, warm) : usualGatewayQuota,
    idleHours: on("idle") && root.fork("idle").chance(0.5) ? root.fork("idle hours").integer(2, 8) : undefined,
    skewMs: on("skew") ? root.fork("skew").integer(-5_000, 5_000) : 0,
    foreignKinds: drawForeignKinds(root.fork("foreign kinds"), on("foreign-kinds")),
    faultWindows: { perDay: root.fork("fronts").integer(1, 3), minutes: root.fork("front").pick([20, 40, 60]) },
  };
}

/** Returns the label of a kind's random streams. It never changes: another label would give every seed another history. */
function labelOf(kind: FaultKind): string {
  return kind === "manual" ? "hands" : kind;
}

function drawPaces(root: Random, on: (kind: FaultKind) => boolean): Paces {
  const pace = (kind: FaultKind, least: number, most: number) =>
    on(kind) ? root.fork(`pace ${labelOf(kind)}`).integer(least, most) : 0;
  return {
    deploys: root.fork("pace deploys").integer(2, 12),
    failedUpdates: pace("update-failure", 1, 3),
    churn: pace("churn", 1, 8),
    manual: pace("manual", 1, 8),
    routes: pace("routes", 1, 4),
    gateways: pace("gateways", 1, 3),
    partner: pace("partner", 1, 4),
    blocks: pace("blocked", 1, 4),
    override: pace("override", 1, 2),
    probes: pace("probes", 1, 3),
    canary: pace("canary", 1, 2),
    poison: pace("poison", 2, 2),
    hungUpdates: pace("hung-update", 1, 2),
    codeFailures: pace("code-failure", 1, 4),
    longInvocations: pace("long-invocation", 10, 40),
    numberedVersions: pace("numbered", 1, 5),
    refusals: pace("refused", 1, 8),
    janitor: pace("janitor", 1, 3),
    connections: pace("connection", 1, 8),
    stalls: pace("stall", 1, 6),
    tagIndex: pace("tag-index", 2, 9),
    publicAccess: pace("public-access", 1, 2),
    differences: pace("differences", 1, 3),
    innocent: pace("innocent", 1, 3),
  };
}

function drawForeignKinds(random: Random, on: boolean): ForeignKinds {
  const drawn = {
    managedAddresses: random.integer(0, 3),
    otherBorderGroup: random.chance(0.5),
    dualStack: random.chance(0.5),
  };
  return on ? drawn : { managedAddresses: 0, otherBorderGroup: false, dualStack: false };
}

function drawRates(random: Random, on: (kind: FaultKind) => boolean): FaultRates {
  const drawn = {
    crash: random.pick([0.0005, 0.002, 0.01]),
    throttle: random.pick([0, 0.005, 0.03]),
    error: random.pick([0, 0.005, 0.03]),
    timeout: random.pick([0, 0.002, 0.01]),
    stale: random.pick([0, 0.01, 0.1]),
    burstFactor: random.pick([1, 10, 30]),
    burstsPerDay: random.integer(0, 6),
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
