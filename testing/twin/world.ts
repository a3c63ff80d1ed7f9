import type { ServiceManaged } from "@aws-sdk/client-ec2";

/**
 * The state of the simulated region, as plain data. Services change it; checkers, the demo and the console read it.
 * Times are virtual milliseconds since the epoch. Nothing here knows of Holdfast.
 */
export interface Tagged {
  tags: Record<string, string>;
}

/** `block-ingress` lets out only what goes through NAT gateways (EC2 API reference, BlockPublicAccessStates). */
export type InternetGatewayBlockMode = "off" | "block-bidirectional" | "block-ingress";

export interface Vpc extends Tagged {
  vpcId: string;
  /** The account that shares the VPC's subnets with this one (AWS RAM); unset: this account's own. */
  ownerId?: string;
  cidrBlock: string;
  dnsSupport: boolean;
  dnsHostnames: boolean;
}

export interface Subnet extends Tagged {
  subnetId: string;
  vpcId: string;
  availabilityZone: string;
  cidrBlock: string;
  /** Set in a dual-stack subnet. */
  ipv6CidrBlock?: string | undefined;
}

/** What a security group lets out or in: `-1` is every protocol, and then there are no ports. */
export interface EgressRule {
  protocol: string;
  fromPort: number | undefined;
  toPort: number | undefined;
  cidrBlocks: string[];
}

export interface SecurityGroup extends Tagged {
  groupId: string;
  groupName: string;
  vpcId: string;
  ingress: EgressRule[];
  egress: EgressRule[];
}

/** One numbered rule of a network ACL; the lowest number that matches a packet decides. */
export interface NetworkAclEntry {
  ruleNumber: number;
  egress: boolean;
  /** `-1` is every protocol, `6` TCP. */
  protocol: string;
  action: "allow" | "deny";
  cidrBlock: string;
  ports: { from: number; to: number } | undefined;
}

/** The default one is that of every subnet of its VPC without another. */
export interface NetworkAcl extends Tagged {
  networkAclId: string;
  vpcId: string;
  isDefault: boolean;
  entries: NetworkAclEntry[];
}

export interface InternetGateway extends Tagged {
  internetGatewayId: string;
  vpcId: string | undefined;
}

/** One route: exactly one of the destinations and one of the targets is set; `blackhole` once the target is gone. */
export interface Route {
  destinationCidrBlock?: string;
  /** A gateway endpoint's route leads to a service's addresses by the list of them. */
  destinationPrefixListId?: string;
  gatewayId?: string;
  natGatewayId?: string;
  state: "active" | "blackhole";
}

export interface RouteTable extends Tagged {
  routeTableId: string;
  vpcId: string;
  routes: Route[];
  subnetIds: string[];
  main: boolean;
}

/** A gateway endpoint: a route to a service in each of its route tables. */
export interface VpcEndpoint extends Tagged {
  readonly vpcEndpointId: string;
  readonly vpcId: string;
  readonly serviceName: string;
  readonly routeTableIds: readonly string[];
}

/** One of a gateway's addresses. A private gateway's has no allocation, a regional gateway's no interface. */
export interface NatGatewayAddress {
  readonly allocationId: string | undefined;
  readonly availabilityZone: string;
  networkInterfaceId: string | undefined;
}

export interface NatGateway extends Tagged {
  natGatewayId: string;
  vpcId: string;
  /** Undefined: a regional gateway, which stands in no subnet. */
  subnetId: string | undefined;
  connectivityType: "public" | "private";
  state: "pending" | "failed" | "available" | "deleting" | "deleted";
  failureCode: string | undefined;
  failureMessage: string | undefined;
  /** The primary one first. */
  addresses: NatGatewayAddress[];
  createdMs: number;
  deletedMs: number | undefined;
}

export type InterfaceStatus = "pending" | "available" | "attaching" | "in-use" | "detaching";

/** An elastic network interface. `interfaceType` is `lambda` for Hyperplane interfaces made by Lambda. */
export interface NetworkInterface extends Tagged {
  networkInterfaceId: string;
  vpcId: string;
  subnetId: string;
  availabilityZone: string;
  securityGroupIds: string[];
  interfaceType: string;
  description: string;
  requesterId: string;
  status: InterfaceStatus;
  privateIpAddress: string;
  macAddress: string;
  createdMs: number;
}

/** An Elastic IP. It is associated when `networkInterfaceId` is set. */
export interface Address extends Tagged {
  allocationId: string;
  publicIp: string;
  /** The zones in which it can be used: the Region's, or those of one Local Zone. */
  networkBorderGroup: string;
  /** The service to which it belongs, such as `alb` (SDK, `Address.ServiceManaged`). */
  serviceManaged?: ServiceManaged;
  associationId: string | undefined;
  networkInterfaceId: string | undefined;
}

export interface VpcConfig {
  vpcId: string;
  subnetIds: string[];
  securityGroupIds: string[];
  ipv6AllowedForDualStack: boolean;
}

export type FunctionState = "Pending" | "Active" | "Inactive" | "Failed";
export type UpdateStatus = "Successful" | "InProgress" | "Failed";

/** What a function runs, apart from its network. */
export interface FunctionSettings {
  runtime: string;
  role: string;
  handler: string;
  description: string;
  timeoutSeconds: number;
  memorySizeMb: number;
  architecture: string;
  codeSha256: string;
  codeSizeBytes: number;
  /** Of a function on Lambda Managed Instances. */
  capacityProviderArn?: string | undefined;
  environment: Record<string, string> | undefined;
}

/** One version of a function; `$LATEST` is the mutable one. `servedBy` is the VPC configuration that invocations really use now. */
export interface FunctionVersion {
  version: string;
  revisionId: string;
  settings: FunctionSettings;
  vpcConfig: VpcConfig | undefined;
  /** What running environments use: the previous configuration while an update is in progress or after it failed. */
  servedBy: VpcConfig | undefined;
  state: FunctionState;
  stateReasonCode: string | undefined;
  lastUpdateStatus: UpdateStatus | undefined;
  lastUpdateStatusReasonCode: string | undefined;
  lastModifiedMs: number;
  lastInvokedMs: number;
}

export interface Alias {
  name: string;
  description: string;
  functionVersion: string;
  /** Version → weight 0..1 of the additional version. */
  additionalVersionWeights: Record<string, number>;
  revisionId: string;
}

export interface ProvisionedConcurrency {
  requested: number;
  allocated: number;
  status: "IN_PROGRESS" | "READY";
  lastModifiedMs: number;
}

export interface LambdaFunction extends Tagged {
  functionName: string;
  functionArn: string;
  versions: Map<string, FunctionVersion>;
  aliases: Map<string, Alias>;
  /** By qualifier (version or alias). */
  provisionedConcurrency: Map<string, ProvisionedConcurrency>;
  /** Environments that it may have at once; 0 turns it off, undefined leaves it to the account. */
  reservedConcurrency: number | undefined;
}

/** A role of IAM, which has no region; here each region has its own. */
export interface IamRole extends Tagged {
  roleName: string;
  /** `/` or `/some/path/`. */
  path: string;
  trustPolicy: string;
  createdMs: number;
  /** Documents of its inline policies, by name. */
  policies: Map<string, string>;
}

export interface World {
  readonly accountId: string;
  readonly region: string;
  /** VPC Block Public Access: of all VPCs of this account in the Region. Exclusions are not modelled. */
  readonly publicAccess: { blockMode: InternetGatewayBlockMode };
  readonly vpcs: Map<string, Vpc>;
  readonly subnets: Map<string, Subnet>;
  readonly securityGroups: Map<string, SecurityGroup>;
  readonly networkAcls: Map<string, NetworkAcl>;
  readonly internetGateways: Map<string, InternetGateway>;
  readonly routeTables: Map<string, RouteTable>;
  readonly vpcEndpoints: Map<string, VpcEndpoint>;
  readonly natGateways: Map<string, NatGateway>;
  readonly networkInterfaces: Map<string, NetworkInterface>;
  readonly addresses: Map<string, Address>;
  readonly functions: Map<string, LambdaFunction>;
  readonly roles: Map<string, IamRole>;
}

/** Returns an empty region. */
export function createWorld(accountId = "123456789012", region = "us-east-1"): World {
  return {
    accountId,
    region,
    publicAccess: { blockMode: "off" },
    vpcs: new Map(),
    subnets: new Map(),
    securityGroups: new Map(),
    networkAcls: new Map(),
    internetGateways: new Map(),
    routeTables: new Map(),
    vpcEndpoints: new Map(),
    natGateways: new Map(),
    networkInterfaces: new Map(),
    addresses: new Map(),
    functions: new Map(),
    roles: new Map(),
  };
}
