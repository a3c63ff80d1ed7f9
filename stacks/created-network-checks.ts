/** Checks of a network that this deployment creates, or that an earlier one created. */
import { ec2 } from "@pulumi/aws";
import type { CreatedNetwork } from "../src/config/network.ts";
import { tagKeys } from "../src/pool/tags.ts";
import { blockedNetworkProblems } from "./public-access-checks.ts";
import { chooseZones, readZones } from "./zones.ts";

/** Returns the id of the VPC that an earlier deployment of this stage created for the pool. */
export async function createdVpc(prefix: string, pool: string): Promise<string | undefined> {
  const filters = [
    { name: `tag:${tagKeys.stage}`, values: [prefix] },
    { name: `tag:${tagKeys.pool}`, values: [pool] },
  ];
  return (await ec2.getVpcs({ filters })).ids[0];
}

export async function createdNetworkProblems(
  path: string,
  pool: string,
  network: CreatedNetwork,
  prefix: string,
): Promise<string[]> {
  const vpcId = await createdVpc(prefix, pool);
  const problems = [
    rangeProblems(`${path}.cidr`, pool, network, vpcId),
    zoneProblems(`${path}.zones`, pool, network, prefix),
    blockedNetworkProblems(path, vpcId),
  ];
  return (await Promise.all(problems)).flat();
}

/** A VPC's first CIDR block cannot be changed: Pulumi would replace the VPC and everything in it. */
async function rangeProblems(
  path: string,
  pool: string,
  { cidr }: CreatedNetwork,
  vpcId: string | undefined,
): Promise<string[]> {
  if (vpcId === undefined) return [];
  const { cidrBlock } = await ec2.getVpc({ id: vpcId });
  if (cidrBlock === cidr) return [];
  return [
    `${path}: is ${cidr}, but the pool's VPC ${vpcId} has ${cidrBlock}: another range would replace the VPC and ` +
      `everything in it, including the members' interfaces: set ${cidrBlock}; for the new range, add a second pool, ` +
      `move the members to it, then remove ${pool}`,
  ];
}

async function zoneProblems(
  path: string,
  pool: string,
  { zones: count }: CreatedNetwork,
  prefix: string,
): Promise<string[]> {
  const zones = await readZones(prefix, pool);
  const found = chooseZones(zones, count);
  if (found.length === count) return [];
  return [
    `${path}: is ${count}, but this account has ${found.length} Availability Zones in this region ` +
      `(${found.join(", ")}), not counting Local Zones: lower it to ${found.length}`,
  ];
}
