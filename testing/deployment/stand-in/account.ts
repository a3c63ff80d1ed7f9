/** An imaginary AWS account, as far as deployments ask about it. */

export const region = "us-east-1";
export const accountId = "123456789012";

/** What is there before a deployment. */
export interface Account {
  readonly addressQuota: number;
  readonly vpcQuota: number;
  readonly concurrencyQuota: number;
  /** Rules in one direction of a security group: 60 unless raised. */
  readonly rulesQuota?: number;
  readonly addresses: readonly Address[];
  readonly vpcs: readonly Vpc[];
  readonly subnets: readonly Subnet[];
  readonly routeTables: readonly RouteTable[];
  /** Names of functions, or names and aliases. */
  readonly functions: readonly string[];
  readonly natGateways: readonly { readonly natGatewayId: string; readonly tags: Tags }[];
  readonly accelerators?: readonly { readonly arn: string; readonly name: string; readonly tags: Tags }[];
  readonly zones: readonly Zone[];
  /** VPC Block Public Access of the region. */
  readonly blockMode: BlockMode;
  readonly roles: readonly Role[];
  /** Lookups that are refused: provider's functions, such as `getServiceQuota`, and operations of EC2. */
  readonly denied: readonly string[];
}

export type Tags = Readonly<Record<string, string>>;
type BlockMode = "off" | "block-bidirectional" | "block-ingress";

export interface Address {
  readonly allocationId: string;
  readonly tags: Tags;
  /** The service that it belongs to, such as `alb`. */
  readonly serviceManaged?: "alb";
  /** Of addresses out of a range of one's own. */
  readonly publicIpv4Pool?: string;
}

export interface Vpc {
  readonly vpcId: string;
  readonly cidr: string;
  readonly tags?: Tags;
  /** Another account that shares it. */
  readonly ownerId?: string;
}

export interface Subnet {
  readonly subnetId: string;
  readonly vpcId: string;
  /** What stands behind the region's name in the zone's; `a` unless given. */
  readonly zone?: string;
  readonly tags?: Tags;
  /** Another account that shares it. */
  readonly ownerId?: string;
  /** The region's mode unless given: an exclusion, say. */
  readonly blockMode?: BlockMode;
}

export interface Zone {
  readonly name: string;
  readonly type: "availability-zone" | "local-zone";
  readonly optInStatus: "opt-in-not-required" | "opted-in";
}

interface Role {
  readonly name: string;
  readonly path: string;
  readonly tags: Tags;
}

export interface RouteTable {
  readonly routeTableId: string;
  readonly vpcId: string;
  readonly main: boolean;
  readonly subnetIds: readonly string[];
  /** The target of 0.0.0.0/0, if there is such a route. */
  readonly defaultRoute: string | undefined;
  readonly tags?: Tags;
}

export const emptyAccount: Account = {
  addressQuota: 5,
  vpcQuota: 5,
  concurrencyQuota: 1000,
  addresses: [],
  vpcs: [],
  subnets: [],
  routeTables: [],
  functions: [],
  natGateways: [],
  zones: ["a", "b", "c"].map((letter) => ({
    name: `${region}${letter}`,
    type: "availability-zone",
    optInStatus: "opt-in-not-required",
  })),
  blockMode: "off",
  roles: [],
  denied: [],
};
