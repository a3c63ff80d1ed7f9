/** Checks of addresses that need AWS: who owns them, whether they exist, and how many more the quota allows. */
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

/** Returns addresses of a pool of that name that another deployment has tagged. */
export async function addressesOfOthers(pool: string, prefix: string): Promise<string[]> {
  const ofPool = { name: `tag:${tagKeys.pool}`, values: [pool] };
  const [{ allocationIds: deployed }, { allocationIds: ours }] = await Promise.all([
    ec2.getEips({ filters: [ofPool, { name: "tag-key", values: [tagKeys.stage] }] }),
    ec2.getEips({ filters: [ofPool, { name: `tag:${tagKeys.stage}`, values: [prefix] }] }),
  ]);
  return deployed.filter((id) => !ours.includes(id));
}

/** An address's tag names its pool and nothing else: deployments with a pool of one name would take addresses from each other. */
export async function sharedNameProblems(pool: string, prefix: string): Promise<string[]> {
  const others = await addressesOfOthers(pool, prefix);
  if (others.length === 0) return [];
  return [
    `pools.${pool}: another deployment in this account and region has a pool of this name, with ${others.join(", ")}: ` +
      `name this one after its stage, as in [\`${pool}-\${$app.stage}\`], or remove the tags holdfast:* from those ` +
      "addresses if nothing uses them any more",
  ];
}

/**
 * Configured allocation ids must exist, and must stay allocated: an address that this stage has allocated itself would
 * lose its resource, which would release it.
 */
export async function ownAddressProblems(
  path: string,
  addresses: Addresses,
  prefix: string,
  onRemove: OnRemove,
): Promise<string[]> {
  const named = configuredIds(addresses);
  if (named.length === 0) return [];
  const values = named.map(({ id }) => id);
  const [{ allocationIds }, ofStage] = await Promise.all([
    ec2.getEips({ filters: [{ name: "allocation-id", values }] }),
    stageAddresses(prefix),
  ]);
  const allocated = ofStage.filter(({ adopted }) => !adopted).map(({ allocationId }) => allocationId);
  const problems = named.map(async ({ field, id }) => {
    if (!allocationIds.includes(id)) {
      return [
        `${path}.${field}: ${id} is not an Elastic IP of this account and region: allocate one or correct the id`,
      ];
    }
    const { tags } = await ec2.getElasticIp({ id });
    const ofOthers = ownershipProblems(`${path}.${field}`, id, tags, prefix, "addresses");
    if (ofOthers.length > 0 || onRemove !== "release" || !allocated.includes(id)) return ofOthers;
    return [
      `${path}.${field}: this stage has allocated ${id} itself, and would release it now: set addresses.onRemove to ` +
        "retain, deploy, and then add the id",
    ];
  });
  return (await Promise.all(problems)).flat();
}

/**
 * Pulumi releases an address or keeps it as its record says, which is what the last deployment said. Refuses what keeps
 * addresses from now on while some that were to be released leave the configuration.
 */
export async function releasedAddressProblems(
  { pools }: HoldfastConfig,
  prefix: string,
  onRemove: OnRemove,
): Promise<string[]> {
  if (onRemove === "release") return [];
  const wanted = new Set(Object.entries(pools).flatMap(([pool, it]) => wantedOf(pool, prefix, it.addresses)));
  const leaving = (await stageAddresses(prefix)).filter(
    (it) => !it.adopted && it.onRemove === "release" && !wanted.has(`${it.pool} ${it.role} ${it.name}`),
  );
  if (leaving.length === 0) return [];
  const listed = leaving.map(({ allocationId, name, pool }) => `${allocationId} (${name ?? pool})`).join(", ");
  return [
    `addresses.onRemove: the last deployment said release, and ${listed} would be released although this one says ` +
      `${onRemove}: put back what names them, deploy ${onRemove} by itself, and then take it out (if no deployment has ` +
      `them any more, take the tag ${tagKeys.onRemove} off them)`,
  ];
}

function wantedOf(pool: string, prefix: string, addresses: Addresses): string[] {
  return addressNames(prefix, pool, addresses).map((it) => `${pool} ${it.role} ${it.name}`);
}

function configuredIds({ egress, fallback }: Addresses): { readonly field: string; readonly id: string }[] {
  return [
    ...(egress.kind === "own" ? egress.allocationIds.map((id) => ({ field: "allocationIds", id })) : []),
    ...(fallback.kind === "own" ? [{ field: "fallbackAllocationId", id: fallback.allocationId }] : []),
  ];
}

/** Checks whether the quota allows the addresses that do not exist yet. */
export async function addressQuotaProblems({ pools }: HoldfastConfig, prefix: string): Promise<string[]> {
  const plans = Object.entries(pools);
  const wanted = plans.flatMap(([pool, { addresses }]) => wantedOf(pool, prefix, addresses));
  if (wanted.length === 0) return [];
  const [existing, quota] = await Promise.all([
    stageAddresses(prefix),
    readOrWarn("the quota of Elastic IPs", "servicequotas:GetServiceQuota", () =>
      servicequotas.getServiceQuota(addressQuota),
    ),
  ]);
  const present = new Set(existing.filter(({ adopted }) => !adopted).map((it) => `${it.pool} ${it.role} ${it.name}`));
  const added = wanted.filter((it) => !present.has(it)).length;
  if (quota === undefined || added === 0) return [];
  const counted = (await countAddresses()) ?? (await ec2.getEips({})).allocationIds.length;
  if (counted + added <= quota.value) return [];
  const named = new Set(wanted);
  const adopted = new Set(plans.flatMap(([, { addresses }]) => configuredIds(addresses).map(({ id }) => id)));
  const retained = existing
    .filter((it) => !named.has(`${it.pool} ${it.role} ${it.name}`) && !adopted.has(it.allocationId))
    .map(({ allocationId, name, pool }) => `${allocationId} (${name ?? pool})`);
  return [
    `pools: ${added} new Elastic IPs are needed, ${counted} exist, and the quota of this region is ${quota.value}: request ` +
      "a higher quota (Service Quotas, EC2-VPC Elastic IPs), lower pools.*.addresses, or release addresses that " +
      `are not needed${retained.length > 0 ? retainedRemediation(retained) : ""}`,
  ];
}

function retainedRemediation(retained: readonly string[]): string {
  return (
    `. This stage has retained ${retained.join(", ")}, which no pool uses any more: add them to allocationIds of ` +
    "the pool that replaces theirs, or release them"
  );
}
