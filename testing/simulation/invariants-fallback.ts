/** What fallback must never do: change foreign routes or gateways, make a blackhole route, act against an override. */
import { tagKeys } from "../../src/pool/tags.ts";
import type { CallRecord } from "../twin/call-log.ts";
import type { NatGateway } from "../twin/world.ts";
import { type Checking, surelySeenMs } from "./invariant.ts";
import type { SimulatedPool } from "./settle-in.ts";

/** Flips per day and table at most: 8 that may be configured, what overrides ask for, and rescues. */
const mostFlipsPerDay = 40;
/** Gateways of a pool at once: a second one may be made while describe calls do not show the first. */
const mostGateways = 2;
const dayMs = 86_400_000;

export function checkFallback(checking: Checking): void {
  const { account, isOurs } = checking;
  const overrides = watchOverrides(checking);
  const judge: Judge = {
    ...judgeRoutes(checking, overrides),
    ...judgeGateways(checking, overrides),
    AssociateAddress(call) {
      const pool = account.pools.find(({ allocationIds }) =>
        allocationIds.includes(String(call.input["AllocationId"])),
      );
      if (pool) overrides.judge(pool, call.atMs, "any", "association");
    },
  };
  account.region.calls.onCall((call) => {
    if (isOurs(call) && call.reached && !call.error) judge[call.operation]?.(call);
  });
}

/** By the operation: looks at a call of Holdfast that AWS has carried out. */
type Judge = Readonly<Record<string, (call: CallRecord) => void>>;
type Overrides = ReturnType<typeof watchOverrides>;

function judgeRoutes(checking: Checking, overrides: Overrides): Judge {
  const { account, report } = checking;
  const deletedManually = watchManualDeletions(checking);
  const flips = new Map<string, number[]>();

  /** A gateway may be deleted manually between the observation and the write. */
  function checkGateway(pool: SimulatedPool, natGatewayId: string, routeTableId: string): void {
    const gateway = account.region.world.natGateways.get(natGatewayId);
    if (gateway?.tags[tagKeys.pool] !== pool.draw.name) {
      report("own gateways", `routed ${routeTableId} to ${natGatewayId}, which is not the pool's`);
      return;
    }
    const explained = deletedManually(natGatewayId) > account.region.clock.now() - surelySeenMs;
    if (gateway.state !== "available" && !explained) {
      report("no blackhole", `routed ${routeTableId} to ${natGatewayId}, which is ${gateway.state}`);
    }
  }

  return {
    ReplaceRoute(call) {
      const { RouteTableId: id, DestinationCidrBlock, GatewayId, NatGatewayId } = call.input as unknown as RouteInput;
      const pool = account.pools.find(({ network }) => network.routeTableIds.includes(id));
      if (!pool || DestinationCidrBlock !== "0.0.0.0/0") {
        return void report("own routes", `replaced ${DestinationCidrBlock} of ${id}, which is no pool's`);
      }
      if (GatewayId !== undefined && GatewayId !== pool.network.internetGatewayId) {
        report("own routes", `routed ${id} to ${GatewayId}, which is not the VPC's internet gateway`);
      }
      if (NatGatewayId !== undefined) checkGateway(pool, NatGatewayId, id);
      const recent = (flips.get(id) ?? []).filter((ms) => ms > call.atMs - dayMs);
      flips.set(id, [...recent, call.atMs]);
      if (recent.length === mostFlipsPerDay)
        report("flips bounded", `${id} was changed ${recent.length} times in a day`);
      overrides.judge(pool, call.atMs, NatGatewayId === undefined ? "direct" : "fallback", `route of ${id}`);
    },
    CreateRoute: (call) => report("own routes", `made a route in ${call.input["RouteTableId"]}`),
    DeleteRoute: (call) => report("own routes", `deleted a route of ${call.input["RouteTableId"]}`),
  };
}

function judgeGateways({ account, report }: Checking, overrides: Overrides): Judge {
  const { world } = account.region;
  const gatewaysOf = ({ draw }: SimulatedPool): NatGateway[] =>
    [...world.natGateways.values()].filter(({ tags }) => tags[tagKeys.pool] === draw.name);
  return {
    CreateNatGateway(call) {
      const { AllocationId, SubnetId } = call.input as { AllocationId?: string; SubnetId?: string };
      const pool = account.pools.find(({ fallbackAllocationId }) => fallbackAllocationId === AllocationId);
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
      const gateway = world.natGateways.get(id);
      const pool = account.pools.find(({ draw }) => draw.name === gateway?.tags[tagKeys.pool]);
      if (!gateway || !pool) return void report("own gateways", `deleted ${id}, which is no pool's`);
      const users = [...world.routeTables.values()].filter(({ routes }) =>
        routes.some(({ natGatewayId }) => natGatewayId === id),
      );
      for (const { routeTableId } of users) report("no blackhole", `deleted ${id}, which ${routeTableId} routes to`);
      overrides.judge(pool, call.atMs, "any", `deletion of ${id}`);
    },
  };
}

interface RouteInput {
  readonly RouteTableId: string;
  readonly DestinationCidrBlock: string;
  readonly GatewayId?: string;
  readonly NatGatewayId?: string;
}

/** Returns when a gateway was deleted manually. */
function watchManualDeletions({ account }: Checking): (natGatewayId: string) => number {
  const deletedMs = new Map<string, number>();
  account.region.calls.onCall(({ operation, principal, input, atMs }) => {
    if (principal === undefined && operation === "DeleteNatGateway") deletedMs.set(String(input["NatGatewayId"]), atMs);
  });
  return (id) => deletedMs.get(id) ?? Number.NEGATIVE_INFINITY;
}

/** Follows the override of each pool, and since when it has been set. */
export function watchOverrides({ account, report }: Checking) {
  const since = new Map<SimulatedPool, { readonly value: string | undefined; readonly atMs: number }>();
  const wanted = (pool: SimulatedPool) => {
    const values = [...account.region.world.addresses.values()]
      .filter(({ tags }) => tags[tagKeys.pool] === pool.draw.name)
      .map(({ tags }) => tags[tagKeys.override])
      .filter((value) => value !== undefined);
    return new Set(values).size > 1 && !values.includes("paused") ? "several" : (values.sort().at(-1) ?? undefined);
  };
  account.region.calls.onCall(({ operation, atMs }) => {
    if (!["CreateTags", "DeleteTags", "ReleaseAddress"].includes(operation)) return;
    for (const pool of account.pools) {
      const value = wanted(pool);
      if (since.get(pool)?.value !== value) since.set(pool, { value, atMs });
    }
  });
  return {
    /** `way`: the route that a write sets. Rescues from a failed gateway go on under any override but `paused`. */
    judge(pool: SimulatedPool, atMs: number, way: "direct" | "fallback" | "any", what: string): void {
      const { value, atMs: sinceMs } = since.get(pool) ?? { value: undefined, atMs: 0 };
      if (value === undefined || atMs - sinceMs < surelySeenMs) return;
      const isStill = value !== "direct" && value !== "fallback";
      const isFallbacks = what !== "association";
      if ((isStill && (isFallbacks || value === "paused")) || (value === "direct" && way === "fallback")) {
        report("override", `${what} of ${pool.draw.name}, though the override is ${value}`);
      }
    },
  };
}
