/** Reads one pool from AWS: its network with 2 calls (and one more per 1,000 interfaces), its members with 3 each. */
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { PoolSettings } from "../config/settings.ts";
import type { Observed } from "./model.ts";
import { type MemberSource, observeMembers } from "./observe-members.ts";
import { observeNetwork } from "./observe-network.ts";

export interface Source extends MemberSource {
  readonly ec2: EC2Client;
}

/** The network is read first: what it lacks when a member turns out to be settled is then waited for, never missed. */
export async function observe(source: Source, pool: PoolSettings): Promise<Observed> {
  const network = await observeNetwork(source.ec2, pool, source.memberMemory.lost);
  return {
    ...network,
    ...(await observeMembers(source, pool)),
    published: undefined,
    refusals: [],
    callTimes: new Map(),
  };
}
