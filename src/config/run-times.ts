/**
 * How long deployed functions may run. The stacks set these limits, and a teardown waits until every invocation that
 * began before it has ended.
 */

/** Of relocation, fallback and attaching. */
export const actuatorTimeoutSeconds = 90;
/** Within the minute that belongs to it; the rounds end 5 s before that minute does (src/probing/canary.ts). */
export const canaryTimeoutSeconds = 58;
/** How old the canary's minute may be when it begins. */
export const canaryEventAgeSeconds = 60;

/** After this long nothing runs any more that was started before its trigger was deleted. */
export const lastRunEndsMs =
  1000 * (Math.max(actuatorTimeoutSeconds, canaryEventAgeSeconds + canaryTimeoutSeconds) + 5);
