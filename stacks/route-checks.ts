/** Checks of the route tables of an existing network: where they route to, and which other subnets use them. */
import { ec2 } from "@pulumi/aws";
import { tagKeys } from "../src/pool/tags.ts";
import { addressesOfOthers } from "./address-checks.ts";
import type { CheckedNetwork } from "./checked-network.ts";

/** Checks the members' route tables, and those that the configuration lists. */
export async function routeTableProblems(network: CheckedNetwork): Promise<string[]> {
  const { path, vpcId, subnetIds, routeTableIds } = network;
  const { ids } = await ec2.getRouteTables({ vpcId });
  const foreign = routeTableIds.filter((id) => !ids.includes(id));
  if (foreign.length > 0) {
    return foreign.map(
      (id) => `${path}.routeTableIds: ${id} is not a route table of ${vpcId}: correct the route table or the VPC`,
    );
  }
  const members = await Promise.all(subnetIds.map((id) => memberTableProblems(network, id)));
  const listed = await Promise.all(routeTableIds.map((id) => listedTableProblems(network, id)));
  return [...members.flat(), ...listed.flat()];
}

/**
 * With a fallback, members need their own route table: every subnet without an association uses the VPC's main table, and
 * a new subnet could be one.
 */
async function memberTableProblems(network: CheckedNetwork, subnetId: string): Promise<string[]> {
  const { path, vpcId, routeTableIds, hasFallback } = network;
  const table = await tableOf(vpcId, subnetId);
  if (!table) return [];
  if (hasFallback && !table.isOwn) {
    return [
      `${path}.subnetIds: ${subnetId} has no route table of its own and uses the VPC's main one, ${table.id}, as every ` +
        "subnet without an association does: for a fallback, associate it with its own route table and list that",
    ];
  }
  if (routeTableIds.includes(table.id)) return [];
  return [`${path}.routeTableIds: ${subnetId} uses ${table.id}, which is not listed: add it`];
}

/**
 * A listed table must route to the internet gateway now, and must not belong to another deployment: both would replace its
 * routes. It carries its pool's tag if a pool with a fallback lists it.
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
    `${path}: ${id} belongs to the pool ${owner} of another deployment: use subnets with their own route tables, or ` +
      `remove the tag ${tagKeys.pool} from the table if that pool does not use it any more`,
  ];
}

/** `publicSubnetProblems` reports a scout's or a NAT gateway's subnet that uses one of the tables. */
async function sharedTableProblems(
  { path, vpcId, subnetIds, scoutSubnetId, natSubnetId }: CheckedNetwork,
  id: string,
  table: ec2.GetRouteTableResult,
): Promise<string[]> {
  const known = [...subnetIds, scoutSubnetId, natSubnetId];
  const others = (await usersOf(vpcId, table)).filter((it) => !known.includes(it));
  if (others.length === 0) return [];
  return [
    `${path}.routeTableIds: ${id} is also used by ${others.join(", ")}, outside the pool: in fallback their traffic would leave ` +
      "through the pool's NAT gateway, and nothing could reach them from the internet: give the pool's subnets their " +
      "own route table",
  ];
}

/** In fallback the members' tables route to the NAT gateway: with one of them, the scout or the gateway would have no egress. */
export async function publicSubnetProblems(
  network: CheckedNetwork,
  field: string,
  subnetId: string,
): Promise<string[]> {
  const path = `${network.path}.${field}`;
  const table = await tableOf(network.vpcId, subnetId);
  if (!table)
    return [`${path}: ${subnetId} has no route table: associate one that routes 0.0.0.0/0 to an internet gateway`];
  const { id } = table;
  if (network.routeTableIds.includes(id)) {
    return [`${path}: ${subnetId} uses ${id}, which is one of routeTableIds: associate it with its own route table`];
  }
  return routeProblems(path, id, await ec2.getRouteTable({ routeTableId: id }));
}

/** Returns the route table that a subnet uses: its own, else the main one of its VPC. */
async function tableOf(
  vpcId: string,
  subnetId: string,
): Promise<{ readonly id: string; readonly isOwn: boolean } | undefined> {
  const own = await ec2.getRouteTables({ vpcId, filters: [{ name: "association.subnet-id", values: [subnetId] }] });
  if (own.ids[0]) return { id: own.ids[0], isOwn: true };
  const main = await ec2.getRouteTables({ vpcId, filters: [{ name: "association.main", values: ["true"] }] });
  return main.ids[0] ? { id: main.ids[0], isOwn: false } : undefined;
}

/** Returns the subnets that use the table: those associated with it, and for the main table those without an association. */
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

/** The default route must lead to an internet gateway or, if a pool's own table is in fallback, to the pool's NAT gateway. */
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
  const target = route ? `points to ${route.natGatewayId || route.gatewayId || "something else"}` : "is missing";
  return [
    `${path}: the default route of ${routeTableId} ${target}: an address on an interface works only behind an internet ` +
      "gateway: route 0.0.0.0/0 to one, or use subnets with such a route",
  ];
}
