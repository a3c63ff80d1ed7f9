/** Figures from the simulation: how fast it is, and how many calls of AWS a heal takes. */
import { countHeal, type HealCalls } from "../../testing/deployment/heal-calls.ts";
import { runSeed } from "../../testing/simulation/run.ts";
import { faultKinds } from "../../testing/simulation/world-draw.ts";

export interface Simulated {
  /** In one process, all faults, deployments synthesized before. */
  readonly daysPerSecond: number;
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
  for (const seed of seeds) await runSeed({ seed, days: 0.01, faults: [] });
  const startedMs = performance.now();
  for (const seed of seeds) await runSeed({ seed, days: daysEach, faults: faultKinds });
  const daysPerSecond = (seeds.length * daysEach * 1000) / (performance.now() - startedMs);
  const heals = [];
  for (const [members, then] of Object.entries(before)) {
    heals.push({ members: Number(members), ...(await countHeal({ members: Number(members) })), before: then });
  }
  return { daysPerSecond, heals };
}
