import type { ServiceManaged } from "@aws-sdk/client-ec2";
import type { Address, InterfaceStatus, NetworkInterface } from "./world.ts";

/** What a new interface is made of. Ids, addresses and times are the store's to give. */
export interface NetworkInterfaceInput {
  readonly subnetId: string;
  readonly securityGroupIds: readonly string[];
  /** `lambda` for a Hyperplane interface, `interface` for an ordinary one. */
  readonly interfaceType: string;
  readonly description: string;
  readonly requesterId: string;
  /** `pending` unless given. */
  readonly status?: InterfaceStatus;
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * The inside door to EC2, for AWS services that make interfaces by themselves (Lambda's Hyperplane): no wire, no
 * throttling, no call log. Changes act on the truth at once; describe calls see them after the view's lag.
 */
export interface Ec2Store {
  /**
   * Makes an interface with a free private address of its subnet.
   * Throws `AwsError`: `InvalidSubnetID.NotFound`, `InvalidGroup.NotFound`, `InsufficientFreeAddressesInSubnet`.
   */
  createNetworkInterface(input: NetworkInterfaceInput): NetworkInterface;
  /** Throws `AwsError` `InvalidNetworkInterfaceID.NotFound`. */
  setNetworkInterfaceStatus(networkInterfaceId: string, status: InterfaceStatus): void;
  /**
   * Deletes whatever its status: an address on it becomes unassociated and stays allocated.
   * Throws `AwsError` `InvalidNetworkInterfaceID.NotFound`.
   */
  deleteNetworkInterface(networkInterfaceId: string): void;
  /** To be called after changing a record of the world directly (by `kind`, a map of `World`), so that views learn of it. */
  changed(kind: Ec2Kind, id: string): void;
  /** Makes the next NAT gateway fail with this code (SDK, `NatGateway.FailureCode`), whatever its request. */
  failNextNatGateway(code: NatFailureCode): void;
  /** Another account shares the VPC with this one (AWS RAM), and owns it with its subnets, route tables and gateways. */
  shareVpc(vpcId: string, ownerId: string): void;
  /** Makes an address of a service's own, such as a load balancer's: nobody else may use it, and it counts for no quota. */
  addManagedAddress(serviceManaged: ServiceManaged): Address;
  /** For this long describe calls show nothing that happens; then all of it. */
  stallViews(ms: number): void;
  /** Until when they do, or did last; 0 if never. */
  readonly viewsStalledUntilMs: number;
  /** Calls the listener after each change that no call made. Returns the function that removes it. */
  onChange(listener: () => void): () => void;
}

/** Why a NAT gateway could not be made (SDK, `NatGateway.FailureCode`). */
export type NatFailureCode =
  | "InsufficientFreeAddressesInSubnet"
  | "Gateway.NotAttached"
  | "InvalidAllocationID.NotFound"
  | "Resource.AlreadyAssociated"
  | "InternalError"
  | "InvalidSubnetID.NotFound";

/** The maps of `World` that EC2 describes. */
export type Ec2Kind =
  | "vpcs"
  | "subnets"
  | "securityGroups"
  | "networkAcls"
  | "internetGateways"
  | "routeTables"
  | "natGateways"
  | "networkInterfaces"
  | "addresses";
