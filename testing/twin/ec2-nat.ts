import type {
  CreateNatGatewayRequest,
  CreateNatGatewayResult,
  DeleteNatGatewayRequest,
  DescribeNatGatewaysRequest,
} from "@aws-sdk/client-ec2";
import { demandOwner, describeItems, type Ec2Context, requireRecord, tagsFrom } from "./ec2-context.ts";
import type { FilterPaths } from "./ec2-filters.ts";
import type { NatLifecycle } from "./ec2-nat-lifecycle.ts";
import { paginate } from "./ec2-pages.ts";
import { renderItem } from "./ec2-render.ts";
import { AwsError, type Operation } from "./service.ts";
import type { NatGateway, NatGatewayAddress, World } from "./world.ts";

const FILTERS: FilterPaths = {
  "nat-gateway-id": "NatGatewayId",
  state: "State",
  "subnet-id": "SubnetId",
  "vpc-id": "VpcId",
};

/** A client token has at most this many characters (SDK, `CreateNatGatewayRequest.ClientToken`). */
const MAX_TOKEN = 64;

/** NAT gateways, zonal, and regional with addresses given by zone. `quota`: gateways per zone, 5 by default (VPC quotas). */
export function natOperations(context: Ec2Context, lifecycle: NatLifecycle, quota: number): Record<string, Operation> {
  const { world, views, clock, identifiers } = context;
  /** By client token. A token lives as long as its gateway's record; assumed. */
  const given = new Map<string, { readonly request: string; readonly natGatewayId: string }>();

  function create(input: CreateNatGatewayRequest): CreateNatGatewayResult {
    const { ClientToken: token, ...rest } = input;
    const request = JSON.stringify(rest);
    if (token !== undefined && token.length > MAX_TOKEN) {
      throw new AwsError("InvalidParameterValue", `The client token must have at most ${MAX_TOKEN} characters`);
    }
    const before = token === undefined ? undefined : given.get(token);
    if (before && world.natGateways.has(before.natGatewayId)) {
      if (before.request !== request) {
        throw new AwsError(
          "IdempotentParameterMismatch",
          "The request uses the same client token as a previous, but non-identical request.",
        );
      }
      return { ClientToken: token, NatGateway: renderItem(world, "natGateways", before.natGatewayId) };
    }
    const gateway: NatGateway = {
      natGatewayId: identifiers.resource("nat"),
      ...placeOf(world, input),
      connectivityType: input.ConnectivityType ?? "public",
      state: "pending",
      failureCode: undefined,
      failureMessage: undefined,
      createdMs: clock.now(),
      deletedMs: undefined,
      tags: tagsFrom(input.TagSpecifications),
    };
    demandOwner(world, gateway.vpcId);
    demandRoom(world, gateway, quota);
    world.natGateways.set(gateway.natGatewayId, gateway);
    if (token !== undefined) given.set(token, { request, natGatewayId: gateway.natGatewayId });
    views.created("natGateways", gateway.natGatewayId);
    lifecycle.start(gateway);
    return { ClientToken: token, NatGateway: renderItem(world, "natGateways", gateway.natGatewayId) };
  }

  return {
    CreateNatGateway: create,
    // Unlike elsewhere, the SDK's member is `Filter`.
    DescribeNatGateways: (input: DescribeNatGatewaysRequest) => {
      const { NatGatewayIds: ids, Filter: filters } = input;
      const items = describeItems(context, "natGateways", { ids, filters, paths: FILTERS });
      const { page, NextToken } = paginate(items, (item) => item.NatGatewayId, input);
      return { NatGateways: page, NextToken };
    },
    DeleteNatGateway: (input: DeleteNatGatewayRequest) => {
      const gateway = requireRecord(world, "natGateways", input.NatGatewayId);
      lifecycle.delete(gateway);
      return { NatGatewayId: gateway.natGatewayId };
    },
  };
}

type Place = Pick<NatGateway, "vpcId" | "subnetId" | "addresses">;

/** Where the gateway stands and with which addresses. What the addresses are worth shows only later. */
function placeOf(world: World, input: CreateNatGatewayRequest): Place {
  if (input.AvailabilityMode === "regional") return regionalPlace(world, input);
  const { subnetId, vpcId, availabilityZone } = requireRecord(world, "subnets", input.SubnetId);
  const { AllocationId: primary, SecondaryAllocationIds: secondary = [] } = input;
  const isPublic = input.ConnectivityType !== "private";
  if (isPublic && !primary) {
    throw new AwsError("MissingParameter", "The request must contain the parameter allocationId");
  }
  if (!isPublic && primary) {
    throw new AwsError("InvalidParameterCombination", "A private NAT gateway cannot have an Elastic IP address");
  }
  const toAddress = (allocationId: string | undefined): NatGatewayAddress => ({
    allocationId,
    availabilityZone,
    networkInterfaceId: undefined,
  });
  return { vpcId, subnetId, addresses: [primary, ...secondary].map(toAddress) };
}

function regionalPlace(world: World, input: CreateNatGatewayRequest): Place {
  if (input.SubnetId || input.AllocationId || input.ConnectivityType === "private") {
    throw new AwsError(
      "InvalidParameterCombination",
      "A regional NAT gateway is public and takes a VPC and addresses by zone, not a subnet or an allocation ID",
    );
  }
  const { vpcId } = requireRecord(world, "vpcs", input.VpcId);
  const zones = input.AvailabilityZoneAddresses ?? [];
  if (zones.length === 0) {
    throw new AwsError("UnsupportedOperation", "The twin's regional NAT gateways need AvailabilityZoneAddresses.");
  }
  const addresses = zones.flatMap(({ AvailabilityZone, AllocationIds }) =>
    (AllocationIds ?? []).map((allocationId) => ({
      allocationId,
      availabilityZone: AvailabilityZone ?? "",
      networkInterfaceId: undefined,
    })),
  );
  return { vpcId, subnetId: undefined, addresses };
}

/** Gateways count while they are pending, available or deleting (VPC quotas). A regional one belongs to no zone; assumed. */
function demandRoom(world: World, { subnetId }: NatGateway, quota: number): void {
  if (subnetId === undefined) return;
  const zoneOf = (id: string | undefined) => world.subnets.get(id ?? "")?.availabilityZone;
  const inZone = [...world.natGateways.values()].filter(
    (it) => it.subnetId && it.state !== "failed" && it.state !== "deleted" && zoneOf(it.subnetId) === zoneOf(subnetId),
  );
  if (inZone.length < quota) return;
  throw new AwsError(
    "NatGatewayLimitExceeded",
    `Performing this operation would exceed the limit of ${quota} NAT gateways`,
  );
}
