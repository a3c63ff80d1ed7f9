/** When within its minute each pool's part of the canary begins: all at once, they would read everything at once. Pure. */

/** Two describe calls and one call of Lambda for each probe begin a pool's minute; so far apart they are ten a second at most. */
const perCallMs = 100;
const describeCalls = 2;
/** What the first rounds of the last pool may be late, in milliseconds: they last up to 25 s, and the minute is over at 55 s. */
const mostMs = 30_000;

export interface CanaryPool {
  readonly roundsPerMinute: number;
  /** How many. */
  readonly probes: number;
}

/**
 * Returns how long after the minute's begin each pool begins, in milliseconds, in the order of the pools. Pools with several
 * rounds a minute have no time to spare and begin at once.
 */
export function startOffsetsMs(pools: readonly CanaryPool[]): number[] {
  const lastsMs = pools.map(({ roundsPerMinute, probes }) =>
    roundsPerMinute > 1 ? 0 : perCallMs * Math.max(describeCalls, probes),
  );
  const wantedMs = lastsMs.slice(0, -1).reduce((sum, ms) => sum + ms, 0);
  const scale = Math.min(1, mostMs / wantedMs);
  let beginMs = 0;
  return pools.map(({ roundsPerMinute }, index) => {
    const own = roundsPerMinute > 1 ? 0 : Math.round(beginMs * scale);
    beginMs += lastsMs[index] ?? 0;
    return own;
  });
}
