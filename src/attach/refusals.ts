/**
 * When the environments of a guarded function count as refused. A test is made once per environment at its cold start,
 * and again after each restart of it: tests are rare and come in bursts, so they are counted over minutes, and one
 * environment alone (four tests, as the guard is shipped) is no rate.
 */

/** By these the alarm on a pool's people and the plan to attach judge alike. All assumed: no AWS page names any. */
export const refusalRule = {
  periodSeconds: 300,
  /** Fewer tests in a period are no rate: silence and one unlucky environment are no block. */
  leastTests: 5,
  /** Share of a period's tests that another address may cure. */
  leastRate: 0.5,
  /** To attach, so many of the last periods must be high: more than one burst. The last one is under way. */
  highPeriods: 3,
  periods: 12,
} as const;

/** What the guard reported of one function in one period. */
export interface Tests {
  readonly startMs: number;
  readonly tests: number;
  /** Of these, refused in a way that another address may cure. */
  readonly refused: number;
}

/**
 * Whether enough periods are high. What was measured before the function's last change is about another function: after
 * the operator has detached it, only what happens from then on can attach it again.
 *
 * @param sinceMs when the function was last changed
 */
export function isRefused(periods: readonly Tests[], sinceMs: number): boolean {
  const high = periods.filter(
    ({ startMs, tests, refused }) =>
      startMs >= sinceMs && tests >= refusalRule.leastTests && refused >= refusalRule.leastRate * tests,
  );
  return high.length >= refusalRule.highPeriods;
}
