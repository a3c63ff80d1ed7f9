/** What fallback's messages announce; what to do follows from observation alone. */
import * as z from "zod/mini";
import { parseMessage, type Sweep, time } from "../actuator/message.ts";
import type { FallbackPool } from "../config/fallback-settings.ts";

export type Change = Sweep | { readonly kind: "alarm"; readonly timeMs: number; readonly alarmName: string };

const alarmChange = z.object({
  "detail-type": z.literal("CloudWatch Alarm State Change"),
  time,
  detail: z.object({ alarmName: z.string() }),
});

/**
 * Returns the change that a message announces: an alarm's change of state as EventBridge delivers it, or a sweep.
 * @throws MessageError that names the field
 */
export function parseChange(body: string, nowMs: number): Change {
  const message = parseMessage(alarmChange, body, nowMs);
  if ("kind" in message) return message;
  return { kind: "alarm", timeMs: Date.parse(message.time), alarmName: message.detail.alarmName };
}

/** Whether the pool has to be looked at because of the change; decided without a call to AWS. */
export function concerns({ alarmName }: Pick<FallbackPool, "alarmName">, change: Change): boolean {
  return change.kind === "sweep" || change.alarmName === alarmName;
}

/** The end of the names of the alarms that fallback obeys. */
export const escalationId = "escalation";

/**
 * The EventBridge pattern of the alarms that fallback obeys. A list of their names could pass the 2,048 characters that a
 * pattern may have (EventBridge user guide, "Amazon EventBridge quotas").
 *
 * @param stage `<app>-<stage>`
 */
export function alarmPattern(stage: string) {
  return {
    source: ["aws.cloudwatch"],
    "detail-type": ["CloudWatch Alarm State Change"],
    detail: { alarmName: [{ wildcard: `${stage}-*-${escalationId}` }] },
  };
}
