import type {
  CreateScheduleInput,
  GetScheduleInput,
  GetScheduleOutput,
  ListSchedulesInput,
  ListSchedulesOutput,
  UpdateScheduleInput,
} from "@aws-sdk/client-scheduler";
import * as sdk from "@aws-sdk/client-scheduler";
import type { Timer } from "./clock.ts";
import { draw } from "./delays.ts";
import { type DeliveryOptions, deliver } from "./event-target.ts";
import type { Identifiers } from "./identifiers.ts";
import type { Random } from "./random.ts";
import { AwsError, type Service } from "./service.ts";
import type { World } from "./world.ts";

export interface SchedulerOptions extends DeliveryOptions {
  readonly world: World;
  readonly random: Random;
  readonly identifiers: Identifiers;
}

interface Schedule {
  readonly input: CreateScheduleInput;
  readonly arn: string;
  readonly createdMs: number;
  readonly modifiedMs: number;
  readonly timer: Timer | undefined;
}

const UNIT_MS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * EventBridge Scheduler with `rate(…)` expressions. A schedule runs somewhere within its minute ("60-second precision",
 * Scheduler user guide, schedule types); the first time one period after its start date or creation.
 */
export function createScheduler(options: SchedulerOptions): Service {
  const { world, clock, delays } = options;
  const random = options.random.fork("scheduler");
  const schedules = new Map<string, Schedule>();
  const keyOf = (input: GetScheduleInput) => `${input.GroupName ?? "default"}/${input.Name}`;

  function put(input: CreateScheduleInput, createdMs: number): { ScheduleArn: string } {
    const key = keyOf(input);
    const everyMs = readRate(input.ScheduleExpression ?? "");
    const arn = `arn:aws:scheduler:${world.region}:${world.accountId}:schedule/${key}`;
    if (input.Target?.Arn?.endsWith(".fifo") && !input.Target.SqsParameters?.MessageGroupId) {
      throw new AwsError("ValidationException", "MessageGroupId is required for a FIFO queue.");
    }
    schedules.get(key)?.timer?.cancel();
    const startMs = Math.max(clock.now(), input.StartDate?.getTime() ?? 0);
    const phaseMs = draw(random, delays.schedulerPhase);
    const firstMs = nextMinuteMs(startMs) + everyMs - 60_000;
    const endMs = input.EndDate?.getTime() ?? Number.POSITIVE_INFINITY;
    const fire = () => {
      const scheduledMs = clock.now();
      if (scheduledMs > endMs) return;
      clock.after(phaseMs + draw(random, delays.schedulerJitter), () => run(options, input, arn, scheduledMs));
    };
    const timer = input.State === "DISABLED" ? undefined : clock.every(everyMs, fire, firstMs - clock.now());
    schedules.set(key, { input, arn, createdMs, modifiedMs: clock.now(), timer });
    return { ScheduleArn: arn };
  }

  function find(input: GetScheduleInput): Schedule {
    const found = schedules.get(keyOf(input));
    if (!found) throw new AwsError("ResourceNotFoundException", `Schedule ${input.Name} does not exist.`, 404);
    return found;
  }

  return {
    name: "scheduler",
    sdk,
    operations: {
      CreateSchedule(input: CreateScheduleInput) {
        if (schedules.has(keyOf(input)))
          throw new AwsError("ConflictException", `Schedule ${input.Name} already exists.`, 409);
        return put(input, clock.now());
      },
      UpdateSchedule: (input: UpdateScheduleInput) => put(input, find(input).createdMs),
      ListSchedules: (input: ListSchedulesInput) => list([...schedules.values()], input),
      GetSchedule: (input: GetScheduleInput) => describe(find(input)),
      DeleteSchedule(input: GetScheduleInput) {
        find(input).timer?.cancel();
        schedules.delete(keyOf(input));
        return {};
      },
    },
  };
}

/** Schedules per page unless the caller asks for fewer (SDK, `ListSchedulesInput.MaxResults`). */
const PER_PAGE = 100;

function list(schedules: readonly Schedule[], input: ListSchedulesInput): ListSchedulesOutput {
  const found = schedules
    .map(describe)
    .filter(({ GroupName }) => input.GroupName === undefined || GroupName === input.GroupName)
    .filter(({ Name = "" }) => Name.startsWith(input.NamePrefix ?? ""))
    .filter(({ State }) => input.State === undefined || State === input.State);
  const from = Number(input.NextToken ?? 0);
  const to = from + (input.MaxResults ?? PER_PAGE);
  return {
    Schedules: found.slice(from, to).map(({ Target, ...it }) => ({
      Arn: it.Arn,
      Name: it.Name,
      GroupName: it.GroupName,
      State: it.State,
      CreationDate: it.CreationDate,
      LastModificationDate: it.LastModificationDate,
      Target: { Arn: Target?.Arn },
    })),
    ...(to < found.length && { NextToken: String(to) }),
  };
}

function nextMinuteMs(ms: number): number {
  return Math.ceil(ms / 60_000) * 60_000 + (ms % 60_000 === 0 ? 60_000 : 0);
}

function readRate(expression: string): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const everyMs = Number(count) * (UNIT_MS[unit ?? ""] ?? 0);
  if (everyMs > 0) return everyMs;
  throw new AwsError("ValidationException", `Invalid Schedule Expression ${expression}. The twin reads rate(…) only.`);
}

function describe({ input, arn, createdMs, modifiedMs }: Schedule): GetScheduleOutput {
  return {
    ActionAfterCompletion: input.ActionAfterCompletion ?? "NONE",
    Arn: arn,
    CreationDate: new Date(createdMs),
    LastModificationDate: new Date(modifiedMs),
    FlexibleTimeWindow: input.FlexibleTimeWindow,
    GroupName: input.GroupName ?? "default",
    Name: input.Name,
    ScheduleExpression: input.ScheduleExpression,
    ScheduleExpressionTimezone: input.ScheduleExpressionTimezone ?? "UTC",
    State: input.State ?? "ENABLED",
    Target: input.Target,
    ...(input.Description !== undefined && { Description: input.Description }),
    ...(input.StartDate && { StartDate: input.StartDate }),
    ...(input.EndDate && { EndDate: input.EndDate }),
  };
}

function run(options: SchedulerOptions, { Target }: CreateScheduleInput, arn: string, scheduledMs: number): void {
  const time = `${new Date(scheduledMs).toISOString().slice(0, 19)}Z`;
  const ageSeconds = Target?.RetryPolicy?.MaximumEventAgeInSeconds;
  deliver(
    options,
    {
      arn: Target?.Arn ?? "",
      messageGroupId: Target?.SqsParameters?.MessageGroupId,
      deadLetterArn: Target?.DeadLetterConfig?.Arn,
      maximumRetryAttempts: Target?.RetryPolicy?.MaximumRetryAttempts,
      maximumEventAgeMs: ageSeconds === undefined ? undefined : ageSeconds * 1_000,
      sender: { roleArn: Target?.RoleArn ?? "" },
    },
    Target?.Input === undefined
      ? JSON.stringify(defaultEvent(options, arn, time))
      : fillIn(Target.Input, arn, time, options.identifiers.uuid()),
  );
}

/** Context attributes (Scheduler user guide, "Adding context attributes"). */
function fillIn(input: string, arn: string, time: string, executionId: string): string {
  return input
    .replaceAll("<aws.scheduler.schedule-arn>", arn)
    .replaceAll("<aws.scheduler.scheduled-time>", time)
    .replaceAll("<aws.scheduler.execution-id>", executionId)
    .replaceAll("<aws.scheduler.attempt-number>", "1");
}

/** What a target gets that has no `Input`: as recorded, `detail` is the text "{}" (aws/aws-lambda-java-libs issue 479). */
function defaultEvent({ world, identifiers }: SchedulerOptions, arn: string, time: string) {
  return {
    version: "0",
    id: identifiers.uuid(),
    "detail-type": "Scheduled Event",
    source: "aws.scheduler",
    account: world.accountId,
    time,
    region: world.region,
    resources: [arn],
    detail: "{}",
  };
}
