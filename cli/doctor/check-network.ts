/** Whether packets of the members' subnets can leave: subnets, routes, network ACLs, security groups, DNS. Pure. */
import { readTargets } from "../../src/config/probing-settings.ts";
import type { Attention, Severity } from "../support/attention.ts";
import type { AclRule, EgressRule, PoolFact, Route, SubnetFact } from "./facts.ts";

type Say = (id: string, severity: Severity, text: string, remedy: string) => Attention;

export function checkNetwork({ pool, network }: PoolFact): Attention[] {
  const say: Say = (id, severity, text, remedy) => ({ id, severity, pool: pool.name, text, remedy });
  const { vpcId } = pool.relocation.network;
  const ports = portsOf(pool);
  const dns =
    network.dnsSupport === false
      ? [
          say(
            "dns-off",
            "error",
            `${vpcId} resolves no names: its DNS support is off`,
            `aws ec2 modify-vpc-attribute --vpc-id ${vpcId} --enable-dns-support`,
          ),
        ]
      : [];
  const subnets = (network.subnets ?? []).flatMap((subnet) => checkSubnet(say, subnet, ports));
  const groups = [...(network.securityGroups ?? [])].flatMap(([id, rules]) => checkGroup(say, id, rules, ports));
  return [...dns, ...subnets, ...groups];
}

/** Ports of the pool's targets; 443 when they are not known. */
function portsOf({ probing }: PoolFact["pool"]): number[] {
  const urls = probing ? readTargets(probing).targets.map(({ url }) => new URL(url)) : [];
  const ports = urls.map(({ port, protocol }) => Number(port) || (protocol === "http:" ? 80 : 443));
  return ports.length > 0 ? [...new Set(ports)] : [443];
}

function checkSubnet(say: Say, subnet: SubnetFact, ports: readonly number[]): Attention[] {
  const { subnetId, exists, route, aclId, aclRules } = subnet;
  if (!exists)
    return [
      say(
        "subnet-missing",
        "error",
        `${subnetId} does not exist in the pool's VPC`,
        "correct network in holdfast.config.ts and deploy",
      ),
    ];
  const leads = leadsTo(route);
  const routed =
    leads === undefined
      ? []
      : [
          say(
            "route-not-to-internet",
            "error",
            `the default route of ${subnetId} ${leads}: an address on an interface works only behind an internet gateway`,
            "route 0.0.0.0/0 to the VPC's internet gateway",
          ),
        ];
  return [...routed, ...(aclId === undefined ? [] : checkAcl(say, subnetId, aclId, aclRules, ports))];
}

function leadsTo(route: Route): string | undefined {
  switch (route.kind) {
    case "internet":
    case "own-nat":
      return undefined;
    case "none":
      return "is missing";
    case "other":
      return `leads to ${route.target}`;
  }
}

/** Answers come back to a port of the caller's choice; these stand for the range (VPC user guide, "Ephemeral ports"). */
const ephemeralPorts = [1024, 32_768, 49_152, 65_535];
const everywhere = "0.0.0.0/0";

function checkAcl(
  say: Say,
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
  const remedy = `allow TCP out to ${ports.join(", ")} and in to 1024-65535 in ${aclId}, or say for which networks alone`;
  return [say("network-acl-blocks", "error", `network ACL ${aclId} of ${subnetId} denies ${what}`, remedy)];
}

/** Whether the first rule that speaks of this port and of the whole internet allows it. TCP is protocol 6. */
function passes(rules: readonly AclRule[], egress: boolean, port: number): boolean {
  const deciding = [...rules]
    .sort((a, b) => a.number - b.number)
    .find((it) => it.egress === egress && it.cidr === everywhere && speaksOf(it, port));
  return deciding?.allow === true;
}

function speaksOf({ protocol, fromPort, toPort }: AclRule | EgressRule, port: number): boolean {
  if (protocol === "-1") return true;
  if (protocol !== "6" && protocol !== "tcp") return false;
  return fromPort === undefined || (fromPort <= port && port <= (toPort ?? fromPort));
}

/** A group that lets the port out to some networks alone may be meant so: a warning. */
function checkGroup(say: Say, groupId: string, rules: readonly EgressRule[], ports: readonly number[]): Attention[] {
  const shut = ports.filter((port) => !rules.some((it) => it.cidrs.includes(everywhere) && speaksOf(it, port)));
  if (shut.length === 0) return [];
  const some = shut.every((port) => rules.some((it) => speaksOf(it, port)));
  const text = some
    ? `security group ${groupId} lets port ${shut.join(", ")} out to some networks alone`
    : `security group ${groupId} does not let port ${shut.join(", ")} out`;
  const remedy = some
    ? "see that the targets and the host of echoUrl are among them"
    : `allow TCP out to ${shut.join(", ")} in ${groupId}`;
  return [say("security-group-blocks", some ? "warning" : "error", text, remedy)];
}
