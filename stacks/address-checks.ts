/** What only AWS can tell about addresses: whose they are, whether they exist, and how many more may be allocated. */
import { ec2, servicequotas } from "@pulumi/aws";
import type { HoldfastConfig, OnRemove } from "../src/config/holdfast.ts";
import type { Addresses } from "../src/config/pool.ts";
import { tagKeys } from "../src/pool/tags.ts";
import { addressNames, stageAddresses } from "./address-names.ts";
import { countAddresses } from "./ec2-lookups.ts";
import { ownershipProblems } from "./ownership-checks.ts";
import { readOrWarn } from "./read-or-warn.ts";

/** "EC2-VPC Elastic IPs" (Service Quotas, Amazon EC2): 5 per region unless raised. */
const addressQuota = { serviceCode: "ec2", quotaCode: "L-0263D0A3" };

/** Addresses of a pool of that name that another deployment has tagged. */
export async function addressesOfOthers(pool: string, prefix: string): Promise<string[]> {
  const ofPool = { name: `tag:${tagKeys.pool}`, values: [pool] };
  const [{ allocationIds: deployed }, { allocationIds: ours }] = await Promise.all([
    ec2.getEips({ filters: [ofPool, { name: "tag-key", values: [tagKeys.stage] }] }),
    ec2.getEips({ filters: [ofPool, { name: `tag:${tagKeys.stage}`, values: [prefix] }] }),
  ]);
  return deployed.filter((id) => !ours.includes(id));
}

/** An address knows its pool by the name alone: deployments that share one would take addresses from each other. */
export async function sharedNameProblems(pool: string, prefix: string): Promise<string[]> {
  const others = await addressesOfOthers(pool, prefix);
  if (others.length === 0) return [];
  return [
    `pools.${pool}: another deployment in this account and region has a pool of this name, with ${others.join(", ")}: ` +
      `name this one after its stage, as in [\`${pool}-\${$app.stage}\`], or take the tags holdfast:* off those ` +
      "addresses if nothing uses them any more",
  ];
}

/**
 * Addresses brought along must be there, belong to no other deployment, whose tags this one would overwrite and later
 * take off, and stay: one that this stage has allocated itself is no longer named by the
 * resource that stands for it, and would be released.
 */
export async function ownAddressProblems(
  path: string,
  addresses: Addresses,
  prefix: string,
  onRemove: OnRemove,
): Promise<string[]> {
  const named = broughtAlong(addresses);
  if (named.length === 0) return [];
  const values = named.map(({ id }) => id);
  const [{ allocationIds }, ofStage] = await Promise.all([
    ec2.getEips({ filters: [{ name: "allocation-id", values }] }),
    stageAddresses(prefix),
  ]);
  const allocated = ofStage.filter(({ adopted }) => !adopted).map(({ allocationId }) => allocationId);
  const problems = named.map(async ({ field, id }) => {
    if (!allocationIds.includes(id)) {
      return [`${path}.${field}: ${id} is no Elastic IP of this account and region: allocate it or correct the id`];
    }
    const { tags } = await ec2.getElasticIp({ id });
    const ofOthers = ownershipProblems(`${path}.${field}`, id, tags, prefix, "addresses");
    if (ofOthers.length > 0 || onRemove !== "release" || !allocated.includes(id)) return ofOthers;
    return [
      `${path}.${field}: this stage has allocated ${id} itself, and would release it now: set addresses.onRemove to ` +
        "retain, deploy, and then name it",
    ];
  });
  return (await Promise.all(problems)).flat();
}

function broughtAlong({ egress, fallback }: Addresses): { readonly field: string; readonly id: string }[] {
  return [
    ...(egress.kind === "own" ? egress.allocationIds.map((id) => ({ field: "allocationIds", id })) : []),
    ...(fallback.kind === "own" ? [{ field: "fallbackAllocationId", id: fallback.allocationId }] : []),
  ];
}

/** Whether the addresses that do not exist yet may be allocated. */
export async function addressQuotaProblems({ pools }: HoldfastConfig, prefix: string): Promise<string[]> {
  const plans = Object.entries(pools);
  const wanted = plans.flatMap(([pool, { addresses }]) =>
    addressNames(prefix, pool, addresses).map((it) => `${pool} ${it.role} ${it.name}`),
  );
  if (wanted.length === 0) return [];
  const [existing, quota] = await Promise.all([
    stageAddresses(prefix),
    readOrWarn("the quota of Elastic IPs", "servicequotas:GetServiceQuota", () =>
      servicequotas.getServiceQuota(addressQuota),
    ),
  ]);
  const there = new Set(existing.filter(({ adopted }) => !adopted).map((it) => `${it.pool} ${it.role} ${it.name}`));
  const added = wanted.filter((it) => !there.has(it)).length;
  if (quota === undefined || added === 0) return [];
  const present = (await countAddresses()) ?? (await ec2.getEips({})).allocationIds.length;
  if (present + added <= quota.value) return [];
  const named = new Set(wanted);
  const adopted = new Set(plans.flatMap(([, { addresses }]) => broughtAlong(addresses).map(({ id }) => id)));
  const forgotten = existing
    .filter((it) => !named.has(`${it.pool} ${it.role} ${it.name}`) && !adopted.has(it.allocationId))
    .map(({ allocationId, name, pool }) => `${allocationId} (${name ?? pool})`);
  return [
    `pools: ${added} new Elastic IPs are needed, ${present} are there, and AWS allows ${quota.value} in this region: ask ` +
      "for a higher quota (Service Quotas, EC2-VPC Elastic IPs), lower pools.*.addresses, or release addresses that " +
      `nobody needs${forgotten.length > 0 ? forgottenRemedy(forgotten) : ""}`,
  ];
}

function forgottenRemedy(forgotten: readonly string[]): string {
  return (
    `. This stage has kept ${forgotten.join(", ")}, which no pool names any more: bring them along by allocationIds of ` +
    "the pool that goes on in their place, or release them"
  );
}
