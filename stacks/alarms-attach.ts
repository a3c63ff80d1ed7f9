/** Alarms on what attaching finds and does, for pools whose policy asks for it. */
import { type AlarmRow, ofPool, within } from "./alarms.ts";

export function attachAlarms(pool: string): AlarmRow[] {
  return [
    {
      ...ofPool(pool, "AttachProblems"),
      id: "attach-problem",
      says: "A guarded function cannot be attached, or would gain nothing by it. The last AttachFailed event names the function, what is wrong and the remedy.",
      statistic: "Maximum",
      threshold: 1,
      ...within(3, 5),
    },
    {
      ...ofPool(pool, "AttachRunsFailed"),
      id: "attach-failing",
      says: "Attaching runs but AWS refuses or fails its calls. Read the last AttachFailed event: it names the permission and AWS's reason.",
      statistic: "Sum",
      threshold: 1,
      ...within(3, 5),
    },
    {
      ...ofPool(pool, "AttachRunsFailed"),
      id: "attach-silent",
      says: "Nobody has looked at the pool's guarded functions for five minutes: one that partners refuse would not be attached. Check schedule, queue and function.",
      statistic: "SampleCount",
      below: true,
      threshold: 1,
      ...within(5, 5),
      missing: "breaching",
    },
  ];
}
