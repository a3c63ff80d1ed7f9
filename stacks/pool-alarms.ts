/** The alarms of one pool: few, each naming its causes, or one for each cause. */
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import { vantageOf } from "../src/config/names.ts";
import { attaches, hasFallback, type Pool } from "../src/config/pool.ts";
import { type AlarmRow, alarmMetrics } from "./alarm-rows.ts";
import { attachAlarms, leanAttachAlarms } from "./alarms-attach.ts";
import { fallbackAlarms, leanFallbackAlarms } from "./alarms-fallback.ts";
import { leanProbingAlarms, probingAlarms } from "./alarms-probing.ts";
import { leanRelocationAlarms, relocationAlarms } from "./alarms-relocation.ts";

/** Returns the alarms of one pool (decision 0018). */
export function poolAlarms(
  { monitoring }: Pick<HoldfastConfig, "monitoring">,
  name: string,
  pool: Pool,
  vantages: readonly string[],
): AlarmRow[] {
  const { sweepMinutes } = pool.schedule;
  const guarded = pool.guarded?.functions ?? [];
  if (monitoring === "lean") {
    return [
      ...leanRelocationAlarms(name, sweepMinutes),
      ...leanProbingAlarms(name, guarded),
      ...(hasFallback(pool) ? leanFallbackAlarms(name, pool.fallback) : []),
      ...(attaches(pool) ? leanAttachAlarms(name) : []),
    ];
  }
  return [
    ...relocationAlarms(name, sweepMinutes),
    ...probingAlarms(name, vantages, guarded),
    ...(hasFallback(pool) ? fallbackAlarms(name, pool.fallback) : []),
    ...(attaches(pool) ? attachAlarms(name) : []),
  ];
}

/** Alarms on an actuator, each on one metric (stacks/alarms-actuator.ts). */
const alarmsPerActuator = 4;

/** Returns how many alarms a deployment has, and on how many metrics they are. */
export function countAlarms(config: HoldfastConfig): { readonly alarms: number; readonly metrics: number } {
  const pools = Object.entries(config.pools);
  const ofPools = pools.flatMap(([name, pool]) => {
    const { network } = pool;
    const subnets = network.kind === "create" ? network.zones : network.subnetIds.length;
    const vantages = Array.from({ length: subnets }, (_, index) => vantageOf(index));
    return poolAlarms(config, name, pool, vantages);
  });
  const uses = (does: (pool: Pool) => boolean) => (pools.some(([, pool]) => does(pool)) ? 1 : 0);
  const actuators = 1 + uses(hasFallback) + uses(attaches);
  return {
    alarms: ofPools.length + alarmsPerActuator * (config.monitoring === "lean" ? 1 : actuators),
    metrics: alarmMetrics(ofPools) + alarmsPerActuator * actuators,
  };
}
