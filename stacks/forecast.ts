/**
 * The settings of a deployment's functions before the deployment, with ids as long as those of AWS: so the checks know
 * their size before anything is created.
 */
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import { deadLettersName, functionNameOf, vantageOf } from "../src/config/names.ts";
import { attaches, hasFallback, type Pool } from "../src/config/pool.ts";
import type { OwnAddresses } from "../src/pool/lost-addresses.ts";
import { alarmName } from "./alarms.ts";
import { escalation } from "./alarms-fallback.ts";
import {
  attachDocument,
  type CanaryProbe,
  canaryDocument,
  type FallbackIds,
  fallbackDocument,
  type NetworkIds,
  type PoolIds,
  relocationDocument,
} from "./settings.ts";

/** Where a deployment takes place, as in ARNs and URLs. */
export interface Where {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}

/** A deployment that is about to be made. */
export interface Plan {
  readonly config: HoldfastConfig;
  /** `<app>-<stage>`. */
  readonly prefix: string;
  readonly where: Where;
}

/** The longest names possible: regions have up to 14 characters (AWS's list of regions), and future ones may have more. */
const anywhere: Where = { partition: "aws-us-gov", region: "x".repeat(16), accountId: "0".repeat(12) };

/** Returns an id with 17 digits, as EC2 has assigned them since 2018. */
export function longestId(prefix: string): string {
  return `${prefix}-${"0".repeat(17)}`;
}

function networkIds({ network }: Pool): NetworkIds {
  if (network.kind === "existing") {
    const { vpcId, subnetIds, securityGroupIds, scoutSubnetId: subnetId } = network;
    const scout = subnetId === undefined ? undefined : { subnetId, securityGroupId: longestId("sg") };
    return { vpcId, subnetIds, securityGroupIds, scout };
  }
  return {
    vpcId: longestId("vpc"),
    subnetIds: Array.from({ length: network.zones }, () => longestId("subnet")),
    securityGroupIds: [longestId("sg")],
    scout: { subnetId: longestId("subnet"), securityGroupId: longestId("sg") },
  };
}

export function forecastNetworks({ pools }: HoldfastConfig): PoolIds {
  return Object.fromEntries(Object.entries(pools).map(([name, pool]) => [name, networkIds(pool)]));
}

/** Returns every pool's probes: those in the members' subnets first, then the scout. */
export function forecastProbes(config: HoldfastConfig, prefix: string, where: Where = anywhere): CanaryProbe[] {
  return Object.entries(forecastNetworks(config)).flatMap(([pool, { subnetIds, scout }]) => {
    const serving = subnetIds.map((_, index) => ({ vantage: vantageOf(index), kind: "serving" as const }));
    const all = [...serving, ...(scout ? [{ vantage: "scout", kind: "scout" as const }] : [])];
    return all.map(({ vantage, kind }) => {
      const functionArn = arnOf(where, "lambda", `function:${functionNameOf(prefix, `${pool}-${vantage}`)}`);
      return { pool, vantage, kind, functionArn };
    });
  });
}

export function arnOf({ partition, region, accountId }: Where, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}

function deadLettersUrl({ partition, region, accountId }: Where, prefix: string, actuator: string): string {
  const domain = partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return `https://sqs.${region}.${domain}/${accountId}/${deadLettersName(prefix, actuator)}`;
}

function forecastAddresses({ addresses: { egress, fallback } }: Pool): OwnAddresses {
  const count = egress.kind === "own" ? egress.allocationIds.length : egress.count + egress.spares;
  return { egress: longestAddresses(count), fallback: longestAddresses(fallback.kind === "none" ? 0 : 1) };
}

function longestAddresses(count: number): Record<string, string> {
  const ids = Array.from({ length: count }, (_, index) => `eipalloc-${String(index).padStart(17, "0")}`);
  return Object.fromEntries(ids.map((id) => [id, "255.255.255.255"]));
}

export function forecastRelocation(config: HoldfastConfig, prefix: string, where: Where = anywhere) {
  const addresses = Object.entries(config.pools).map(([name, pool]) => [name, forecastAddresses(pool)] as const);
  const url = deadLettersUrl(where, prefix, "relocation");
  return relocationDocument(config, forecastNetworks(config), Object.fromEntries(addresses), url);
}

/** Returns the pools with a fallback, as far as they are known before the deployment. */
export function fallbackPools({ pools }: HoldfastConfig, prefix: string) {
  return Object.entries(pools).flatMap(([name, pool]) =>
    hasFallback(pool) ? [{ name, pool, alarmName: alarmName(prefix, name, escalation) }] : [],
  );
}

export function forecastFallback(config: HoldfastConfig, prefix: string, where: Where = anywhere) {
  const networks = forecastNetworks(config);
  const probes = forecastProbes(config, prefix, where);
  const ids = fallbackPools(config, prefix).map(({ name, pool }) => {
    const { vpcId = "", subnetIds = [] } = networks[name] ?? {};
    const own = probes.filter(({ pool, kind }) => pool === name && kind === "serving");
    const invoked = own.map(({ functionArn, vantage }, index) => {
      return { functionArn, vantage, subnetId: subnetIds[index] ?? "" };
    });
    return [name, { vpcId, subnetIds: subnetIds.slice(), nat: natOf(pool, where), probes: invoked }] as const;
  });
  const known: FallbackIds = Object.fromEntries(ids);
  return fallbackDocument(config, fallbackPools(config, prefix), known, deadLettersUrl(where, prefix, "fallback"));
}

function natOf({ fallback, network }: Pool, { region }: Where): FallbackIds[string]["nat"] {
  if (fallback.mode === "regional") return { mode: "regional", zone: `${region}a` };
  const subnetId = network.kind === "existing" ? network.natSubnetId : undefined;
  return { mode: "zonal", subnetId: subnetId ?? longestId("subnet") };
}

export function forecastAttach(config: HoldfastConfig, prefix: string, where: Where = anywhere) {
  return attachDocument(config, forecastNetworks(config), deadLettersUrl(where, prefix, "attach"));
}

export function attachingPools({ pools }: HoldfastConfig) {
  return Object.entries(pools).flatMap(([name, pool]) =>
    attaches(pool) ? [{ name, functions: pool.guarded.functions }] : [],
  );
}

export function forecastCanary(config: HoldfastConfig, prefix: string, where: Where = anywhere) {
  return canaryDocument(config, forecastNetworks(config), forecastProbes(config, prefix, where));
}
