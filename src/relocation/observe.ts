/** Reads one pool from AWS: its network with 2 calls (and one more per 1,000 interfaces), its members with 3 each. */
import type { EC2Client, Address as Ec2Address } from "@aws-sdk/client-ec2";
import type { PoolSettings } from "../config/settings.ts";
import { callTimesAfter } from "./drain-time.ts";
import type { Observed } from "./model.ts";
import { type MemberSource, observeMembers, type PoolMembers } from "./observe-members.ts";
import { observeNetwork, observeNetworks, type PoolNetwork } from "./observe-network.ts";

export interface Source extends MemberSource {
  readonly ec2: EC2Client;
}

/**
 * Reads the pool's network.
 *
 * @param shown the pool's addresses, where they were described a moment ago
 */
export function lookAt(source: Source, pool: PoolSettings, shown?: readonly Ec2Address[]): Promise<PoolNetwork> {
  return observeNetwork(source.ec2, pool, source.memberMemory.lost, shown);
}

/** Reads the networks of many pools, by the pools' names. */
export function lookAtAll(source: Source, pools: readonly PoolSettings[]): Promise<Map<string, PoolNetwork>> {
  return observeNetworks(source.ec2, pools, source.memberMemory.lost);
}

/**
 * Asks the members too. The network is read first: what it lacks when a member turns out to be settled is then waited for,
 * never missed.
 *
 * @param refusals what AWS refused lately
 */
export async function observe(
  source: Source,
  pool: PoolSettings,
  network: PoolNetwork,
  refusals: Observed["refusals"],
  now: () => number,
): Promise<Observed> {
  const atMs = now();
  const asked = { ...(await observeMembers(source, pool)), atMs };
  source.memberMemory.asked.set(pool.name, asked);
  return withMembers(source, pool, network, asked, refusals, now());
}

/** Returns the pool as a look at its network shows it and its members said. */
export function withMembers(
  { memberMemory: { callTimes } }: Pick<Source, "memberMemory">,
  pool: PoolSettings,
  network: PoolNetwork,
  { members, missingMembers }: PoolMembers,
  refusals: Observed["refusals"],
  nowMs: number,
): Observed {
  const times = callTimesAfter(callTimes.get(pool.name) ?? new Map(), members, nowMs);
  callTimes.set(pool.name, times);
  const mayMissMembers = Object.keys(pool.members.tags).length > 0;
  return { ...network, members, missingMembers, mayMissMembers, published: undefined, refusals, callTimes: times };
}
