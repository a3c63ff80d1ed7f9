/**
 * What Holdfast's functions use in a month while nothing happens, from how a deployment is configured. Pure. How long they
 * run and how much they log is assumed (docs/cost.md): AWS's metrics of a running deployment say what it is.
 */
import { startOffsetsMs } from "../config/canary-start.ts";
import { callsPerMember, fullEveryMinutes, unhurriedCallsPerSecond } from "../config/full-observations.ts";
import { minutesPerMonth } from "./prices.ts";

/** What of a pool its use depends on. */
export interface PoolUse {
  readonly sweepMinutes: number;
  readonly roundsPerMinute: number;
  /** Probes in the VPC, the scout's included. */
  readonly probes: number;
  readonly targets: number;
  /** Secrets of Secrets Manager that targets name. */
  readonly secrets: number;
  readonly hasFallback: boolean;
  /** Guarded functions that may be attached. */
  readonly attachable: number;
}

/** Of a month. */
export interface Use {
  readonly lambdaGbSeconds: number;
  readonly lambdaRequests: number;
  readonly queueRequests: number;
  readonly scheduledInvocations: number;
  readonly logsGb: number;
  readonly metricReads: number;
  readonly cloudWatchCalls: number;
  readonly secretReads: number;
  /** Of EC2 and of Lambda's control plane, by relocation and the canary. */
  readonly controlCalls: number;
}

/** As deployed (stacks/actuator.ts, stacks/probing.ts), in GB. */
const memoryGb = { actuator: 0.5, canary: 0.5, probe: 0.25 } as const;

/** Billed seconds: a run without drift, a message passed on, a look at all pools, a round with partners that answer at once, what the canary does for each pool. Assumed. */
const seconds = { run: 0.5, dispatch: 0.1, look: 0.5, probe: 0.3, canary: 0.8, canaryPerPool: 0.05 } as const;

/** Lambda's own three lines of an invocation, a run's lines, and what a round logs for each answer. Assumed. */
const logBytes = { invocation: 350, run: 900, poolRound: 700, answer: 180, probe: 300 } as const;

/** Lambda long-polls a queue with five pollers, 20 s each. From memory. */
const pollsPerMinute = (5 * 60) / 20;
/** A message is sent, received and deleted; the function sends ten at once (src/actuator/dispatch.ts). */
const requestsPerMessage = 3;
const messagesPerSend = 10;

const bytesPerGb = 1e9;

/** Of each pool, assumed. */
const membersPerPool = 2;
const callsPerTurn = membersPerPool * callsPerMember;
const secondsPerTurn = callsPerTurn / unhurriedCallsPerSecond;
/** The network of a pool, or of as many as fit one look (src/relocation/observe-network.ts), is described with two calls. */
const callsPerLook = 2;
const poolsPerLook = 60;

/** The assumptions in words, for the page. */
export const assumed = `a run ${seconds.run} s, a sweep of several pools ${seconds.look} s and ${secondsPerTurn} s more for each whose ${membersPerPool} members it asks, a probe's round ${seconds.probe} s, the canary's ${seconds.canary} s and ${seconds.canaryPerPool} s more for each pool; ${logBytes.run} bytes of log for a run, ${logBytes.poolRound} for a round and ${logBytes.answer} for each of its answers, and ${logBytes.invocation} that Lambda adds to each invocation; ${pollsPerMinute} polls of each queue a minute, which is from memory`;

/** Of an actuator, each minute. */
interface Sweeping {
  readonly schedules: number;
  readonly messages: number;
  readonly invocations: number;
  /** Billed, of all invocations together. */
  readonly seconds: number;
  /** Runs that are logged: one of each pool that is swept. */
  readonly runs: number;
  readonly calls: number;
}

/** Of one schedule: how the pools that it sweeps are looked after. */
type Swept = Omit<Sweeping, "schedules" | "runs">;

/** By a run of each; several get the message from the function (stacks/actuator.ts). */
function sweptByRuns(pools: number): Swept {
  if (pools === 1) return { messages: requestsPerMessage, invocations: 1, seconds: seconds.run, calls: 0 };
  const passedOn = Math.ceil(pools / messagesPerSend) + pools * (requestsPerMessage - 1);
  return {
    messages: requestsPerMessage + passedOn,
    invocations: pools + 1,
    seconds: pools * seconds.run + seconds.dispatch,
    calls: 0,
  };
}

/** By relocation: several by one look at all, in which the members of those are asked whose turn it is. */
function sweptAtOnce(pools: number, poolCount: number, everyMinutes: number): Swept {
  const turns = (pools * everyMinutes) / fullEveryMinutes(poolCount);
  const calls = callsPerLook * Math.ceil(pools / poolsPerLook) + turns * callsPerTurn;
  const ofOne = sweptByRuns(1);
  return pools === 1 ? { ...ofOne, calls } : { ...ofOne, calls, seconds: seconds.look + turns * secondsPerTurn };
}

function sweepingOf(everyMinutes: readonly number[], swept: (pools: number, everyMinutes: number) => Swept): Sweeping {
  let sweeping: Sweeping = { schedules: 0, messages: 0, invocations: 0, seconds: 0, runs: 0, calls: 0 };
  for (const every of new Set(everyMinutes)) {
    const pools = everyMinutes.filter((it) => it === every).length;
    const each = swept(pools, every);
    sweeping = {
      schedules: sweeping.schedules + 1 / every,
      messages: sweeping.messages + each.messages / every,
      invocations: sweeping.invocations + each.invocations / every,
      seconds: sweeping.seconds + each.seconds / every,
      runs: sweeping.runs + pools / every,
      calls: sweeping.calls + each.calls / every,
    };
  }
  return sweeping;
}

/** Returns what a deployment's functions use. */
export function useOf(pools: readonly PoolUse[]): Use {
  const sum = (of: (pool: PoolUse) => number) => pools.reduce((total, pool) => total + of(pool), 0);
  const everyMinute = (does: (pool: PoolUse) => boolean) => pools.filter(does).map(() => 1);
  const relocation = sweepingOf(
    pools.map(({ sweepMinutes }) => sweepMinutes),
    (swept, every) => sweptAtOnce(swept, pools.length, every),
  );
  const others = [
    everyMinute(({ hasFallback }) => hasFallback),
    everyMinute(({ attachable }) => attachable > 0),
  ].filter((it) => it.length > 0);
  const actuators = [...(pools.length > 0 ? [relocation] : []), ...others.map((it) => sweepingOf(it, sweptByRuns))];
  const perMonth = (of: keyof Sweeping) => minutesPerMonth * actuators.reduce((total, it) => total + it[of], 0);
  const runs = perMonth("runs");
  const rounds = minutesPerMonth * sum(({ roundsPerMinute }) => roundsPerMinute);
  const probes = minutesPerMonth * sum(({ probes: count, roundsPerMinute }) => count * roundsPerMinute);
  // A probe for each of the vantages, and the canary's own from Lambda's shared addresses.
  const answers = minutesPerMonth * sum((it) => (it.probes + 1) * it.targets * it.roundsPerMinute);
  const invocations = perMonth("invocations") + probes + minutesPerMonth;
  const bytes =
    invocations * logBytes.invocation +
    runs * logBytes.run +
    rounds * logBytes.poolRound +
    answers * logBytes.answer +
    probes * logBytes.probe;
  const canaryCalls = minutesPerMonth * sum(({ probes: count }) => callsPerLook + count);
  return {
    lambdaGbSeconds:
      perMonth("seconds") * memoryGb.actuator +
      probes * seconds.probe * memoryGb.probe +
      minutesPerMonth * canarySeconds(pools) * memoryGb.canary,
    lambdaRequests: invocations,
    queueRequests: actuators.length * pollsPerMinute * minutesPerMonth + perMonth("messages"),
    scheduledInvocations: perMonth("schedules") + minutesPerMonth,
    logsGb: bytes / bytesPerGb,
    // Fallback asks whether the pool is kept out; attaching, for two metrics of each function and the pool's rate.
    metricReads:
      minutesPerMonth * sum((it) => (it.hasFallback ? 1 : 0) + (it.attachable > 0 ? 2 * it.attachable + 1 : 0)),
    cloudWatchCalls: minutesPerMonth * sum(({ hasFallback }) => (hasFallback ? 1 : 0)),
    secretReads: minutesPerMonth * sum(({ secrets }) => secrets),
    controlCalls: perMonth("calls") + canaryCalls,
  };
}

/** The canary waits within its invocation for the pools' begins and the rounds of their minutes. */
function canarySeconds(pools: readonly PoolUse[]): number {
  const most = Math.max(1, ...pools.map(({ roundsPerMinute }) => roundsPerMinute));
  const beginSeconds = Math.max(0, ...startOffsetsMs(pools)) / 1000;
  return Math.max(((most - 1) * 60) / most, beginSeconds) + seconds.canary + pools.length * seconds.canaryPerPool;
}
