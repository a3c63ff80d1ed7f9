/**
 * What happens to an account without Holdfast's doing: deployments, Lambda's own changes, traffic, partners, other hands.
 * It comes in fronts, so that things happen at once, with quiet in between.
 */
import type { Random } from "../twin/random.ts";

const dayMs = 86_400_000;
const minuteMs = 60_000;
/** Time for the deployment to settle before the first front. */
const firstMs = 20 * minuteMs;

/** Something that happens now and then: `perDay` times on average, at moments drawn from a stream of its own. */
export interface Happening {
  readonly name: string;
  readonly perDay: number;
  happen(random: Random): unknown;
}

export interface Weather {
  /** From now on nothing new happens. */
  stop(): void;
  /** Things that have begun and are not over. */
  readonly pending: number;
}

export interface Climate {
  readonly clock: {
    now(): number;
    after(ms: number, fire: () => void): unknown;
  };
  readonly random: Random;
  readonly fronts: { readonly perDay: number; readonly minutes: number };
  /** Hears of everything that happens. */
  readonly tell: (text: string) => void;
}

export function startWeather({ clock, random, fronts, tell }: Climate, happenings: readonly Happening[]): Weather {
  let stopped = false;
  let pending = 0;
  const at = (ms: number, act: () => void) => {
    clock.after(ms, () => {
      if (!stopped) act();
    });
  };
  const streams = happenings.map((it) => ({ it, own: random.fork(`weather ${it.name}`) }));
  const front = () => {
    for (const { it, own } of streams) {
      for (let left = poisson(own, it.perDay / fronts.perDay); left > 0; left--) {
        at(own.next() * fronts.minutes * minuteMs, () => {
          tell(it.name);
          pending++;
          void Promise.resolve(it.happen(own)).then(() => pending--);
        });
      }
    }
    at(betweenMs(), front);
  };
  const calendar = random.fork("fronts");
  const betweenMs = () => fronts.minutes * minuteMs + (-Math.log(1 - calendar.next()) / fronts.perDay) * dayMs;
  at(firstMs, front);
  return {
    stop() {
      stopped = true;
    },
    get pending() {
      return pending;
    },
  };
}

/** How many of something there are, with `mean` on average (Knuth's method; the means are small). */
function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.next(); product > limit; product *= random.next()) count++;
  return count;
}
