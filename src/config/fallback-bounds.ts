/**
 * How far fallback may be tuned: the operator's file and the function's settings use the same words and bounds.
 * docs/configuration.md describes every field.
 */

export interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly default: number;
}

export const fallbackBounds = {
  /** Least time in fallback before the way back is tried. */
  holdMinutes: { least: 5, most: 1440, default: 30 },
  /** The hold doubles after each failed return, up to this. */
  maxHoldMinutes: { least: 5, most: 1440, default: 480 },
  /** Rounds without a block that each route table must show after its return. */
  cleanRounds: { least: 1, most: 60, default: 5 },
  /** Rounds with a confirmed block after which a returned route table is put back. */
  blockedRounds: { least: 1, most: 20, default: 3 },
  /** How long an unused NAT gateway of a cold standby stays. */
  graceMinutes: { least: 5, most: 1440, default: 60 },
  /** Changes of direction within 24 hours. A route table's tag remembers 8 (src/fallback/history.ts). */
  flipsPerDay: { least: 2, most: 8, default: 4 },
  /** How long relocation's swap to a clean spare may take to end the alarm. */
  swapSeconds: { least: 0, most: 3600, default: 300 },
  /** After this long in fallback somebody is told, again and again, what it costs. */
  maxFallbackHours: { least: 1, most: 720, default: 24 },
} as const satisfies Record<string, Bounds>;

type Tuned = keyof typeof fallbackBounds;

/** A field for each bound, as either of the two makes one of it. */
export function boundFields<Field>(make: (bounds: Bounds) => Field): Record<Tuned, Field> {
  const fields = Object.entries(fallbackBounds).map(([name, bounds]) => [name, make(bounds)]);
  return Object.fromEntries(fields) as Record<Tuned, Field>;
}
