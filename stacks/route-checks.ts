/** What only AWS can tell about routes: where they lead, and who else uses their tables. */
import { ec2 } from "@pulumi/aws";
import { tagKeys } from "../src/pool/tags.ts";
import { addressesOfOthers } from "./address-checks.ts";
import type { CheckedNetwork } from "./checked-network.ts";

/** Looks at the members' route tables, and at those that the file lists. */
export async function routeTableProblems(network: CheckedNetwork): Promise<string[]> {
  const { path, vpcId, subnetIds, routeTableIds } = network;
  const { ids } = await ec2.getRouteTables({ vpcId });
  const foreign = routeTableIds.filter((id) => !ids.includes(id));
  if (foreign.length > 0) {
    return foreign.map((id) => `${path}.routeTableIds: ${id} is no route table of ${vpcId}: correct one of the two`);
  }
  const members = await Promise.all(subnetIds.map((id) => memberTableProblems(network, id)));
  const listed = await Promise.all(routeTableIds.map((id) => listedTableProblems(network, id)));
  return [...members.flat(), ...listed.flat()];
}

/**
 * With a fallback the table has to be the members' own: whatever subnet comes to the VPC without an association uses its
 * main table.
 */
async function memberTableProblems(network: CheckedNetwork, subnetId: string): Promise<string[]> {
  const { path, vpcId, routeTableIds, hasFallback } = network;
  const table = await tableOf(vpcId, subnetId);
  if (!table) return [];
  if (hasFallback && !table.isOwn) {
    return [
      `${path}.subnetIds: ${subnetId} has no route table of its own and uses the VPC's main one, ${table.id}, as every ` +
        "subnet does that nobody associates: with a fallback, associate it with a route table of its own and list that",
    ];
  }
  if (routeTableIds.includes(table.id)) return [];
  return [`${path}.routeTableIds: ${subnetId} uses ${table.id}, which is not listed: add it`];
}

/**
 * A table that fallback would lead must lead out now, and be no other deployment's: each would lead it its own way. It
 * bears its pool's tag where a pool with fallback lists it.
 */
async function listedTableProblems(network: CheckedNetwork, id: string): Promise<string[]> {
  const { pool, prefix, hasFallback } = network;
  const path = `${network.path}.routeTableIds`;
  const table = await ec2.getRouteTable({ routeTableId: id });
  const problems = await routeProblems(path, id, table, pool);
  if (hasFallback) problems.push(...(await sharedTableProblems(network, id, table)));
  const owner = table.tags[tagKeys.pool];
  if (owner === undefined || owner === pool || (await addressesOfOthers(owner, prefix)).length === 0) return problems;
  return [
    ...problems,
    `${path}: ${id} belongs to the pool ${owner} of another deployment: name subnets behind tables of their own, or ` +
      `take the tag ${tagKeys.pool} off the table if that pool uses it no more`,
  ];
}

/** A scout's or a NAT gateway's subnet that uses one of the tables is reported by itself. */
async function sharedTableProblems(
  { path, vpcId, subnetIds, scoutSubnetId, natSubnetId }: CheckedNetwork,
  id: string,
  table: ec2.GetRouteTableResult,
): Promise<string[]> {
  const known = [...subnetIds, scoutSubnetId, natSubnetId];
  const others = (await usersOf(vpcId, table)).filter((it) => !known.includes(it));
  if (others.length === 0) return [];
  return [
    `${path}.routeTableIds: ${id} is used by ${others.join(", ")} as well, outside the pool: in fallback their traffic ` +
      "would leave through the pool's NAT gateway, and nothing would reach them from outside: put the pool's subnets " +
      "behind a route table of their own",
  ];
}

/** In fallback the members' tables lead to the NAT gateway: then neither a scout nor the gateway itself got out behind them. */
export async function publicSubnetProblems(
  network: CheckedNetwork,
  field: string,
  subnetId: string,
): Promise<string[]> {
  const path = `${network.path}.${field}`;
  const table = await tableOf(network.vpcId, subnetId);
  if (!table)
    return [`${path}: ${subnetId} has no route table: give it one that routes 0.0.0.0/0 to an internet gateway`];
  const { id } = table;
  if (network.routeTableIds.includes(id)) {
    return [`${path}: ${subnetId} uses ${id}, which is one of routeTableIds: give it a route table of its own`];
  }
  return routeProblems(path, id, await ec2.getRouteTable({ routeTableId: id }));
}

/** The route table that a subnet uses: its own, else the main one of its VPC. */
async function tableOf(
  vpcId: string,
  subnetId: string,
): Promise<{ readonly id: string; readonly isOwn: boolean } | undefined> {
  const own = await ec2.getRouteTables({ vpcId, filters: [{ name: "association.subnet-id", values: [subnetId] }] });
  if (own.ids[0]) return { id: own.ids[0], isOwn: true };
  const main = await ec2.getRouteTables({ vpcId, filters: [{ name: "association.main", values: ["true"] }] });
  return main.ids[0] ? { id: main.ids[0], isOwn: false } : undefined;
}

/** Subnets that use the table: those associated with it, and of the VPC's main table those that nobody associates. */
async function usersOf(vpcId: string, table: ec2.GetRouteTableResult): Promise<string[]> {
  const own = associatedWith(table);
  if (!table.associations.some(({ main }) => main)) return own;
  const [{ ids: subnets }, { ids: tables }] = await Promise.all([
    ec2.getSubnets({ filters: [{ name: "vpc-id", values: [vpcId] }] }),
    ec2.getRouteTables({ vpcId }),
  ]);
  const all = await Promise.all(tables.map((routeTableId) => ec2.getRouteTable({ routeTableId })));
  const associated = new Set(all.flatMap(associatedWith));
  return [...own, ...subnets.filter((id) => !associated.has(id))];
}

function associatedWith({ associations }: ec2.GetRouteTableResult): string[] {
  return associations.flatMap(({ subnetId }) => subnetId || []);
}

/** A default route has to lead to an internet gateway, or, of a pool's own table in fallback, to the pool's NAT gateway. */
async function routeProblems(
  path: string,
  routeTableId: string,
  { routes }: ec2.GetRouteTableResult,
  pool?: string,
): Promise<string[]> {
  const route = routes.find(({ cidrBlock }) => cidrBlock === "0.0.0.0/0");
  if (route?.gatewayId.startsWith("igw-")) return [];
  if (pool !== undefined && route?.natGatewayId) {
    const { tags } = await ec2.getNatGateway({ id: route.natGatewayId });
    if (tags[tagKeys.pool] === pool) return [];
  }
  const leads = route ? `leads to ${route.natGatewayId || route.gatewayId || "something else"}` : "is missing";
  return [
    `${path}: the default route of ${routeTableId} ${leads}: an address on an interface works only behind an internet ` +
      "gateway, so route 0.0.0.0/0 there, or name subnets of which that is true",
  ];
}
