/** What only AWS can tell about the operator's file, asked before anything is created. */
import { ec2, servicequotas } from "@pulumi/aws";
import { ConfigError, type HoldfastConfig } from "../src/config/holdfast.ts";
import type { ExistingNetwork } from "../src/config/network.ts";
import type { Addresses } from "../src/config/pool.ts";
import { tagKeys } from "../src/config/tags.ts";
import { ingressProblems } from "./ingress-checks.ts";

/** "EC2-VPC Elastic IPs" (Service Quotas, Amazon EC2): 5 per region unless raised. */
const addressQuota = { serviceCode: "ec2", quotaCode: "L-0263D0A3" };

/**
 * Checks the names of the pools, the quota of Elastic IPs, the addresses brought along, and networks that exist already.
 *
 * @param prefix `<app>-<stage>`, by which this deployment's own addresses are known
 * @param foreseen problems that nobody needs to ask AWS about; asked for when all resources have been declared
 * @throws ConfigError that lists every problem with its path and remedy
 */
export async function checkDeployment(
  { pools }: HoldfastConfig,
  prefix: string,
  foreseen: () => Promise<string[]> = async () => [],
): Promise<void> {
  const checks = Object.entries(pools).flatMap(([name, { network, addresses, ingress }]) => [
    sharedNameProblems(name, prefix),
    ownAddressProblems(`pools.${name}.addresses`, addresses),
    network.kind === "existing" ? networkProblems(`pools.${name}.network.existing`, name, network, prefix) : [],
    ingress ? ingressProblems(`pools.${name}.ingress`, ingress, network) : [],
  ]);
  const plans = Object.values(pools).map((pool) => pool.addresses);
  const asked = (await Promise.all([...checks, quotaProblems(plans, prefix)])).flat();
  const problems = [...(await foreseen()), ...asked];
  if (problems.length > 0) throw new ConfigError(problems);
}

function allocations({ egress, fallback }: Addresses): number {
  return (egress.kind === "own" ? 0 : egress.count + egress.spares) + (fallback.kind === "allocate" ? 1 : 0);
}

async function quotaProblems(plans: readonly Addresses[], prefix: string): Promise<string[]> {
  const wanted = plans.reduce((sum, plan) => sum + allocations(plan), 0);
  if (wanted === 0) return [];
  const [{ value: quota }, { allocationIds: present }, { allocationIds: ours }] = await Promise.all([
    servicequotas.getServiceQuota(addressQuota),
    ec2.getEips({}),
    ec2.getEips({ filters: [{ name: `tag:${tagKeys.stage}`, values: [prefix] }] }),
  ]);
  const adopted = new Set(plans.flatMap(broughtAlong));
  const others = present.length - ours.filter((id) => !adopted.has(id)).length;
  if (others + wanted <= quota) return [];
  return [
    `pools: need ${wanted} Elastic IPs, and ${others} others are in use in this region, where AWS allows ${quota}: ` +
      "ask for a higher quota (Service Quotas, EC2-VPC Elastic IPs), lower pools.*.addresses, or release addresses that nobody needs",
  ];
}

function broughtAlong({ egress, fallback }: Addresses): readonly string[] {
  return [
    ...(egress.kind === "own" ? egress.allocationIds : []),
    ...(fallback.kind === "own" ? [fallback.allocationId] : []),
  ];
}

/** Addresses of a pool of that name that another deployment has tagged. */
async function addressesOfOthers(pool: string, prefix: string): Promise<string[]> {
  const ofPool = { name: `tag:${tagKeys.pool}`, values: [pool] };
  const [{ allocationIds: deployed }, { allocationIds: ours }] = await Promise.all([
    ec2.getEips({ filters: [ofPool, { name: "tag-key", values: [tagKeys.stage] }] }),
    ec2.getEips({ filters: [ofPool, { name: `tag:${tagKeys.stage}`, values: [prefix] }] }),
  ]);
  return deployed.filter((id) => !ours.includes(id));
}

/** An address knows its pool by the name alone: deployments that share one would take addresses from each other. */
async function sharedNameProblems(pool: string, prefix: string): Promise<string[]> {
  const others = await addressesOfOthers(pool, prefix);
  if (others.length === 0) return [];
  return [
    `pools.${pool}: another deployment in this account and region has a pool of this name, with ${others.join(", ")}: ` +
      `name this one after its stage, as in [\`${pool}-\${$app.stage}\`], or take the tags holdfast:* off those ` +
      "addresses if nothing uses them any more",
  ];
}

async function ownAddressProblems(path: string, { egress, fallback }: Addresses): Promise<string[]> {
  const named = [
    ...(egress.kind === "own" ? egress.allocationIds.map((id) => [`${path}.allocationIds`, id] as const) : []),
    ...(fallback.kind === "own" ? [[`${path}.fallbackAllocationId`, fallback.allocationId] as const] : []),
  ];
  if (named.length === 0) return [];
  const values = named.map(([, id]) => id);
  const { allocationIds } = await ec2.getEips({ filters: [{ name: "allocation-id", values }] });
  return named
    .filter(([, id]) => !allocationIds.includes(id))
    .map(([field, id]) => `${field}: ${id} is no Elastic IP of this account and region: allocate it or correct the id`);
}

async function networkProblems(
  path: string,
  pool: string,
  network: ExistingNetwork,
  prefix: string,
): Promise<string[]> {
  const { vpcId, subnetIds, routeTableIds, scoutSubnetId } = network;
  const inVpc = [{ name: "vpc-id", values: [vpcId] }];
  const { ids } = await ec2.getSubnets({ filters: inVpc });
  const named = [
    ...subnetIds.map((id) => ["subnetIds", id] as const),
    ...(scoutSubnetId ? [["scoutSubnetId", scoutSubnetId] as const] : []),
  ];
  const outside = named.filter(([, id]) => !ids.includes(id));
  if (outside.length > 0) {
    return outside.map(([field, id]) => `${path}.${field}: ${id} is no subnet of ${vpcId}: correct one of the two`);
  }
  const tables = new Map(await Promise.all(subnetIds.map(async (id) => [id, await tableOf(vpcId, id)] as const)));
  const unlisted = [...tables]
    .filter(([, table]) => table && !routeTableIds.includes(table))
    .map(([id, table]) => `${path}.routeTableIds: ${id} uses ${table}, which is not listed: add it`);
  const routes = await Promise.all(
    routeTableIds.map((id) => listedTableProblems(`${path}.routeTableIds`, pool, id, prefix)),
  );
  const scout = scoutSubnetId ? await scoutProblems(`${path}.scoutSubnetId`, pool, network, scoutSubnetId) : [];
  return [...unlisted, ...routes.flat(), ...scout];
}

/** In fallback the members' tables lead to the NAT gateway: then nobody could try an address out behind them. */
async function scoutProblems(
  path: string,
  pool: string,
  network: ExistingNetwork,
  subnetId: string,
): Promise<string[]> {
  const table = await tableOf(network.vpcId, subnetId);
  if (!table)
    return [`${path}: ${subnetId} has no route table: give it one that routes 0.0.0.0/0 to an internet gateway`];
  if (network.routeTableIds.includes(table)) {
    return [`${path}: ${subnetId} uses ${table}, which is one of routeTableIds: give it a route table of its own`];
  }
  return routeProblems(path, pool, table, await ec2.getRouteTable({ routeTableId: table }));
}

/** The route table that a subnet uses: its own, else the main one of its VPC. */
async function tableOf(vpcId: string, subnetId: string): Promise<string | undefined> {
  const own = await ec2.getRouteTables({ vpcId, filters: [{ name: "association.subnet-id", values: [subnetId] }] });
  if (own.ids[0]) return own.ids[0];
  const main = await ec2.getRouteTables({ vpcId, filters: [{ name: "association.main", values: ["true"] }] });
  return main.ids[0];
}

/**
 * A table that fallback would lead must lead out now, and be no other deployment's: each would lead it its own way. It
 * bears its pool's tag where a pool with fallback lists it.
 */
async function listedTableProblems(path: string, pool: string, id: string, prefix: string): Promise<string[]> {
  const table = await ec2.getRouteTable({ routeTableId: id });
  const routes = await routeProblems(path, pool, id, table);
  const owner = table.tags[tagKeys.pool];
  if (owner === undefined || owner === pool || (await addressesOfOthers(owner, prefix)).length === 0) return routes;
  return [
    ...routes,
    `${path}: ${id} belongs to the pool ${owner} of another deployment: name subnets behind tables of their own, or ` +
      `take the tag ${tagKeys.pool} off the table if that pool uses it no more`,
  ];
}

/** A default route has to lead to an internet gateway, or, in fallback, to the pool's own NAT gateway. */
async function routeProblems(
  path: string,
  pool: string,
  routeTableId: string,
  { routes }: ec2.GetRouteTableResult,
): Promise<string[]> {
  const route = routes.find(({ cidrBlock }) => cidrBlock === "0.0.0.0/0");
  if (route?.gatewayId.startsWith("igw-")) return [];
  if (route?.natGatewayId) {
    const { tags } = await ec2.getNatGateway({ id: route.natGatewayId });
    if (tags[tagKeys.pool] === pool) return [];
  }
  const leads = route ? `leads to ${route.natGatewayId || route.gatewayId || "something else"}` : "is missing";
  return [
    `${path}: the default route of ${routeTableId} ${leads}: an address on an interface works only behind an internet ` +
      "gateway, so route 0.0.0.0/0 there, or name subnets of which that is true",
  ];
}
