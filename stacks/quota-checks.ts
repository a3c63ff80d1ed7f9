/** Checks that the account's quotas allow what a deployment adds: VPCs, and concurrent executions. */
import { ec2, getCallerIdentity, servicequotas } from "@pulumi/aws";
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import { attaches, hasFallback, type Pool } from "../src/config/pool.ts";
import { createdVpc } from "./created-network-checks.ts";
import { readOrWarn } from "./read-or-warn.ts";

/** "VPCs per Region" (Service Quotas, Amazon VPC): 5 unless raised. */
const vpcQuota = { serviceCode: "vpc", quotaCode: "L-F678F1CE" };
/** "Concurrent executions" (Service Quotas, AWS Lambda): 1,000 by default, and 10 in many new accounts. */
const concurrencyQuota = { serviceCode: "lambda", quotaCode: "L-B99A9384" };

export async function vpcQuotaProblems({ pools }: HoldfastConfig, prefix: string): Promise<string[]> {
  const created = Object.entries(pools).filter(([, { network }]) => network.kind === "create");
  const existing = await Promise.all(created.map(([pool]) => createdVpc(prefix, pool)));
  const added = existing.filter((it) => it === undefined).length;
  if (added === 0) return [];
  const quota = await readQuota("the quota of VPCs", vpcQuota);
  if (quota === undefined) return [];
  const { accountId } = await getCallerIdentity({});
  // The list includes VPCs whose subnets are shared with this account; those count towards their owner's quota.
  const { ids } = await ec2.getVpcs({ filters: [{ name: "owner-id", values: [accountId] }] });
  if (ids.length + added <= quota) return [];
  return [
    `pools: ${added} new VPCs are needed, ${ids.length} exist, and the quota of this region is ${quota}: request a higher ` +
      "quota (Service Quotas, VPCs per Region), delete an unused VPC, or use one as network.existing",
  ];
}

/** Lambda throttles functions above the account's concurrency: members, or the functions that would heal them. */
export async function concurrencyProblems({ pools }: HoldfastConfig): Promise<string[]> {
  const own = concurrencyOf(Object.values(pools));
  const quota = await readQuota("the quota of concurrent executions", concurrencyQuota);
  if (quota === undefined || own < quota) return [];
  return [
    `pools: Holdfast's own functions need ${own} concurrent executions, and Lambda allows ${quota} for all functions of ` +
      "this account and region, members included: request a higher quota (Service Quotas, AWS Lambda, Concurrent " +
      "executions), or deploy fewer pools or zones",
  ];
}

/**
 * Returns the most executions at the same time: the canary, every probe that it invokes, and of each actuator one run per
 * pool, since Lambda runs at most one batch per message group of a FIFO queue (Lambda developer guide, SQS event sources).
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
