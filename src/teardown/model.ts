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
import type { LedTable, NatGateway } from "../fallback/model.ts";
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
