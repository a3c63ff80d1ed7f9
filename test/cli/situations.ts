/** Situations that a pool of two zones may be in, as observed: relocation, fallback, the canary's last round, heartbeats. */
import type { CanarySaid } from "../../cli/support/canary-log.ts";
import type { Pool } from "../../cli/support/deployment-model.ts";
import type { HealthFacts, Heartbeats } from "../../cli/support/health.ts";
import type { PoolView } from "../../cli/support/observe-pool.ts";
import type { FallbackPool } from "../../src/config/fallback-settings.ts";
import type { Observed as FallbackObserved } from "../../src/fallback/model.ts";
import { plan as planFallback } from "../../src/fallback/plan.ts";
import { policyOf as fallbackPolicy } from "../../src/fallback/reconcile.ts";
import { type Finding, findingTable } from "../../src/probing/finding-table.ts";
import type { Observed } from "../../src/relocation/model.ts";
import { plan as planRelocation } from "../../src/relocation/plan.ts";
import { policyOf } from "../../src/relocation/reconcile.ts";
import { findingDetail, rowOf } from "../../src/telemetry/finding.ts";
import * as routed from "../fallback/build.ts";
import {
  address,
  attachment,
  member,
  networkInterface,
  pool as settings,
  version,
  world,
} from "../relocation/build.ts";

export const nowMs = routed.nowMs;
export const minuteMs = 60_000;
export const ago = (minutes: number) => nowMs - minutes * minuteMs;

const inA = attachment("a", "web");
const inB = attachment("b", "web");
const interfaces = [networkInterface("1", inA), networkInterface("2", inB)];
const orders = member("orders", version("settled", [inA, inB]));
/** Marked four minutes ago. */
const marked = { blocked: true, verified: { blocked: true, atMs: ago(4), tries: 1 } } as const;
const first = address("1", { on: "1", use: ["serving", "a", ago(600)] });
const second = address("2", { on: "2", use: ["serving", "b", ago(600)] });
const spare = address("3");
const healthy: Partial<Observed> = { members: [orders], interfaces, addresses: [first, second, spare] };
const bothBlocked = [
  address("1", { on: "1", use: ["serving", "a", ago(600)], ...marked }),
  address("2", { on: "2", use: ["serving", "b", ago(600)], ...marked }),
];
/** As fallback sees them. */
const bothRefused = [routed.egress("1", "a", true), routed.egress("2", "b", true)];

const fallbackSettings: FallbackPool = {
  name: "partner",
  vpcId: "vpc-1",
  subnetIds: ["subnet-a", "subnet-b"],
  nat: { mode: "zonal", subnetId: "subnet-nat" },
  alarmName: "stage-partner-escalation",
  standby: "cold",
  poolRefusal: "escalate",
  probes: [],
  holdMinutes: 30,
  maxHoldMinutes: 480,
  cleanRounds: 5,
  blockedRounds: 3,
  graceMinutes: 60,
  flipsPerDay: 4,
  swapSeconds: 300,
  maxFallbackHours: 24,
};

export interface Situation {
  readonly relocation?: Partial<Observed>;
  readonly fallback?: Partial<FallbackObserved>;
  /** Of the canary's last round. */
  readonly found?: readonly Finding[];
  /** Public addresses that the bank refused in it. */
  readonly refused?: readonly string[];
  /** Vantages whose probes answered. */
  readonly vantages?: readonly string[];
  /** How long ago the last round was logged, and the parts last ran, in minutes; undefined: never. */
  readonly roundAgo?: number | undefined;
  readonly runAgo?: number;
  readonly raised?: HealthFacts["raised"];
  readonly refusedBy?: HealthFacts["refusedBy"];
}

/** The pool's facts. Everything not said is what a healthy pool looks like. */
export function factsOf(it: Situation, name = "partner"): HealthFacts {
  const relocation = settings({ name });
  const pool: Pool = { name, relocation, fallback: fallbackSettings, attach: undefined, probing: undefined };
  const moved = world({ ...healthy, ...it.relocation });
  const fallback = routed.world({
    ...(it.relocation?.paused === true && { override: { kind: "paused" } as const }),
    ...it.fallback,
  });
  const view: PoolView = {
    pool,
    atMs: nowMs,
    relocation: { observed: moved, plan: planRelocation(moved, policyOf(relocation, true), nowMs) },
    fallback: { observed: fallback, plan: planFallback(fallback, fallbackPolicy(fallbackSettings), nowMs) },
    attach: undefined,
  };
  const { raised = [], refusedBy = new Map(), runAgo = 1 } = it;
  const roundAgo = "roundAgo" in it ? it.roundAgo : 1;
  const heartbeats: Heartbeats = {
    relocation: ago(runAgo),
    probing: roundAgo === undefined ? undefined : ago(roundAgo),
    fallback: ago(1),
  };
  return { view, canary: saidIn(it, name, roundAgo), heartbeats, raised, refusedBy };
}

function saidIn({ found = [], refused = [], vantages = ["zone-1", "zone-2"] }: Situation, pool: string, ago_?: number) {
  if (ago_ === undefined || ago_ > 3) return { atMs: undefined, vantages: [], refusing: [], attention: [] };
  const said: CanarySaid = {
    atMs: ago(ago_),
    vantages: vantages.map((vantage) => ({ vantage, blockedRate: 0, egress: true })),
    refusing: refused.map((publicIp) => ({ target: "bank", publicIp })),
    attention: found.map((finding) => {
      const { severity, section } = rowOf(findingTable, finding);
      const { finding: id, ...detail } = findingDetail(findingTable, finding);
      return { id, severity, section, pool, ...detail };
    }),
  };
  return said;
}

const refusedNow = (...ips: string[]) => ips.map((publicIp) => ({ kind: "refused-now", publicIp }) as const);
const raisedAlarm = { alarm: routed.alarm("raised", 3) };
const onNat = (minutesAgo: number) => [
  routed.table("a", routed.nat("1"), routed.flip("fallback", minutesAgo)),
  routed.table("b", routed.nat("1"), routed.flip("fallback", minutesAgo)),
];

/** By name. */
export const situations = {
  healthy: {},
  "one blocked, with a spare": {
    relocation: { addresses: [first, bothBlocked[1] ?? second, spare] },
    found: refusedNow("203.0.113.2"),
    refused: ["203.0.113.2"],
  },
  "one blocked, without a spare": {
    relocation: { addresses: [first, bothBlocked[1] ?? second] },
    fallback: { ...raisedAlarm, egress: [routed.egress("1", "a"), routed.egress("2", "b", true)] },
    found: refusedNow("203.0.113.2"),
    refused: ["203.0.113.2"],
  },
  "all blocked": {
    relocation: { addresses: bothBlocked },
    fallback: { ...raisedAlarm, egress: bothRefused },
    found: refusedNow("203.0.113.1", "203.0.113.2"),
    refused: ["203.0.113.1", "203.0.113.2"],
  },
  "cut off": {
    relocation: { addresses: [] },
    found: [
      { kind: "no-egress", vantage: "zone-1" },
      { kind: "no-egress", vantage: "zone-2" },
    ],
    raised: [{ id: "egress-problem", sinceMs: ago(9) }],
  },
  "cut off in one zone": {
    relocation: { addresses: [first] },
    found: [{ kind: "no-egress", vantage: "zone-2" }],
  },
  "paused and cut off": {
    relocation: { addresses: [spare], paused: true, members: [orders], interfaces: interfaces.slice(0, 1) },
    found: [{ kind: "no-egress", vantage: "zone-1" }],
  },
  paused: { relocation: { paused: true } },
  "in fallback": {
    relocation: { addresses: bothBlocked },
    fallback: {
      alarm: routed.alarm("quiet", 6),
      egress: bothRefused,
      routeTables: onNat(12),
      natGateways: [routed.gateway("1", "available")],
      fallbackAddress: routed.fallbackAddress("eni-nat"),
    },
    found: [
      { kind: "blocked", publicIp: "203.0.113.1" },
      { kind: "blocked", publicIp: "203.0.113.2" },
    ],
    refusedBy: new Map([
      ["203.0.113.1", ["bank"]],
      ["203.0.113.2", ["bank"]],
    ]),
  },
  "in fallback, where the partner refuses that address too": {
    relocation: { addresses: bothBlocked },
    fallback: {
      alarm: routed.alarm("raised", 14),
      egress: bothRefused,
      routeTables: onNat(12),
      natGateways: [routed.gateway("1", "available")],
      fallbackAddress: routed.fallbackAddress("eni-nat"),
    },
    refused: ["203.0.113.1", "203.0.113.2"],
  },
  returning: {
    fallback: {
      routeTables: [
        routed.table("a", routed.internet, routed.flip("fallback", 90), routed.flip("direct", 2)),
        routed.table("b", routed.nat("1"), routed.flip("fallback", 90)),
      ],
      natGateways: [routed.gateway("1", "available")],
      fallbackAddress: routed.fallbackAddress("eni-nat"),
      rounds: routed.rounds({ a: [0, 2] }),
    },
  },
  "no data": { roundAgo: 12 },
  "no data ever": { roundAgo: undefined },
  "a NAT gateway that fails": {
    relocation: { addresses: bothBlocked },
    fallback: {
      alarm: routed.alarm("raised", 14),
      egress: bothRefused,
      routeTables: onNat(12),
      natGateways: [routed.gateway("1", "failed")],
    },
    found: [
      { kind: "no-egress", vantage: "zone-1" },
      { kind: "no-egress", vantage: "zone-2" },
    ],
  },
  "a dead probe": { found: [{ kind: "probe-dead", vantage: "zone-2" }], vantages: ["zone-1"] },
  "dead probes": {
    found: [
      { kind: "probe-dead", vantage: "zone-1" },
      { kind: "probe-dead", vantage: "zone-2" },
    ],
    vantages: [],
  },
  "a partner that is down": { found: [{ kind: "target-down", target: "bank" }] },
  "a partner that keeps out the pool": { found: [{ kind: "pool-refused", target: "bank" }] },
  "an address lost": {
    relocation: {
      addresses: [first, second],
      lost: [{ allocationId: spare.allocationId, publicIp: spare.publicIp, role: "egress", loss: "released" }],
    },
  },
  "a blocked address that waits, with no spare left": {
    relocation: { addresses: [first, second, address("3", marked)] },
    found: [{ kind: "blocked", publicIp: "203.0.113.3" }],
    refused: ["203.0.113.3"],
  },
  drained: {
    relocation: {
      interfaces: [...interfaces, networkInterface("9", attachment("b", "old"))],
      addresses: [first, second, address("3", { on: "9", use: ["draining", "b", nowMs - 20_000] })],
    },
  },
  deploying: {
    relocation: {
      members: [orders, member("billing", { ...version("changing", [attachment("a", "new")]), modifiedMs: ago(1) })],
      interfaces: [...interfaces, networkInterface("4", attachment("a", "new"))],
      addresses: [first, second, address("4", { on: "4", use: ["serving", "a", ago(1)] })],
    },
  },
  "relocation that does not run": { runAgo: 20 },
  "an alarm that nothing explains": { raised: [{ id: "probing-problem", sinceMs: ago(30) }] },
} satisfies Readonly<Record<string, Situation>>;

export type SituationName = keyof typeof situations;
