/** Figures from the simulation: how fast it is, and how many calls of AWS a heal takes. */
import { countHeal, type HealCalls } from "../../testing/deployment/heal-calls.ts";
import { withProcesses } from "../../testing/simulation/many.ts";
import { faultKinds } from "../../testing/simulation/world-draw.ts";

export interface Simulated {
  /** Pools times days, a second of one process: all faults, deployments synthesized before. */
  readonly poolDaysPerSecond: number;
  /** By members of the pool; what is said of the way before is of commit 0ea3055. */
  readonly heals: readonly (HealCalls & { readonly members: number; readonly before: HealCalls })[];
}

const seeds = [4, 5, 6];
const daysEach = 1;
const before: Readonly<Record<number, HealCalls>> = {
  1: { calls: 109, gapSeconds: 1.627 },
  10: { calls: 376, gapSeconds: 2.569 },
};

export async function benchSimulation(): Promise<Simulated> {
  const poolDaysPerSecond = await withProcesses(1, async ([run]) => {
    if (!run) throw new Error("there is no process");
    for (const seed of seeds) await run({ seed, days: 0.01, faults: [] });
    const startedMs = performance.now();
    let poolDays = 0;
    for (const seed of seeds) {
      const { draw } = await run({ seed, days: daysEach, faults: faultKinds });
      poolDays += draw.pools.length * daysEach;
    }
    return (poolDays * 1000) / (performance.now() - startedMs);
  });
  const heals = [];
  for (const [members, then] of Object.entries(before)) {
    heals.push({ members: Number(members), ...(await countHeal({ members: Number(members) })), before: then });
  }
  return { poolDaysPerSecond, heals };
}
