/** What a subnet's rounds come to, minute by minute. Pure. */
import type { Rounds } from "./model.ts";

/** One minute of the metric `BlockedRate` of one vantage. */
export interface Minute {
  readonly startMs: number;
  readonly rounds: number;
  readonly maxRate: number;
}

/**
 * Clean rounds since the last block, and rounds with a block. A streak of clean ones as long as a return needs wipes
 * out the blocks before it. A minute with a block counts as blocked in all its rounds.
 */
export function roundsOf(minutes: readonly Minute[], cleanRounds: number): Rounds {
  let blocked = 0;
  let clean = 0;
  for (const { rounds, maxRate } of [...minutes].sort((a, b) => a.startMs - b.startMs)) {
    if (maxRate > 0) {
      blocked += rounds;
      clean = 0;
    } else {
      clean += rounds;
      if (clean >= cleanRounds) blocked = 0;
    }
  }
  return { blocked, clean };
}
