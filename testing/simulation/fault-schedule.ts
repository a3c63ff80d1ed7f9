/**
 * When faults strike: deployments, changes by Lambda, traffic, partners, manual changes. They come in windows with quiet
 * time in between, so that faults meet each other.
 */
import type { Random } from "../twin/random.ts";

const dayMs = 86_400_000;
const minuteMs = 60_000;
/** Time for the deployment to settle before the first window. */
const firstMs = 20 * minuteMs;

/** A fault that strikes `perDay` times on average, at moments drawn from a random stream of its own. */
export interface ScheduledFault {
  readonly name: string;
  /** Of its random stream, where that is not the name. A label stays: another one would give every seed another history. */
  readonly streamLabel?: string;
  readonly perDay: number;
  /** Whether there is something that it can strike. Always, unless given. */
  readonly applies?: () => boolean;
  inject(random: Random): unknown;
}

export interface FaultSchedule {
  /** From now on no further fault strikes. */
  stop(): void;
  /** Faults that have begun and are not over. */
  readonly pending: number;
}

export interface ScheduleOptions {
  readonly clock: {
    now(): number;
    after(ms: number, fire: () => void): unknown;
  };
  readonly random: Random;
  readonly faultWindows: { readonly perDay: number; readonly minutes: number };
  /** Called with the name of each fault as it strikes. */
  readonly onFault: (text: string) => void;
}

export function startFaultSchedule(
  { clock, random, faultWindows, onFault }: ScheduleOptions,
  faults: readonly ScheduledFault[],
): FaultSchedule {
  let stopped = false;
  let pending = 0;
  const at = (ms: number, act: () => void) => {
    clock.after(ms, () => {
      if (!stopped) act();
    });
  };
  // An error of a fault is one of the simulation: it ends the run, like any other.
  const fail = (error: unknown) =>
    clock.after(0, () => {
      throw error;
    });
  const streams = faults.map((it) => ({ it, own: random.fork(`weather ${it.streamLabel ?? it.name}`) }));
  const openWindow = () => {
    for (const { it, own } of streams) {
      for (let left = poisson(own, it.perDay / faultWindows.perDay); left > 0; left--) {
        at(own.next() * faultWindows.minutes * minuteMs, () => {
          if (it.applies?.() === false) return;
          onFault(it.name);
          pending++;
          Promise.resolve(it.inject(own)).then(() => pending--, fail);
        });
      }
    }
    at(betweenMs(), openWindow);
  };
  const calendar = random.fork("fronts");
  const betweenMs = () =>
    faultWindows.minutes * minuteMs + (-Math.log(1 - calendar.next()) / faultWindows.perDay) * dayMs;
  at(firstMs, openWindow);
  return {
    stop() {
      stopped = true;
    },
    get pending() {
      return pending;
    },
  };
}

/** Returns a random count, `mean` on average (Knuth's method; the means are small). */
function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.next(); product > limit; product *= random.next()) count++;
  return count;
}
