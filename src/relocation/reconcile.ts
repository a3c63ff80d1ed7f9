/** One run over one pool: observe, plan, apply, verify, until nothing is left to do or to wait for. */
import type { Address as Ec2Address } from "@aws-sdk/client-ec2";
import { runPasses } from "../actuator/run.ts";
import { lagsMs } from "../actuator/verify.ts";
import type { SubnetId } from "../aws/identifiers.ts";
import type { PoolSettings } from "../config/settings.ts";
import type { Action, Plan } from "./actions.ts";
import { apply } from "./apply.ts";
import type { Observed, Policy, Refusal } from "./model.ts";
import { lookAt, observe, type Source, withMembers } from "./observe.ts";
import type { PoolNetwork } from "./observe-network.ts";
import { prove } from "./observe-proof.ts";
import { areConfirmed } from "./observe-remembered.ts";
import type { Pass, Relocation, Run, TimedOutcome, Unchanged } from "./pass.ts";
import { plan } from "./plan.ts";
import { attachmentsToConfirm } from "./remembered.ts";
import { verify } from "./verify.ts";
import { waitForChange } from "./wait.ts";

/** Actions in one pass; what is left over comes in the next. */
const maxActions = 20;
const actionsAtOnce = 5;
/** What members said is forgotten after this, should their pool have had no turn at being observed in full since. */
const rememberedMs = 40 * 60_000;

/** What a run may do beyond healing. */
export interface RunOptions {
  readonly deadlineMs: number;
  /** Whether addresses may be tried out on the scout: what waits for healing must not wait for that. */
  readonly scouting: boolean;
  /** A look at the network a moment ago, where nothing asks for more: then the run may go by what the members said before. */
  readonly network: PoolNetwork | undefined;
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
  { deadlineMs, scouting, network }: RunOptions,
): Promise<Run> {
  const { clock } = relocation;
  const policy = policyOf(pool, scouting);
  const startedMs = clock.now();
  let conflicts = 0;
  let known: Known = { network, shown: undefined, mayRemember: network !== undefined };
  let unchanged: Unchanged | undefined;
  const goesOn = async (pass: Pass) => {
    conflicts = isConflict(pass) ? conflicts + 1 : 0;
    if (conflicts > lagsMs.length) return false;
    if (conflicts > 0) await clock.sleep(lagsMs[conflicts - 1] ?? 0);
    unchanged = undefined;
    if (pass.plan.actions.length > 0) return true;
    unchanged = await waitForChange(relocation, pool, pass, startedMs, deadlineMs);
    // Events of what has happened meanwhile wait in the queue.
    known = nothing;
    return unchanged !== undefined;
  };
  const look = async () => {
    const given = known;
    known = { ...nothing, mayRemember: given.mayRemember };
    const { shown, ...pass } = await doPass(relocation, pool, policy, given, deadlineMs);
    known = { ...known, shown };
    return { ...pass, unchanged };
  };
  const run = await runPasses(pool.name, clock, deadlineMs, look, goesOn);
  return { ...run, network: run.passes.at(-1)?.observed };
}

/** Nothing came of the pass's actions: the describes lag behind, or AWS will not have them. */
function isConflict({ outcomes }: Pass): boolean {
  return outcomes.length > 0 && outcomes.every(({ result }) => result === "conflict");
}

/** What a pass is given by those before it. */
interface Known {
  /** A look at the network a moment ago. */
  readonly network: PoolNetwork | undefined;
  /** The pool's addresses, described a moment ago. */
  readonly shown: readonly Ec2Address[] | undefined;
  /** Whether the pass may go by what the members said before. */
  readonly mayRemember: boolean;
}

const nothing: Known = { network: undefined, shown: undefined, mayRemember: false };

/** Returns the pass, and the addresses as they were when its writes were shown. */
async function doPass(
  relocation: Relocation,
  pool: PoolSettings,
  policy: Policy,
  known: Known,
  deadlineMs: number,
): Promise<Omit<Pass, "unchanged"> & Pick<Known, "shown">> {
  const { clock, ec2, memory } = relocation;
  const now = () => clock.now();
  const startedMs = now();
  const { observed, planned, asked } = await decide(relocation, pool, policy, memory.refusals(), now, known);
  const carryOut = async (action: Action) => {
    const outcome = await apply(ec2, pool.name, action, now());
    return { ...outcome, atMs: now() };
  };
  const outcomes = await inGroups(planned.actions, carryOut, () => now() >= deadlineMs);
  const { unverified, shown } = await verify(ec2, clock, pool.name, outcomes);
  const verifiedMs = now();
  memory.refuse(outcomes, verifiedMs);
  const pass = { startedMs, observed, asked, plan: planned, outcomes, unverified, verifiedMs };
  // After anything else the run pauses before it looks again.
  return { ...pass, shown: outcomes.every(({ result }) => result === "done") ? shown : undefined };
}

interface Decided {
  readonly observed: Observed;
  readonly planned: Plan;
  /** Whether all members were asked. */
  readonly asked: boolean;
}

/**
 * Observes the pool and plans. Where the plan would take something from an interface in use, each member is asked whether it
 * needs it.
 *
 * @param refusals what AWS refused lately
 */
export async function decide(
  source: Source,
  pool: PoolSettings,
  policy: Policy,
  refusals: readonly Refusal[],
  now: () => number,
  { network: seen, shown, mayRemember }: Known = nothing,
): Promise<Decided> {
  const network = seen ?? (await lookAt(source, pool, shown));
  const before = mayRemember ? source.memberMemory.asked.get(pool.name) : undefined;
  if (before && now() - before.atMs < rememberedMs) {
    const observed = withMembers(source, pool, network, before, refusals, now());
    const planned = plan(observed, policy, now());
    const keys = attachmentsToConfirm(observed, planned);
    const isConfirmed = keys && (await areConfirmed(source.lambda, pool.members, observed.members, keys));
    if (isConfirmed) return { observed, planned, asked: false };
  }
  const observed = await observe(source, pool, network, refusals, now);
  const planned = plan(observed, policy, now());
  if (!planned.waits.some(({ kind }) => kind === "proof")) return { observed, planned, asked: true };
  const proven = await prove(source, pool, observed);
  return { observed: proven, planned: plan(proven, policy, now()), asked: true };
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
