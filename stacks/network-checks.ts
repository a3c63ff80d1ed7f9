/** Checks of an existing network: its subnets, and with other files its routes and public access. */
import { ec2, getAvailabilityZone, getCallerIdentity } from "@pulumi/aws";
import type { CheckedNetwork } from "./checked-network.ts";
import { ownershipProblems } from "./ownership-checks.ts";
import { blockedSubnetProblems } from "./public-access-checks.ts";
import { readOrWarn } from "./read-or-warn.ts";
import { publicSubnetProblems, routeTableProblems } from "./route-checks.ts";

interface NamedSubnet {
  readonly field: "subnetIds" | "scoutSubnetId" | "natSubnetId";
  readonly id: string;
}

export async function existingNetworkProblems(network: CheckedNetwork): Promise<string[]> {
  const { path, vpcId, subnetIds, scoutSubnetId, natSubnetId } = network;
  const named: NamedSubnet[] = [
    ...subnetIds.map((id) => ({ field: "subnetIds", id }) as const),
    ...(scoutSubnetId ? [{ field: "scoutSubnetId", id: scoutSubnetId } as const] : []),
    ...(natSubnetId ? [{ field: "natSubnetId", id: natSubnetId } as const] : []),
  ];
  const { ids } = await ec2.getSubnets({ filters: [{ name: "vpc-id", values: [vpcId] }] });
  const outside = named.filter(({ id }) => !ids.includes(id));
  if (outside.length > 0) {
    return outside.map(
      ({ field, id }) => `${path}.${field}: ${id} is not a subnet of ${vpcId}: correct the subnet or the VPC`,
    );
  }
  const apart = named.filter(({ field }) => field !== "subnetIds");
  const problems = [
    ...named.map((it) => subnetProblems(network, it)),
    blockedSubnetProblems(path, vpcId, named),
    routeTableProblems(network),
    ...apart.map(({ field, id }) => publicSubnetProblems(network, field, id)),
  ];
  return (await Promise.all(problems)).flat();
}

async function subnetProblems(network: CheckedNetwork, { field, id }: NamedSubnet): Promise<string[]> {
  const path = `${network.path}.${field}`;
  const { ownerId, availabilityZone, tags } = await ec2.getSubnet({ id });
  // Only those are tagged: a NAT gateway disturbs nobody, and nobody it.
  const ofOthers = field !== "natSubnetId" ? ownershipProblems(path, id, tags, network.prefix, "subnets") : [];
  const owner = network.hasFallback ? await ownerProblems(path, id, ownerId) : [];
  return [...ofOthers, ...owner, ...(await zoneProblems(path, id, availabilityZone))];
}

/**
 * The ARN and the routes of a shared subnet belong to its owner (VPC user guide, "Share your VPC subnets with other accounts":
 * participants can neither change route tables nor create NAT gateways). Only fallback needs them.
 */
async function ownerProblems(path: string, id: string, ownerId: string): Promise<string[]> {
  const { accountId } = await getCallerIdentity({});
  if (ownerId === accountId) return [];
  return [
    `${path}: ${id} is shared by account ${ownerId}, and fallback can neither replace routes nor create a NAT gateway ` +
      "in a shared subnet: set fallback.standby to off, or use subnets of this account",
  ];
}

/**
 * The pool's addresses belong to the region's network border group, and cannot be associated in another: neither with an
 * interface (EC2 API reference, AllocateAddress, NetworkBorderGroup) nor with a NAT gateway (CreateNatGateway).
 */
async function zoneProblems(path: string, id: string, name: string): Promise<string[]> {
  const zone = await readOrWarn(`the zone ${name}`, "ec2:DescribeAvailabilityZones", () =>
    getAvailabilityZone({ name }),
  );
  if (zone === undefined || zone.zoneType === "availability-zone") return [];
  return [
    `${path}: ${id} is in ${name}, a ${zone.zoneType} with the network border group ${zone.networkBorderGroup}, where the ` +
      "region's Elastic IPs cannot be associated: use a subnet in one of the region's own Availability Zones",
  ];
}
