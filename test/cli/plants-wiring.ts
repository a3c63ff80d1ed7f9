/** Misconfigurations of what starts the functions and tells of them, each with its way back. */
import type { Operator } from "../../testing/deployment/operator.ts";
import { environment, type Plant, queueArn, queueUrl, relocate, stage } from "./plant.ts";

/** A pair of calls that undo each other. */
function calls(service: string, plant: readonly [string, object], back: readonly [string, object]): Plant["plant"] {
  return async ({ operator }) => {
    await operator(service, ...plant);
    return () => operator(service, ...back);
  };
}

/** Relocation's rules: `changes` and `blocks`. */
async function ruleName(operator: Operator, part: "changes" | "blocks"): Promise<string> {
  const { RuleNames } = await operator<{ RuleNames: string[] }>("events", "ListRuleNamesByTarget", {
    TargetArn: queueArn,
  });
  return RuleNames.find((name) => name.includes(`-${part}`)) ?? "";
}

/** A rule that has lost its target. */
function unruled(part: "changes" | "blocks"): Plant["plant"] {
  return async ({ operator }) => {
    const Rule = await ruleName(operator, part);
    const { Targets } = await operator<{ Targets: { Id: string }[] }>("events", "ListTargetsByRule", { Rule });
    await operator("events", "RemoveTargets", { Rule, Ids: Targets.map(({ Id }) => Id) });
    return () => operator("events", "PutTargets", { Rule, Targets });
  };
}

interface Schedule {
  readonly Name: string;
  readonly GroupName: string;
  readonly Target: { readonly Arn: string };
}

async function scheduleOf(operator: Operator, targetArn: string): Promise<Schedule> {
  const { Schedules } = await operator<{ Schedules: Schedule[] }>("scheduler", "ListSchedules", {});
  const found = Schedules.find(({ Target }) => Target.Arn === targetArn);
  if (!found) throw new Error(`nothing is scheduled for ${targetArn}`);
  const { Name, GroupName } = found;
  return operator<Schedule>("scheduler", "GetSchedule", { Name, GroupName });
}

/** Takes a schedule away, or turns it off. */
function unscheduled(targetArn: string, how: "deleted" | "disabled"): Plant["plant"] {
  return async ({ operator }) => {
    const schedule = await scheduleOf(operator, targetArn);
    if (how === "disabled") {
      await operator("scheduler", "UpdateSchedule", { ...schedule, State: "DISABLED" });
      return () => operator("scheduler", "UpdateSchedule", schedule);
    }
    await operator("scheduler", "DeleteSchedule", schedule);
    return () => operator("scheduler", "CreateSchedule", schedule);
  };
}

const canaryArn = `arn:aws:lambda:us-east-1:123456789012:function:${stage}-canary`;

export const wiringPlants: readonly Plant[] = [
  {
    finding: "trail-stopped",
    what: "the trail does not log",
    plant: calls("cloudtrail", ["StopLogging", { Name: "management" }], ["StartLogging", { Name: "management" }]),
  },
  {
    finding: "trail-missing",
    what: "there is no trail",
    plant: async ({ operator }) => {
      await operator("cloudtrail", "DeleteTrail", { Name: "management" });
      return async () => {
        await operator("cloudtrail", "CreateTrail", { Name: "management" });
        await operator("cloudtrail", "StartLogging", { Name: "management" });
      };
    },
  },
  {
    finding: "trail-reads-only",
    what: "the trail records reads alone",
    plant: calls(
      "cloudtrail",
      ["PutEventSelectors", { TrailName: "management", EventSelectors: [{ ReadWriteType: "ReadOnly" }] }],
      ["PutEventSelectors", { TrailName: "management", EventSelectors: [{ ReadWriteType: "All" }] }],
    ),
  },
  {
    finding: "rule-disabled",
    what: "the rule for changes is disabled",
    plant: async ({ operator }) => {
      const Name = await ruleName(operator, "changes");
      await operator("events", "DisableRule", { Name });
      return () => operator("events", "EnableRule", { Name });
    },
  },
  { finding: "rule-missing", what: "the rule for changes sends to the queue no more", plant: unruled("changes") },
  { finding: "rule-missing", what: "the rule for blocks sends to the queue no more", plant: unruled("blocks") },
  {
    finding: "rule-missing",
    what: "the rule for changes listens for something else",
    plant: async ({ operator }) => {
      const Name = await ruleName(operator, "changes");
      const rule = await operator<object>("events", "DescribeRule", { Name });
      await operator("events", "PutRule", { ...rule, EventPattern: JSON.stringify({ source: ["aws.s3"] }) });
      return () => operator("events", "PutRule", rule);
    },
  },
  { finding: "sweep-disabled", what: "the sweep is disabled", plant: unscheduled(queueArn, "disabled") },
  { finding: "sweep-missing", what: "the sweep is deleted", plant: unscheduled(queueArn, "deleted") },
  {
    finding: "rounds-disabled",
    what: "the canary's schedule is disabled",
    plant: unscheduled(canaryArn, "disabled"),
  },
  { finding: "rounds-missing", what: "the canary's schedule is deleted", plant: unscheduled(canaryArn, "deleted") },
  {
    finding: "function-off",
    what: "relocate has a reserved concurrency of 0",
    plant: calls(
      "lambda",
      ["PutFunctionConcurrency", { FunctionName: relocate, ReservedConcurrentExecutions: 0 }],
      ["DeleteFunctionConcurrency", { FunctionName: relocate }],
    ),
  },
  {
    finding: "function-missing",
    what: "the probe lost its tag",
    plant: async ({ region }) => {
      const probe = region.world.functions.get(`${stage}-partners-zone-1`);
      if (!probe) throw new Error("there is no probe");
      const { tags } = probe;
      probe.tags = {};
      return async () => {
        probe.tags = tags;
      };
    },
  },
  {
    finding: "mapping-missing",
    what: "nothing brings messages to relocate",
    plant: async ({ operator }) => {
      const { EventSourceMappings } = await operator<{ EventSourceMappings: { UUID: string }[] }>(
        "lambda",
        "ListEventSourceMappings",
        { FunctionName: relocate },
      );
      await operator("lambda", "DeleteEventSourceMapping", { UUID: EventSourceMappings[0]?.UUID });
      const mapping = { FunctionName: relocate, EventSourceArn: queueArn, BatchSize: 10 };
      return () =>
        operator("lambda", "CreateEventSourceMapping", {
          ...mapping,
          FunctionResponseTypes: ["ReportBatchItemFailures"],
        });
    },
  },
  {
    finding: "settings-invalid",
    what: "relocate's settings are of another version",
    plant: environment(relocate, (text) => JSON.stringify({ ...JSON.parse(text), surprise: true })),
  },
  {
    finding: "settings-invalid",
    what: "the parameter with the canary's settings is gone",
    plant: environment(`${stage}-canary`, () => "ssm:/holdfast/gone"),
  },
  {
    finding: "dead-letters",
    what: "a message was given up on",
    plant: async ({ operator }) => {
      const QueueUrl = queueUrl.replace(".fifo", "-dead-letters.fifo");
      await operator("sqs", "SendMessage", { QueueUrl, MessageBody: "{}", MessageGroupId: "partners" });
      return () => operator("sqs", "PurgeQueue", { QueueUrl });
    },
  },
  {
    finding: "alarm-without-action",
    what: "an alarm tells nobody",
    plant: async ({ operator }) => {
      const AlarmName = `${stage}-partners-relocation-problem`;
      const { MetricAlarms } = await operator<{ MetricAlarms: object[] }>("monitoring", "DescribeAlarms", {
        AlarmNames: [AlarmName],
      });
      await operator("monitoring", "PutMetricAlarm", { ...MetricAlarms[0], AlarmActions: [] });
      return () => operator("monitoring", "PutMetricAlarm", { ...MetricAlarms[0] });
    },
  },
  {
    finding: "alarm-raised",
    what: "an alarm is raised",
    plant: calls(
      "monitoring",
      [
        "SetAlarmState",
        { AlarmName: `${stage}-partners-probing-problem`, StateValue: "ALARM", StateReason: "planted" },
      ],
      ["SetAlarmState", { AlarmName: `${stage}-partners-probing-problem`, StateValue: "OK", StateReason: "planted" }],
    ),
  },
];
