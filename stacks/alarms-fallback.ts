/** The alarm that fallback obeys, and those on what it finds, does and costs. */
import type { Pool } from "../src/config/pool.ts";
import { priceUsdPerHour } from "../src/fallback/cost.ts";
import { type AlarmRow, ofPool, within } from "./alarms.ts";

/** What tells the alarm that fallback obeys from the pool's others. */
export const escalation = { id: "escalation" };

/** What a pool with a fallback has besides the others (decision 0009). */
export function fallbackAlarms(pool: string, { maxFallbackHours }: Pool["fallback"]): AlarmRow[] {
  const perDay = (24 * priceUsdPerHour).toFixed(2);
  return [
    {
      ...ofPool(pool, "BlockedRate"),
      ...escalation,
      says: "Fallback obeys this alarm: while it is raised and no clean spare helps, the pool goes over to the NAT gateway. Fed by the pool's own vantages alone.",
      statistic: "Maximum",
      threshold: 0,
      above: true,
      ...within(3, 5),
      untold: true,
    },
    {
      ...ofPool(pool, "FallbackActive"),
      id: "fallback-active",
      says: `The pool's traffic leaves through the NAT gateway, at $${priceUsdPerHour} an hour ($${perDay} a day) and as much per GB in us-east-1. It returns by itself; ask the partner to unblock the addresses.`,
      statistic: "Maximum",
      threshold: 1,
      ...within(1, 1),
    },
    {
      ...ofPool(pool, "FallbackHours"),
      id: "fallback-too-long",
      says: `The pool has been in fallback for ${maxFallbackHours} hours, at $${priceUsdPerHour} each and as much per GB. Have the partner unblock the addresses, or set holdfast:override=direct.`,
      statistic: "Maximum",
      threshold: maxFallbackHours,
      ...within(1, 1),
    },
    {
      ...ofPool(pool, "FallbackProblems"),
      id: "fallback-problem",
      says: "Fallback could not do what it is for; all stays as it is. The last FallbackFailed event names what is wrong and the remedy: a route table without 0.0.0.0/0 (add it), a NAT subnet without a way to the internet gateway (add it), a fallback address that is missing (allocate and tag one) or on something else (disassociate it), an unknown holdfast:override (direct, fallback or paused), a partner that refuses the fallback address too (ask it).",
      statistic: "Maximum",
      threshold: 1,
      ...within(3, 5),
    },
    {
      ...ofPool(pool, "FallbackRunsFailed"),
      id: "fallback-failing",
      says: "Fallback runs but AWS refuses or fails its calls, or what it wrote is not seen. Read the last FallbackFailed event: it names the permission and AWS's reason.",
      statistic: "Sum",
      threshold: 1,
      ...within(3, 5),
    },
    {
      ...ofPool(pool, "FallbackRunsFailed"),
      id: "fallback-silent",
      says: "Fallback has not looked at the pool for five minutes: it would neither go over nor return. Check schedule, queue and function.",
      statistic: "SampleCount",
      below: true,
      threshold: 1,
      ...within(5, 5),
      missing: "breaching",
    },
    {
      ...ofPool(pool, "OverrideActive"),
      id: "override-active",
      says: "An operator's holdfast:override is set: the pool does not decide for itself. Remove the tag from its addresses when it has served its purpose.",
      statistic: "Maximum",
      threshold: 1,
      ...within(1, 1),
    },
  ];
}
