import type { RetryErrorInfo, RetryStrategyV2, RetryToken, StandardRetryToken } from "@smithy/types";
import type { VirtualClock } from "./clock.ts";
import type { Random } from "./random.ts";

/**
 * The SDK's standard retry mode (@smithy/core 3.41, `StandardRetryStrategy`): three attempts, full jitter over an
 * exponential back-off, a larger base after throttling, and a quota that stops retry storms. The SDK's own class
 * waits with `setTimeout`; this one waits on the virtual clock and draws its jitter from the region's seed.
 */
const MAX_ATTEMPTS = 3;
const BASE_MS = 50;
const THROTTLING_BASE_MS = 1_000;
const MAX_DELAY_MS = 20_000;
const QUOTA = 500;
const COST = 14;
const THROTTLING_COST = 5;
/** What a call that needed no retry gives back to the quota. */
const REFUND = 1;

export function createRetryStrategy(clock: VirtualClock, random: Random): RetryStrategyV2 {
  let quota = QUOTA;
  return {
    acquireInitialRetryToken: async () => token(0, undefined),
    async refreshRetryTokenForRetry(previous: RetryToken, { errorType }: RetryErrorInfo) {
      const throttled = errorType === "THROTTLING";
      const cost = throttled ? THROTTLING_COST : COST;
      const retryable = throttled || errorType === "TRANSIENT";
      const retries = previous.getRetryCount();
      if (!retryable || retries + 1 >= MAX_ATTEMPTS || quota < cost) throw new Error("No retry token available");
      quota -= cost;
      const baseMs = throttled ? THROTTLING_BASE_MS : BASE_MS;
      await clock.sleep(Math.floor(random.next() * Math.min(baseMs * 2 ** retries, MAX_DELAY_MS)));
      return token(retries + 1, cost);
    },
    recordSuccess(last) {
      quota = Math.min(QUOTA, quota + ((last as StandardRetryToken).getRetryCost() ?? REFUND));
    },
  };
}

/** The delay is zero, since the strategy itself has already waited. */
function token(count: number, cost: number | undefined): StandardRetryToken {
  return { getRetryCount: () => count, getRetryDelay: () => 0, getRetryCost: () => cost };
}
