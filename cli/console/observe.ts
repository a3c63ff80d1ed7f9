/** Reads the pools with the same code that the functions use, and what a person wants to know besides. Writes nothing. */
import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import type { Clock } from "../../src/aws/clock.ts";
import { call } from "../../src/aws/errors.ts";
import { readTargets } from "../../src/config/probing-settings.ts";
import { listRoutes } from "../../src/fallback/observe.ts";
import type { MemberMemory } from "../../src/relocation/observe-members.ts";
import type { Pool } from "../support/deployment-model.ts";
import { healthText } from "../support/health-text.ts";
import { observePool, type PoolView } from "../support/observe-pool.ts";
import type { createHealthReader, Healths } from "../support/read-health.ts";
import type { ConsoleClients } from "./deployment.ts";
import type { HealthView, PartnerView } from "./model.ts";
import type { ObservedPool, Ways } from "./snapshot.ts";

/** What does not change while the console runs, so that it is read once. */
export interface Known {
  readonly memberMemory: MemberMemory;
  readonly subnetLabels: Map<string, string>;
}

export interface ObservedPools {
  readonly pools: readonly ObservedPool[];
  readonly shared: HealthView | undefined;
}

/** @throws AwsCallError that names the call that failed */
export async function observePools(
  clients: ConsoleClients,
  clock: Clock,
  pools: readonly Pool[],
  known: Known,
  readHealth: ReturnType<typeof createHealthReader>,
): Promise<ObservedPools> {
  const seen = await Promise.all(
    pools.map(async (pool) => {
      const [view, subnets] = await Promise.all([
        observePool({ clients, clock }, pool, known.memberMemory),
        describeSubnets(clients, pool, known.subnetLabels),
      ]);
      return { view, subnets, ways: await observeWays(clients, view) };
    }),
  );
  const healths = await readHealth(seen.map(({ view }) => view));
  const views = healths.list.map((it) => ({ pool: it.pool, health: healthText(it, clock.now()) }));
  return {
    pools: seen.flatMap(({ view: { pool, relocation }, subnets, ways }) => {
      const { name } = pool;
      const health = views.find((it) => it.pool === name)?.health;
      const rest = { observed: relocation.observed, ways, subnets, partners: partnersOf(pool, healths, relocation) };
      return health ? [{ name, health, hasFallback: pool.fallback !== undefined, ...rest }] : [];
    }),
    shared: views.find(({ pool }) => pool === undefined)?.health,
  };
}

async function observeWays({ ec2 }: ConsoleClients, { pool: { relocation }, fallback }: PoolView): Promise<Ways> {
  if (fallback) return fallback.observed;
  const { tables } = await listRoutes(ec2, { name: relocation.name, ...relocation.network });
  return { routeTables: tables, natGateways: [], fallbackAddress: undefined, override: { kind: "none" } };
}

async function describeSubnets({ ec2 }: ConsoleClients, { relocation }: Pool, labels: Map<string, string>) {
  const { subnetIds } = relocation.network;
  if (subnetIds.some((id) => !labels.has(id))) {
    const command = new DescribeSubnetsCommand({ SubnetIds: [...subnetIds] });
    const { Subnets = [] } = await call("ec2:DescribeSubnets", () => ec2.send(command));
    for (const { SubnetId = "", AvailabilityZone = "" } of Subnets) labels.set(SubnetId, AvailabilityZone);
  }
  return subnetIds.map((subnetId) => ({ subnetId, label: labels.get(subnetId) ?? subnetId }));
}

/** Returns the partners, and which of the pool's blocked addresses each refuses: no tag records that, the canary's log does. */
export function partnersOf(
  { name: pool, probing }: Pick<Pool, "name" | "probing">,
  { refusersOf }: Pick<Healths, "refusersOf">,
  { observed }: Pick<PoolView["relocation"], "observed">,
): PartnerView[] {
  const blocked = observed.addresses.filter((it) => it.blocked).map(({ publicIp }) => publicIp);
  const targets = probing ? readTargets(probing).targets : [];
  return targets.map(({ name, url }) => {
    const refuses = blocked.filter((publicIp) => refusersOf(pool, publicIp).includes(name));
    return { name, host: new URL(url).host, refuses };
  });
}
