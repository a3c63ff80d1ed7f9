/** Success is observed, never assumed: what is looked for may be seen late. */
import type { Clock } from "../aws/clock.ts";

/** Waits between describes; EC2's describes lag behind writes by "a couple of seconds" (EC2 API, eventual consistency). */
export const lagsMs = [0, 200, 400, 800, 1600, 3200];

/**
 * Looks after each of the waits until it is there, and returns whether it was.
 *
 * @param deadlineMs after it, nothing is looked at again
 */
export async function lookUntil(
  clock: Clock,
  waitsMs: readonly number[],
  isThere: () => Promise<boolean>,
  deadlineMs = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  for (const waitMs of waitsMs) {
    if (waitMs > 0) await clock.sleep(waitMs);
    if (await isThere()) return true;
    if (clock.now() >= deadlineMs) return false;
  }
  return false;
}
