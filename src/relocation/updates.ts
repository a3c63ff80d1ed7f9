/** What a member's update in progress, or a failed one, holds up. Pure. */
import type { LiveVersion } from "./model.ts";

/**
 * How long an update may take before it holds up no other member any more. Assumed: Lambda makes a network interface in
 * "several minutes" at worst (Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC").
 */
export const updateBoundMs = 10 * 60_000;

/** Returns whether the version's update or creation has taken longer than one should: it is waited for no more. */
export function isOverdue({ status, modifiedMs }: LiveVersion, nowMs: number): boolean {
  return status === "changing" && modifiedMs !== undefined && nowMs - modifiedMs > updateBoundMs;
}

/** Returns whether what the version's interfaces are cannot be known at the moment, but soon. One that serves nothing holds up nothing. */
export function isUpdating(version: LiveVersion, nowMs: number): boolean {
  return version.status === "changing" && !version.servesNothing && !isOverdue(version, nowMs);
}

/** Returns whether it is unknown which interface serves the version, until its next update. */
export function isUncertain({ status, servesNothing }: LiveVersion): boolean {
  return status === "failed" && !servesNothing;
}
