/** What only AWS can tell about a network that is made, or was made by an earlier deployment. */
import { ec2 } from "@pulumi/aws";
import type { CreatedNetwork } from "../src/config/network.ts";
import { tagKeys } from "../src/pool/tags.ts";
import { blockedNetworkProblems } from "./public-access-checks.ts";
import { chooseZones, readZones } from "./zones.ts";

/** The VPC that an earlier deployment of this stage made for the pool. */
export async function madeVpc(prefix: string, pool: string): Promise<string | undefined> {
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
  const vpcId = await madeVpc(prefix, pool);
  const problems = [
    rangeProblems(`${path}.cidr`, pool, network, vpcId),
    zoneProblems(`${path}.zones`, pool, network, prefix),
    blockedNetworkProblems(path, vpcId),
  ];
  return (await Promise.all(problems)).flat();
}

/** A VPC's first range cannot be changed: Pulumi would make another VPC, and everything in it, anew. */
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
    `${path}: is ${cidr}, and the pool's VPC ${vpcId} has ${cidrBlock}: another range would replace the VPC with ` +
      `everything in it, the members' interfaces included: write ${cidrBlock}, and for the new range add a second pool, ` +
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
    `${path}: asks for ${count} zones, and this account has ${found.length} in this region (${found.join(", ")}), Local ` +
      `Zones apart: lower it to ${found.length}`,
  ];
}
