/**
 * What Holdfast's functions use in a month while nothing happens, from how a deployment is configured. Pure. How long they
 * run and how much they log is assumed (docs/cost.md): AWS's metrics of a running deployment say what it is.
 */
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
}

/** As deployed (stacks/actuator.ts, stacks/probing.ts), in GB. */
const memoryGb = { actuator: 0.5, canary: 0.5, probe: 0.25 } as const;

/** Billed seconds: a run without drift, a message passed on, a round with partners that answer at once, what the canary does for each pool. Assumed. */
const seconds = { run: 0.5, dispatch: 0.1, probe: 0.3, canary: 0.8, canaryPerPool: 0.05 } as const;

/** Lambda's own three lines of an invocation, a run's lines, and what a round logs for each answer. Assumed. */
const logBytes = { invocation: 350, run: 900, poolRound: 700, answer: 180, probe: 300 } as const;

/** Lambda long-polls a queue with five pollers, 20 s each. From memory. */
const pollsPerMinute = (5 * 60) / 20;
/** A message is sent, received and deleted; the function sends ten at once (src/actuator/dispatch.ts). */
const requestsPerMessage = 3;
const messagesPerSend = 10;

const bytesPerGb = 1e9;

/** The assumptions in words, for the page. */
export const assumed = `a run ${seconds.run} s, a probe's round ${seconds.probe} s, the canary's ${seconds.canary} s and ${seconds.canaryPerPool} s more for each pool; ${logBytes.run} bytes of log for a run, ${logBytes.poolRound} for a round and ${logBytes.answer} for each of its answers, and ${logBytes.invocation} that Lambda adds to each invocation; ${pollsPerMinute} polls of each queue a minute, which is from memory`;

/** Of an actuator, each minute. */
interface Sweeping {
  readonly schedules: number;
  readonly messages: number;
  readonly runs: number;
  /** Invocations that pass a sweep on to the pools. */
  readonly dispatches: number;
}

/** One schedule for all pools that are swept equally often, whose message several pools get from the function (stacks/actuator.ts). */
function sweepingOf(everyMinutes: readonly number[]): Sweeping {
  const isPassedOn = everyMinutes.length > 1;
  let sweeping: Sweeping = { schedules: 0, messages: 0, runs: 0, dispatches: 0 };
  for (const every of new Set(everyMinutes)) {
    const pools = everyMinutes.filter((it) => it === every).length;
    const passedOn = Math.ceil(pools / messagesPerSend) + pools * (requestsPerMessage - 1);
    sweeping = {
      schedules: sweeping.schedules + 1 / every,
      messages: sweeping.messages + (requestsPerMessage + (isPassedOn ? passedOn : 0)) / every,
      runs: sweeping.runs + pools / every,
      dispatches: sweeping.dispatches + (isPassedOn ? 1 / every : 0),
    };
  }
  return sweeping;
}

/** Returns what a deployment's functions use. */
export function useOf(pools: readonly PoolUse[]): Use {
  const sum = (of: (pool: PoolUse) => number) => pools.reduce((total, pool) => total + of(pool), 0);
  const everyMinute = (does: (pool: PoolUse) => boolean) => pools.filter(does).map(() => 1);
  const actuators = [
    pools.map(({ sweepMinutes }) => sweepMinutes),
    everyMinute(({ hasFallback }) => hasFallback),
    everyMinute(({ attachable }) => attachable > 0),
  ]
    .filter((it) => it.length > 0)
    .map(sweepingOf);
  const perMonth = (of: keyof Sweeping) => minutesPerMonth * actuators.reduce((total, it) => total + it[of], 0);
  const runs = perMonth("runs");
  const rounds = minutesPerMonth * sum(({ roundsPerMinute }) => roundsPerMinute);
  const probes = minutesPerMonth * sum(({ probes: count, roundsPerMinute }) => count * roundsPerMinute);
  // A probe for each of the vantages, and the canary's own from Lambda's shared addresses.
  const answers = minutesPerMonth * sum((it) => (it.probes + 1) * it.targets * it.roundsPerMinute);
  const invocations = runs + perMonth("dispatches") + probes + minutesPerMonth;
  const bytes =
    invocations * logBytes.invocation +
    runs * logBytes.run +
    rounds * logBytes.poolRound +
    answers * logBytes.answer +
    probes * logBytes.probe;
  const actuatorSeconds = runs * seconds.run + perMonth("dispatches") * seconds.dispatch;
  return {
    lambdaGbSeconds:
      actuatorSeconds * memoryGb.actuator +
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
  };
}

/** The canary waits within its invocation for the rounds of its minute, all pools at once. */
function canarySeconds(pools: readonly PoolUse[]): number {
  const most = Math.max(1, ...pools.map(({ roundsPerMinute }) => roundsPerMinute));
  return ((most - 1) * 60) / most + seconds.canary + pools.length * seconds.canaryPerPool;
}
