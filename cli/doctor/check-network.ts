/** Whether packets of the members' subnets can leave: subnets, routes, network ACLs, security groups, DNS. Pure. */
import { readTargets } from "../../src/config/probing-settings.ts";
import { priceUsdPerHour } from "../../src/fallback/cost.ts";
import type { Attention } from "../support/attention.ts";
import type { AclRule, EgressRule, PoolFact, Route, SubnetFact } from "./facts.ts";
import { found } from "./finding-table.ts";

export function checkNetwork({ pool, network }: PoolFact): Attention[] {
  const { name, relocation } = pool;
  const { vpcId } = relocation.network;
  const ports = portsOf(pool);
  return [
    ...(network.dnsSupport === false ? [found("dns-off", { vpcId }, name)] : []),
    ...(network.subnets ?? []).flatMap((subnet) => checkSubnet(name, subnet, ports)),
    ...[...(network.securityGroups ?? [])].flatMap(([id, rules]) => checkGroup(name, id, rules, ports)),
    ...(network.openGroups ?? []).map((it) => found("group-open", it, name)),
    ...(pool.fallback ? [] : (network.gateways ?? []).map((it) => found("gateway-unattended", { ...it, price }, name))),
  ];
}

const price = String(priceUsdPerHour);

/** Ports of the pool's targets; 443 when they are not known. */
function portsOf({ probing }: PoolFact["pool"]): number[] {
  const urls = probing ? readTargets(probing).targets.map(({ url }) => new URL(url)) : [];
  const ports = urls.map(({ port, protocol }) => Number(port) || (protocol === "http:" ? 80 : 443));
  return ports.length > 0 ? [...new Set(ports)] : [443];
}

function checkSubnet(pool: string, subnet: SubnetFact, ports: readonly number[]): Attention[] {
  const { subnetId, exists, route, aclId, aclRules, blockMode } = subnet;
  if (!exists) return [found("subnet-missing", { subnetId }, pool)];
  const wrong = wrongRoute(route);
  return [
    ...(blockMode === "off"
      ? []
      : [found("public-access-blocked", { subnetId, mode: blockMode, effect: effects[blockMode] }, pool)]),
    ...(wrong === undefined ? [] : [found("route-not-to-internet", { subnetId, route: wrong }, pool)]),
    ...(aclId === undefined ? [] : checkAcl(pool, subnetId, aclId, aclRules, ports)),
  ];
}

/** AWS associates addresses all the same (VPC user guide, "Block public access to VPCs and subnets"). */
const effects = {
  "block-bidirectional": "nothing leaves it to the internet",
  "block-ingress": "only what goes through a NAT gateway leaves it, so no address of an ENI works",
} as const;

function wrongRoute(route: Route): string | undefined {
  switch (route.kind) {
    case "internet":
    case "own-nat":
      return undefined;
    case "none":
      return "is missing";
    case "other":
      return `points to ${route.target}`;
  }
}

/** Answers come back to a port of the caller's choice; these stand for the range (VPC user guide, "Ephemeral ports"). */
const ephemeralPorts = [1024, 32_768, 49_152, 65_535];
const everywhere = "0.0.0.0/0";

function checkAcl(
  pool: string,
  subnetId: string,
  aclId: string,
  rules: readonly AclRule[],
  ports: readonly number[],
): Attention[] {
  const outward = ports.filter((port) => !passes(rules, true, port));
  const inward = ephemeralPorts.filter((port) => !passes(rules, false, port));
  if (outward.length + inward.length === 0) return [];
  const what = [
    ...(outward.length > 0 ? [`requests to port ${outward.join(", ")}`] : []),
    ...(inward.length > 0 ? [`answers to ports 1024 to 65535 (${inward.join(", ")})`] : []),
  ].join(" and ");
  return [found("network-acl-blocks", { aclId, subnetId, what, ports: ports.join(", ") }, pool)];
}

/** Whether the first rule for this port and the whole internet allows it. TCP is protocol 6. */
function passes(rules: readonly AclRule[], egress: boolean, port: number): boolean {
  const deciding = [...rules]
    .sort((a, b) => a.number - b.number)
    .find((it) => it.egress === egress && it.cidr === everywhere && matches(it, port));
  return deciding?.allow === true;
}

function matches({ protocol, fromPort, toPort }: AclRule | EgressRule, port: number): boolean {
  if (protocol === "-1") return true;
  if (protocol !== "6" && protocol !== "tcp") return false;
  return fromPort === undefined || (fromPort <= port && port <= (toPort ?? fromPort));
}

/** A group that allows the port to single networks only may be meant so: a warning. */
function checkGroup(
  pool: string,
  groupId: string,
  rules: readonly EgressRule[],
  ports: readonly number[],
): Attention[] {
  const closed = ports.filter((port) => !rules.some((it) => it.cidrs.includes(everywhere) && matches(it, port)));
  if (closed.length === 0) return [];
  const isPartial = closed.every((port) => rules.some((it) => matches(it, port)));
  const id = isPartial ? "security-group-partial" : "security-group-blocks";
  return [found(id, { groupId, ports: closed.join(", ") }, pool)];
}
