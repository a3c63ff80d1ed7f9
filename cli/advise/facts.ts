/** What advice is given on: an account's static egress as AWS showed it at one moment. Plain facts. */
import type { FunctionUse, Unreadable } from "../doctor/facts.ts";

/** A public NAT gateway that there is. */
export interface NatGatewayFact {
  readonly natGatewayId: string;
  readonly vpcId: string;
  /** That it is active in: one, but for a regional one. */
  readonly zones: number;
  readonly createdMs: number;
  readonly addresses: readonly { readonly allocationId: string; readonly publicIp: string }[];
  /** Processed in the last `trafficDays`. Undefined: could not be read. */
  readonly gb: number | undefined;
  /** The pool whose fallback has made it. */
  readonly pool: string | undefined;
}

/** An Elastic IP of the account's own: none of a load balancer. */
export interface AddressFact {
  readonly allocationId: string;
  readonly publicIp: string;
  readonly use: "idle" | "nat" | "other";
  readonly pool: string | undefined;
}

/** Where a subnet's default route points. */
export type Egress = { readonly kind: "internet" | "other" } | { readonly kind: "nat"; readonly natGatewayId: string };

export interface SubnetFact {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: string;
  /** The account that it belongs to: another one, where it is shared. */
  readonly ownerId: string;
  /** What VPC Block Public Access does to it. */
  readonly blockMode: "off" | "block-bidirectional" | "block-ingress";
  readonly routeTableId: string | undefined;
  readonly egress: Egress;
  /** Whether it has an IPv6 range and a default route for it. */
  readonly ipv6: boolean;
}

/** A network interface of something else than a function that may open connections to the internet. */
export interface WorkloadFact {
  readonly subnetId: string;
  readonly kind: "EC2 instance" | "ECS task" | "other interface";
}

export interface RegionFacts {
  readonly region: string;
  readonly natGateways: readonly NatGatewayFact[];
  readonly addresses: readonly AddressFact[];
  readonly subnets: readonly SubnetFact[];
  readonly functions: readonly FunctionUse[];
  /** Undefined: could not be read. */
  readonly interfaces:
    | {
        readonly workloads: readonly WorkloadFact[];
        /** Public IPv4 addresses that AWS has assigned without an Elastic IP. */
        readonly assignedAddresses: number;
      }
    | undefined;
  readonly unreadable: readonly Unreadable[];
}

export interface AccountFacts {
  readonly accountId: string;
  readonly nowMs: number;
  readonly regions: readonly RegionFacts[];
}

/** How far back traffic is read, in days. */
export const trafficDays = 30;
