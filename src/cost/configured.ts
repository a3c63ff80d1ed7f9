/** What a configuration will be billed for. Pure. */
import type { HoldfastConfig } from "../config/holdfast.ts";
import { attaches, hasFallback, type Pool } from "../config/pool.ts";
import { type Inventory, writesPerMonth } from "./bill.ts";
import { countMetrics } from "./metric-count.ts";
import { type PoolUse, useOf } from "./usage.ts";

/** Returns the inventory of a deployment. @param alarmMetrics on how many metrics its alarms are (stacks/alarms.ts) */
export function inventoryOf(config: HoldfastConfig, alarmMetrics: number): Inventory {
  const pools = Object.values(config.pools);
  const sum = (of: (pool: Pool) => number) => pools.reduce((total, pool) => total + of(pool), 0);
  return {
    addresses: sum(countAddresses),
    endpointZones: sum(({ network }) =>
      network.kind === "create" ? (network.interfaceEndpoints.length + network.privateLink.length) * network.zones : 0,
    ),
    gatewayZones: sum(({ fallback, network }) => {
      if (fallback.standby !== "warm") return 0;
      return fallback.mode === "regional" ? zonesOf(network) : 1;
    }),
    accelerators: sum(({ ingress }) => (ingress?.kind === "addresses" ? 1 : 0)),
    metrics: sum((pool) => countMetrics(config, pool)),
    alarmMetrics,
    dashboards: 1,
    trailEvents: config.trail === "create" ? writesPerMonth : 0,
    use: useOf(pools.map(poolUse)),
  };
}

function countAddresses({ addresses: { egress, fallback } }: Pool): number {
  const own = egress.kind === "own" ? egress.allocationIds.length : egress.count + egress.spares;
  return own + (fallback.kind === "none" ? 0 : 1);
}

/** Of a network that exists, at most as many as it has subnets: it is the zones that are billed. */
function zonesOf(network: Pool["network"]): number {
  return network.kind === "create" ? network.zones : network.subnetIds.length;
}

function poolUse(pool: Pool): PoolUse {
  const { network, schedule, targets, guarded } = pool;
  const hasScout = network.kind === "create" || network.scoutSubnetId !== undefined;
  const secrets = targets.flatMap(({ headers, clientCertificate }) =>
    [...Object.values(headers), clientCertificate].flatMap((it) =>
      typeof it === "object" && "secret" in it ? [it.secret] : [],
    ),
  );
  return {
    sweepMinutes: schedule.sweepMinutes,
    roundsPerMinute: schedule.roundsPerMinute,
    probes: zonesOf(network) + (hasScout ? 1 : 0),
    targets: targets.length,
    secrets: new Set(secrets).size,
    hasFallback: hasFallback(pool),
    attachable: attaches(pool) ? (guarded?.functions.length ?? 0) : 0,
  };
}
