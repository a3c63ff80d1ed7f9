/** Whether a pool's addresses and members fit together, and whether relocation and the canary report on it. Pure. */
import { functionNameIn } from "../../src/aws/identifiers.ts";
import { type Attention, ofPart } from "../support/attention.ts";
import { poolAttention } from "../support/observe-pool.ts";
import type { Facts, PoolFact } from "./facts.ts";
import { found } from "./finding-table.ts";

export function checkPool(facts: Facts, fact: PoolFact): Attention[] {
  const { pool, view, missingSecrets, methods, maySteer } = fact;
  return [
    ...(view ? poolAttention(view) : []),
    ...checkAddresses(facts, fact),
    ...checkMembers(fact),
    ...checkReports(facts, fact),
    ...missingSecrets.map((reference) => found("secret-missing", { reference }, pool.name)),
    ...methods.map((it) => found("options-differs", it, pool.name)),
    ...(maySteer === false ? [found("steering-denied", {}, pool.name)] : []),
  ];
}

function checkAddresses(
  { addressQuota: quota, addressesInRegion: used }: Facts,
  { pool, view }: PoolFact,
): Attention[] {
  if (!view) return [];
  const clean = view.relocation.observed.addresses.filter(({ blocked }) => !blocked).length;
  const subnets = pool.relocation.network.subnetIds.length;
  const missing = subnets - clean;
  if (missing < 0) return [];
  if (missing === 0) return [found("no-spare", {}, pool.name)];
  const short = found("addresses-short", { clean, subnets }, pool.name);
  if (quota === undefined || used === undefined || quota - used >= missing) return [short];
  return [short, found("address-quota", { missing, free: quota - used, quota, used }, pool.name)];
}

function checkMembers({ pool, view, securityGroupIds }: PoolFact): Attention[] {
  if (!view) return [];
  const { members, missingMembers } = view.relocation.observed;
  if (members.length + missingMembers.length === 0) return [found("no-members", {}, pool.name)];
  const own = [...securityGroupIds].sort().join();
  return members.flatMap(({ functionArn, liveVersions }) => {
    const name = functionNameIn(functionArn);
    const subnets = new Set<string>(pool.relocation.network.subnetIds);
    const others = liveVersions
      .flatMap(({ attachments }) => attachments)
      .filter((it) => subnets.has(it.subnetId) && [...it.securityGroupIds].sort().join() !== own);
    if (own === "" || others.length === 0) return [];
    const groups = [...new Set(others.flatMap((it) => it.securityGroupIds))].join(", ");
    return [found("member-other-groups", { name, groups, own }, pool.name)];
  });
}

/** Longer ago than this, the canary's last report is late: it reports every minute. */
const lateMs = 5 * 60_000;

function checkReports({ nowMs }: Facts, { relocationAtMs, canaryAtMs, targetsRefused, pool }: PoolFact): Attention[] {
  const minutes = canaryAtMs == null ? 0 : Math.round((nowMs - canaryAtMs) / 60_000);
  const isLate = canaryAtMs != null && nowMs - canaryAtMs > lateMs;
  const silent = (kind: "relocation-silent" | "canary-silent") => ofPart({ kind, pool: "the pool" }, pool.name);
  return [
    ...(relocationAtMs === null ? [silent("relocation-silent")] : []),
    ...(pool.probing && canaryAtMs === null ? [silent("canary-silent")] : []),
    ...(isLate ? [found("canary-late", { minutes }, pool.name)] : []),
    ...targetsRefused,
  ];
}
