/** Makes a failing seed smaller: fewer days, fewer kinds of faults, fewer members, one pool. */
import { runSeed, type SeedOptions } from "./run.ts";

/** Returns the smallest variant found that still fails at the same invariant. */
export async function shrink(failing: SeedOptions): Promise<SeedOptions> {
  const first = await runSeed(failing);
  const [violation] = first.violations;
  if (!violation) return failing;
  let smallest = failing;
  const attempt = async (change: Partial<SeedOptions>) => {
    const candidate = { ...smallest, ...change };
    const { violations } = await runSeed(candidate);
    if (violations.some(({ invariant }) => invariant === violation.invariant)) smallest = candidate;
  };
  const daysNeeded = Math.ceil(((violation.atMs - Date.UTC(2026, 0, 1)) / 86_400_000) * 24) / 24;
  if (daysNeeded < failing.days) await attempt({ days: daysNeeded });
  for (const kind of first.draw.faults) {
    await attempt({ faults: smallest.faults.filter((it) => it !== kind) });
  }
  await attempt({ pools: 1 });
  for (const members of [1, 2, 3]) if ((smallest.members ?? 6) > members) await attempt({ members });
  await attempt({ days: smallest.days / 2 });
  return smallest;
}

/** Returns the command that runs it again. */
export function commandOf({ seed, days, faults, pools, members }: SeedOptions): string {
  const limits = `${pools === undefined ? "" : ` --pools ${pools}`}${members === undefined ? "" : ` --members ${members}`}`;
  return `npm run sim -- --seed ${seed} --days ${days} --faults ${faults.join() || "none"}${limits}`;
}
