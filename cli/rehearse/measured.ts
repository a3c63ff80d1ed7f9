/** Measured times in the form of the twin's delays (testing/twin/delays.ts), by the same names. Pure. */

/** A duration that differs each time. */
export type Span =
  | { readonly kind: "uniform"; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: "lognormal"; readonly medianMs: number; readonly sigma: number; readonly maxMs: number };

export interface MeasuredDelays {
  readonly interfaceAppears?: Span;
  readonly interfaceCreation?: Span;
  readonly functionSettle?: Span;
  readonly interfaceRemoval?: Span;
  readonly interfaceDeletion?: Span;
  readonly cloudTrail?: Span;
  readonly cloudTrailLossRate?: number;
}

/** One look at an interface and at the function that it is for. */
export interface Glance {
  readonly atMs: number;
  /** Of the interface; undefined while EC2 shows none. */
  readonly status: string | undefined;
  /** Whether Lambda had ended the function's creation or update. */
  readonly ended: boolean;
}

interface Bounds {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Returns how long an interface took, from a call that needed one. Looks lie seconds apart: each time lies between two of them. */
export function measureCreation(startMs: number, glances: readonly Glance[]): MeasuredDelays {
  const appeared = firstSeen(startMs, glances, ({ status }) => status !== undefined);
  const usable = firstSeen(startMs, glances, ({ status }) => status === "in-use");
  const ended = firstSeen(startMs, glances, (it) => it.ended);
  return {
    ...(appeared && { interfaceAppears: uniform(appeared) }),
    ...(usable && { interfaceCreation: uniform(usable) }),
    ...(usable &&
      ended && {
        functionSettle: uniform({
          minMs: Math.max(0, ended.minMs - usable.maxMs),
          maxMs: Math.max(0, ended.maxMs - usable.minMs),
        }),
      }),
  };
}

/** Returns between which times something became so: after the last look that did not show it, by the first that did. */
function firstSeen(startMs: number, glances: readonly Glance[], shows: (it: Glance) => boolean): Bounds | undefined {
  const index = glances.findIndex(shows);
  const shown = glances[index];
  if (!shown) return undefined;
  const minMs = (glances[index - 1]?.atMs ?? startMs) - startMs;
  return { minMs: Math.max(0, minMs), maxMs: Math.max(0, shown.atMs - startMs) };
}

/**
 * Returns how long an interface outlived its last function, and how long of that it was `available`.
 *
 * @param availableAfterMs undefined: it was seen as `available` in no look, so for less than a step
 * @param stepMs how often EC2 was asked
 */
export function measureDeletion(
  goneAfterMs: number,
  availableAfterMs: number | undefined,
  stepMs: number,
): MeasuredDelays {
  const removedMs = availableAfterMs ?? goneAfterMs;
  const restMs = goneAfterMs - removedMs;
  return {
    interfaceRemoval: uniform({ minMs: Math.max(0, removedMs - stepMs), maxMs: removedMs }),
    interfaceDeletion: uniform({ minMs: Math.max(0, restMs - stepMs), maxMs: restMs + stepMs }),
  };
}

/** Returns how late events came, and the share of those that never did. None lost of a few says nothing about a rate. */
export function measureEvents(calls: number, lateMs: readonly number[]): MeasuredDelays {
  if (lateMs.length === 0) return {};
  // CloudTrail's times are whole seconds, so that the earliest may seem to have taken none.
  const sorted = lateMs.map((ms) => Math.max(1, ms)).sort((a, b) => a - b);
  const logs = sorted.map(Math.log);
  const mean = logs.reduce((sum, it) => sum + it, 0) / logs.length;
  const variance = logs.reduce((sum, it) => sum + (it - mean) ** 2, 0) / logs.length;
  const lost = calls - lateMs.length;
  return {
    cloudTrail: {
      kind: "lognormal",
      medianMs: sorted[Math.floor(sorted.length / 2)] ?? 1,
      sigma: Math.round(Math.sqrt(variance) * 100) / 100,
      maxMs: sorted.at(-1) ?? 1,
    },
    ...(lost > 0 && { cloudTrailLossRate: lost / calls }),
  };
}

/** Returns all that several checks have measured; what two of them have is as wide as both. */
export function merged(all: readonly MeasuredDelays[]): MeasuredDelays {
  const delays = new Map<string, Span | number>();
  for (const [name, value] of all.flatMap((it): [string, Span | number][] => Object.entries(it))) {
    const known = delays.get(name);
    delays.set(name, typeof known === "object" && typeof value === "object" ? hull(known, value) : value);
  }
  return Object.fromEntries(delays);
}

function hull(one: Span, other: Span): Span {
  if (one.kind !== "uniform" || other.kind !== "uniform") return other;
  return uniform({ minMs: Math.min(one.minMs, other.minMs), maxMs: Math.max(one.maxMs, other.maxMs) });
}

function uniform({ minMs, maxMs }: Bounds): Span {
  return { kind: "uniform", minMs: Math.round(minMs), maxMs: Math.round(maxMs) };
}
