/** What the doctor looks at: plain facts, as AWS showed them at one moment. `undefined` is what could not be read. */
import type { Attention } from "../support/attention.ts";
import type { Deployment, Part, Pool } from "../support/deployment-model.ts";
import type { PoolView } from "../support/observe-pool.ts";

export interface Trail {
  readonly name: string;
  readonly logging: boolean;
  /** Whether it records calls that change something, which are all that EventBridge gets. */
  readonly writes: boolean;
}

/** A function of the deployment's own. */
export interface FunctionFact {
  readonly name: string;
  readonly state: string | undefined;
  readonly reason: string | undefined;
  /** Undefined: it shares the account's. */
  readonly reservedConcurrency: number | undefined;
}

export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly messages: number;
  /** The dead-letter queue. */
  readonly deadLetterArn: string | undefined;
}

/** A rule or a schedule that sends to one of the deployment's queues or functions. */
export interface Trigger {
  readonly name: string;
  readonly enabled: boolean;
  readonly targetArn: string;
  readonly deadLetterArn: string | undefined;
}

export interface Schedule extends Trigger {
  /** Undefined where its expression is no rate in minutes. */
  readonly everyMinutes: number | undefined;
}

/** An event source mapping. */
export interface Mapping {
  readonly uuid: string;
  readonly queueArn: string;
  readonly state: string;
}

export interface Rule extends Trigger {
  /** What it listens for, as JSON. */
  readonly pattern: string;
}

/** How one of the two actuators is reached. */
export interface Actuator {
  readonly part: Part;
  readonly queueName: string;
  /** `null` when there is no such queue. */
  readonly queue: Queue | null | undefined;
  readonly mappings: readonly Mapping[] | undefined;
  readonly rules: readonly Rule[] | undefined;
}

export interface AlarmFact {
  readonly name: string;
  readonly state: string;
  /** Whether it has an action, and its actions are enabled. */
  readonly notifies: boolean;
}

/** One rule of a network ACL. */
export interface AclRule {
  readonly number: number;
  readonly egress: boolean;
  readonly allow: boolean;
  readonly protocol: string;
  readonly cidr: string;
  readonly fromPort: number | undefined;
  readonly toPort: number | undefined;
}

export interface EgressRule {
  readonly protocol: string;
  readonly fromPort: number | undefined;
  readonly toPort: number | undefined;
  readonly cidrs: readonly string[];
}

/** Where a subnet's default route points. */
export type Route =
  | { readonly kind: "internet" | "own-nat" | "none" }
  | { readonly kind: "other"; readonly target: string };

/** A function of the account in this region, as its unpublished version is configured. */
export interface FunctionUse {
  readonly name: string;
  readonly vpcId: string | undefined;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  /** Whether it may leave by IPv6 where its subnets have it. */
  readonly ipv6: boolean;
  /** The ARN of the capacity provider whose instances it runs on. */
  readonly capacityProvider: string | undefined;
}

export interface SubnetFact {
  readonly subnetId: string;
  readonly exists: boolean;
  /** What VPC Block Public Access does to it. */
  readonly blockMode: "off" | "block-bidirectional" | "block-ingress";
  readonly route: Route;
  readonly aclId: string | undefined;
  readonly aclRules: readonly AclRule[];
}

export interface NetworkFact {
  readonly dnsSupport: boolean | undefined;
  readonly subnets: readonly SubnetFact[] | undefined;
  /** By id: those that members and probes use. */
  readonly securityGroups: ReadonlyMap<string, readonly EgressRule[]> | undefined;
  /** Those that let the whole internet in, with the ports. */
  readonly openGroups: readonly { readonly groupId: string; readonly ports: string }[] | undefined;
  /** NAT gateways with the pool's tag that cost money, with whether a route of the members points to each. */
  readonly gateways: readonly { readonly natGatewayId: string; readonly routed: boolean }[] | undefined;
}

/** A target whose OPTIONS is answered otherwise than its GET: what came of each. */
export interface MethodFact {
  readonly target: string;
  readonly options: string;
  readonly get: string;
}

export interface PoolFact {
  readonly pool: Pool;
  readonly view: PoolView | undefined;
  readonly network: NetworkFact;
  /** The groups that the pool's probes use: those of the pool. */
  readonly securityGroupIds: readonly string[];
  /** When relocation and the canary last reported; `null` when not lately. */
  readonly relocationAtMs: number | null | undefined;
  readonly canaryAtMs: number | null | undefined;
  /** Targets that the canary refuses to ask. */
  readonly targetsRefused: readonly Attention[];
  /** References to parameters or secrets that do not exist. */
  readonly missingSecrets: readonly string[];
  readonly methods: readonly MethodFact[];
  /** Whether these credentials may steer the pool. */
  readonly maySteer: boolean | undefined;
}

export interface Unreadable {
  /** The IAM action. */
  readonly action: string;
  readonly reason: string;
}

export interface Facts {
  readonly nowMs: number;
  readonly deployment: Deployment;
  readonly trails: readonly Trail[] | undefined;
  readonly functions: readonly FunctionFact[];
  /** What is wrong with a function's settings. */
  readonly settingsProblems: readonly string[];
  readonly actuators: readonly Actuator[];
  readonly schedules: readonly Schedule[] | undefined;
  /** Dead-letter queues. */
  readonly deadLetters: readonly Queue[];
  readonly alarms: readonly AlarmFact[] | undefined;
  readonly addressQuota: number | undefined;
  /** Elastic IPs of the whole account and region. */
  readonly addressesInRegion: number | undefined;
  /** All functions of the account and region. */
  readonly regionFunctions: readonly FunctionUse[] | undefined;
  readonly pools: readonly PoolFact[];
  readonly unreadable: readonly Unreadable[];
}
