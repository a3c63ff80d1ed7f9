import type { Filter, TagSpecification } from "@aws-sdk/client-ec2";
import type { Delays } from "./delays.ts";
import { applyFilters, type FilterPaths } from "./ec2-filters.ts";
import { type Ec2Items, ownerOf } from "./ec2-render.ts";
import type { Ec2Kind } from "./ec2-store.ts";
import type { Ec2Views } from "./ec2-views.ts";
import type { RegionContext } from "./region-context.ts";
import { AwsError } from "./service.ts";
import type { World } from "./world.ts";

/** What EC2's operations share. */
export interface Ec2Context extends RegionContext {
  readonly views: Ec2Views;
  readonly delays: Delays;
  /** To be called after a change that no call made. */
  readonly changedByItself: () => void;
}

interface KindFacts {
  /** The member of a describe answer that holds the id. */
  readonly idField: string;
  readonly notFoundCode: string;
  readonly noun: string;
}

const KINDS: Readonly<Record<Ec2Kind, KindFacts>> = {
  vpcs: { idField: "VpcId", notFoundCode: "InvalidVpcID.NotFound", noun: "vpc ID" },
  subnets: { idField: "SubnetId", notFoundCode: "InvalidSubnetID.NotFound", noun: "subnet ID" },
  securityGroups: { idField: "GroupId", notFoundCode: "InvalidGroup.NotFound", noun: "security group" },
  networkAcls: { idField: "NetworkAclId", notFoundCode: "InvalidNetworkAclID.NotFound", noun: "networkAcl ID" },
  internetGateways: {
    idField: "InternetGatewayId",
    notFoundCode: "InvalidInternetGatewayID.NotFound",
    noun: "internetGateway ID",
  },
  routeTables: { idField: "RouteTableId", notFoundCode: "InvalidRouteTableID.NotFound", noun: "routeTable ID" },
  natGateways: { idField: "NatGatewayId", notFoundCode: "NatGatewayNotFound", noun: "NAT gateway ID" },
  networkInterfaces: {
    idField: "NetworkInterfaceId",
    notFoundCode: "InvalidNetworkInterfaceID.NotFound",
    noun: "networkInterface ID",
  },
  addresses: { idField: "AllocationId", notFoundCode: "InvalidAllocationID.NotFound", noun: "allocation ID" },
};

function notFound(kind: Ec2Kind, id: string): AwsError {
  const { notFoundCode, noun } = KINDS[kind];
  return new AwsError(notFoundCode, `The ${noun} '${id}' does not exist`);
}

/** Returns the id of an item that a describe call answers. */
export function idOf(kind: Ec2Kind, item: object): string {
  return (item as Record<string, unknown>)[KINDS[kind].idField] as string;
}

type RecordOf<K extends Ec2Kind> = World[K] extends Map<string, infer R> ? R : never;

/** Returns the true record, for writes. Throws `AwsError`: `MissingParameter`, or the kind's `….NotFound`. */
export function requireRecord<K extends Ec2Kind>(world: World, kind: K, id: string | undefined): RecordOf<K> {
  if (!id) throw new AwsError("MissingParameter", `The request must contain the parameter ${KINDS[kind].idField}`);
  const record = world[kind].get(id);
  if (!record) throw notFound(kind, id);
  return record as RecordOf<K>;
}

/**
 * A participant of a shared VPC sees its route tables and cannot change them, and makes no NAT gateway in it (VPC user
 * guide, "Share your VPC subnets"). The code is assumed. Throws `AwsError` `UnauthorizedOperation`.
 */
export function demandOwner(world: World, vpcId: string): void {
  if (ownerOf(world, vpcId) === world.accountId) return;
  throw new AwsError("UnauthorizedOperation", `You are not authorized to perform this operation on ${vpcId}.`, 403);
}

/** What describe calls answer: the visible items by id and filter. Throws the kind's `….NotFound` for an id not visible. */
export function describeItems<K extends Ec2Kind>(
  { views }: Ec2Context,
  kind: K,
  selection: { ids: readonly string[] | undefined; filters: readonly Filter[] | undefined; paths: FilterPaths },
): Ec2Items[K][] {
  let items = views.list(kind);
  const { ids } = selection;
  if (ids && ids.length > 0) {
    const byId = new Map(items.map((item) => [idOf(kind, item), item]));
    items = [...new Set(ids)].map((id) => {
      const item = byId.get(id);
      if (!item) throw notFound(kind, id);
      return item;
    });
  }
  return applyFilters(items, selection.filters, selection.paths);
}

/** Tags given at creation. Each call makes one type of resource, so all specifications are for it. */
export function tagsFrom(specifications: readonly TagSpecification[] | undefined): Record<string, string> {
  const tags = (specifications ?? []).flatMap((specification) => specification.Tags ?? []);
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key ?? "", Value ?? ""]));
}
