/** Alarms on relocation. */
import type { NetworkInterfaceId } from "../src/aws/identifiers.ts";
import { findingTable } from "../src/relocation/finding-table.ts";
import { attention } from "../src/telemetry/attention.ts";
import { sentencesOf } from "../src/telemetry/finding.ts";
import { type AlarmRow, ofPool, silentAlarm, within } from "./alarm-rows.ts";

/** An alarm does not know for which interface it is raised; the event names it. */
const networkInterfaceId = "an interface of the pool" as NetworkInterfaceId;

/**
 * Returns the one alarm of `lean`. A run of relocation publishes once for each sweep, so that is its period.
 */
export function leanRelocationAlarms(pool: string, sweepMinutes: number): AlarmRow[] {
  return [
    {
      ...ofPool(pool, "RelocationAttention"),
      id: "relocation-problem",
      severity: "page",
      description:
        "An interface needs an address and none is left, a foreign address is on one or an address of the pool elsewhere, an address was lost, AWS fails or denies relocation's calls, or there are no runs. The last AddressShortage, ForeignAddressFound, AddressLost or RelocationFailed event, holdfast status and holdfast doctor name the cause and the remediation; without one, check its schedule, queue and function.",
      statistic: "Maximum",
      threshold: attention.ticket,
      periodSeconds: sweepMinutes * 60,
      ...within(3, 5),
      missing: "breaching",
    },
  ];
}

/** A run of relocation publishes once for each sweep, so that is the period of them all: shorter ones would lack data. */
export function relocationAlarms(pool: string, sweepMinutes: number): AlarmRow[] {
  const rows: AlarmRow[] = [
    {
      ...ofPool(pool, "Shortage"),
      id: "shortage",
      severity: "page",
      description: sentencesOf(findingTable, { kind: "shortage", row: 4, networkInterfaceId }),
      statistic: "Maximum",
      threshold: 1,
      ...within(2, 3),
    },
    {
      ...ofPool(pool, "Conflicts"),
      id: "conflict",
      severity: "page",
      description: `${sentencesOf(findingTable, { kind: "conflict", row: 6, networkInterfaceId })} Also raised while an address of the pool is associated with something else.`,
      statistic: "Maximum",
      threshold: 1,
      ...within(2, 3),
    },
    {
      ...ofPool(pool, "AddressesLost"),
      id: "address-lost",
      severity: "page",
      description:
        "An address that the deployment gave the pool was released or has lost the pool's tag. A released one can be recovered until another account gets it. The event AddressLost names it and says how.",
      statistic: "Maximum",
      threshold: 1,
      ...within(2, 3),
    },
    {
      ...ofPool(pool, "RunsFailed"),
      id: "relocation-failing",
      severity: "page",
      description:
        "Relocation runs, but AWS denies or fails its calls. Read the last RelocationFailed event: it names the permission and AWS's reason.",
      statistic: "Sum",
      threshold: 1,
      ...within(3, 5),
    },
    silentAlarm(pool, "relocation-silent", "RunsFailed"),
  ];
  return rows.map((row) => ({ ...row, periodSeconds: sweepMinutes * 60 }));
}
