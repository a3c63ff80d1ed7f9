import type {
  AllocateAddressRequest,
  AllocateAddressResult,
  AssociateAddressRequest,
  AssociateAddressResult,
  DescribeAddressesRequest,
  DisassociateAddressRequest,
  ReleaseAddressRequest,
} from "@aws-sdk/client-ec2";
import { describeItems, type Ec2Context, requireRecord, tagsFrom } from "./ec2-context.ts";
import type { FilterPaths } from "./ec2-filters.ts";
import type { Random } from "./random.ts";
import { AwsError, type Operation } from "./service.ts";
import type { Address, NetworkInterface, World } from "./world.ts";

const FILTERS: FilterPaths = {
  "allocation-id": "AllocationId",
  "association-id": "AssociationId",
  domain: "Domain",
  "instance-id": "InstanceId",
  "network-border-group": "NetworkBorderGroup",
  "network-interface-id": "NetworkInterfaceId",
  "network-interface-owner-id": "NetworkInterfaceOwnerId",
  "private-ip-address": "PrivateIpAddress",
  "public-ip": "PublicIp",
};

export interface AddressRules {
  /** Elastic IPs that the account may have. */
  readonly addressQuota: number;
  /** Whether an address may be associated with an interface that is still being made. */
  readonly associatesPending: boolean;
}

export interface AddressStore {
  /** Makes an address; what is not given is as `AllocateAddress` makes it. */
  add(input: Partial<Pick<Address, "publicIp" | "networkBorderGroup" | "serviceManaged" | "tags">>): Address;
}

export function createAddressStore({ world, views, identifiers, ...context }: Ec2Context): AddressStore {
  const random = context.random.fork("ec2 addresses");
  return {
    add({ publicIp, networkBorderGroup = world.region, serviceManaged, tags = {} }) {
      const address: Address = {
        allocationId: identifiers.resource("eipalloc"),
        publicIp: publicIp ?? freePublicAddress(world, random),
        networkBorderGroup,
        ...(serviceManaged && { serviceManaged }),
        associationId: undefined,
        networkInterfaceId: undefined,
        tags,
      };
      world.addresses.set(address.allocationId, address);
      views.created("addresses", address.allocationId);
      return address;
    },
  };
}

export function addressOperations(
  context: Ec2Context,
  store: AddressStore,
  { addressQuota, associatesPending }: AddressRules,
): Record<string, Operation> {
  const { world, views } = context;
  const released = new Set<string>();
  /** A released address can be had again as long as nobody else has it (EC2 user guide, "Elastic IP addresses"). */
  const recover = (publicIp: string) => {
    if (released.delete(publicIp)) return publicIp;
    throw unknownAddress(publicIp);
  };
  return {
    // No pagination: the SDK's types have neither MaxResults nor NextToken.
    DescribeAddresses: (input: DescribeAddressesRequest) => {
      const items = describeItems(context, "addresses", {
        ids: input.AllocationIds,
        filters: input.Filters,
        paths: FILTERS,
      });
      const wanted = input.PublicIps ?? [];
      return { Addresses: items.filter((item) => wanted.length === 0 || wanted.includes(item.PublicIp ?? "")) };
    },
    AllocateAddress: (input: AllocateAddressRequest): AllocateAddressResult => {
      const own = [...world.addresses.values()].filter(({ serviceManaged }) => serviceManaged === undefined);
      if (own.length >= addressQuota) {
        throw new AwsError("AddressLimitExceeded", "The maximum number of addresses has been reached.");
      }
      const {
        allocationId: AllocationId,
        publicIp: PublicIp,
        networkBorderGroup: NetworkBorderGroup,
      } = store.add({
        ...(input.Address && { publicIp: recover(input.Address) }),
        ...(input.NetworkBorderGroup && { networkBorderGroup: input.NetworkBorderGroup }),
        tags: tagsFrom(input.TagSpecifications),
      });
      return { AllocationId, PublicIp, Domain: "vpc", PublicIpv4Pool: "amazon", NetworkBorderGroup };
    },
    ReleaseAddress: (input: ReleaseAddressRequest) => {
      const address = requireRecord(world, "addresses", input.AllocationId);
      demandOwn(world, address);
      if (address.associationId) throw new AwsError("InvalidIPAddress.InUse", `Address ${address.publicIp} is in use.`);
      if ((input.NetworkBorderGroup ?? world.region) !== address.networkBorderGroup)
        throw unknownAddress(address.publicIp);
      world.addresses.delete(address.allocationId);
      released.add(address.publicIp);
      views.changed("addresses", address.allocationId);
      return {};
    },
    AssociateAddress: (input: AssociateAddressRequest) => associate(context, input, associatesPending),
    DisassociateAddress: (input: DisassociateAddressRequest) => {
      const { AssociationId: id } = input;
      if (!id) throw new AwsError("MissingParameter", "Either public IP or association id must be specified");
      const address = [...world.addresses.values()].find((one) => one.associationId === id);
      if (!address) throw new AwsError("InvalidAssociationID.NotFound", `The association ID '${id}' does not exist`);
      demandOwn(world, address);
      release(context, address);
      return {};
    },
  };
}

/** From 198.18.0.0/15, which is set aside for tests (RFC 2544): never a real address. */
function freePublicAddress(world: World, random: Random): string {
  const taken = new Set([...world.addresses.values()].map((address) => address.publicIp));
  for (;;) {
    const candidate = `198.${random.integer(18, 19)}.${random.integer(0, 255)}.${random.integer(1, 254)}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** The same error as for another network border group than the address's (EC2 API reference, ReleaseAddress). */
function unknownAddress(publicIp: string): AwsError {
  return new AwsError("InvalidAddress.NotFound", `Address '${publicIp}' not found.`);
}

/**
 * An address moves unless `AllowReassociation` is false. Another address on the target is displaced silently,
 * whatever the flag: it stays allocated (EC2 API reference, AssociateAddress).
 */
function associate(
  context: Ec2Context,
  input: AssociateAddressRequest,
  associatesPending: boolean,
): AssociateAddressResult {
  const { world, views, identifiers } = context;
  const [address, target] = checkAssociation(world, input);
  // Assumed: no sample of this refusal was found, but the state exists and the code is in the error list.
  if (target.status === "pending" && !associatesPending) {
    throw new AwsError(
      "IncorrectState",
      `The networkInterface '${target.networkInterfaceId}' is not in a valid state for this operation`,
    );
  }
  if (address.networkInterfaceId === target.networkInterfaceId) return { AssociationId: address.associationId };
  if (address.associationId) {
    if (input.AllowReassociation === false) {
      throw new AwsError(
        "Resource.AlreadyAssociated",
        `resource ${address.allocationId} is already associated with associate-id ${address.associationId}`,
      );
    }
    release(context, address);
  }
  for (const other of world.addresses.values()) {
    if (other.networkInterfaceId === target.networkInterfaceId) release(context, other);
  }
  address.associationId = identifiers.resource("eipassoc");
  address.networkInterfaceId = target.networkInterfaceId;
  views.changed("addresses", address.allocationId);
  views.changed("networkInterfaces", target.networkInterfaceId);
  return { AssociationId: address.associationId };
}

function checkAssociation(world: World, input: AssociateAddressRequest): [Address, NetworkInterface] {
  if (input.InstanceId && input.NetworkInterfaceId) {
    throw new AwsError(
      "InvalidParameterCombination",
      "You may specify either an instance ID or a network interface ID, but not both",
    );
  }
  const address = requireRecord(world, "addresses", input.AllocationId);
  demandOwn(world, address);
  const target = requireRecord(world, "networkInterfaces", input.NetworkInterfaceId);
  if (target.interfaceType === "nat_gateway") throw notPermitted();
  if (input.PrivateIpAddress && input.PrivateIpAddress !== target.privateIpAddress) {
    throw new AwsError(
      "InvalidParameterValue",
      `${input.PrivateIpAddress} is not an address of ${target.networkInterfaceId}`,
    );
  }
  if (![...world.internetGateways.values()].some((gateway) => gateway.vpcId === target.vpcId)) {
    throw new AwsError("Gateway.NotAttached", `Network ${target.vpcId} is not attached to any internet gateway`);
  }
  demandSameBorder(address, target);
  return [address, target];
}

/** A zone's name is its border group's and a letter: `us-east-1a`, `us-east-1-bos-1a`. */
const ZONE_LETTER = /[a-z]$/;

/**
 * An address and what it is associated with must be in the same network border group (EC2 API reference, ByoipCidr).
 * The code is assumed: no sample of this refusal was found.
 */
function demandSameBorder({ publicIp, networkBorderGroup }: Address, { availabilityZone }: NetworkInterface): void {
  const wanted = availabilityZone.replace(ZONE_LETTER, "");
  if (networkBorderGroup === wanted) return;
  throw new AwsError(
    "InvalidParameterValue",
    `Address ${publicIp} is in network border group ${networkBorderGroup}, and the network interface in ${wanted}`,
  );
}

/**
 * What a NAT gateway holds comes back only with its deletion; its interface is its requester's, and takes no other
 * address. The code is seen for other services' addresses; assumed here.
 */
function demandOwn(world: World, { associationId, networkInterfaceId, serviceManaged }: Address): void {
  if (serviceManaged !== undefined) throw notPermitted();
  const regional = associationId !== undefined && networkInterfaceId === undefined;
  const target = networkInterfaceId === undefined ? undefined : world.networkInterfaces.get(networkInterfaceId);
  if (!regional && target?.interfaceType !== "nat_gateway") return;
  throw notPermitted();
}

function notPermitted(): AwsError {
  return new AwsError("AuthFailure", "You do not have permission to access the specified resource.");
}

/** Takes the address off its interface; it stays allocated. */
function release({ views }: Ec2Context, address: Address): void {
  const { allocationId, networkInterfaceId } = address;
  address.associationId = undefined;
  address.networkInterfaceId = undefined;
  views.changed("addresses", allocationId);
  if (networkInterfaceId) views.changed("networkInterfaces", networkInterfaceId);
}
