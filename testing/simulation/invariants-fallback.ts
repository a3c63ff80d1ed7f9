/** What fallback and probing must never do, whatever goes wrong: others' routes and gateways, dead ends, false blame. */
import { tagKeys } from "../../src/pool/tags.ts";
import type { CallRecord } from "../twin/call-log.ts";
import type { Partner, PartnerRule } from "../twin/partners.ts";
import type { NatGateway } from "../twin/world.ts";
import { type Checking, invocationMs, surelySeenMs } from "./invariant.ts";
import type { PoolStage } from "./settle-in.ts";

/** Flips per day and table at most: 8 that may be configured, what overrides ask for, and rescues. */
const mostFlipsPerDay = 40;
/** Gateways of a pool at once: a second one may be made while describe calls do not show the first. */
const mostGateways = 2;
const dayMs = 86_400_000;
const minuteMs = 60_000;
/** Rounds that confirm a block are of the last five minutes; a late minute and a restart of the canary come on top. */
const blameMs = 15 * minuteMs;

export function checkFallback(checking: Checking): void {
  const { stage, isOurs, report } = checking;
  const overrides = watchOverrides(checking);
  const byHand = watchHands(checking);
  const flips = new Map<string, number[]>();
  const judge: Readonly<Record<string, (call: CallRecord) => void>> = {
    ReplaceRoute(call) {
      const { RouteTableId: id, DestinationCidrBlock, GatewayId, NatGatewayId } = call.input as unknown as RouteInput;
      const pool = stage.pools.find(({ network }) => network.routeTableIds.includes(id));
      if (!pool || DestinationCidrBlock !== "0.0.0.0/0") {
        return void report("own routes", `replaced ${DestinationCidrBlock} of ${id}, which is no pool's`);
      }
      if (GatewayId !== undefined && GatewayId !== pool.network.internetGatewayId) {
        report("own routes", `led ${id} to ${GatewayId}, which is not the VPC's internet gateway`);
      }
      if (NatGatewayId !== undefined) checkWayThrough(pool, NatGatewayId, id);
      const recent = (flips.get(id) ?? []).filter((ms) => ms > call.atMs - dayMs);
      flips.set(id, [...recent, call.atMs]);
      if (recent.length === mostFlipsPerDay)
        report("flips bounded", `${id} was changed ${recent.length} times in a day`);
      overrides.judge(pool, call.atMs, NatGatewayId === undefined ? "direct" : "fallback", `route of ${id}`);
    },
    CreateRoute: (call) => report("own routes", `made a route in ${call.input["RouteTableId"]}`),
    DeleteRoute: (call) => report("own routes", `deleted a route of ${call.input["RouteTableId"]}`),
    CreateNatGateway(call) {
      const { AllocationId, SubnetId } = call.input as { AllocationId?: string; SubnetId?: string };
      const pool = stage.pools.find(({ fallbackAllocationId }) => fallbackAllocationId === AllocationId);
      if (!pool || SubnetId !== pool.network.natSubnetId) {
        return void report("own gateways", `made a gateway with ${AllocationId} in ${SubnetId}`);
      }
      const living = gatewaysOf(pool).filter(({ state }) => state === "pending" || state === "available");
      if (living.length > mostGateways) report("gateways bounded", `${living.length} gateways of ${pool.draw.name}`);
      // A warm pool keeps one standing by while all goes direct.
      const way = pool.draw.fallback.standby === "warm" ? "any" : "fallback";
      overrides.judge(pool, call.atMs, way, "NAT gateway");
    },
    DeleteNatGateway(call) {
      const id = String(call.input["NatGatewayId"]);
      const gateway = stage.region.world.natGateways.get(id);
      const pool = stage.pools.find(({ draw }) => draw.name === gateway?.tags[tagKeys.pool]);
      if (!gateway || !pool) return void report("own gateways", `deleted ${id}, which is no pool's`);
      const users = [...stage.region.world.routeTables.values()].filter(({ routes }) =>
        routes.some(({ natGatewayId }) => natGatewayId === id),
      );
      for (const { routeTableId } of users) report("no dead end", `deleted ${id}, to which ${routeTableId} leads`);
      overrides.judge(pool, call.atMs, "any", `deletion of ${id}`);
    },
    AssociateAddress(call) {
      const pool = stage.pools.find(({ allocationIds }) => allocationIds.includes(String(call.input["AllocationId"])));
      if (pool) overrides.judge(pool, call.atMs, "any", "association");
    },
    CreateTags: (call) => checkBlame(checking, call),
  };
  stage.region.calls.onCall((call) => {
    if (isOurs(call) && call.reached && !call.error) judge[call.operation]?.(call);
  });
  watchRules(checking);

  function gatewaysOf(pool: PoolStage): NatGateway[] {
    return [...stage.region.world.natGateways.values()].filter(({ tags }) => tags[tagKeys.pool] === pool.draw.name);
  }

  /** A gateway may die between the look and the write, by somebody's hand. */
  function checkWayThrough(pool: PoolStage, natGatewayId: string, routeTableId: string): void {
    const gateway = stage.region.world.natGateways.get(natGatewayId);
    if (gateway?.tags[tagKeys.pool] !== pool.draw.name) {
      report("own gateways", `led ${routeTableId} to ${natGatewayId}, which is not the pool's`);
      return;
    }
    const explained = byHand(natGatewayId) > stage.region.clock.now() - surelySeenMs;
    if (gateway.state !== "available" && !explained) {
      report("no dead end", `led ${routeTableId} to ${natGatewayId}, which is ${gateway.state}`);
    }
  }
}

interface RouteInput {
  readonly RouteTableId: string;
  readonly DestinationCidrBlock: string;
  readonly GatewayId?: string;
  readonly NatGatewayId?: string;
}

/** When somebody deleted a gateway by hand. */
function watchHands({ stage }: Checking): (natGatewayId: string) => number {
  const deletedMs = new Map<string, number>();
  stage.region.calls.onCall(({ operation, principal, input, atMs }) => {
    if (principal === undefined && operation === "DeleteNatGateway") deletedMs.set(String(input["NatGatewayId"]), atMs);
  });
  return (id) => deletedMs.get(id) ?? Number.NEGATIVE_INFINITY;
}

/** What the operator wanted of each pool, and since when for certain. */
export function watchOverrides({ stage, report }: Checking) {
  const since = new Map<PoolStage, { readonly value: string | undefined; readonly atMs: number }>();
  const wanted = (pool: PoolStage) => {
    const values = [...stage.region.world.addresses.values()]
      .filter(({ tags }) => tags[tagKeys.pool] === pool.draw.name)
      .map(({ tags }) => tags[tagKeys.override])
      .filter((value) => value !== undefined);
    return new Set(values).size > 1 && !values.includes("paused") ? "several" : (values.sort().at(-1) ?? undefined);
  };
  stage.region.calls.onCall(({ operation, atMs }) => {
    if (operation !== "CreateTags" && operation !== "DeleteTags") return;
    for (const pool of stage.pools) {
      const value = wanted(pool);
      if (since.get(pool)?.value !== value) since.set(pool, { value, atMs });
    }
  });
  return {
    /** `way`: where a write leads. Rescues from a dead gateway go on whatever the operator said, but for a pause. */
    judge(pool: PoolStage, atMs: number, way: "direct" | "fallback" | "any", what: string): void {
      const { value, atMs: sinceMs } = since.get(pool) ?? { value: undefined, atMs: 0 };
      if (value === undefined || atMs - sinceMs < surelySeenMs) return;
      const isStill = value !== "direct" && value !== "fallback";
      const isFallbacks = what !== "association";
      if ((isStill && (isFallbacks || value === "paused")) || (value === "direct" && way === "fallback")) {
        report("override", `${what} of ${pool.draw.name}, though the operator says ${value}`);
      }
    },
  };
}

const blaming = new WeakMap<Partner, { rule: PartnerRule; untilMs: number }[]>();

/** Rules that a partner has had lately: the canary judges by rounds of the last minutes. */
function watchRules({ stage: { partners, region } }: Checking): void {
  for (const partner of partners.values()) {
    const recent: { rule: PartnerRule; untilMs: number }[] = [];
    blaming.set(partner, recent);
    const { splice } = partner.rules;
    partner.rules.splice = (start: number, count: number) => {
      const gone = splice.call(partner.rules, start, count) as PartnerRule[];
      recent.push(...gone.map((rule) => ({ rule, untilMs: region.clock.now() + blameMs })));
      return gone;
    };
  }
}

/** An address is called blocked only if a partner refused just this address, or all of them alike, not its country. */
function checkBlame({ stage, report }: Checking, { input, atMs }: CallRecord): void {
  const { Resources, Tags } = input as { Resources: string[]; Tags: { Key: string; Value: string }[] };
  if (!Tags.some(({ Key, Value }) => Key === tagKeys.verdict && Value === "blocked")) return;
  for (const id of Resources) {
    const pool = stage.pools.find(({ allocationIds }) => allocationIds.includes(id));
    const ip = stage.region.world.addresses.get(id)?.publicIp ?? "";
    const partner = stage.partners.get(pool?.draw.name ?? "");
    const recent = partner ? (blaming.get(partner) ?? []).filter(({ untilMs }) => untilMs > atMs - invocationMs) : [];
    const rules = [...(partner?.rules ?? []), ...recent.map(({ rule }) => rule)];
    const guilty = rules.some(
      (it) => (it.kind === "block" || it.kind === "flap") && (it.ips === "all" || it.ips.includes(ip)),
    );
    if (!guilty) report("no false blame", `${id} of ${pool?.draw.name} was called blocked, and nobody blocks it`);
  }
}
