/** The way from a region's NAT gateways to the proposed pools, in the order that keeps what partners allow. Pure. */

import { tagKeys } from "../../src/pool/tags.ts";
import { partitionOf } from "../rehearse/policy.ts";
import type { GatewayAdvice, NetworkAdvice, RegionAdvice } from "./advice.ts";
import type { Proposal } from "./proposal.ts";

type Proposed = NetworkAdvice & { readonly proposal: Proposal };

/** Returns the plan as Markdown; nothing where no pool is proposed. */
export function migrationPlan(advice: RegionAdvice, accountId: string): string | undefined {
  const networks = advice.networks.filter((it): it is Proposed => "input" in it.proposal);
  if (networks.length === 0) return undefined;
  const plans = networks.map((it) => planOf(it, advice.region, accountId));
  return `# From NAT gateways to Holdfast in ${advice.region}

What partners allow now works at every step, and each step can be undone by the line after "back". docs/migration.md explains the order, what breaks for a moment, and the way for partners that accept no new address. Nobody has run this plan: try it first with a function that nothing depends on.

${plans.join("\n\n")}
`;
}

function planOf(network: Proposed, region: string, accountId: string): string {
  const { proposal, gateways, vpcId } = network;
  const { pool } = proposal;
  const known = gateways.flatMap(({ publicIps }) => publicIps);
  const movable = network.functions.filter(({ obstacle }) => obstacle === undefined);
  return `## Pool \`${pool}\` in ${vpcId}

### 1. Deploy the pool without members
Put the configuration into \`holdfast.config.ts\`, name the partners' APIs in \`targets\`, then \`npm run validate\`, \`npx sst diff --stage production\` and \`npx sst deploy --stage production\`. Check: \`npx holdfast doctor --region ${region}\` reports \`no-members\` and nothing worse.${notes(network)}
back: docs/removal.md

### 2. Have partners allow the pool's addresses as well
All of them, spares too; the outputs of the deployment list them. They keep allowing ${known.length > 0 ? known.join(", ") : "what they allow now"}. Wait for each partner's answer. Check: \`npx holdfast status --region ${region}\` shows no address blocked.

### 3. Move one function with little traffic, and look
Then move the others, a few at a time. Where a deployment tool owns a function, make the change there (docs/members.md). A function that is called by an alias moves when the alias gets a version that was published after the change. Connections that are open break at each move. Check after each: the partner's log or \`npx holdfast explain NAME --region ${region}\` shows one of the pool's addresses.

${movable.map((it) => moveOf(it, proposal, region, accountId)).join("\n\n")}

### 4. Wait for a week
Both cost money now. Check: \`npx holdfast status --region ${region}\` is OK, and \`BytesOutToDestination\` of the gateways below is zero.

### 5. Delete the NAT gateways that nothing uses any more
${gateways.map((it) => endOf(it, region)).join("\n")}

### 6. Keep the old addresses until every partner has taken them off its list
${old(gateways)}

### If a partner accepts no new address
The old addresses have to move, and a NAT gateway keeps its address until it is deleted. Begin with at least one address of your own in \`addresses.allocationIds\` and go gateway by gateway: take its zone's subnets out of the functions' \`VpcConfig\`, delete it, wait until it is \`deleted\`, add its allocation id (${gateways.flatMap(({ allocationIds }) => allocationIds).join(", ") || "of its owner"}) to \`addresses.allocationIds\`, deploy, and move that zone's functions. With one gateway there is no other zone, so announce an outage of some minutes. docs/migration.md, "With the old addresses", has each step with its way back.`;
}

function notes({ proposal, functions }: Proposed): string {
  const dual = functions.filter(({ ipv6, obstacle }) => ipv6 && !obstacle).map(({ name }) => name);
  return [
    ...(proposal.otherGroups.length > 0
      ? [
          `\nThe pool has one set of security groups. ${proposal.otherGroups.join(", ")} ${proposal.otherGroups.length === 1 ? "has" : "have"} another now: first allow the pool's group wherever the old one is allowed, databases above all.`,
        ]
      : []),
    ...(dual.length > 0
      ? [
          `\nMay leave by IPv6 as well, past every address of the pool: ${dual.join(", ")}. Set Ipv6AllowedForDualStack to false with the move.`,
        ]
      : []),
  ].join("");
}

function moveOf(
  { name, subnetIds, securityGroupIds }: NetworkAdvice["functions"][number],
  { pool, input }: Proposal,
  region: string,
  accountId: string,
): string {
  const to = input.network.existing;
  const arn = `arn:${partitionOf(region)}:lambda:${region}:${accountId}:function:${name}`;
  const vpc = (subnets: readonly string[] = [], groups: readonly string[] = []) =>
    `aws lambda update-function-configuration --region ${region} --function-name ${name} --vpc-config SubnetIds=${subnets.join(",")},SecurityGroupIds=${groups.join(",")}`;
  return [
    "```sh",
    `aws lambda tag-resource --region ${region} --resource ${arn} --tags ${tagKeys.pool}=${pool}`,
    vpc(to?.subnetIds, to?.securityGroupIds),
    `# back: ${vpc(subnetIds, securityGroupIds)}`,
    `# back: aws lambda untag-resource --region ${region} --resource ${arn} --tag-keys ${tagKeys.pool}`,
    "```",
  ].join("\n");
}

function endOf({ natGatewayId, fate, others }: GatewayAdvice, region: string): string {
  if (fate === "goes" || fate === "unused") {
    return `- \`aws ec2 delete-nat-gateway --region ${region} --nat-gateway-id ${natGatewayId}\`, after its routes point elsewhere (back: a new gateway with the same address, and the routes)`;
  }
  return `- ${natGatewayId} stays: ${fate === "stays" ? others.join(", ") : "it belongs to another account"}`;
}

function old(gateways: readonly GatewayAdvice[]): string {
  const going = gateways.filter(({ fate }) => fate === "goes").flatMap(({ allocationIds }) => allocationIds);
  if (going.length === 0) return "None becomes free.";
  return `${going.join(", ")}: do not release ${going.length === 1 ? "it" : "them"}. ${going.length === 1 ? "It makes a good spare or fallback address" : "They make good spares, and one of them a good fallback address"}, since every partner knows ${going.length === 1 ? "it" : "them"}.`;
}
