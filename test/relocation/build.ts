/** Builds observed worlds with as few words as a test needs; everything not said is what a healthy pool looks like. */
import type {
  AllocationId,
  AssociationId,
  FunctionArn,
  NetworkInterfaceId,
  SecurityGroupId,
  SubnetId,
  VpcId,
} from "../../src/aws/identifiers.ts";
import type { PoolSettings } from "../../src/config/settings.ts";
import {
  type Address,
  type Attachment,
  attachmentOf,
  type LiveVersion,
  type Member,
  type NetworkInterface,
  type Observed,
  type Policy,
  type Refusal,
  type Use,
  type VersionStatus,
} from "../../src/relocation/model.ts";

export const nowMs = Date.UTC(2026, 0, 1);
export const policy: Policy & { readonly drainMs: number } = {
  subnetIds: ["subnet-a", "subnet-b"] as SubnetId[],
  guarded: [],
  drainMs: 60_000,
  maxActions: 20,
  monthlyVerifications: 0,
};

/** An attachment by the last letters of its ids: `attachment("a", "web", "db")` is subnet-a with sg-web and sg-db. */
export function attachment(subnet: string, ...groups: readonly string[]): Attachment {
  const securityGroupIds = groups.map((group) => `sg-${group}` as SecurityGroupId);
  return attachmentOf("vpc-1" as VpcId, `subnet-${subnet}` as SubnetId, securityGroupIds);
}

export function version(
  status: VersionStatus,
  attachments: readonly Attachment[],
  name = "$LATEST",
  reason?: string,
): LiveVersion {
  const problem = status === "failed" ? ({ kind: "failed-update", reason: reason ?? "unknown" } as const) : undefined;
  return {
    version: name,
    status,
    problem,
    servesNothing: false,
    modifiedMs: undefined,
    timeoutSeconds: 3,
    mayUseIpv6: false,
    attachments,
  };
}

export function functionArn(name: string): FunctionArn {
  return `arn:aws:lambda:us-east-1:123456789012:function:${name}` as FunctionArn;
}

export function member(name: string, ...liveVersions: readonly LiveVersion[]): Member {
  return { functionArn: functionArn(name), liveVersions };
}

/** An interface in use: `networkInterface("1", …)` is eni-1. What it shows follows from the addresses, see `world`. */
export function networkInterface(
  id: string,
  of: Attachment,
  is: Partial<Pick<NetworkInterface, "inUse" | "pending" | "shownAllocationId">> = {},
): NetworkInterface {
  return {
    networkInterfaceId: `eni-${id}` as NetworkInterfaceId,
    attachment: of,
    inUse: true,
    pending: false,
    shownAllocationId: undefined,
    ...is,
  };
}

/** An interface that Lambda is still making. */
export function inMaking(id: string, of: Attachment): NetworkInterface {
  return networkInterface(id, of, { inUse: false, pending: true });
}

/** A clean address: `address("1")` is the spare eipalloc-1, `address("1", { on: "2" })` is on eni-2. */
export function address(
  id: string,
  {
    on,
    blocked = false,
    use,
    verified,
    tally,
  }: {
    on?: string;
    blocked?: boolean;
    use?: [state: Use["state"], subnet: string, sinceMs: number];
    verified?: Address["verified"];
    tally?: Address["tally"];
  } = {},
): Address {
  return {
    allocationId: `eipalloc-${id}` as AllocationId,
    publicIp: `203.0.113.${id}`,
    associationId: on === undefined ? undefined : (`eipassoc-${id}` as AssociationId),
    networkInterfaceId: on === undefined ? undefined : (`eni-${on}` as NetworkInterfaceId),
    blocked,
    use: use && { state: use[0], subnetId: `subnet-${use[1]}` as SubnetId, sinceMs: use[2] },
    verified,
    tally,
  };
}

/** All members were asked. Interfaces of which nothing else is said show the address that is associated with them. */
export function world(parts: Partial<Observed>): Observed {
  const { members = [], missingMembers = [], addresses = [], lost = [], paused = false, refusals = [] } = parts;
  const published = "published" in parts ? parts.published : new Map();
  const held = new Map(addresses.map((it) => [it.networkInterfaceId, it.allocationId]));
  const shown = (interfaces: readonly NetworkInterface[] = []) =>
    interfaces.map((it) => ({ ...it, shownAllocationId: it.shownAllocationId ?? held.get(it.networkInterfaceId) }));
  const [interfaces, scout] = [shown(parts.interfaces), shown(parts.scout)];
  return {
    members,
    missingMembers,
    addresses,
    lost,
    paused,
    interfaces,
    scout,
    published,
    refusals,
    callTimes: parts.callTimes ?? new Map(),
    mayMissMembers: parts.mayMissMembers ?? false,
  };
}

export function pool(is: Partial<PoolSettings> = {}): PoolSettings {
  return {
    name: "partner",
    members: { names: ["orders"], arns: [], tags: {} },
    guarded: [],
    network: { vpcId: "vpc-1", subnetIds: ["subnet-a", "subnet-b"] },
    addresses: { egress: {}, fallback: {} },
    drainSeconds: 60,
    sweepMinutes: 1,
    ...is,
  };
}

/** What AWS refused of an address, of an interface, or of the two together; it is over after 5 s. */
export function refusal(code: string, is: { address?: string; on?: string }): Refusal {
  const allocationId = is.address === undefined ? undefined : address(is.address).allocationId;
  const networkInterfaceId =
    is.on === undefined ? undefined : networkInterface(is.on, attachment("a", "web")).networkInterfaceId;
  return {
    allocationId,
    networkInterfaceId,
    untilMs: nowMs + 5000,
    permission: "ec2:AssociateAddress",
    code,
    reason: code,
  };
}
