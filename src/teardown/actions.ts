/** What a plan is made of. */
import type { Plan as PoolPlan } from "../actuator/run.ts";
import type { AllocationId, FunctionArn, InternetGatewayId, NatGatewayId, RouteTableId } from "../aws/identifiers.ts";
import type { Route } from "../fallback/model.ts";
import type { HeldAddress, ObservedFallback, OwnAddress } from "./model.ts";

/** One write to AWS. `row` is the row of the table above `planSubnet` or `planFallback`. */
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
export type Blocker =
  | { readonly kind: "members"; readonly functionNames: readonly string[] }
  | { readonly kind: "foreign-routes"; readonly routes: ObservedFallback["foreignRoutes"] }
  | { readonly kind: "in-use"; readonly addresses: readonly OwnAddress[] };

/** What is left as it is, and reported. */
export type Finding =
  | { readonly kind: "foreign-route"; readonly routeTableId: RouteTableId; readonly target: string }
  | { readonly kind: "no-default-route"; readonly routeTableId: RouteTableId }
  | { readonly kind: "no-internet-gateway"; readonly routeTableId: RouteTableId };

/** Nothing to do, to wait for or to refuse: the removal may go on. */
export interface Plan extends PoolPlan<Action, Finding, Wait> {
  readonly blocker: Blocker | undefined;
}
