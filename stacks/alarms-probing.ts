/** Alarms on what the probes of one pool measure, and the guard of its guarded functions. */
import { sentencesOf } from "../src/telemetry/finding.ts";
import { findingTable } from "../src/telemetry/finding-table.ts";
import type { MetricName } from "../src/telemetry/model.ts";
import { dimensionsOf } from "../src/telemetry/series.ts";
import { type AlarmRow, ofPool, silentAlarm, within } from "./alarms.ts";
import { orGuarded } from "./alarms-guarded.ts";

export function probingAlarms(
  pool: string,
  vantages: readonly string[],
  guardedFunctions: readonly string[],
): AlarmRow[] {
  const row = (
    id: string,
    metric: MetricName,
    statistic: AlarmRow["statistic"],
    [breaching, periods]: readonly [number, number],
    description: string,
  ) => ({ ...ofPool(pool, metric), id, statistic, breaching, periods, description });
  const least = { threshold: 1 };
  return [
    ...orGuarded(
      {
        ...row(
          "blocked",
          "AddressesBlocked",
          "Maximum",
          [1, 1],
          "A partner refuses an address of the pool. Relocation swaps it while there is a spare; ask the partner to unblock it.",
        ),
        ...least,
      },
      guardedFunctions,
    ),
    ...vantages.map((vantage): AlarmRow => {
      const description = `Nothing can be reached from ${vantage}: its members have no egress. Check its interface's address and its default route.`;
      const dimensions = dimensionsOf({ pool, vantage });
      return {
        ...row("no-egress", "Egress", "Maximum", [3, 5], description),
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
        "TargetsRefused",
        "Maximum",
        [5, 5],
        sentencesOf(findingTable, { kind: "target-refused", targets: "a target" }),
      ),
      ...least,
    },
    {
      ...row(
        "certificate",
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
