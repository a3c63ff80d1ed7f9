/**
 * How far an operator may tune a pool, and what holds without a setting. The operator's file and the settings of the
 * deployed functions are checked against the same bounds; docs/configuration.md names them, and a test compares.
 */

export interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly default: number;
}

export const scheduleBounds = {
  /** Minutes between two sweeps of relocation. */
  sweepMinutes: { least: 1, most: 15, default: 1 },
  /** How often the targets are probed within a minute. */
  roundsPerMinute: { least: 1, most: 6, default: 1 },
} as const satisfies Record<string, Bounds>;

/** How long an address stays on an interface that no live version uses any more; by default, as long as calls may take. */
export const drainBounds = { least: 0, most: 3600 } as const satisfies Omit<Bounds, "default">;

/**
 * What of a pool CloudWatch makes metrics of, and bills: what alarms are on (`lean`), also what fallback and attaching read
 * (`rates`), or everything (`full`). The rest is fields of the same log lines (docs/metrics.md).
 */
export const metricLevels = ["lean", "rates", "full"] as const;
export type MetricLevel = (typeof metricLevels)[number];

/** What is monitored: what an alarm needs, or everything. */
export const monitoringLevels = ["lean", "full"] as const;

/** What follows when a target keeps out all of a pool's addresses, and no others: a failover, or a report alone. */
export const poolRefusals = ["escalate", "report"] as const;

export const targetBounds = {
  connectTimeoutMs: { least: 100, most: 10_000, default: 3000 },
  timeoutMs: { least: 100, most: 20_000, default: 5000 },
} as const satisfies Record<string, Bounds>;

/** A probe asks a pool's targets at once, each on a connection of its own. */
export const mostTargets = 20;

/** Associations for verification alone, per month. AWS may bill each one past a hundred. */
export const verificationBounds = { least: 0, most: 1000, default: 60 } as const satisfies Bounds;

export const fallbackBounds = {
  /** Least time in fallback before the first route table returns. */
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
  /** After this long in fallback an alarm reports what it costs. */
  maxFallbackHours: { least: 1, most: 720, default: 24 },
} as const satisfies Record<string, Bounds>;

/** Returns a field for each of the bounds, as either schema makes one of it. */
export function boundFields<Name extends string, Field>(
  bounds: Readonly<Record<Name, Bounds>>,
  make: (bounds: Bounds) => Field,
): Record<Name, Field> {
  const fields = Object.entries<Bounds>(bounds).map(([name, it]) => [name, make(it)]);
  return Object.fromEntries(fields) as Record<Name, Field>;
}
