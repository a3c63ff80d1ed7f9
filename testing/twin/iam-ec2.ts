import { ownerOf } from "./ec2-render.ts";
import type { RequestContext } from "./iam-conditions.ts";
import type { Ask } from "./iam-policy.ts";
import type { Call } from "./service.ts";
import type { World } from "./world.ts";

/**
 * Which resources EC2's actions ask for, and which condition keys each has. Source: Service Authorization Reference,
 * "Actions, resources, and condition keys for Amazon EC2". Actions not listed have no resources here.
 */
export function ec2Asks(world: World, call: Call): Ask[] {
  const { operation, input } = call;
  const action = `ec2:${operation}`;
  const requested = requestTags(input["Tags"] ?? tagsOfSpecifications(input["TagSpecifications"]));
  const asks = resourcesOf(world, call).map((found) => {
    const context = new Map([...found.context, ...requested]);
    return { ...found, action, context };
  });
  const tagging = [input["TagSpecifications"] ?? []].flat().map((specification) => {
    const type = (specification as { ResourceType?: string }).ResourceType ?? "*";
    const context = new Map([...requested, ["ec2:createaction", [operation]] as const]);
    return { action: "ec2:CreateTags", resource: arnOf(world, type, "*"), context };
  });
  return [...(asks.length > 0 ? asks : [{ action, resource: "*", context: requested }]), ...tagging];
}

type Found = Omit<Ask, "action">;

function resourcesOf(world: World, { operation, input }: Call): Found[] {
  const find = (type: string, id: unknown): Found[] => (typeof id === "string" ? [lookUp(world, type, id)] : []);
  const fresh = (type: string): Found => ({ resource: arnOf(world, type, "*"), context: new Map() });
  switch (operation) {
    case "AssociateAddress":
      return [...find("elastic-ip", input["AllocationId"]), ...find("network-interface", input["NetworkInterfaceId"])];
    case "DisassociateAddress": {
      const address = [...world.addresses.values()].find((one) => one.associationId === input["AssociationId"]);
      if (!address) return [{ ...fresh("elastic-ip"), missing: true }];
      return [...find("elastic-ip", address.allocationId), ...find("network-interface", address.networkInterfaceId)];
    }
    case "AllocateAddress":
      return [fresh("elastic-ip")];
    case "CreateVpc":
      return [fresh("vpc")];
    case "CreateInternetGateway":
      return [fresh("internet-gateway")];
    case "CreateSubnet":
      return [fresh("subnet"), ...find("vpc", input["VpcId"])];
    case "CreateSecurityGroup":
      return [fresh("security-group"), ...find("vpc", input["VpcId"])];
    case "CreateRouteTable":
      return [fresh("route-table"), ...find("vpc", input["VpcId"])];
    case "AttachInternetGateway":
    case "DetachInternetGateway":
      return [...find("internet-gateway", input["InternetGatewayId"]), ...find("vpc", input["VpcId"])];
    case "AssociateRouteTable":
      return [...find("route-table", input["RouteTableId"]), ...find("subnet", input["SubnetId"])];
    case "DeleteVpc":
      return find("vpc", input["VpcId"]);
    case "DeleteSubnet":
      return find("subnet", input["SubnetId"]);
    case "DeleteSecurityGroup":
      return find("security-group", input["GroupId"]);
    case "DeleteInternetGateway":
      return find("internet-gateway", input["InternetGatewayId"]);
    case "DeleteRouteTable":
      return find("route-table", input["RouteTableId"]);
    case "ReleaseAddress":
      return find("elastic-ip", input["AllocationId"]);
    case "CreateNatGateway": {
      const zones = (input["AvailabilityZoneAddresses"] ?? []) as { AllocationIds?: string[] }[];
      const ids = [input["AllocationId"], ...zones.flatMap(({ AllocationIds = [] }) => AllocationIds)];
      return [
        fresh("natgateway"),
        ...find("subnet", input["SubnetId"]),
        ...find("vpc", input["VpcId"]),
        ...ids.flatMap((id) => find("elastic-ip", id)),
      ];
    }
    case "DeleteNatGateway":
      return find("natgateway", input["NatGatewayId"]);
    case "CreateRoute":
    case "ReplaceRoute":
    case "DeleteRoute":
      return find("route-table", input["RouteTableId"]);
    case "CreateNetworkInterface":
      return [
        fresh("network-interface"),
        ...find("subnet", input["SubnetId"]),
        ...((input["Groups"] ?? []) as string[]).flatMap((id) => find("security-group", id)),
      ];
    case "DeleteNetworkInterface":
      return find("network-interface", input["NetworkInterfaceId"]);
    case "CreateTags":
    case "DeleteTags":
      return ((input["Resources"] ?? []) as string[]).flatMap((id) => find(TYPES[id.split("-")[0] ?? ""] ?? "*", id));
    default:
      return [];
  }
}

const TYPES: Readonly<Record<string, string>> = {
  eipalloc: "elastic-ip",
  eni: "network-interface",
  igw: "internet-gateway",
  nat: "natgateway",
  rtb: "route-table",
  sg: "security-group",
  subnet: "subnet",
  vpc: "vpc",
};

interface Seen {
  readonly tags: Readonly<Record<string, string>>;
  readonly keys: Readonly<Record<string, string | undefined>>;
}

/** A resource with its tags and the keys of its type. */
function lookUp(world: World, type: string, id: string): Found {
  const resource = arnOf(world, type, id);
  const seen = readers[type]?.(world, id);
  if (!seen) return { resource, context: new Map(), missing: true };
  const tags = Object.entries(seen.tags).flatMap(([key, value]): [string, string[]][] => [
    [`aws:resourcetag/${key.toLowerCase()}`, [value]],
    [`ec2:resourcetag/${key.toLowerCase()}`, [value]],
  ]);
  const keys = Object.entries(seen.keys).flatMap(([key, value]): [string, string[]][] =>
    value === undefined ? [] : [[key.toLowerCase(), [value]]],
  );
  return { resource, context: new Map([...tags, ...keys, ["ec2:region", [world.region]]]) };
}

const readers: Readonly<Record<string, (world: World, id: string) => Seen | undefined>> = {
  "elastic-ip": ({ addresses }, id) => {
    const it = addresses.get(id);
    return it && { tags: it.tags, keys: { "ec2:AllocationId": id, "ec2:PublicIpAddress": it.publicIp } };
  },
  "network-interface": (world, id) => {
    const it = world.networkInterfaces.get(id);
    return (
      it && {
        tags: it.tags,
        keys: {
          "ec2:NetworkInterfaceID": id,
          "ec2:AvailabilityZone": it.availabilityZone,
          "ec2:Subnet": arnOf(world, "subnet", it.subnetId),
          "ec2:Vpc": arnOf(world, "vpc", it.vpcId),
        },
      }
    );
  },
  subnet: (world, id) => {
    const it = world.subnets.get(id);
    const vpc = it && arnOf(world, "vpc", it.vpcId);
    return (
      it && { tags: it.tags, keys: { "ec2:SubnetID": id, "ec2:AvailabilityZone": it.availabilityZone, "ec2:Vpc": vpc } }
    );
  },
  "route-table": (world, id) => {
    const it = world.routeTables.get(id);
    return it && { tags: it.tags, keys: { "ec2:RouteTableID": id, "ec2:Vpc": arnOf(world, "vpc", it.vpcId) } };
  },
  vpc: ({ vpcs }, id) => {
    const it = vpcs.get(id);
    return it && { tags: it.tags, keys: { "ec2:VpcID": id } };
  },
  natgateway: ({ natGateways }, id) => {
    const it = natGateways.get(id);
    return it && { tags: it.tags, keys: {} };
  },
  "security-group": (world, id) => {
    const it = world.securityGroups.get(id);
    return it && { tags: it.tags, keys: { "ec2:SecurityGroupID": id, "ec2:Vpc": arnOf(world, "vpc", it.vpcId) } };
  },
  "internet-gateway": ({ internetGateways }, id) => {
    const it = internetGateways.get(id);
    return it && { tags: it.tags, keys: { "ec2:InternetGatewayID": id } };
  },
};

/** A shared subnet and what belongs to its VPC are the owner's. */
export function arnOf(world: World, type: string, id: string): string {
  const vpcId = { subnet: world.subnets, "route-table": world.routeTables }[type]?.get(id)?.vpcId;
  const account = ownerOf(world, type === "vpc" ? id : (vpcId ?? ""));
  return `arn:aws:ec2:${world.region}:${account}:${type}/${id}`;
}

function tagsOfSpecifications(specifications: unknown): unknown {
  return (specifications as { Tags?: unknown[] }[] | undefined)?.flatMap(({ Tags = [] }) => Tags);
}

/** Keys about the tags that a call gives, in EC2's form or as a map. */
export function requestTags(tags: unknown): RequestContext {
  if (typeof tags !== "object" || tags === null) return new Map();
  const entries = Array.isArray(tags)
    ? (tags as { Key?: string; Value?: string }[]).map(({ Key = "", Value = "" }) => [Key, Value] as const)
    : Object.entries(tags as Record<string, string>);
  if (entries.length === 0) return new Map();
  const context = new Map(entries.map(([key, value]) => [`aws:requesttag/${key.toLowerCase()}`, [value]]));
  return context.set(
    "aws:tagkeys",
    entries.map(([key]) => key),
  );
}
