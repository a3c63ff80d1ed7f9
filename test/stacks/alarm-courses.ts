/**
 * A deployment's alarms alone in the twin's CloudWatch, and their metrics as Holdfast's functions and AWS publish them.
 * When each metric is published follows from the pool's schedule; the values are given.
 */
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { operatorOf } from "../../testing/deployment/operator.ts";
import { makers } from "../../testing/deployment/recorded-deployment.ts";
import { VirtualClock } from "../../testing/twin/clock.ts";
import type { MetricId } from "../../testing/twin/cloudwatch-metrics.ts";
import { addEventPath } from "../../testing/twin/event-path.ts";
import type { Random } from "../../testing/twin/random.ts";
import { createRegion } from "../../testing/twin/region.ts";
import { deploy } from "./deployment.ts";

const minuteMs = 60_000;
/** The slowest run of an actuator ends this long after it began (src/actuator/queue-handler.ts). */
const longestRunMs = 66_000;
/** What failed comes again when the queue's visibility timeout is over (stacks/actuator.ts). */
const visibilityMs = 95_000;

export interface Schedule {
  readonly sweepMinutes: number;
  readonly roundsPerMinute: number;
}

/** `silent`: Holdfast's functions publish nothing. `unused`: AWS publishes nothing of queues that nobody uses. */
export type Course = "healthy" | "faulty" | "silent" | "unused";

interface Publishing extends Schedule {
  readonly random: Random;
  /** Data of this time comes in after so long. */
  readonly add: (id: MetricId, timeMs: number, inMs: number, values: readonly number[]) => void;
}

/** Publishes what is due now. Returns after how long it is to be called again. */
type Publish = (by: Publishing, of: MetricId, course: Course, nowMs: number) => number;

type Values = readonly [healthy: number, faulty: number];

const valueIn = (course: Course, [healthy, faulty]: Values) => (course === "faulty" ? faulty : healthy);

/** At the end of each run; now and then a run waits, or an event starts one between two sweeps. */
const runs =
  (values: Values, everyMinutes?: 1): Publish =>
  ({ random, add, sweepMinutes }, id, course, nowMs) => {
    const everyMs = (everyMinutes ?? sweepMinutes) * minuteMs;
    const tookMs = random.chance(0.2) ? random.integer(2_000, longestRunMs) : 2_000;
    const ends = [tookMs, ...(random.chance(0.05) ? [tookMs + random.integer(0, everyMs)] : [])];
    if (course !== "silent") for (const inMs of ends) add(id, nowMs + inMs, inMs, [valueIn(course, values)]);
    return everyMs;
  };

/** The canary's batch is of the time at which its minute began; it comes when the last round has ended. */
const minutes =
  (values: Values, count?: 1): Publish =>
  ({ add, roundsPerMinute }, id, course, nowMs) => {
    const endMs = roundsPerMinute === 1 ? 8_000 : 57_000;
    const batch = Array<number>(count ?? roundsPerMinute).fill(valueIn(course, values));
    if (course !== "silent") add(id, nowMs, endMs, batch);
    return minuteMs;
  };

/** A probe's own, of each round. */
const rounds =
  (values: Values): Publish =>
  ({ add, roundsPerMinute }, id, course, nowMs) => {
    if (course !== "silent") add(id, nowMs, 1_000, [valueIn(course, values)]);
    return minuteMs / roundsPerMinute;
  };

/** AWS's own of a queue: each minute, while it is in use. */
const queues =
  (values: Values): Publish =>
  ({ add }, id, course, nowMs) => {
    if (course !== "unused") add(id, nowMs, 5_000, [valueIn(course, values)]);
    return minuteMs;
  };

/** AWS's own of each invocation: of each sweep, or of each attempt while it crashes. */
const invocations: Publish = ({ add, sweepMinutes }, id, course, nowMs) => {
  add(id, nowMs, 5_000, [valueIn(course, [0, 1])]);
  return course === "faulty" ? visibilityMs : sweepMinutes * minuteMs;
};

/** Of each environment of a guarded function: they start all the time. */
const tests: Publish = ({ add }, id, course, nowMs) => {
  add(id, nowMs, 5_000, [valueIn(course, [0, 1])]);
  return minuteMs / 3;
};

const publishers: Readonly<Record<string, Publish>> = {
  RelocationAttention: runs([0, 2]),
  FallbackAttention: runs([0, 2], 1),
  AttachAttention: runs([0, 2], 1),
  ProbingAttention: minutes([0, 2]),

  Shortage: runs([0, 1]),
  Conflicts: runs([0, 1]),
  AddressesLost: runs([0, 1]),
  RunsFailed: runs([0, 1]),

  FallbackActive: runs([0, 1], 1),
  FallbackHours: runs([0, 30], 1),
  FallbackProblems: runs([0, 1], 1),
  FallbackRunsFailed: runs([0, 1], 1),
  OverrideActive: runs([0, 1], 1),
  AttachProblems: runs([0, 1], 1),
  AttachRunsFailed: runs([0, 1], 1),

  AddressesBlocked: minutes([0, 1]),
  BlockedRate: minutes([0, 0.5]),
  CertificateDaysLeft: minutes([90, 5]),
  ProbesFailed: minutes([0, 1]),
  TargetsDown: minutes([0, 1]),
  TargetsRefused: minutes([0, 1]),
  TargetsRefusingPool: minutes([0, 1]),
  UnprobedInterfaces: minutes([0, 1], 1),
  Egress: rounds([1, 0]),
  GuardCurable: tests,

  ApproximateNumberOfMessagesVisible: queues([0, 1]),
  ApproximateAgeOfOldestMessage: queues([5, 1200]),
  Errors: invocations,
};

function publisherOf({ name }: MetricId): Publish {
  const publish = publishers[name];
  if (!publish) throw new Error(`how is ${name} published? Say it here`);
  return publish;
}

interface AlarmInputs {
  readonly name: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly statistic?: string;
  readonly treatMissingData: string;
  readonly threshold: number;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly period?: number;
  readonly evaluationPeriods: number;
  readonly metricQueries?: readonly {
    readonly metric?: Pick<AlarmInputs, "namespace" | "metricName" | "dimensions" | "period">;
  }[];
}

/** A change of an alarm's state: in which course, and how long after that began. */
export interface Transition {
  readonly to: string;
  readonly course: Course;
  readonly minutes: number;
}

export interface Watched {
  readonly name: string;
  /** Whether it is raised by silence, and by that alone. */
  readonly heartbeat: boolean;
  readonly silenceOnly: boolean;
  /** How far back it looks. */
  readonly rangeMinutes: number;
  readonly transitions: Transition[];
}

function metricsOf({ metricQueries, ...own }: AlarmInputs): MetricId[] {
  const all = metricQueries ? metricQueries.flatMap(({ metric }) => metric ?? []) : [own];
  return all.map(({ namespace, metricName: name, dimensions }) => ({ namespace, name, dimensions }));
}

/** Two periods more than are evaluated (testing/twin/cloudwatch-verdict.ts). */
function rangeMinutesOf({ period, metricQueries = [], evaluationPeriods }: AlarmInputs): number {
  const periods = [period ?? 0, ...metricQueries.map(({ metric }) => metric?.period ?? 0)];
  return ((evaluationPeriods + 2) * Math.max(...periods)) / 60;
}

/**
 * Returns what becomes of each alarm while all is well, in other courses, and while all is well again, each for twice as
 * long as the slowest alarm looks back. What a new alarm says before there is any data does not count.
 */
export async function watchAlarms(
  file: (schedule: Schedule) => HoldfastInput,
  schedule: Schedule,
  ...courses: readonly Course[]
): Promise<Watched[]> {
  const clock = new VirtualClock(undefined, process.nextTick);
  const region = createRegion({ seed: 1, clock, throttling: false });
  const { metrics } = addEventPath(region).cloudWatch;
  const operator = operatorOf(region);
  const { of } = await deploy(file(schedule));
  const alarms = of("cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => inputs as unknown as AlarmInputs);
  const make = makers["aws:cloudwatch/metricAlarm:MetricAlarm"];
  for (const alarm of alarms) await make?.({ operator } as never, alarm, {} as never);

  let course: Course = "healthy";
  const add: Publishing["add"] = (id, timeMs, inMs, values) =>
    clock.after(inMs, () => metrics.add(id, timeMs, false, { values }));
  const publishing = { ...schedule, random: region.random.fork("runs"), add };
  const published = new Map(alarms.flatMap(metricsOf).map((id) => [JSON.stringify(id), id]));
  for (const id of published.values()) {
    const publish = publisherOf(id);
    const again = () => void clock.after(publish(publishing, id, course, clock.now()), again);
    clock.after(1_000, again);
  }

  const watched = new Map(
    alarms.map((alarm): [string, Watched] => {
      const { name, statistic, treatMissingData } = alarm;
      const heartbeat = treatMissingData === "breaching";
      const silenceOnly = statistic === "SampleCount";
      return [name, { name, heartbeat, silenceOnly, rangeMinutes: rangeMinutesOf(alarm), transitions: [] }];
    }),
  );
  const longest = Math.max(...[...watched.values()].map(({ rangeMinutes }) => rangeMinutes));
  await clock.advance(longest * minuteMs);
  for (const it of ["healthy", ...courses, "healthy"] as const) {
    course = it;
    for (let minutes = 1; minutes <= 2 * longest; minutes++) {
      await clock.advance(minuteMs);
      for (const { AlarmName, StateValue } of await statesOf(operator)) {
        const { transitions } = watched.get(AlarmName) as Watched;
        if (transitions.at(-1)?.to !== StateValue) transitions.push({ to: StateValue, course, minutes });
      }
    }
  }
  return [...watched.values()];
}

interface States {
  readonly MetricAlarms: readonly { readonly AlarmName: string; readonly StateValue: string }[];
}

async function statesOf(operator: ReturnType<typeof operatorOf>): Promise<States["MetricAlarms"]> {
  return (await operator<States>("monitoring", "DescribeAlarms", { MaxRecords: 100 })).MetricAlarms;
}
