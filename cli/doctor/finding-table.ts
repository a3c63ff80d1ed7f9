/** What the doctor alone finds, in words: the deployment's parts, the network around a pool, its addresses and members. Pure. */

import { counted } from "../../src/telemetry/counted.ts";
import type { FindingRow } from "../../src/telemetry/finding.ts";
import { type Attention, attentionOf } from "../support/attention.ts";
import type { MethodFact } from "./facts.ts";

/** Returns a row whose texts take these details. */
function row<Detail = unknown>(
  severity: FindingRow<Detail>["severity"],
  section: string,
  text: FindingRow<Detail>["text"],
  remediation: FindingRow<Detail>["remediation"],
): FindingRow<Detail> {
  return { severity, section, text, remediation };
}

/** `restore`: the commands that restore what is missing. */
interface Restorable {
  readonly restore: string;
}

const restored = ({ restore }: Restorable) => restore;

type Trails = { readonly names: readonly string[] };
const late = "EventBridge receives no changes, and healing waits for the sweep";

export const findingTable = {
  "trail-missing": row(
    "error",
    "trail",
    () => `no CloudTrail trail covers this region: ${late}`,
    () => 'set trail: "create" in holdfast.config.ts and deploy, or create a trail of management events',
  ),
  "trail-stopped": row<Trails>(
    "error",
    "trail",
    ({ names }) => `no trail is logging (${names.join(", ")}): ${late}`,
    ({ names }) => `aws cloudtrail start-logging --name ${names[0]}`,
  ),
  "trail-reads-only": row<Trails>(
    "error",
    "trail",
    ({ names }) => `no logging trail records write events (${names.join(", ")}): ${late}`,
    ({ names }) => `let ${names[0]} record write management events: aws cloudtrail put-event-selectors`,
  ),
  "function-missing": row<Restorable & { readonly name: string }>(
    "error",
    "relocation-silent",
    ({ name }) => `the function ${name} does not exist, or has lost its tag holdfast:stage`,
    restored,
  ),
  "function-off": row<{ readonly name: string }>(
    "error",
    "relocation-silent",
    ({ name }) => `the function ${name} cannot run: its reserved concurrency is 0`,
    ({ name }) => `aws lambda delete-function-concurrency --function-name ${name}`,
  ),
  "function-failed": row<Restorable & { readonly name: string; readonly reason: string | undefined }>(
    "error",
    "relocation-silent",
    ({ name, reason }) => `the function ${name} is in the state Failed: ${reason ?? "Lambda gives no reason"}`,
    restored,
  ),
  "settings-invalid": row<Restorable & { readonly problem: string }>(
    "error",
    "crashing",
    ({ problem }) => problem,
    restored,
  ),
  "queue-missing": row<Restorable & { readonly queueName: string }>(
    "error",
    "relocation-silent",
    ({ queueName }) => `the queue ${queueName} does not exist: nothing triggers its function`,
    restored,
  ),
  "mapping-missing": row<Restorable & { readonly queueName: string; readonly name: string }>(
    "error",
    "relocation-silent",
    ({ queueName, name }) => `the function ${name} has no event source mapping for ${queueName}: nothing triggers it`,
    restored,
  ),
  "mapping-disabled": row<{
    readonly queueName: string;
    readonly name: string;
    readonly uuid: string;
    readonly state: string;
  }>(
    "error",
    "relocation-silent",
    ({ queueName, name, state }) => `the event source mapping of ${queueName} to ${name} is ${state}`,
    ({ uuid }) => `aws lambda update-event-source-mapping --uuid ${uuid} --enabled`,
  ),
  "rule-missing": row<Restorable & { readonly part: string; readonly what: string }>(
    "error",
    "relocation-silent",
    ({ part, what }) => `no EventBridge rule sends ${what} to the queue of ${part}: only the sweep detects them`,
    restored,
  ),
  "rule-disabled": row<{ readonly part: string; readonly what: string; readonly name: string }>(
    "error",
    "relocation-silent",
    ({ part, what, name }) => `the rule ${name} is disabled: only the sweep of ${part} detects ${what}`,
    ({ name }) => `aws events enable-rule --name ${name}`,
  ),
  "sweep-missing": row<Restorable & { readonly part: string; readonly minutes: number }>(
    "error",
    "relocation-silent",
    ({ part, minutes }) => `no schedule triggers ${part} every ${counted(minutes, "minute")}: a lost event stays lost`,
    restored,
  ),
  "sweep-disabled": row<{ readonly part: string; readonly name: string }>(
    "error",
    "relocation-silent",
    ({ part, name }) => `the schedule ${name} of ${part} is disabled: a lost event stays lost`,
    ({ name }) => `enable the schedule ${name} in EventBridge Scheduler`,
  ),
  "rounds-missing": row<Restorable & { readonly canary: string }>(
    "error",
    "canary-silent",
    ({ canary }) => `no schedule triggers ${canary}: no partner is probed`,
    restored,
  ),
  "rounds-disabled": row<{ readonly canary: string; readonly name: string }>(
    "error",
    "canary-silent",
    ({ canary, name }) => `the schedule ${name} of ${canary} is disabled: no partner is probed`,
    ({ name }) => `enable the schedule ${name} in EventBridge Scheduler`,
  ),
  "alarms-missing": row<Restorable>(
    "warning",
    "alarms",
    () => "the deployment has no alarm, so no failure is notified",
    restored,
  ),
  "alarm-without-action": row<{ readonly name: string }>(
    "warning",
    "alarms",
    ({ name }) => `the alarm ${name} has no action, or its actions are disabled: it notifies nobody`,
    () => "set notifications in holdfast.config.ts and deploy, or aws cloudwatch enable-alarm-actions",
  ),
  "alarm-raised": row<{ readonly name: string }>(
    "warning",
    "alarms",
    ({ name }) => `the alarm ${name} is raised`,
    () => "follow the section of the alarm's name in docs/runbook.md",
  ),
  "dns-off": row<{ readonly vpcId: string }>(
    "error",
    "no-egress",
    ({ vpcId }) => `DNS support of ${vpcId} is off: its functions cannot resolve names`,
    ({ vpcId }) => `aws ec2 modify-vpc-attribute --vpc-id ${vpcId} --enable-dns-support`,
  ),
  "subnet-missing": row<{ readonly subnetId: string }>(
    "error",
    "no-egress",
    ({ subnetId }) => `${subnetId} does not exist in the pool's VPC`,
    () => "correct network in holdfast.config.ts and deploy",
  ),
  "route-not-to-internet": row<{ readonly subnetId: string; readonly route: string }>(
    "error",
    "no-egress",
    ({ subnetId, route }) =>
      `the default route of ${subnetId} ${route}: an Elastic IP of an ENI needs the internet gateway`,
    () => "point 0.0.0.0/0 to the VPC's internet gateway",
  ),
  "network-acl-blocks": row<{
    readonly aclId: string;
    readonly subnetId: string;
    readonly what: string;
    readonly ports: string;
  }>(
    "error",
    "no-egress",
    ({ aclId, subnetId, what }) => `the network ACL ${aclId} of ${subnetId} denies ${what}`,
    ({ aclId, ports }) =>
      `allow TCP out to ${ports} and in to 1024-65535 in ${aclId}, or deny it for single networks only`,
  ),
  "security-group-blocks": row<{ readonly groupId: string; readonly ports: string }>(
    "error",
    "no-egress",
    ({ groupId, ports }) => `the security group ${groupId} does not allow port ${ports} out`,
    ({ groupId, ports }) => `allow TCP out to ${ports} in ${groupId}`,
  ),
  "security-group-partial": row<{ readonly groupId: string; readonly ports: string }>(
    "warning",
    "no-egress",
    ({ groupId, ports }) => `the security group ${groupId} allows port ${ports} out to single networks only`,
    () => "check that the targets and checkip.amazonaws.com are among them",
  ),
  "public-access-blocked": row<{ readonly subnetId: string; readonly mode: string; readonly effect: string }>(
    "error",
    "no-egress",
    ({ subnetId, mode, effect }) => `VPC Block Public Access of ${subnetId} is ${mode}: ${effect}`,
    () => "exclude the subnets or their VPC with allow-bidirectional: aws ec2 create-vpc-block-public-access-exclusion",
  ),
  "group-open": row<{ readonly groupId: string; readonly ports: string }>(
    "note",
    "members",
    ({ groupId, ports }) =>
      `the security group ${groupId} lets the whole internet in (${ports}): Lambda accepts no connection for a function, but whatever else has the group and a public address is open`,
    ({ groupId }) => `remove the inbound rules of ${groupId}: functions need none`,
  ),
  "gateway-unattended": row<{ readonly natGatewayId: string; readonly routed: boolean; readonly price: string }>(
    "warning",
    "fallback-problem",
    ({ natGatewayId, routed, price }) =>
      `NAT gateway ${natGatewayId} has the pool's tag, but the pool has no fallback${routed ? "; members' traffic leaves through it, and nothing fails back" : ""}: it costs $${price} an hour`,
    ({ natGatewayId, routed }) =>
      `${routed ? "point 0.0.0.0/0 of the members' route tables to the internet gateway, then " : ""}aws ec2 delete-nat-gateway --nat-gateway-id ${natGatewayId}; or set fallback.standby and deploy`,
  ),
  "no-spare": row(
    "note",
    "shortage",
    () => "the pool has no spare address",
    () => "raise addresses.spares and deploy: with a spare, a change costs no gap and a blocked address is swapped",
  ),
  "addresses-short": row<{ readonly clean: number; readonly subnets: number }>(
    "error",
    "shortage",
    ({ clean, subnets }) =>
      `the pool has ${counted(clean, "clean address", "clean addresses")} for ${counted(subnets, "subnet")}, each of which needs one`,
    () => "raise addresses.count and deploy, or remove a subnet from the pool",
  ),
  "address-quota": row<{
    readonly missing: number;
    readonly free: number;
    readonly quota: number;
    readonly used: number;
  }>(
    "error",
    "shortage",
    ({ missing, free, quota, used }) =>
      `the pool needs ${counted(missing, "more address", "more addresses")}, but the account can allocate only ${free} (quota ${quota}, in use ${used})`,
    () => "request a higher quota in Service Quotas (EC2-VPC Elastic IPs, L-0263D0A3), or release other addresses",
  ),
  "no-members": row(
    "note",
    "members",
    () => "the pool has no member yet",
    () => "spread the pool's member into a function, tag it holdfast:pool, or name it in members",
  ),
  "member-other-groups": row<{ readonly name: string; readonly groups: string; readonly own: string }>(
    "warning",
    "members",
    ({ name, groups, own }) =>
      `${name} uses ${groups} instead of the pool's ${own}: its own ENIs need addresses of their own, and no probe uses them`,
    ({ own }) => `configure exactly ${own}`,
  ),
  "member-on-instances": row<{ readonly name: string; readonly capacityProvider: string }>(
    "error",
    "members",
    ({ name, capacityProvider }) =>
      `${name} runs on Lambda Managed Instances (${capacityProvider}): its traffic leaves by the instances' network interfaces, not by one of Lambda's that Holdfast could give an address`,
    ({ name }) => `create ${name} anew without a capacity provider, or remove it from the pool`,
  ),
  "interface-shared": row<{ readonly name: string }>(
    "warning",
    "members",
    ({ name }) =>
      `${name} is no member, but uses a subnet and exactly the security groups of members: it shares their ENI, so partners see it under the pool's addresses, and it loses them when the last member leaves`,
    ({ name }) => `make ${name} a member, or give it another security group`,
  ),
  "canary-late": row<{ readonly minutes: number }>(
    "warning",
    "canary-silent",
    ({ minutes }) => `the canary's last report is ${minutes} min old`,
    () => "read its log",
  ),
  "secret-missing": row<{ readonly reference: string }>(
    "error",
    "target-refused",
    ({ reference }) => `${reference}, which a target refers to, does not exist`,
    () => "create it, or correct the target in holdfast.config.ts",
  ),
  "options-differs": row<MethodFact>(
    "warning",
    "methods",
    ({ target, options, get }) =>
      `the target ${target} answers OPTIONS with ${options}, but GET with ${get}: what answers OPTIONS may let in an address that members' calls are refused from`,
    ({ target }) => `set method: "GET" (or "HEAD") for ${target}, and a url that is cheap to ask, and deploy`,
  ),
  "steering-denied": row(
    "note",
    "permissions",
    () => "these credentials can read the pool but not set its override",
    () => "allow ec2:CreateTags and ec2:DeleteTags on its addresses (docs/cli.md)",
  ),
  unreadable: row<{ readonly action: string; readonly reason: string }>(
    "warning",
    "permissions",
    ({ action, reason }) => `${action} is denied or fails: ${reason}`,
    ({ action }) => `allow ${action}; docs/cli.md has the policy that doctor needs`,
  ),
} as const;

type Table = typeof findingTable;
type Detail<Kind extends keyof Table> = Parameters<Table[Kind]["text"]>[0] & Parameters<Table[Kind]["remediation"]>[0];

/** Returns one finding in the words of its row; `pool` where it concerns one pool. */
export function found<Kind extends keyof Table>(id: Kind, detail: Detail<Kind>, pool?: string): Attention {
  return attentionOf(id, findingTable[id] as FindingRow<Detail<Kind>>, detail, pool);
}
