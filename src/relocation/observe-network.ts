/** Reads a pool's interfaces and addresses from EC2. */
import {
  type EC2Client,
  type Address as Ec2Address,
  type NetworkInterface as Ec2NetworkInterface,
  paginateDescribeNetworkInterfaces,
} from "@aws-sdk/client-ec2";
import { call } from "../aws/errors.ts";
import type {
  AllocationId,
  AssociationId,
  NetworkInterfaceId,
  SecurityGroupId,
  SubnetId,
  VpcId,
} from "../aws/identifiers.ts";
import type { PoolSettings } from "../config/settings.ts";
import { describePoolAddresses, observeLost, tagOf } from "../pool/addresses.ts";
import type { LostAddress } from "../pool/lost-addresses.ts";
import { readOverride } from "../pool/override.ts";
import { tagKeys } from "../pool/tags.ts";
import { type Address, attachmentOf, type NetworkInterface, type Observed } from "./model.ts";
import { parseTally, parseVerified } from "./scout-verification.ts";
import { parseUse } from "./use.ts";

export type PoolNetwork = Pick<Observed, "interfaces" | "scout" | "addresses" | "lost" | "paused">;
/** What a pool's network is known by. Without `addresses`, none is looked for that the pool has lost. */
type ObservedPool = Pick<PoolSettings, "name" | "network" | "scout"> & Partial<Pick<PoolSettings, "addresses">>;

/**
 * The pool's interfaces and addresses.
 *
 * @param lostBefore by pool: what the last look found lost; this one's finding takes its place
 * @param shown the pool's addresses, where they were described a moment ago
 */
export async function observeNetwork(
  ec2: EC2Client,
  pool: ObservedPool,
  lostBefore = new Map<string, readonly LostAddress[]>(),
  shown?: readonly Ec2Address[],
): Promise<PoolNetwork> {
  const described = shown ?? describePoolAddresses(ec2, pool.name);
  const [found, all] = await Promise.all([listInterfaces(ec2, pool), described]);
  const override = readOverride(all.map(({ Tags }) => tagOf(Tags, tagKeys.override)));
  const before = lostBefore.get(pool.name) ?? [];
  const lost = pool.addresses ? await observeLost(ec2, pool.name, pool.addresses, all, before) : [];
  lostBefore.set(pool.name, lost);
  return {
    interfaces: found.filter(({ attachment }) => pool.network.subnetIds.includes(attachment.subnetId)),
    scout: found.filter(({ attachment }) => attachment.key === scoutKey(pool)),
    addresses: egressOf(all),
    lost,
    paused: override.kind === "paused",
  };
}

function scoutKey({ network, scout }: ObservedPool): string | undefined {
  if (!scout) return undefined;
  const { subnetId, securityGroupId } = scout;
  return attachmentOf(network.vpcId as VpcId, subnetId as SubnetId, [securityGroupId as SecurityGroupId]).key;
}

/**
 * The Hyperplane interfaces in the pool's subnets and the scout's. They are known by type, VPC and subnet alone: descriptions and
 * requesters vary (aws-sdk types of `DescribeNetworkInterfaces`; go-to-k/cdkd#45). Managed ones are asked for too,
 * since AWS may hide interfaces that a service operates.
 */
export function listInterfaces(client: EC2Client, pool: ObservedPool): Promise<NetworkInterface[]> {
  const { vpcId, subnetIds } = pool.network;
  const Values = [...subnetIds, ...(pool.scout ? [pool.scout.subnetId] : [])];
  return call("ec2:DescribeNetworkInterfaces", async () => {
    const interfaces: NetworkInterface[] = [];
    const input = {
      IncludeManagedResources: true,
      Filters: [
        { Name: "interface-type", Values: ["lambda"] },
        { Name: "vpc-id", Values: [vpcId] },
        { Name: "subnet-id", Values },
      ],
    };
    for await (const page of paginateDescribeNetworkInterfaces({ client, pageSize: 1000 }, input)) {
      interfaces.push(...(page.NetworkInterfaces ?? []).map(toNetworkInterface));
    }
    return interfaces;
  });
}

/** The pool's addresses of role `egress`, with whatever they are associated with. */
export async function listAddresses(ec2: EC2Client, poolName: string): Promise<Address[]> {
  return egressOf(await describePoolAddresses(ec2, poolName));
}

export function egressOf(addresses: readonly Ec2Address[]): Address[] {
  return addresses.filter((it) => tagOf(it.Tags, tagKeys.role) === "egress").map(toAddress);
}

/** States of an interface that carries traffic or is about to. */
const inUseStatuses = new Set(["in-use", "associated", "attaching"]);

export function toNetworkInterface(it: Ec2NetworkInterface): NetworkInterface {
  const { Association: association } = it;
  return {
    networkInterfaceId: it.NetworkInterfaceId as NetworkInterfaceId,
    attachment: attachmentOf(
      it.VpcId as VpcId,
      it.SubnetId as SubnetId,
      (it.Groups ?? []).map((group) => group.GroupId as SecurityGroupId),
    ),
    inUse: inUseStatuses.has(it.Status ?? ""),
    pending: (it.Status as string | undefined) === "pending",
    shownAllocationId: association && ((association.AllocationId as AllocationId | undefined) ?? "unknown"),
  };
}

function toAddress(it: Ec2Address): Address {
  return {
    allocationId: it.AllocationId as AllocationId,
    publicIp: it.PublicIp ?? "",
    associationId: (it.AssociationId || undefined) as AssociationId | undefined,
    networkInterfaceId: (it.NetworkInterfaceId || undefined) as NetworkInterfaceId | undefined,
    blocked: tagOf(it.Tags, tagKeys.verdict) === "blocked",
    use: parseUse(tagOf(it.Tags, tagKeys.use)),
    verified: parseVerified(tagOf(it.Tags, tagKeys.verified)),
    tally: parseTally(tagOf(it.Tags, tagKeys.verifications)),
  };
}
