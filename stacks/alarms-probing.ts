/** Alarms on what the probes of one pool measure, and the guard of its guarded functions. */
import { type Finding, findingTable } from "../src/probing/finding-table.ts";
import { attention } from "../src/telemetry/attention.ts";
import { sentencesOf } from "../src/telemetry/finding.ts";
import type { MetricName } from "../src/telemetry/model.ts";
import { dimensionsOf } from "../src/telemetry/series.ts";
import { type AlarmRow, ofPool, silentAlarm, within } from "./alarm-rows.ts";
import { orGuarded } from "./alarms-guarded.ts";

/** Returns the two alarms of `lean`, and a third where functions are guarded. */
export function leanProbingAlarms(pool: string, guardedFunctions: readonly string[]): AlarmRow[] {
  return [
    {
      ...ofPool(pool, "ProbingAttention"),
      id: "egress-problem",
      severity: "page",
      description:
        "Nothing can be reached from one of the pool's subnets, a partner goes on refusing an address by which members leave, a target keeps out all of them, or the canary does not report. The last EgressLost, AddressBlocked, AddressDiffers or PoolRefused event and holdfast status name the cause and the remediation; without one, check the canary's schedule and its function.",
      statistic: "Minimum",
      threshold: attention.page,
      ...within(3, 5),
      missing: "breaching",
    },
    {
      ...ofPool(pool, "ProbingAttention"),
      id: "probing-problem",
      severity: "ticket",
      description:
        "A partner refuses an address, by which members leave or not; a target is down or cannot be probed as configured; a probe does not answer; members send through an interface that no probe uses; a certificate expires within two weeks; or what egress-problem is about. The last event of the canary and holdfast status name the cause and the remediation.",
      statistic: "Minimum",
      threshold: attention.ticket,
      // A probe that moves to its members' interface needs minutes.
      ...within(10, 10),
    },
    ...(guardedFunctions.length > 0 ? blockedAlarms(pool, "BlockedRate", guardedFunctions) : []),
  ];
}

/** Returns the alarms on blocks of addresses and of guarded functions. */
function blockedAlarms(
  pool: string,
  metric: "AddressesBlocked" | "BlockedRate",
  guardedFunctions: readonly string[],
): AlarmRow[] {
  const alarm: AlarmRow = {
    ...ofPool(pool, metric),
    id: "blocked",
    severity: "ticket",
    description:
      "A partner refuses an address of the pool. Relocation swaps it while there is a spare; ask the partner to unblock it.",
    statistic: "Maximum",
    threshold: metric === "BlockedRate" ? 0 : 1,
    ...(metric === "BlockedRate" ? { above: true } : {}),
    ...within(1, 1),
  };
  return orGuarded(alarm, guardedFunctions);
}

/** Returns the alarms of `full`. */
export function probingAlarms(
  pool: string,
  vantages: readonly string[],
  guardedFunctions: readonly string[],
): AlarmRow[] {
  const row = (
    id: string,
    severity: AlarmRow["severity"],
    metric: MetricName,
    statistic: AlarmRow["statistic"],
    [breaching, periods]: readonly [number, number],
    description: string,
  ) => ({ ...ofPool(pool, metric), id, severity, statistic, breaching, periods, description });
  const least = { threshold: 1 };
  return [
    ...blockedAlarms(pool, "AddressesBlocked", guardedFunctions),
    ...vantages.map((vantage): AlarmRow => {
      const description = `Nothing can be reached from ${vantage}: its members have no egress. Check its interface's address and its default route.`;
      const dimensions = dimensionsOf({ pool, vantage });
      return {
        ...row("no-egress", "page", "Egress", "Maximum", [3, 5], description),
        ...least,
        dimensions,
        below: true,
        of: vantage,
      };
    }),
    { ...silentAlarm(pool, "canary-silent", "ProbesFailed"), ...within(3, 3) },
    {
      ...row(
        "probe-dead",
        "ticket",
        "ProbesFailed",
        "Minimum",
        [5, 5],
        "A probe does not answer. Read its log and check its state in Lambda.",
      ),
      ...least,
    },
    {
      ...row(
        "target-down",
        "ticket",
        "TargetsDown",
        "Minimum",
        [5, 5],
        "A target does not answer from any address: the partner is down, or the echo. Moving addresses does not help.",
      ),
      ...least,
    },
    {
      ...row(
        "pool-refused",
        "page",
        "TargetsRefusingPool",
        "Maximum",
        [1, 1],
        "A target keeps out all addresses of the pool, and lets others in or let these in until now. A spare does not help: ask the partner whether the addresses are still on its allow-list.",
      ),
      ...least,
    },
    {
      ...row(
        "blind-spot",
        "ticket",
        "UnprobedInterfaces",
        "Minimum",
        [10, 10],
        "Members send through an interface that no probe uses. Give all members the same set of security groups.",
      ),
      ...least,
    },
    {
      ...row(
        "target-refused",
        "ticket",
        "TargetsRefused",
        "Maximum",
        [5, 5],
        sentencesOf<Finding>(findingTable, { kind: "target-refused", target: "a target" }),
      ),
      ...least,
    },
    {
      ...row(
        "certificate",
        "ticket",
        "CertificateDaysLeft",
        "Minimum",
        [1, 1],
        "A target's certificate, or a client certificate for it, expires within two weeks. Inform the partner, or renew it.",
      ),
      threshold: 14,
      below: true,
    },
  ];
}
