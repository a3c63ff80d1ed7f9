/** The true state of the account, whatever describe calls show: which interfaces live traffic of a pool's members needs. */
import { liveVersions } from "../twin/egress.ts";
import { combinationKey } from "../twin/hyperplane.ts";
import type { FunctionVersion, NetworkInterface, VpcConfig, World } from "../twin/world.ts";
import { membersOf, type SimulatedAccount } from "./account.ts";
import type { SimulatedPool } from "./settle-in.ts";

/** Returns the live versions of the pool's members that exist now. */
export function liveMembers(account: SimulatedAccount, pool: SimulatedPool): FunctionVersion[] {
  return membersOf(account, pool).flatMap(liveVersions);
}

/** (subnet, groups) that a configuration uses. */
export function combinationsOf(config: VpcConfig | undefined): string[] {
  return (config?.subnetIds ?? []).map((subnetId) => combinationKey(subnetId, config?.securityGroupIds ?? []));
}

/** Interfaces in use through which packets of the pool's live versions leave now. */
export function neededInterfaces(account: SimulatedAccount, pool: SimulatedPool): Set<string> {
  return interfacesInUse(
    account,
    liveMembers(account, pool).flatMap(({ servedBy }) => combinationsOf(servedBy)),
  );
}

/** Those, and the ones that an idle version is configured with: Lambda has not deleted them yet. */
export function claimedInterfaces(account: SimulatedAccount, pool: SimulatedPool): Set<string> {
  return interfacesOf(account, liveMembers(account, pool));
}

/** Interfaces in use of published versions, whether or not an alias routes to them: each can be invoked by its number. */
export function publishedInterfaces(account: SimulatedAccount, pool: SimulatedPool): Set<string> {
  const versions = membersOf(account, pool).flatMap((it) => [...it.versions.values()]);
  return interfacesOf(
    account,
    versions.filter(({ version }) => version !== "$LATEST"),
  );
}

function interfacesOf(account: SimulatedAccount, versions: readonly FunctionVersion[]): Set<string> {
  const keys = versions.flatMap((it) => [...combinationsOf(it.vpcConfig), ...combinationsOf(it.servedBy)]);
  return interfacesInUse(account, keys);
}

function interfacesInUse(account: SimulatedAccount, keys: readonly string[]): Set<string> {
  const served = new Set(keys);
  const needed = new Set<string>();
  for (const it of account.region.world.networkInterfaces.values()) {
    if (it.status === "in-use" && it.interfaceType === "lambda" && served.has(keyOf(it)))
      needed.add(it.networkInterfaceId);
  }
  return needed;
}

/** Returns whether the pool may keep its addresses on this interface: one that Lambda made in the pool's subnets, or the scout's. */
export function isInPool(world: World, pool: SimulatedPool, networkInterfaceId: string): boolean {
  const it = world.networkInterfaces.get(networkInterfaceId);
  return (
    it?.interfaceType === "lambda" && [...pool.network.subnetIds, pool.network.scout.subnetId].includes(it.subnetId)
  );
}

/** Returns whether an address that waits there is tried out, and a spare all the same. */
export function isScout(world: World, pool: SimulatedPool, networkInterfaceId: string): boolean {
  return world.networkInterfaces.get(networkInterfaceId)?.subnetId === pool.network.scout.subnetId;
}

export function keyOf(it: NetworkInterface): string {
  return combinationKey(it.subnetId, it.securityGroupIds);
}
