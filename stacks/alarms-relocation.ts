/** Alarms on relocation. */
import { type AlarmRow, ofPool, within } from "./alarms.ts";

export function relocationAlarms(pool: string, sweepMinutes: number): AlarmRow[] {
  return [
    {
      ...ofPool(pool, "Shortage"),
      id: "shortage",
      description:
        "An interface that carries traffic has no address, and no spare is left: its functions cannot reach the internet. Add an address or remove a subnet.",
      statistic: "Maximum",
      threshold: 1,
      ...within(2, 3),
    },
    {
      ...ofPool(pool, "Conflicts"),
      id: "conflict",
      description:
        "An interface of the pool has a foreign address, or an address of the pool is associated elsewhere. Holdfast changes neither: find out who moved it.",
      statistic: "Maximum",
      threshold: 1,
      ...within(2, 3),
    },
    {
      ...ofPool(pool, "RunsFailed"),
      id: "relocation-failing",
      description:
        "Relocation runs but AWS denies or fails its calls. Read the last RelocationFailed event: it names the permission and AWS's reason.",
      statistic: "Sum",
      threshold: 1,
      ...within(3, 5),
    },
    {
      ...ofPool(pool, "RunsFailed"),
      id: "relocation-silent",
      description:
        "Relocation has not checked the pool for several sweeps. Nothing heals until it does: check schedule, queue and function.",
      statistic: "SampleCount",
      below: true,
      threshold: 1,
      ...within(5, 5),
      missing: "breaching",
      periodSeconds: sweepMinutes * 60,
    },
  ];
}
