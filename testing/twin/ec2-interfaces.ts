import type {
  CreateNetworkInterfaceRequest,
  DeleteNetworkInterfaceRequest,
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
} from "@aws-sdk/client-ec2";
import { describeItems, type Ec2Context, requireRecord, tagsFrom } from "./ec2-context.ts";
import type { FilterPaths } from "./ec2-filters.ts";
import { paginate } from "./ec2-pages.ts";
import { renderItem } from "./ec2-render.ts";
import type { Ec2Store, NetworkInterfaceInput } from "./ec2-store.ts";
import { AwsError, type Call, type Operation } from "./service.ts";
import type { NetworkInterface, Subnet, World } from "./world.ts";

const FILTERS: FilterPaths = {
  "addresses.association.public-ip": "PrivateIpAddresses.Association.PublicIp",
  "addresses.primary": "PrivateIpAddresses.Primary",
  "addresses.private-ip-address": "PrivateIpAddresses.PrivateIpAddress",
  "association.allocation-id": "Association.AllocationId",
  "association.association-id": "Association.AssociationId",
  "association.ip-owner-id": "Association.IpOwnerId",
  "association.public-dns-name": "Association.PublicDnsName",
  "association.public-ip": "Association.PublicIp",
  "attachment.attachment-id": "Attachment.AttachmentId",
  "attachment.delete-on-termination": "Attachment.DeleteOnTermination",
  "attachment.device-index": "Attachment.DeviceIndex",
  "attachment.instance-id": "Attachment.InstanceId",
  "attachment.instance-owner-id": "Attachment.InstanceOwnerId",
  "attachment.status": "Attachment.Status",
  "availability-zone": "AvailabilityZone",
  description: "Description",
  "group-id": "Groups.GroupId",
  "group-name": "Groups.GroupName",
  "interface-type": "InterfaceType",
  "mac-address": "MacAddress",
  "network-interface-id": "NetworkInterfaceId",
  "operator.managed": "Operator.Managed",
  "operator.principal": "Operator.Principal",
  "owner-id": "OwnerId",
  "private-ip-address": "PrivateIpAddress",
  "requester-id": "RequesterId",
  "requester-managed": "RequesterManaged",
  "source-dest-check": "SourceDestCheck",
  status: "Status",
  "subnet-id": "SubnetId",
  "vpc-id": "VpcId",
};

/** The part of the store that is about interfaces. */
export type InterfaceStore = Pick<
  Ec2Store,
  "createNetworkInterface" | "setNetworkInterfaceStatus" | "deleteNetworkInterface" | "changed"
>;

export function createStore(context: Ec2Context): InterfaceStore {
  const { world, views, clock, identifiers } = context;
  const random = context.random.fork("ec2 interfaces");
  return {
    createNetworkInterface(input: NetworkInterfaceInput): NetworkInterface {
      const subnet = requireRecord(world, "subnets", input.subnetId);
      for (const id of input.securityGroupIds) requireRecord(world, "securityGroups", id);
      const record: NetworkInterface = {
        networkInterfaceId: identifiers.resource("eni"),
        vpcId: subnet.vpcId,
        subnetId: subnet.subnetId,
        availabilityZone: subnet.availabilityZone,
        securityGroupIds: [...input.securityGroupIds],
        interfaceType: input.interfaceType,
        description: input.description,
        requesterId: input.requesterId,
        status: input.status ?? "pending",
        privateIpAddress: freePrivateAddress(world, subnet),
        macAddress: `02:${Array.from({ length: 5 }, () => random.integer(0, 255).toString(16).padStart(2, "0")).join(":")}`,
        createdMs: clock.now(),
        tags: { ...input.tags },
      };
      world.networkInterfaces.set(record.networkInterfaceId, record);
      views.created("networkInterfaces", record.networkInterfaceId);
      return record;
    },
    setNetworkInterfaceStatus(id, status) {
      requireRecord(world, "networkInterfaces", id).status = status;
      views.changed("networkInterfaces", id);
    },
    deleteNetworkInterface(id) {
      requireRecord(world, "networkInterfaces", id);
      for (const address of world.addresses.values()) {
        if (address.networkInterfaceId !== id) continue;
        address.networkInterfaceId = undefined;
        address.associationId = undefined;
        views.changed("addresses", address.allocationId);
      }
      world.networkInterfaces.delete(id);
      views.changed("networkInterfaces", id);
    },
    changed: views.changed,
  };
}

/** AWS keeps the first four addresses and the last one of each subnet for itself. */
function freePrivateAddress(world: World, subnet: Subnet): string {
  const [base = "", bits = ""] = subnet.cidrBlock.split("/");
  const start = base.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - Number(bits));
  const taken = new Set<string>();
  for (const other of world.networkInterfaces.values()) {
    if (other.subnetId === subnet.subnetId) taken.add(other.privateIpAddress);
  }
  for (let offset = 4; offset < size - 1; offset++) {
    const address = dotted(start + offset);
    if (!taken.has(address)) return address;
  }
  throw new AwsError(
    "InsufficientFreeAddressesInSubnet",
    `The specified subnet '${subnet.subnetId}' does not have enough free addresses to satisfy the request.`,
  );
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

export function interfaceOperations(context: Ec2Context, store: InterfaceStore): Record<string, Operation> {
  const { world } = context;
  return {
    DescribeNetworkInterfaces: (input: DescribeNetworkInterfacesRequest) => describeInterfaces(context, input),
    CreateNetworkInterface: (input: CreateNetworkInterfaceRequest, call: Call) => {
      const record = store.createNetworkInterface({
        subnetId: input.SubnetId ?? "",
        securityGroupIds: input.Groups ?? [],
        interfaceType: input.InterfaceType ?? "interface",
        description: input.Description ?? "",
        requesterId: call.principal ?? world.accountId,
        status: "available",
        tags: tagsFrom(input.TagSpecifications),
      });
      // The answer still says pending, as AWS's does.
      const item = renderItem(world, "networkInterfaces", record.networkInterfaceId);
      return { NetworkInterface: { ...item, Status: "pending" } };
    },
    DeleteNetworkInterface: (input: DeleteNetworkInterfaceRequest) => {
      const record = requireRecord(world, "networkInterfaces", input.NetworkInterfaceId);
      const id = record.networkInterfaceId;
      if (record.status !== "available") {
        throw new AwsError("InvalidParameterValue", `Network interface '${id}' is currently in use.`);
      }
      store.deleteNetworkInterface(id);
      return {};
    },
  };
}

/** Managed resources are included or not; the twin has none that would be hidden. */
function describeInterfaces(
  context: Ec2Context,
  input: DescribeNetworkInterfacesRequest,
): DescribeNetworkInterfacesResult {
  const ids = input.NetworkInterfaceIds;
  if (input.MaxResults !== undefined && ids && ids.length > 0) {
    throw new AwsError(
      "InvalidParameterCombination",
      "The parameter MaxResults cannot be used with the parameter networkInterfaceIds",
    );
  }
  const items = describeItems(context, "networkInterfaces", { ids, filters: input.Filters, paths: FILTERS });
  const { page, NextToken } = paginate(items, (item) => item.NetworkInterfaceId, input);
  return { NetworkInterfaces: page, NextToken };
}
