/** Builds observed worlds with as few words as a test needs; everything not said is a healthy pool, direct and quiet. */
import type {
  AllocationId,
  InternetGatewayId,
  NatGatewayId,
  NetworkInterfaceId,
  RouteTableId,
  SubnetId,
} from "../../src/aws/identifiers.ts";
import type {
  Alarm,
  Direction,
  EgressAddress,
  FallbackAddress,
  Flip,
  NatGateway,
  Observed,
  Policy,
  Refusal,
  Route,
  RouteTable,
} from "../../src/fallback/model.ts";
import { formatRefusal, refusalsNow } from "../../src/fallback/refusals.ts";

/** What AWS refused of the creation of a gateway, or of `subject`: so often, the last time so many minutes ago. */
export function refusal(
  operation: Refusal["operation"],
  code: string,
  count: number,
  minutesAgo: number,
  subject?: string,
): Refusal {
  const lastMs = nowMs - minutesAgo * minuteMs;
  return { operation, subject, code, count, sinceMs: nowMs - 10 * minuteMs, lastMs };
}

export const nowMs = Date.UTC(2026, 0, 2);
export const minuteMs = 60_000;

export const policy: Policy = {
  standby: "cold",
  holdMs: 30 * minuteMs,
  maxHoldMs: 480 * minuteMs,
  cleanRounds: 5,
  blockedRounds: 3,
  graceMs: 60 * minuteMs,
  flipsPerDay: 4,
  swapMs: 5 * minuteMs,
  maxFallbackMs: 24 * 60 * minuteMs,
};

export const internet: Route = { kind: "internet", gatewayId: "igw-1" as InternetGatewayId };

export function nat(id: string, blackhole = false): Route {
  return { kind: "nat", natGatewayId: `nat-${id}` as NatGatewayId, blackhole };
}

/** A flip so many minutes ago. */
export function flip(direction: Direction, minutesAgo: number): Flip {
  return { direction, atMs: nowMs - minutesAgo * minuteMs };
}

/** `table("a", …)` is rtb-a of subnet-a. */
export function table(id: string, route: Route | undefined = internet, ...flips: readonly Flip[]): RouteTable {
  const subnetIds = [`subnet-${id}` as SubnetId];
  return { routeTableId: `rtb-${id}` as RouteTableId, subnetIds, otherSubnetIds: [], noted: "", route, flips };
}

/** The same, with a refusal noted on its tag. */
export function noted(it: RouteTable, refused: Refusal): RouteTable {
  return { ...it, noted: formatRefusal(refused) };
}

/** The same, used by a subnet outside the pool as well. */
export function shared(it: RouteTable): RouteTable {
  return { ...it, otherSubnetIds: ["subnet-x" as SubnetId] };
}

/** A gateway made two hours ago; it is routed when a table of the world leads to it, see `world`. */
export function gateway(
  id: string,
  state: NatGateway["state"],
  more: Partial<Omit<NatGateway, "natGatewayId" | "state">> = {},
): NatGateway {
  const createdMs = more.createdMs ?? nowMs - (state === "pending" ? 1 : 120) * minuteMs;
  return {
    natGatewayId: `nat-${id}` as NatGatewayId,
    state,
    createdMs,
    sinceMs: state === "pending" ? createdMs : undefined,
    episode: undefined,
    failure: state === "failed" ? { code: "InternalError", message: "try again" } : undefined,
    allocationIds: ["eipalloc-f" as AllocationId],
    routed: false,
    ...more,
  };
}

export function alarm(state: "quiet" | "raised", minutesAgo = 10): Alarm {
  return { state, sinceMs: nowMs - minutesAgo * minuteMs };
}

/** An egress address on the interface of a subnet, or a spare. */
export function egress(id: string, subnet: string | undefined, blocked = false): EgressAddress {
  return {
    allocationId: `eipalloc-${id}` as AllocationId,
    servesSubnetId: subnet === undefined ? undefined : (`subnet-${subnet}` as SubnetId),
    spare: subnet === undefined,
    blocked,
  };
}

export function fallbackAddress(on?: string): FallbackAddress {
  return {
    allocationId: "eipalloc-f" as AllocationId,
    publicIp: "198.51.100.9",
    networkInterfaceId: on as NetworkInterfaceId | undefined,
  };
}

export function rounds(of: Readonly<Record<string, readonly [blocked: number, clean: number]>>): Observed["rounds"] {
  return new Map(
    Object.entries(of).map(([subnet, [blocked, clean]]) => [`subnet-${subnet}` as SubnetId, { blocked, clean }]),
  );
}

export function world(parts: Partial<Observed> = {}): Observed {
  const observed: Observed = {
    routeTables: [table("a"), table("b")],
    uncovered: [],
    natGateways: [],
    internetGatewayId: "igw-1" as InternetGatewayId,
    natSubnet: {
      subnetId: "subnet-nat" as SubnetId,
      routeTableId: "rtb-nat" as RouteTableId,
      toInternet: true,
    },
    alarm: alarm("quiet"),
    poolRefused: false,
    egress: [egress("1", "a"), egress("2", "b")],
    fallbackAddress: fallbackAddress(),
    rounds: new Map(),
    override: { kind: "none" },
    refusals: [],
    ...parts,
  };
  const led = new Set(observed.routeTables.flatMap(({ route }) => (route?.kind === "nat" ? [route.natGatewayId] : [])));
  return {
    ...observed,
    natGateways: observed.natGateways.map((it) => ({ ...it, routed: it.routed || led.has(it.natGatewayId) })),
    refusals: refusalsNow(observed.refusals, observed.natGateways, nowMs),
  };
}
