/** What relocation observes: plain facts about one pool, as AWS showed them at one moment. */
import type {
  AllocationId,
  AssociationId,
  FunctionArn,
  NetworkInterfaceId,
  SecurityGroupId,
  SubnetId,
  VpcId,
} from "../aws/identifiers.ts";
import type { LostAddress } from "../pool/lost-addresses.ts";
import type { Tally, Verified } from "./scout-verification.ts";

/** One (VPC, subnet, exact set of security groups) that a live version uses. */
export interface Attachment {
  readonly vpcId: VpcId;
  readonly subnetId: SubnetId;
  readonly securityGroupIds: readonly SecurityGroupId[];
  /** Two attachments are the same exactly when their keys are equal. */
  readonly key: string;
}

/**
 * `settled`: what is shown is what serves. `changing`: an update or a creation is in progress. `failed`: the creation
 * failed, or the last update did for a reason that may concern the network, so that Lambda does not say what serves.
 * `idle`: Lambda reclaimed the interfaces; settled, but without any.
 */
export type VersionStatus = "settled" | "changing" | "failed" | "idle";

/** `$LATEST`, a version that an alias routes to, or one with provisioned concurrency. */
export interface LiveVersion {
  readonly version: string;
  readonly status: VersionStatus;
  /** What went wrong with it, network or not, with AWS's reason code, e.g. `SubnetOutOfIPAddresses`. */
  readonly problem: { readonly kind: "failed-update" | "inactive"; readonly reason: string } | undefined;
  /** Being created, woken after Lambda reclaimed its interfaces, or its creation failed: nothing depends on it yet. */
  readonly servesNothing: boolean;
  /** When its last update began, or it was created, by AWS's clock; undefined while Lambda does not say it. */
  readonly modifiedMs: number | undefined;
  /** How long a call of it may take. */
  readonly timeoutSeconds: number;
  readonly attachments: readonly Attachment[];
  /** It may leave by IPv6, which Lambda allows in dual-stack subnets alone. */
  readonly mayUseIpv6: boolean;
}

/** What AWS refused lately, so that it rests until then: an address, an interface, or the two together. */
export interface Refusal {
  readonly allocationId: AllocationId | undefined;
  readonly networkInterfaceId: NetworkInterfaceId | undefined;
  readonly untilMs: number;
  /** AWS refused it while Lambda was still making the interface: once that is in use, the refusal does not count. */
  readonly untilInUse?: true;
  /** The IAM action that was refused. */
  readonly permission: string;
  /** AWS's error code. */
  readonly code: string;
  readonly reason: string;
}

export interface Member {
  readonly functionArn: FunctionArn;
  readonly liveVersions: readonly LiveVersion[];
}

/** A Hyperplane network interface in the pool's subnets. */
export interface NetworkInterface {
  readonly networkInterfaceId: NetworkInterfaceId;
  readonly attachment: Attachment;
  readonly inUse: boolean;
  /** Made, and not in use yet. */
  readonly pending: boolean;
  /** Allocation of the address that the interface itself shows; `unknown` for a public IP without an allocation. */
  readonly shownAllocationId: AllocationId | "unknown" | undefined;
}

/** What an address did last, kept in its `holdfast:use` tag. While it is scouting, the subnet that it served before. */
export interface Use {
  readonly state: "serving" | "draining" | "scouting";
  readonly subnetId: SubnetId;
  readonly sinceMs: number;
}

/** An Elastic IP with the pool's tag and role `egress`. */
export interface Address {
  readonly allocationId: AllocationId;
  readonly publicIp: string;
  readonly associationId: AssociationId | undefined;
  readonly networkInterfaceId: NetworkInterfaceId | undefined;
  readonly blocked: boolean;
  readonly use: Use | undefined;
  /** What the canary found of it last, on the scout or in service. */
  readonly verified: Verified | undefined;
  readonly tally: Tally | undefined;
}

/** By function: how long a call of it may take, and until when one may run that began before its timeout was shortened. */
export type CallTimes = ReadonlyMap<FunctionArn, { readonly timeoutSeconds: number; readonly untilMs: number }>;

/** One pool as observed. */
export interface Observed {
  readonly members: readonly Member[];
  /** Functions that the configuration names and Lambda does not know. */
  readonly missingMembers: readonly string[];
  /** Whether there may be members more: the index of tags leaves functions out for minutes (aws/aws-cli#4173). */
  readonly mayMissMembers: boolean;
  readonly interfaces: readonly NetworkInterface[];
  /** Interfaces of the scout's probe. */
  readonly scout: readonly NetworkInterface[];
  readonly addresses: readonly Address[];
  /** What the deployment gave the pool and what is not the pool's any more, of either role. */
  readonly lost: readonly LostAddress[];
  /** The operator's override `paused`: nothing may be written. */
  readonly paused: boolean;
  /**
   * Attachments (by key) of published versions of members, which can be invoked by their number, each with those
   * versions. Undefined: the members were not asked, so nothing may be taken from an interface in use.
   */
  readonly published: ReadonlyMap<string, readonly string[]> | undefined;
  readonly refusals: readonly Refusal[];
  /** Longest calls of members, those included that were members or had a longer timeout lately. */
  readonly callTimes: CallTimes;
}

/** What the operator configured for the pool, as far as planning depends on it. */
export interface Policy {
  readonly subnetIds: readonly SubnetId[];
  /** Names of members that are in no VPC until they are attached. */
  readonly guarded: readonly string[];
  /** How long an address stays on a leaving interface, so that running connections can end. */
  readonly drainMs: number | "longest call";
  /** Cap on writes in one plan. */
  readonly maxActions: number;
  /** Associations with the scout that the pool may spend in a month; 0: nothing is tried out now. */
  readonly monthlyVerifications: number;
}

/** An attachment with its key, in which the order of the security groups does not matter. */
export function attachmentOf(
  vpcId: VpcId,
  subnetId: SubnetId,
  securityGroupIds: readonly SecurityGroupId[],
): Attachment {
  return { vpcId, subnetId, securityGroupIds, key: `${vpcId} ${subnetId} ${[...securityGroupIds].sort().join(",")}` };
}
