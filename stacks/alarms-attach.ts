/** Alarms on attaching, for pools whose guard policy is `attach`. */
import { type AlarmRow, ofPool, within } from "./alarms.ts";

export function attachAlarms(pool: string): AlarmRow[] {
  return [
    {
      ...ofPool(pool, "AttachProblems"),
      id: "attach-problem",
      description:
        "A guarded function cannot be attached, or attaching would not help it. The last AttachFailed event names the function, the problem and the remedy.",
      statistic: "Maximum",
      threshold: 1,
      ...within(3, 5),
    },
    {
      ...ofPool(pool, "AttachRunsFailed"),
      id: "attach-failing",
      description:
        "Attaching runs but AWS denies or fails its calls. Read the last AttachFailed event: it names the permission and AWS's reason.",
      statistic: "Sum",
      threshold: 1,
      ...within(3, 5),
    },
    {
      ...ofPool(pool, "AttachRunsFailed"),
      id: "attach-silent",
      description:
        "Attaching has not checked the pool's guarded functions for five minutes: one that partners refuse would not be attached. Check schedule, queue and function.",
      statistic: "SampleCount",
      below: true,
      threshold: 1,
      ...within(5, 5),
      missing: "breaching",
    },
  ];
}
