/** Whether the account may have what a deployment adds: VPCs, and functions that run at the same time. */
import { ec2, getCallerIdentity, servicequotas } from "@pulumi/aws";
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import { attaches, hasFallback, type Pool } from "../src/config/pool.ts";
import { madeVpc } from "./created-network-checks.ts";
import { readOrWarn } from "./read-or-warn.ts";

/** "VPCs per Region" (Service Quotas, Amazon VPC): 5 unless raised. */
const vpcQuota = { serviceCode: "vpc", quotaCode: "L-F678F1CE" };
/** "Concurrent executions" (Service Quotas, AWS Lambda): 1,000 by default, and 10 in many new accounts. */
const concurrencyQuota = { serviceCode: "lambda", quotaCode: "L-B99A9384" };

export async function vpcQuotaProblems({ pools }: HoldfastConfig, prefix: string): Promise<string[]> {
  const created = Object.entries(pools).filter(([, { network }]) => network.kind === "create");
  const there = await Promise.all(created.map(([pool]) => madeVpc(prefix, pool)));
  const added = there.filter((it) => it === undefined).length;
  if (added === 0) return [];
  const quota = await readQuota("the quota of VPCs", vpcQuota);
  if (quota === undefined) return [];
  const { accountId } = await getCallerIdentity({});
  // VPCs whose subnets are shared with this account are listed too, and count for their owner.
  const { ids } = await ec2.getVpcs({ filters: [{ name: "owner-id", values: [accountId] }] });
  if (ids.length + added <= quota) return [];
  return [
    `pools: ${added} new VPCs are needed, ${ids.length} are there, and AWS allows ${quota} in this region: ask for a ` +
      "higher quota (Service Quotas, VPCs per Region), delete a VPC that nobody needs, or name one in network.existing",
  ];
}

/** Functions over their account's concurrency are throttled: members, or those that would heal them. */
export async function concurrencyProblems({ pools }: HoldfastConfig): Promise<string[]> {
  const own = concurrencyOf(Object.values(pools));
  const quota = await readQuota("the quota of concurrent executions", concurrencyQuota);
  if (quota === undefined || own < quota) return [];
  return [
    `pools: Holdfast's own functions need ${own} concurrent executions, and Lambda allows ${quota} for all functions of ` +
      "this account and region, members included: ask for a higher quota (Service Quotas, AWS Lambda, Concurrent " +
      "executions), or deploy fewer pools or zones",
  ];
}

/**
 * What runs at the same time at most: the canary and every probe that it asks, and of each actuator one run per pool,
 * since a FIFO queue has no more of them than message groups (Lambda developer guide, SQS event sources).
 */
function concurrencyOf(pools: readonly Pool[]): number {
  const perPool = pools.map((pool) => {
    const { network } = pool;
    const probes =
      network.kind === "create" ? network.zones + 1 : network.subnetIds.length + (network.scoutSubnetId ? 1 : 0);
    return probes + 1 + (hasFallback(pool) ? 1 : 0) + (attaches(pool) ? 1 : 0);
  });
  return 1 + perPool.reduce((sum, it) => sum + it, 0);
}

async function readQuota(
  unchecked: string,
  quota: { readonly serviceCode: string; readonly quotaCode: string },
): Promise<number | undefined> {
  const read = () => servicequotas.getServiceQuota(quota);
  return (await readOrWarn(unchecked, "servicequotas:GetServiceQuota", read))?.value;
}
