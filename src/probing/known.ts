/** How a target has usually let our addresses in, as far as one execution environment has seen it. Pure. */
import { isAlike, type Shape } from "./shape.ts";

/** For how long a shape counts as usual, and an address of the partner as one that lets us in. */
const usualMs = 3_600_000;
const endpointMs = 5 * 60_000;
/** Most shapes that are remembered. A partner that had as many is never the same twice: details set nothing apart. */
const mostShapes = 16;

export interface Known {
  /** Shapes of answers to serving addresses, and when each was seen last. */
  readonly shapes: readonly (readonly [shape: Shape, atMs: number])[];
  /** When an address of ours got something better than a 401 or 403. */
  readonly betterMs: number | undefined;
  /** Where which of our addresses was let in last. */
  readonly endpoints: readonly Endpoint[];
}

interface Endpoint {
  readonly partnerIp: string;
  readonly address: string;
  readonly atMs: number;
}

/** An answer that let an address of ours in. */
export interface Acceptance {
  readonly target: string;
  readonly address: string;
  readonly isServing: boolean;
  /** No more than the application's own 401 or 403. */
  readonly isCredentials: boolean;
  readonly shape: Shape | undefined;
  readonly partnerIp: string | undefined;
}

export const nothingKnown: Known = { shapes: [], betterMs: undefined, endpoints: [] };

/**
 * Returns what is known after one more round, without what is out of date.
 *
 * @param refusing targets that kept out the whole pool in this round: what they gave before stays known as long as that lasts
 */
export function learn(
  known: ReadonlyMap<string, Known>,
  acceptances: readonly Acceptance[],
  refusing: ReadonlySet<string>,
  nowMs: number,
): ReadonlyMap<string, Known> {
  const targets = new Set([...known.keys(), ...acceptances.map(({ target }) => target)]);
  return new Map(
    [...targets].map((target) => {
      const here = acceptances.filter((it) => it.target === target);
      return [target, learnTarget(known.get(target) ?? nothingKnown, here, refusing.has(target), nowMs)] as const;
    }),
  );
}

function learnTarget(
  { shapes, betterMs, endpoints }: Known,
  here: readonly Acceptance[],
  isRefusing: boolean,
  nowMs: number,
): Known {
  const seen = here.flatMap(({ shape, isServing }) => (shape && isServing ? [shape] : []));
  const fresh = seen.filter((shape, index) => seen.findIndex((it) => isAlike(it, shape)) === index);
  const old = shapes.filter(([shape, atMs]) => nowMs - atMs < usualMs && !fresh.some((it) => isAlike(it, shape)));
  const isBetter = here.some(({ isCredentials }) => !isCredentials) || (isRefusing && betterMs !== undefined);
  const met = here.flatMap(({ partnerIp, address }) => (partnerIp ? [{ partnerIp, address, atMs: nowMs }] : []));
  const isMet = (it: Endpoint) => met.some((at) => at.partnerIp === it.partnerIp && at.address === it.address);
  return {
    shapes: [...fresh.map((shape) => [shape, nowMs] as const), ...old].slice(0, mostShapes),
    betterMs: isBetter ? nowMs : betterMs !== undefined && nowMs - betterMs < usualMs ? betterMs : undefined,
    endpoints: [...met, ...endpoints.filter((it) => nowMs - it.atMs < endpointMs && !isMet(it))],
  };
}

/** Returns whether serving addresses have got answers that look like this one. */
export function isUsual({ shapes }: Known, shape: Shape): boolean {
  const seen = shapes.length < mostShapes ? shape : { ...shape, detail: "" };
  return shapes.some(([usual]) => isAlike(usual, seen));
}

/** Returns whether another address of ours was let in at this address of the partner's lately. */
export function isEndpointOfOthers({ endpoints }: Known, partnerIp: string, address: string | undefined): boolean {
  return endpoints.some((it) => it.partnerIp === partnerIp && it.address !== address);
}
