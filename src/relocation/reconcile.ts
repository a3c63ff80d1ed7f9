/** One run over one pool: observe, plan, apply, verify, until nothing is left to do or to wait for. */
import { runPasses } from "../actuator/run.ts";
import { lagsMs } from "../actuator/verify.ts";
import type { SubnetId } from "../aws/identifiers.ts";
import type { PoolSettings } from "../config/settings.ts";
import type { Action, Plan } from "./actions.ts";
import { apply } from "./apply.ts";
import { callTimesAfter } from "./drain-time.ts";
import type { Observed, Policy, Refusal } from "./model.ts";
import { observe, type Source } from "./observe.ts";
import { prove } from "./observe-proof.ts";
import type { Pass, Relocation, Run, TimedOutcome, Unchanged } from "./pass.ts";
import { plan } from "./plan.ts";
import { verify } from "./verify.ts";
import { waitForChange } from "./wait.ts";

/** Actions in one pass; what is left over comes in the next. */
const maxActions = 20;
const actionsAtOnce = 5;

/** What a run may do beyond healing. */
export interface RunOptions {
  readonly deadlineMs: number;
  /** Whether addresses may be tried out on the scout: what waits for healing must not wait for that. */
  readonly scouting: boolean;
}

/** What the pool's settings ask of a plan. */
export function policyOf({ network, guarded, drainSeconds, scout }: PoolSettings, scouting: boolean): Policy {
  return {
    subnetIds: network.subnetIds as SubnetId[],
    guarded,
    drainMs: drainSeconds === "longest call" ? drainSeconds : drainSeconds * 1000,
    maxActions,
    monthlyVerifications: scouting ? (scout?.monthlyVerifications ?? 0) : 0,
  };
}

/**
 * Runs until the pool is as the table would have it, an update is still in progress at `deadlineMs`, or AWS refuses.
 * What is left is for the next sweep; a run that was cut short is no error.
 */
export async function reconcile(
  relocation: Relocation,
  pool: PoolSettings,
  { deadlineMs, scouting }: RunOptions,
): Promise<Run> {
  const { clock } = relocation;
  const policy = policyOf(pool, scouting);
  const startedMs = clock.now();
  let conflicts = 0;
  let unchanged: Unchanged | undefined;
  const goesOn = async (pass: Pass) => {
    conflicts = isConflict(pass) ? conflicts + 1 : 0;
    if (conflicts > lagsMs.length) return false;
    if (conflicts > 0) await clock.sleep(lagsMs[conflicts - 1] ?? 0);
    unchanged = undefined;
    if (pass.plan.actions.length > 0) return true;
    unchanged = await waitForChange(relocation, pool, pass, startedMs, deadlineMs);
    return unchanged !== undefined;
  };
  const look = () => doPass(relocation, pool, policy, unchanged, deadlineMs);
  const run = await runPasses(pool.name, clock, deadlineMs, look, goesOn);
  return { ...run, network: run.passes.at(-1)?.observed };
}

/** Nothing came of the pass's actions: the describes lag behind, or AWS will not have them. */
function isConflict({ outcomes }: Pass): boolean {
  return outcomes.length > 0 && outcomes.every(({ result }) => result === "conflict");
}

async function doPass(
  relocation: Relocation,
  pool: PoolSettings,
  policy: Policy,
  unchanged: Unchanged | undefined,
  deadlineMs: number,
): Promise<Pass> {
  const { clock, ec2, memory } = relocation;
  const startedMs = clock.now();
  const { observed, planned } = await decide(relocation, pool, policy, memory.refusals(), () => clock.now());
  const carryOut = async (action: Action) => {
    const outcome = await apply(ec2, pool.name, action, clock.now());
    return { ...outcome, atMs: clock.now() };
  };
  const outcomes = await inGroups(planned.actions, carryOut, () => clock.now() >= deadlineMs);
  const unverified = await verify(ec2, clock, pool.name, outcomes);
  memory.refuse(outcomes, clock.now());
  return { startedMs, observed, plan: planned, outcomes, unverified, verifiedMs: clock.now(), unchanged };
}

/**
 * Observes the pool and plans. Where the plan would take something from an interface in use, the members are asked first.
 *
 * @param refusals what AWS refused lately
 */
export async function decide(
  source: Source,
  pool: PoolSettings,
  policy: Policy,
  refusals: readonly Refusal[],
  now: () => number,
): Promise<{ readonly observed: Observed; readonly planned: Plan }> {
  const seen = await observe(source, pool);
  const remembered = source.memberMemory.callTimes;
  const callTimes = callTimesAfter(remembered.get(pool.name) ?? new Map(), seen.members, now());
  remembered.set(pool.name, callTimes);
  const observed = { ...seen, refusals, callTimes };
  const planned = plan(observed, policy, now());
  if (!planned.waits.some(({ kind }) => kind === "proof")) return { observed, planned };
  const proven = await prove(source, pool, observed);
  return { observed: proven, planned: plan(proven, policy, now()) };
}

/** When the time is over no further group begins: what is done must still be reported. */
async function inGroups(
  actions: readonly Action[],
  run: (action: Action) => Promise<TimedOutcome>,
  isOver: () => boolean,
): Promise<TimedOutcome[]> {
  const outcomes: TimedOutcome[] = [];
  for (let start = 0; start < actions.length; start += actionsAtOnce) {
    if (start > 0 && isOver()) break;
    outcomes.push(...(await Promise.all(actions.slice(start, start + actionsAtOnce).map(run))));
  }
  return outcomes;
}
