import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A seeded source of randomness. All chance in the twin comes from one of these, so that a seed replays a run. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform whole number, both ends included. */
  integer(min: number, max: number): number;
  /** One element of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** True with probability `p`. */
  chance(p: number): boolean;
  /** Log-normal duration: half of the draws lie below `medianMs`; `sigma` is that of the logarithm. */
  lognormal(medianMs: number, sigma: number): number;
  /** An independent substream, the same for the same label: drawing from one never changes another. */
  fork(label: string): Random;
}

export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const next = () => uniformFloat64(generator);
  return {
    next,
    integer: (min, max) => uniformInt(generator, min, max),
    pick: (list) => {
      if (list.length === 0) throw new RangeError("cannot pick from an empty list");
      return list[uniformInt(generator, 0, list.length - 1)] as (typeof list)[number];
    },
    chance: (p) => next() < p,
    lognormal: (medianMs, sigma) => medianMs * Math.exp(sigma * normal(next)),
    fork: (label) => createRandom(hash(seed, label)),
  };
}

/** Returns a standard normal draw (Box–Muller). `1 - next()` keeps the logarithm away from zero. */
function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** FNV-1a over the label, started from the seed. */
function hash(seed: number, label: string): number {
  let value = 0x811c9dc5 ^ seed;
  for (let index = 0; index < label.length; index++) {
    value = Math.imul(value ^ label.charCodeAt(index), 0x01000193);
  }
  return value | 0;
}
