/** Alarms on attaching, for pools whose guard policy is `attach`. */
import { attention } from "../src/telemetry/attention.ts";
import { type AlarmRow, ofPool, silentAlarm, within } from "./alarm-rows.ts";

/** Returns the one alarm of `lean`. */
export function leanAttachAlarms(pool: string): AlarmRow[] {
  return [
    {
      ...ofPool(pool, "AttachAttention"),
      id: "attach-problem",
      severity: "ticket",
      description:
        "A guarded function cannot be attached, attaching would not help it, AWS fails or denies the calls, or there are no runs. The last AttachFailed event, holdfast status and holdfast doctor name the cause and the remediation; without one, check its schedule, queue and function.",
      statistic: "Maximum",
      threshold: attention.ticket,
      ...within(3, 5),
      missing: "breaching",
    },
  ];
}

export function attachAlarms(pool: string): AlarmRow[] {
  return [
    {
      ...ofPool(pool, "AttachProblems"),
      id: "attach-problem",
      severity: "ticket",
      description:
        "A guarded function cannot be attached, or attaching would not help it. The last AttachFailed event and holdfast doctor name the function, the problem and the remediation.",
      statistic: "Maximum",
      threshold: 1,
      ...within(3, 5),
    },
    {
      ...ofPool(pool, "AttachRunsFailed"),
      id: "attach-failing",
      severity: "ticket",
      description:
        "Attaching runs but AWS denies or fails its calls. Read the last AttachFailed event: it names the permission and AWS's reason.",
      statistic: "Sum",
      threshold: 1,
      ...within(3, 5),
    },
    { ...silentAlarm(pool, "attach-silent", "AttachRunsFailed"), severity: "ticket" },
  ];
}
