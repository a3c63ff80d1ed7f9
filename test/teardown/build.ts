/** Builds what a teardown observes with as few words as a test needs. */
import type {
  AllocationId,
  AssociationId,
  FunctionArn,
  InternetGatewayId,
  NatGatewayId,
  NetworkInterfaceId,
  RouteTableId,
} from "../../src/aws/identifiers.ts";
import { lastRunEndsMs } from "../../src/config/run-times.ts";
import type {
  HeldAddress,
  ObservedFallback,
  ObservedSubnet,
  OwnAddress,
  Probe,
  SubnetFunction,
} from "../../src/teardown/model.ts";
import type { SubnetPolicy, Times } from "../../src/teardown/plan.ts";

export const nowMs = Date.UTC(2026, 0, 2);
/** So many seconds after the start. */
export const after = (seconds: number): Times => ({ startedMs: nowMs - seconds * 1000, nowMs });
export const early = after(10);
/** No run that began before its trigger went is left. */
export const late = after(lastRunEndsMs / 1000);

export const policy: SubnetPolicy = { attachment: "members", deletesSubnet: false };

export const fn = (functionName: string, attachment = "members"): SubnetFunction => ({ functionName, attachment });

/** `held("1")` is eipalloc-1 on eni-1. */
export const held = (id: string, attachment = "members"): HeldAddress => ({
  allocationId: `eipalloc-${id}` as AllocationId,
  associationId: `eipassoc-${id}` as AssociationId,
  networkInterfaceId: `eni-${id}` as NetworkInterfaceId,
  attachment,
});

/** `own("1")` is eipalloc-1, which leaves the pool. */
export const own = (id: string, rest: Partial<OwnAddress> = {}): OwnAddress => ({
  allocationId: `eipalloc-${id}` as AllocationId,
  ...(rest.on && rest.on !== "nothing"
    ? { associationId: `eipassoc-${id}` as AssociationId, networkInterfaceId: `eni-${id}` as NetworkInterfaceId }
    : { associationId: undefined, networkInterfaceId: undefined }),
  ...{ isLeaving: true, inPool: true, on: "nothing", ...rest },
});

export const probe = (name: string, place: Probe["place"], status: Probe["status"] = "settled"): Probe => ({
  functionArn: `arn:aws:lambda:us-east-1:123456789012:function:${name}` as FunctionArn,
  revisionId: "r",
  status,
  place,
});

export const subnet = (parts: Partial<ObservedSubnet> = {}): ObservedSubnet => ({
  functions: [],
  addresses: [],
  probes: [],
  ...parts,
});

export const fallback = (parts: Partial<ObservedFallback> = {}): ObservedFallback => ({
  routeTables: [],
  natGateways: [],
  foreignRoutes: [],
  internetGatewayId: "igw-1" as InternetGatewayId,
  ...parts,
});

export const foreign = (table: string, gateway: string): ObservedFallback["foreignRoutes"][number] => ({
  routeTableId: `rtb-${table}` as RouteTableId,
  natGatewayId: `nat-${gateway}` as NatGatewayId,
});
