/** What fallback observes: plain facts about one pool's routes, gateways, alarm and addresses at one moment. */
import type {
  AllocationId,
  InternetGatewayId,
  NatGatewayId,
  NetworkInterfaceId,
  RouteTableId,
  SubnetId,
} from "../aws/identifiers.ts";
import type { Override } from "../pool/override.ts";

export type Direction = "direct" | "fallback";

/** A change of a table's default route. */
export interface Flip {
  readonly direction: Direction;
  readonly atMs: number;
}

/** Where a table's default route points to. */
export type Route =
  | { readonly kind: "internet"; readonly gatewayId: InternetGatewayId }
  | { readonly kind: "nat"; readonly natGatewayId: NatGatewayId; readonly blackhole: boolean }
  | { readonly kind: "other"; readonly target: string };

/** A route table, wherever its default route points to. */
export interface LedTable {
  readonly routeTableId: RouteTableId;
  readonly route: Route | undefined;
  /** Kept in its `holdfast:flips` tag, the latest last. */
  readonly flips: readonly Flip[];
}

/** A route table with the pool's tag. */
export interface RouteTable extends LedTable {
  /** Subnets of the pool's members that use it. */
  readonly subnetIds: readonly SubnetId[];
  /** Subnets outside the pool that use it, by an association or because it is the VPC's main table. */
  readonly otherSubnetIds: readonly SubnetId[];
  /** What its `holdfast:refusals` tag says. */
  readonly noted: string;
}

export interface UncoveredSubnet {
  readonly subnetId: SubnetId;
  readonly routeTableId: RouteTableId | undefined;
}

export interface NatGateway {
  readonly natGatewayId: NatGatewayId;
  readonly state: "pending" | "failed" | "available" | "deleting" | "deleted";
  readonly createdMs: number;
  /** Since when it has been pending or deleting; undefined in other states, or where nothing shows it. */
  readonly sinceMs: number | undefined;
  /** What it was made for, from its `holdfast:episode` tag. */
  readonly episode: string | undefined;
  readonly failure: { readonly code: string; readonly message: string } | undefined;
  readonly allocationIds: readonly AllocationId[];
  /** Whether any route of the VPC points to it, in the pool's tables or another's. */
  readonly routed: boolean;
}

/**
 * What AWS refused, or could not do, each time that it was tried. `fail`: a gateway that was created and then failed.
 * `subject`: the gateway or the route table that it is about; none for the creation of a gateway.
 */
export interface Refusal {
  readonly operation: "create" | "fail" | "delete" | "route" | "note" | "remember";
  readonly subject: string | undefined;
  /** AWS's error or failure code. */
  readonly code: string;
  readonly count: number;
  /** When it was first refused with this code. */
  readonly sinceMs: number;
  readonly lastMs: number;
}

/** `unknown`: no data, or no such alarm; nothing follows from it. `sinceMs`: when it came into this state. */
export type Alarm =
  | { readonly state: "quiet" | "raised"; readonly sinceMs: number }
  | { readonly state: "unknown"; readonly missing: boolean };

/** An egress address. `servesSubnetId`: the subnet whose interface it is on. */
export interface EgressAddress {
  readonly allocationId: AllocationId;
  readonly servesSubnetId: SubnetId | undefined;
  readonly spare: boolean;
  readonly blocked: boolean;
}

export interface FallbackAddress {
  readonly allocationId: AllocationId;
  readonly publicIp: string;
  readonly networkInterfaceId: NetworkInterfaceId | "unknown" | undefined;
}

/** What the probes of a subnet found since its route table returned: rounds with a confirmed block, and clean ones since. */
export interface Rounds {
  readonly blocked: number;
  readonly clean: number;
}

/** One pool as observed. */
export interface Observed {
  readonly routeTables: readonly RouteTable[];
  /** Subnets of the pool's members whose route table, the VPC's main one or another, does not have the pool's tag. */
  readonly uncovered: readonly UncoveredSubnet[];
  readonly natGateways: readonly NatGateway[];
  readonly internetGatewayId: InternetGatewayId | undefined;
  /** The table that the NAT subnet uses; undefined for a regional gateway, which stands in no subnet. */
  readonly natSubnet:
    | { readonly subnetId: SubnetId; readonly routeTableId: RouteTableId | undefined; readonly toInternet: boolean }
    | undefined;
  readonly alarm: Alarm;
  /** Whether a target keeps out all of the pool's addresses, which the pool fails over for. Not looked at on NAT. */
  readonly poolRefused: boolean;
  readonly egress: readonly EgressAddress[];
  readonly fallbackAddress: FallbackAddress | undefined;
  /** By subnet; absent where nothing was measured. */
  readonly rounds: ReadonlyMap<SubnetId, Rounds>;
  readonly override: Override;
  readonly refusals: readonly Refusal[];
}

/** What the operator configured for the pool, as far as planning depends on it. */
export interface Policy {
  readonly standby: "cold" | "warm";
  readonly holdMs: number;
  readonly maxHoldMs: number;
  readonly cleanRounds: number;
  readonly blockedRounds: number;
  readonly graceMs: number;
  readonly flipsPerDay: number;
  /** How long a swap of addresses may take to cure a block before the NAT gateway is asked for. */
  readonly swapMs: number;
  readonly maxFallbackMs: number;
}
