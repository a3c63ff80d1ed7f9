/** The alarm that triggers fallback, and those on its state, failures and cost. */
import type { Pool } from "../src/config/pool.ts";
import { escalationId } from "../src/fallback/changes.ts";
import { priceUsdPerHour } from "../src/fallback/cost.ts";
import { attention } from "../src/telemetry/attention.ts";
import { type AlarmRow, ofPool, silentAlarm, within } from "./alarm-rows.ts";

/** The id of the alarm that triggers fallback. */
export const escalation = { id: escalationId };

const perDay = (24 * priceUsdPerHour).toFixed(2);

/** Returns the alarm that fallback obeys (decision 0009). */
function escalationAlarm(pool: string): AlarmRow {
  return {
    ...ofPool(pool, "BlockedRate"),
    ...escalation,
    severity: "nobody",
    description:
      "Triggers fallback: while this alarm is raised and no clean spare helps, the pool fails over to the NAT gateway. Its data comes from the pool's own vantages alone.",
    statistic: "Maximum",
    threshold: 0,
    above: true,
    // One round is enough: what counts as a block has taken several (src/probing/suspicion.ts).
    ...within(1, 1),
  };
}

/** Returns the additional alarms of a pool with a fallback in `lean`. */
export function leanFallbackAlarms(pool: string, { maxFallbackHours }: Pool["fallback"]): AlarmRow[] {
  return [
    escalationAlarm(pool),
    {
      ...ofPool(pool, "FallbackAttention"),
      id: "fallback-problem",
      severity: "page",
      description: `Something keeps the pool from failing over or back, AWS fails or denies fallback's calls, the pool has been in fallback for ${maxFallbackHours} hours, or there are no runs. The last FallbackFailed or FallbackCost event, holdfast status and holdfast doctor name the cause and the remediation; without one, check its schedule, queue and function.`,
      statistic: "Maximum",
      threshold: attention.page,
      ...within(3, 5),
      missing: "breaching",
    },
    {
      ...ofPool(pool, "FallbackAttention"),
      id: "fallback-active",
      severity: "ticket",
      description: `The pool's traffic leaves through the NAT gateway, at $${priceUsdPerHour} an hour ($${perDay} a day) and as much per GB in us-east-1; or an operator's holdfast:override is set; or what fallback-problem is about. The last FallbackEntered or OverrideSet event and holdfast status say which. Fallback fails back by itself: ask the partner to unblock the addresses. An override ends with its tag.`,
      statistic: "Maximum",
      threshold: attention.ticket,
      ...within(3, 5),
    },
  ];
}

/** Returns the additional alarms of a pool with a fallback in `full`. */
export function fallbackAlarms(pool: string, { maxFallbackHours }: Pool["fallback"]): AlarmRow[] {
  return [
    escalationAlarm(pool),
    {
      ...ofPool(pool, "FallbackActive"),
      id: "fallback-active",
      severity: "ticket",
      description: `The pool's traffic leaves through the NAT gateway, at $${priceUsdPerHour} an hour ($${perDay} a day) and as much per GB in us-east-1. It fails back by itself; ask the partner to unblock the addresses.`,
      statistic: "Maximum",
      threshold: 1,
      ...within(1, 1),
    },
    {
      ...ofPool(pool, "FallbackHours"),
      id: "fallback-too-long",
      severity: "page",
      description: `The pool has been in fallback for ${maxFallbackHours} hours, at $${priceUsdPerHour} each and as much per GB. Ask the partner to unblock the addresses, or set holdfast:override=direct.`,
      statistic: "Maximum",
      threshold: maxFallbackHours,
      ...within(1, 1),
    },
    {
      ...ofPool(pool, "FallbackProblems"),
      id: "fallback-problem",
      severity: "page",
      description:
        "Something keeps the pool from failing over or back, as a whole or in part. The last FallbackFailed event names the problem and the remediation, and so does holdfast doctor.",
      statistic: "Maximum",
      threshold: 1,
      ...within(3, 5),
    },
    {
      ...ofPool(pool, "FallbackRunsFailed"),
      id: "fallback-failing",
      severity: "page",
      description:
        "Fallback runs but AWS denies or fails its calls, or its writes are not observed. Read the last FallbackFailed event: it names the permission and AWS's reason.",
      statistic: "Sum",
      threshold: 1,
      ...within(3, 5),
    },
    silentAlarm(pool, "fallback-silent", "FallbackRunsFailed"),
    {
      ...ofPool(pool, "OverrideActive"),
      id: "override-active",
      severity: "ticket",
      description:
        "An operator's holdfast:override is set: automatic failover and failback are off. Remove the tag from the pool's addresses when it is no longer needed.",
      statistic: "Maximum",
      threshold: 1,
      ...within(1, 1),
    },
  ];
}
