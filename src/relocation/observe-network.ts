/** Reads a pool's interfaces and addresses from EC2. */
import {
  type EC2Client,
  type Address as Ec2Address,
  type NetworkInterface as Ec2NetworkInterface,
  paginateDescribeNetworkInterfaces,
} from "@aws-sdk/client-ec2";
import { call, readable } from "../aws/errors.ts";
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
  const described = shown ?? describePoolAddresses(ec2, [pool.name]);
  const [found, all] = await Promise.all([listInterfaces(ec2, [pool]), described]);
  return toPoolNetwork(ec2, pool, lostBefore, found, all);
}

/**
 * The interfaces and addresses of many pools, by the pools' names: 2 calls for each 60 pools of three subnets. A pool that
 * cannot be read is left out, whatever the reason: it must not cost the others their look.
 *
 * @param lostBefore as above
 */
export async function observeNetworks(
  ec2: EC2Client,
  pools: readonly ObservedPool[],
  lostBefore: Map<string, readonly LostAddress[]>,
): Promise<Map<string, PoolNetwork>> {
  const networks = new Map<string, PoolNetwork>();
  for (const some of groupsOf(pools)) {
    const names = some.map(({ name }) => name);
    const read = await readable(() => Promise.all([listInterfaces(ec2, some), describePoolAddresses(ec2, names)]));
    if (!read) continue;
    const [found, all] = read;
    for (const pool of some) {
      const own = all.filter(({ Tags }) => tagOf(Tags, tagKeys.pool) === pool.name);
      const network = await toPoolNetwork(ec2, pool, lostBefore, found, own).catch(() => undefined);
      if (network) networks.set(pool.name, network);
    }
  }
  return networks;
}

/** Values of all filters of a call (EC2 API reference, DescribeNetworkInterfaces), and some room for others than subnets. */
const mostSubnets = 180;

function groupsOf(pools: readonly ObservedPool[]): ObservedPool[][] {
  const groups: ObservedPool[][] = [];
  let room = 0;
  for (const pool of pools) {
    const count = subnetIdsOf(pool).length;
    if (count > room) {
      groups.push([]);
      room = mostSubnets;
    }
    groups.at(-1)?.push(pool);
    room -= count;
  }
  return groups;
}

async function toPoolNetwork(
  ec2: EC2Client,
  pool: ObservedPool,
  lostBefore: Map<string, readonly LostAddress[]>,
  found: readonly NetworkInterface[],
  all: readonly Ec2Address[],
): Promise<PoolNetwork> {
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

function subnetIdsOf({ network, scout }: ObservedPool): string[] {
  return [...network.subnetIds, ...(scout ? [scout.subnetId] : [])];
}

function scoutKey({ network, scout }: ObservedPool): string | undefined {
  if (!scout) return undefined;
  const { subnetId, securityGroupId } = scout;
  return attachmentOf(network.vpcId as VpcId, subnetId as SubnetId, [securityGroupId as SecurityGroupId]).key;
}

/**
 * The Hyperplane interfaces in the pools' subnets and their scouts'. They are known by type, VPC and subnet alone: descriptions and
 * requesters vary (aws-sdk types of `DescribeNetworkInterfaces`; go-to-k/cdkd#45). Managed ones are asked for too,
 * since AWS may hide interfaces that a service operates.
 */
export function listInterfaces(client: EC2Client, pools: readonly ObservedPool[]): Promise<NetworkInterface[]> {
  return call("ec2:DescribeNetworkInterfaces", async () => {
    const interfaces: NetworkInterface[] = [];
    const input = {
      IncludeManagedResources: true,
      Filters: [
        { Name: "interface-type", Values: ["lambda"] },
        { Name: "subnet-id", Values: [...new Set(pools.flatMap(subnetIdsOf))] },
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
  return egressOf(await describePoolAddresses(ec2, [poolName]));
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
