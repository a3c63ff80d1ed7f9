/**
 * A sweep of all pools of a deployment: one look at all networks, then the members of the pools whose turn it is. It
 * only reads. A pool with anything to do, or about which nothing could be learned, has a run of its own.
 */
import type { LambdaClient } from "@aws-sdk/client-lambda";
import { readable } from "../aws/errors.ts";
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
  /** Gives pools a run of their own. */
  readonly passOn: (pools: readonly PoolSettings[]) => Promise<void>;
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
  const networks = (await readable(() => lookAtAll(relocation, pools))) ?? new Map<string, PoolNetwork>();
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
  // Those that were asked longest ago first.
  due.sort((a, b) => (a.observedMs ?? 0) - (b.observedMs ?? 0));
  for (const { pool, network } of due) {
    if (!network) continue;
    const leftMs = startedMs + askMs - clock.now();
    const members = relocation.memberMemory.members.get(pool.name)?.size ?? 0;
    const neededMs = (members * callsPerMember * 1000) / unhurriedCallsPerSecond;
    const isLater = neededMs > leftMs && neededMs <= askMs;
    const run = isLater
      ? quietRun(pool, network)
      : leftMs > 0
        ? await ask(relocation, pool, network, leftMs)
        : undefined;
    if (run) runs.push(run);
    else await passOn([pool]);
  }
  return runs;

  function quietRun({ name }: PoolSettings, network: PoolNetwork): Run {
    return { pool: name, startedMs, endedMs: clock.now(), network, passes: [], failure: undefined };
  }
}

/** Observes a pool in full. Returns its run, or undefined when it needs one of its own, or when the time does not suffice. */
async function ask(
  relocation: Unhurried,
  pool: PoolSettings,
  network: PoolNetwork,
  mostMs: number,
): Promise<Run | undefined> {
  const { clock, memory } = relocation;
  const now = () => clock.now();
  const startedMs = now();
  const source = { ...relocation, lambda: relocation.unhurriedLambda };
  const known = { network, shown: undefined, mayRemember: false };
  const decided = await Promise.race([
    readable(() => decide(source, pool, policyOf(pool, true), memory.refusals(), now, known)),
    clock.sleep(mostMs).then(() => undefined),
  ]);
  if (!decided) return undefined;
  const { observed, planned } = decided;
  const verifiedMs = now();
  const pass: Pass = {
    ...{ startedMs, observed, asked: true, plan: planned, outcomes: [], unverified: [], verifiedMs },
    unchanged: undefined,
  };
  if (!isQuiet(pass)) return undefined;
  memory.remember(pool.name, observed);
  memory.observedMs.set(pool.name, startedMs);
  return { pool: pool.name, startedMs, endedMs: verifiedMs, network: observed, passes: [pass], failure: undefined };
}
