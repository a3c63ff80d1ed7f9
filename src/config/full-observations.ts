/** How often a pool is observed in full, whatever its network shows (docs/decisions/0003-quiet-sweeps.md). */

/** Lambda's control plane grants an account about 15 requests per second; a third of it is ours to use. */
const lambdaCallsPerMinute = 5 * 60;
/** Calls that a full observation of a pool of ordinary size (10 members) costs. */
const callsPerPool = 30;
/** The least: how late what no event and no look at the network shows is found, such as a function that Lambda cannot wake. */
const leastMinutes = 4;

/** Minutes between full observations of a pool, whatever its network shows: the more pools, the rarer. */
export function fullEveryMinutes(poolCount: number): number {
  return Math.min(30, Math.max(leastMinutes, Math.ceil((poolCount * callsPerPool * 1.5) / lambdaCallsPerMinute)));
}

/** Calls of Lambda a second in a sweep of several pools, so that what an event asks for meanwhile, in an environment of its own, finds room below ten. */
export const unhurriedCallsPerSecond = 4;
/** What a full observation asks of each member: its configuration, its aliases, its provisioned concurrency. */
export const callsPerMember = 3;
