/** What a plan is made of. */
import type { Plan as PoolPlan } from "../actuator/run.ts";
import type { AllocationId, InternetGatewayId, NatGatewayId, RouteTableId, SubnetId } from "../aws/identifiers.ts";
import type { Flip, Route } from "./model.ts";

export type RouteTarget =
  | { readonly kind: "nat"; readonly natGatewayId: NatGatewayId }
  | { readonly kind: "internet"; readonly gatewayId: InternetGatewayId };

/** One write to AWS (and the note on the route table's tag that goes with it). `row` is the row of the table above `plan`. */
export type Action =
  | {
      readonly kind: "create";
      readonly row: 3 | 6 | 13 | 18;
      readonly allocationId: AllocationId;
      readonly episode: string;
      /** A gateway that does not end being deleted, but has given the address back. */
      readonly despite: NatGatewayId | undefined;
      /** Makes the request the same for every run that sees this world, and another after a failure. */
      readonly attempt: string;
    }
  | { readonly kind: "delete"; readonly row: 5 | 12 | 15; readonly natGatewayId: NatGatewayId }
  | {
      readonly kind: "route";
      readonly row: 7 | 10 | 11 | 14 | 16;
      readonly routeTableId: RouteTableId;
      readonly subnetIds: readonly SubnetId[];
      readonly from: Route;
      readonly to: RouteTarget;
      /** What the table's tag will say. */
      readonly flips: readonly Flip[];
    }
  | {
      readonly kind: "note";
      readonly row: 17;
      readonly routeTableId: RouteTableId;
      readonly flips: readonly Flip[];
    }
  | {
      readonly kind: "remember";
      readonly row: 19;
      readonly routeTableId: RouteTableId;
      /** What the table's tag will say of refusals. */
      readonly text: string;
    };

/** What an operator should know, and in most cases act on. */
export type Finding =
  | { readonly kind: "no-route-tables" }
  | { readonly kind: "no-default-route"; readonly routeTableId: RouteTableId }
  | { readonly kind: "foreign-route"; readonly routeTableId: RouteTableId; readonly target: string }
  | {
      readonly kind: "shared-route-table";
      readonly routeTableId: RouteTableId;
      readonly otherSubnetIds: readonly SubnetId[];
    }
  | { readonly kind: "subnet-uncovered"; readonly subnetId: SubnetId; readonly routeTableId: RouteTableId | undefined }
  | { readonly kind: "no-internet-gateway" }
  | { readonly kind: "nat-subnet-unrouted"; readonly subnetId: SubnetId }
  | { readonly kind: "nat-subnet-in-pool"; readonly subnetId: SubnetId; readonly routeTableId: RouteTableId }
  | { readonly kind: "address-missing" }
  | { readonly kind: "address-elsewhere"; readonly allocationId: AllocationId; readonly on: string }
  | { readonly kind: "alarm-missing" }
  | { readonly kind: "unknown-override"; readonly text: string }
  | { readonly kind: "gateway-failed"; readonly code: string; readonly sinceMs: number }
  | {
      readonly kind: "gateway-overdue";
      readonly natGatewayId: NatGatewayId;
      readonly state: "pending" | "deleting";
      readonly sinceMs: number;
    }
  | {
      readonly kind: "refused";
      readonly permission: string;
      /** The gateway or the route table; none for the creation of a gateway. */
      readonly on?: string;
      readonly code: string;
      readonly sinceMs: number;
    }
  | { readonly kind: "flips-exhausted"; readonly flips: number }
  | { readonly kind: "not-helping"; readonly sinceMs: number }
  | { readonly kind: "too-long"; readonly sinceMs: number }
  | { readonly kind: "override"; readonly value: "direct" | "fallback" | "paused" };

/** What has to happen elsewhere, or later, before more can be done. */
export type Wait =
  | { readonly kind: "gateway"; readonly natGatewayId: NatGatewayId; readonly state: "pending" | "deleting" }
  | { readonly kind: "swap" | "backoff" | "hold" | "grace"; readonly untilMs: number }
  | { readonly kind: "clean-rounds"; readonly routeTableId: RouteTableId };

export type Plan = PoolPlan<Action, Finding, Wait>;
