/** What a teardown is to do, and what it observes: what of the running system stands in its way, at one moment. */
import type {
  AllocationId,
  AssociationId,
  FunctionArn,
  InternetGatewayId,
  NatGatewayId,
  NetworkInterfaceId,
  RouteTableId,
} from "../aws/identifiers.ts";
import type { AddressesRequest, FallbackRequest, SubnetRequest } from "../config/teardown-request.ts";
import type { LedTable, NatGateway, Route } from "../fallback/model.ts";
import type { VersionStatus } from "../relocation/model.ts";

/** Addresses that are released next, and those that the pool has again after it had dropped them. */
export interface AddressWork extends Omit<AddressesRequest, "allocationIds"> {
  readonly leaving: readonly string[];
  readonly staying: readonly string[];
}

/** `fallback`: the pool's whole way through NAT gateways. `routes`: some of its route tables, and the gateways stay. */
export type Work =
  | SubnetRequest
  | FallbackRequest
  | (Omit<FallbackRequest, "kind"> & { readonly kind: "routes" })
  | AddressWork;

/** A function whose `$LATEST` is configured for the subnet, and that is no probe of the pool. */
export interface SubnetFunction {
  readonly functionName: string;
  /** Key of its attachment in the subnet (src/relocation/model.ts). */
  readonly attachment: string;
}

/** An address of the pool on one of Lambda's interfaces in the subnet. */
export interface HeldAddress {
  readonly allocationId: AllocationId;
  readonly associationId: AssociationId;
  readonly networkInterfaceId: NetworkInterfaceId;
  readonly attachment: string;
}

export interface Probe {
  readonly functionArn: FunctionArn;
  /** Of what was observed: an update that names it is refused once the function has changed. */
  readonly revisionId: string;
  readonly status: VersionStatus;
  /** `here`: in the subnet. `outside`: in no VPC. */
  readonly place: "here" | "elsewhere" | "outside";
}

export interface ObservedSubnet {
  /** Undefined when it was not asked for, since that reads every function of the region. */
  readonly functions: readonly SubnetFunction[] | undefined;
  readonly addresses: readonly HeldAddress[];
  readonly probes: readonly Probe[];
}

export interface ObservedFallback {
  /** The pool's. */
  readonly routeTables: readonly LedTable[];
  /** Those in the VPC with the pool's tag and role `fallback`, records of deleted ones included. */
  readonly natGateways: readonly NatGateway[];
  /** Routes of the VPC's other tables to one of them. */
  readonly foreignRoutes: readonly { readonly routeTableId: RouteTableId; readonly natGatewayId: NatGatewayId }[];
  readonly internetGatewayId: InternetGatewayId | undefined;
}

/** An address that the deployment has allocated. */
export interface OwnAddress {
  readonly allocationId: AllocationId;
  readonly associationId: AssociationId | undefined;
  readonly networkInterfaceId: NetworkInterfaceId | undefined;
  readonly isLeaving: boolean;
  /** Whether it has its pool's tag: without it, nothing of Holdfast's takes it. */
  readonly inPool: boolean;
  /**
   * `serving`: on the interface of members, or on the NAT gateway of a pool that keeps its fallback. `elsewhere`: where
   * another teardown frees it, since that place is given up too.
   */
  readonly on: "nothing" | "scout" | "serving" | "elsewhere";
}

/** One write to AWS. `row` is the row of the table above the function that plans it. */
export type Action =
  | ({ readonly kind: "disassociate"; readonly row: 3 | 4 } & Omit<HeldAddress, "attachment">)
  | { readonly kind: "tag"; readonly row: 2 | 6; readonly allocationId: AllocationId }
  | { readonly kind: "untag"; readonly row: 3; readonly allocationId: AllocationId }
  | {
      readonly kind: "withdraw";
      readonly row: 4;
      readonly functionArn: FunctionArn;
      readonly revisionId: string;
    }
  | {
      readonly kind: "route";
      readonly row: 2;
      readonly routeTableId: RouteTableId;
      readonly from: Route;
      readonly gatewayId: InternetGatewayId;
    }
  | { readonly kind: "delete"; readonly row: 5; readonly natGatewayId: NatGatewayId };

/** What has to happen elsewhere, or later, before the removal can go on. */
export type Wait =
  | { readonly kind: "members"; readonly functionNames: readonly string[] }
  | { readonly kind: "probe"; readonly functionArn: FunctionArn }
  | { readonly kind: "gateway"; readonly natGatewayId: NatGatewayId }
  /** Runs that began before their triggers were deleted may still undo what is done. */
  | { readonly kind: "runs"; readonly untilMs: number };

/** Why the removal must not go on. */
export type Refusal =
  | { readonly kind: "members"; readonly functionNames: readonly string[] }
  | { readonly kind: "foreign-routes"; readonly routes: ObservedFallback["foreignRoutes"] }
  | { readonly kind: "in-use"; readonly addresses: readonly OwnAddress[] };

/** What is left as it is, and reported. */
export type Finding =
  | { readonly kind: "foreign-route"; readonly routeTableId: RouteTableId; readonly target: string }
  | { readonly kind: "no-default-route"; readonly routeTableId: RouteTableId }
  | { readonly kind: "no-internet-gateway"; readonly routeTableId: RouteTableId };

/** Nothing to do, to wait for or to refuse: the removal may go on. */
export interface Plan {
  readonly actions: readonly Action[];
  readonly waits: readonly Wait[];
  readonly findings: readonly Finding[];
  readonly refusal: Refusal | undefined;
}
