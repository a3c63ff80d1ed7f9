/** Alarms on attaching, for pools whose guard policy is `attach`. */
import { type AlarmRow, ofPool, silentAlarm, within } from "./alarms.ts";

export function attachAlarms(pool: string): AlarmRow[] {
  return [
    {
      ...ofPool(pool, "AttachProblems"),
      id: "attach-problem",
      description:
        "A guarded function cannot be attached, or attaching would not help it. The last AttachFailed event and holdfast doctor name the function, the problem and the remediation.",
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
    silentAlarm(pool, "attach-silent", "AttachRunsFailed"),
  ];
}
