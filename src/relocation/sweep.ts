/**
 * A sweep of all pools of a deployment: one look at all networks, then the members of the pools whose turn it is. It
 * only reads. A pool with anything to do, or about which nothing could be learned, has a run of its own.
 */
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { PassOn } from "../actuator/queue-handler.ts";
import { callsPerMember, unhurriedCallsPerSecond } from "../config/full-observations.ts";
import type { PoolSettings } from "../config/settings.ts";
import { lookAtAll } from "./observe.ts";
import type { PoolNetwork } from "./observe-network.ts";
import type { Pass, Relocation, Run } from "./pass.ts";
import { isQuiet, sweepStep } from "./quiet.ts";
import { decide, policyOf } from "./reconcile.ts";

/** How long members are asked in one sweep, in milliseconds; the next sweep goes on. Below the interval of sweeps, and the function's timeout. */
const askMs = 50_000;
export interface Unhurried extends Relocation {
  /** For calls that can wait. */
  readonly unhurriedLambda: LambdaClient;
}

export interface PoolsSweep {
  readonly pools: readonly PoolSettings[];
  /** Of the whole deployment. */
  readonly poolCount: number;
  /** When the sweep was due, in milliseconds since the epoch. */
  readonly timeMs: number;
  readonly passOn: PassOn<PoolSettings>;
}

/**
 * Returns a run without actions of each pool that needs none of its own.
 *
 * @throws AwsCallError when a pool could not be given its run
 */
export async function sweepPools(relocation: Unhurried, sweep: PoolsSweep): Promise<Run[]> {
  const { clock, memory } = relocation;
  const { pools, poolCount, timeMs, passOn } = sweep;
  const startedMs = clock.now();
  const networks = await lookAtAll(relocation, pools);
  const looked = pools.map((pool) => {
    const network = networks.get(pool.name);
    const observedMs = memory.observedMs.get(pool.name);
    const isQuiet = network !== undefined && memory.isQuiet(pool.name, network);
    const known = { isQuiet, observedMs, healedMs: memory.healedMs.get(pool.name) };
    return { pool, network, observedMs, step: sweepStep(pool, poolCount, timeMs, network, known) };
  });
  await passOn(looked.filter(({ step }) => step === "run").map(({ pool }) => pool));
  const runs = looked.flatMap(({ pool, network, step }) =>
    network && step === "none" ? [quietRun(pool, network)] : [],
  );
  const due = looked.filter(({ step }) => step === "ask");
  // Those that were asked longest ago first, whatever came of it: one that is never done must not keep the others waiting.
  const lastMs = (poolName: string) =>
    Math.max(memory.observedMs.get(poolName) ?? 0, memory.triedMs.get(poolName) ?? 0);
  due.sort((a, b) => lastMs(a.pool.name) - lastMs(b.pool.name));
  for (const { pool, network, observedMs } of due) {
    if (!network) continue;
    const leftMs = startedMs + askMs - clock.now();
    const members = relocation.memberMemory.members.get(pool.name)?.size ?? 0;
    const neededMs = (members * callsPerMember * 1000) / unhurriedCallsPerSecond;
    const mayAsk = leftMs > 0 && neededMs <= leftMs;
    const wasLeft = (memory.triedMs.get(pool.name) ?? 0) > (observedMs ?? 0);
    if (!mayAsk && neededMs <= askMs && !wasLeft) {
      runs.push(quietRun(pool, network));
      continue;
    }
    const asked = mayAsk ? await ask(relocation, pool, network, startedMs, leftMs) : undefined;
    if (asked === "not quiet") await passOn([pool], fullSweep(timeMs));
    else if (asked) runs.push(asked);
    else await passOn([pool]);
  }
  return runs;

  function quietRun({ name }: PoolSettings, network: PoolNetwork): Run {
    return { pool: name, startedMs, endedMs: clock.now(), network, passes: [], failure: undefined };
  }
}

/** What the members said may not show in the network, and another environment may remember that as quiet. */
function fullSweep(timeMs: number): string {
  return JSON.stringify({ kind: "sweep", scheduledTime: new Date(timeMs).toISOString(), inFull: true });
}

/**
 * Observes a pool in full. Returns its run, or undefined when its members could not be asked, or not in time. A defect is met
 * by the pool's own run: it must not cost the other pools their sweep.
 *
 * @param lookedMs when the look at the network began
 */
async function ask(
  relocation: Unhurried,
  pool: PoolSettings,
  network: PoolNetwork,
  lookedMs: number,
  mostMs: number,
): Promise<Run | "not quiet" | undefined> {
  const { clock, memory } = relocation;
  const now = () => clock.now();
  const askedMs = now();
  memory.triedMs.set(pool.name, askedMs);
  const source = { ...relocation, lambda: relocation.unhurriedLambda };
  const known = { network, shown: undefined, mayRemember: false };
  const decided = await Promise.race([
    decide(source, pool, policyOf(pool, true), memory.refusals(), now, known).catch(() => undefined),
    clock.sleep(mostMs).then(() => undefined),
  ]);
  if (!decided) return undefined;
  const { observed, planned } = decided;
  const verifiedMs = now();
  const pass: Pass = {
    ...{ startedMs: lookedMs, observed, asked: true, plan: planned, outcomes: [], unverified: [], verifiedMs },
    unchanged: undefined,
  };
  if (!isQuiet(pass)) return "not quiet";
  memory.remember(pool.name, observed);
  memory.observedMs.set(pool.name, askedMs);
  return {
    pool: pool.name,
    startedMs: askedMs,
    endedMs: verifiedMs,
    network: observed,
    passes: [pass],
    failure: undefined,
  };
}
