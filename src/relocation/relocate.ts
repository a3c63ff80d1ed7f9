/** What a batch of messages comes to: each pool is looked at once, whatever number of messages asks for it. */

import type { Job } from "../actuator/queue-handler.ts";
import { lagsMs, lookUntil } from "../actuator/verify.ts";
import { readable } from "../aws/errors.ts";
import type { PoolSettings, RelocationSettings } from "../config/settings.ts";
import { isHeal } from "./actions.ts";
import { type Change, taggedMember } from "./changes.ts";
import { lookAt } from "./observe.ts";
import { listAddresses } from "./observe-network.ts";
import type { Relocation, Run } from "./pass.ts";
import { isQuiet, mayBeQuiet } from "./quiet.ts";
import { reconcile } from "./reconcile.ts";

/**
 * Runs one job. A sweep, an interface's coming or going, or a function's change that a full observation has seen, whose
 * network looks as it did when the pool last needed nothing, ends after 2 calls.
 *
 * @param deadlineMs when to stop waiting for updates in progress
 */
export async function relocate(
  relocation: Relocation,
  settings: RelocationSettings,
  { pool, changes }: Job<PoolSettings, Change>,
  deadlineMs: number,
): Promise<Run> {
  const { clock, memory } = relocation;
  const startedMs = clock.now();
  const { tagged, members } = relocation.memberMemory;
  const newlyTagged = changes.flatMap((change) => taggedMember(pool, change) ?? []);
  tagged.set(pool.name, new Set([...(tagged.get(pool.name) ?? []), ...newlyTagged]));
  const isKnown = newlyTagged.every((arn) => members.get(pool.name)?.has(arn));
  const observedMs = memory.observedMs.get(pool.name);
  const network =
    isKnown && mayBeQuiet(pool, settings.pools.length, changes, observedMs, memory.healedMs.get(pool.name))
      ? await readable(() => lookAt(relocation, pool))
      : undefined;
  if (network && memory.isQuiet(pool.name, network)) {
    return { pool: pool.name, startedMs, endedMs: clock.now(), network, passes: [], failure: undefined };
  }
  // What comes of the run is not known yet: a sweep of all pools must not take the pool for quiet meanwhile.
  memory.remember(pool.name, undefined);
  await seeBlocks(relocation, pool, changes);
  const scouting = changes.every(({ kind }) => kind === "sweep");
  const run = await reconcile(relocation, pool, { deadlineMs, scouting, network });
  const last = run.passes.at(-1);
  const done = run.passes.flatMap(({ outcomes }) => outcomes.filter(({ result }) => result === "done"));
  if (done.some(({ action }) => isHeal(action))) memory.healedMs.set(pool.name, run.endedMs);
  const full = run.passes.findLast(({ asked }) => asked);
  memory.remember(pool.name, last && !run.failure && isQuiet(last) ? last.observed : undefined);
  if (full && !run.failure) memory.observedMs.set(pool.name, full.startedMs);
  return run;
}

/**
 * A block is announced the moment it is marked, and describe calls lag behind: a look too early would leave it to the
 * next sweep.
 */
async function seeBlocks({ ec2, clock }: Relocation, pool: PoolSettings, changes: readonly Change[]): Promise<void> {
  const announced = changes.flatMap((change) => (change.kind === "block" ? [change.allocationId] : []));
  await lookUntil(clock, announced.length > 0 ? lagsMs : [], async () => {
    const addresses = await readable(() => listAddresses(ec2, pool.name));
    return !addresses?.some(({ allocationId, blocked }) => announced.includes(allocationId) && !blocked);
  });
}
