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

/** Billed seconds: a run without drift, a round with partners that answer at once, what the canary does for each pool. Assumed. */
const seconds = { run: 0.5, probe: 0.3, canary: 0.8, canaryPerPool: 0.05 } as const;

/** Lambda's own three lines of an invocation, a run's lines, and what a round logs for each answer. Assumed. */
const logBytes = { invocation: 350, run: 900, poolRound: 700, answer: 180, probe: 300 } as const;

/** Lambda long-polls a queue with five pollers, 20 s each. From memory. */
const pollsPerMinute = (5 * 60) / 20;
/** A message is sent, received and deleted. */
const requestsPerMessage = 3;

const bytesPerGb = 1e9;

/** The assumptions in words, for the page. */
export const assumed = `a run ${seconds.run} s, a probe's round ${seconds.probe} s, the canary's ${seconds.canary} s and ${seconds.canaryPerPool} s more for each pool; ${logBytes.run} bytes of log for a run, ${logBytes.poolRound} for a round and ${logBytes.answer} for each of its answers, and ${logBytes.invocation} that Lambda adds to each invocation; ${pollsPerMinute} polls of each queue a minute, which is from memory`;

/** Returns what a deployment's functions use. */
export function useOf(pools: readonly PoolUse[]): Use {
  const sum = (of: (pool: PoolUse) => number) => pools.reduce((total, pool) => total + of(pool), 0);
  const withFallback = sum(({ hasFallback }) => (hasFallback ? 1 : 0));
  const attaching = sum(({ attachable }) => (attachable > 0 ? 1 : 0));
  const sweeps = sum(({ sweepMinutes }) => minutesPerMonth / sweepMinutes);
  const runs = sweeps + minutesPerMonth * (withFallback + attaching);
  const rounds = minutesPerMonth * sum(({ roundsPerMinute }) => roundsPerMinute);
  const probes = minutesPerMonth * sum(({ probes: count, roundsPerMinute }) => count * roundsPerMinute);
  // A probe for each of the vantages, and the canary's own from Lambda's shared addresses.
  const answers = minutesPerMonth * sum((it) => (it.probes + 1) * it.targets * it.roundsPerMinute);
  const queues = pools.length === 0 ? 0 : 1 + (withFallback > 0 ? 1 : 0) + (attaching > 0 ? 1 : 0);
  const invocations = runs + probes + minutesPerMonth;
  const bytes =
    invocations * logBytes.invocation +
    runs * logBytes.run +
    rounds * logBytes.poolRound +
    answers * logBytes.answer +
    probes * logBytes.probe;
  return {
    lambdaGbSeconds:
      runs * seconds.run * memoryGb.actuator +
      probes * seconds.probe * memoryGb.probe +
      minutesPerMonth * canarySeconds(pools) * memoryGb.canary,
    lambdaRequests: invocations,
    queueRequests: queues * pollsPerMinute * minutesPerMonth + runs * requestsPerMessage,
    scheduledInvocations: scheduledInvocations(pools),
    logsGb: bytes / bytesPerGb,
    // Fallback asks whether the pool is kept out; attaching, for two metrics of each function and the pool's rate.
    metricReads: minutesPerMonth * (withFallback + sum(({ attachable }) => (attachable > 0 ? 2 * attachable + 1 : 0))),
    cloudWatchCalls: minutesPerMonth * withFallback,
    secretReads: minutesPerMonth * sum(({ secrets }) => secrets),
  };
}

/** The canary waits within its invocation for the rounds of its minute, all pools at once. */
function canarySeconds(pools: readonly PoolUse[]): number {
  const most = Math.max(1, ...pools.map(({ roundsPerMinute }) => roundsPerMinute));
  return ((most - 1) * 60) / most + seconds.canary + pools.length * seconds.canaryPerPool;
}

/** A schedule starts the canary; each pool's sweeps have one for each actuator (stacks/actuator.ts). */
function scheduledInvocations(pools: readonly PoolUse[]): number {
  const sweeps = pools.map(
    ({ sweepMinutes, hasFallback, attachable }) => 1 / sweepMinutes + (hasFallback ? 1 : 0) + (attachable > 0 ? 1 : 0),
  );
  return minutesPerMonth * sweeps.reduce((sum, it) => sum + it, 1);
}
