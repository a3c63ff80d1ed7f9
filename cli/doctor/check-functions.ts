/** Functions whose traffic leaves otherwise than their pool says, and foreign ones that leave as the pool does. Pure. */
import { functionNameIn } from "../../src/aws/identifiers.ts";
import type { Attention } from "../support/attention.ts";
import type { Facts, FunctionUse, PoolFact } from "./facts.ts";
import { found } from "./finding-table.ts";

export function checkPoolFunctions(
  { regionFunctions, deployment }: Pick<Facts, "regionFunctions" | "deployment">,
  fact: PoolFact,
): Attention[] {
  const { pool, view } = fact;
  if (!regionFunctions || !view) return [];
  const names = new Set(view.relocation.observed.members.map(({ functionArn }) => functionNameIn(functionArn)));
  const members = regionFunctions.filter(({ name }) => names.has(name));
  const own = new Set([
    ...deployment.functionArns.keys(),
    ...(pool.probing?.probes ?? []).map(({ functionArn }) => functionNameIn(functionArn)),
  ]);
  const others = regionFunctions.filter(({ name }) => !names.has(name) && !own.has(name));
  return [
    ...members.flatMap((it) => whyNoMember(it, pool.name) ?? []),
    ...others
      .filter((it) => sharesInterface(fact, it, members))
      .map(({ name }) => found("interface-shared", { name }, pool.name)),
  ];
}

/** Returns why no pool can have the function as a member, or nothing. */
export function whyNoMember({ name, capacityProvider }: FunctionUse, pool?: string): Attention | undefined {
  return capacityProvider ? found("member-on-instances", { name, capacityProvider }, pool) : undefined;
}

/**
 * Lambda makes one interface for each combination of a subnet and security groups, whichever functions use it (Lambda
 * developer guide, "Hyperplane ENIs").
 */
function sharesInterface(
  { pool, securityGroupIds: ownGroups }: PoolFact,
  other: FunctionUse,
  members: readonly FunctionUse[],
): boolean {
  const poolSubnets = new Set<string>(pool.relocation.network.subnetIds);
  const groupsOf = (ids: readonly string[]) => [...ids].sort().join();
  const inUse = (subnetId: string) => [
    groupsOf(ownGroups),
    ...members.filter(({ subnetIds }) => subnetIds.includes(subnetId)).map((it) => groupsOf(it.securityGroupIds)),
  ];
  return other.subnetIds.some(
    (subnetId) => poolSubnets.has(subnetId) && inUse(subnetId).includes(groupsOf(other.securityGroupIds)),
  );
}
