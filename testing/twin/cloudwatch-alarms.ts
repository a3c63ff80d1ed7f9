import type { MetricAlarm, MetricDataQuery, PutMetricAlarmInput } from "@aws-sdk/client-cloudwatch";
import type { Timer, VirtualClock } from "./clock.ts";
import { describeQuery, type Judged, longTime, missingReason, thresholdReason } from "./cloudwatch-alarm-texts.ts";
import type { Metrics } from "./cloudwatch-metrics.ts";
import { invalidValue, periodOf, readPeriodMs, readQuery } from "./cloudwatch-queries.ts";
import {
  type AlarmRule,
  type AlarmState,
  alarmVerdict,
  evaluationRange,
  type MissingData,
} from "./cloudwatch-verdict.ts";
import { type Delays, draw } from "./delays.ts";
import type { EventBridge } from "./eventbridge.ts";
import type { Identifiers } from "./identifiers.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

/** Metrics in an alarm's math (CloudWatch user guide, "Create an alarm based on a metric math expression"). */
const MOST_METRICS = 10;
/** The alarm looks back at most a day, or seven with periods of an hour or more (API reference, PutMetricAlarm). */
const DAY_MS = 86_400_000;

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

export interface AlarmsOptions {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly identifiers: Identifiers;
  readonly delays: Delays;
  readonly bus: EventBridge;
  readonly metrics: Metrics;
}

interface Condition {
  readonly value: AlarmState;
  readonly reason: string;
  readonly reasonData: string | undefined;
  readonly atMs: number;
}

export interface Alarm {
  readonly arn: string;
  readonly input: PutMetricAlarmInput;
  readonly rule: AlarmRule;
  readonly queries: readonly MetricDataQuery[];
  /** The query that is compared with the threshold. */
  readonly watched: string;
  readonly periodMs: number;
  readonly configuredMs: number;
  state: Condition;
  timer: Timer;
}

/** Metric alarms: evaluated by themselves each minute, or every ten seconds when their period is below a minute. */
export class Alarms {
  readonly #context: AlarmsOptions;
  readonly #alarms = new Map<string, Alarm>();

  constructor(context: AlarmsOptions) {
    this.#context = context;
  }

  get all(): readonly Alarm[] {
    return [...this.#alarms.values()];
  }

  find(name: string): Alarm | undefined {
    return this.#alarms.get(name);
  }

  /** A changed alarm keeps its state until it is next evaluated. Throws `ValidationError`. */
  put(input: PutMetricAlarmInput): void {
    const { world, clock, identifiers } = this.#context;
    const name = input.AlarmName ?? "";
    const before = this.#alarms.get(name);
    const { queries, watched } = queriesOf(input, identifiers.uuid());
    const periodMs = periodOf(queries);
    const rule = ruleOf(input, periodMs);
    before?.timer.cancel();
    const alarm: Alarm = {
      arn: `arn:aws:cloudwatch:${world.region}:${world.accountId}:alarm:${name}`,
      input,
      rule,
      queries,
      watched,
      periodMs,
      configuredMs: clock.now(),
      state: before?.state ?? {
        value: "INSUFFICIENT_DATA",
        reason: "Unchecked: Initial alarm creation",
        reasonData: undefined,
        atMs: clock.now(),
      },
      timer: this.#evaluateRegularly(name, periodMs),
    };
    // An expression that cannot be evaluated is refused at once.
    this.#look(alarm);
    this.#alarms.set(name, alarm);
  }

  delete(name: string): void {
    this.#alarms.get(name)?.timer.cancel();
    this.#alarms.delete(name);
  }

  /** What is set lasts until the next evaluation (API reference, SetAlarmState). */
  setState(alarm: Alarm, value: AlarmState, reason: string, reasonData: string | undefined): void {
    if (alarm.state.value === value) return;
    const previous = alarm.state;
    alarm.state = { value, reason, reasonData, atMs: this.#context.clock.now() };
    this.#publish(alarm, detailOf(alarm, previous));
  }

  #publish({ arn }: Alarm, detail: object): void {
    const { bus, clock, delays, random } = this.#context;
    const { alarmEventLossRate, alarmEventLateRate, alarmEventLate } = delays;
    const strikes = (rate: number) => rate > 0 && random.chance(rate);
    if (strikes(alarmEventLossRate)) return;
    const publish = () => bus.publish("aws.cloudwatch", "CloudWatch Alarm State Change", detail, { resources: [arn] });
    if (strikes(alarmEventLateRate)) clock.after(draw(random, alarmEventLate), publish);
    else publish();
  }

  describe({ arn, input, state, configuredMs, queries }: Alarm): MetricAlarm {
    const { Tags: _, ...rest } = input;
    return {
      ...rest,
      ActionsEnabled: input.ActionsEnabled ?? true,
      ...(input.Metrics && { Metrics: [...queries] }),
      AlarmArn: arn,
      AlarmConfigurationUpdatedTimestamp: new Date(configuredMs),
      StateValue: state.value,
      StateReason: state.reason,
      ...(state.reasonData !== undefined && { StateReasonData: state.reasonData }),
      StateUpdatedTimestamp: new Date(state.atMs),
      StateTransitionedTimestamp: new Date(state.atMs),
    };
  }

  /** Each alarm has its own second of the minute, as recorded events show. */
  #evaluateRegularly(name: string, periodMs: number): Timer {
    const { clock, delays, random } = this.#context;
    const everyMs = periodMs < 60_000 ? 10_000 : 60_000;
    const phaseMs = draw(random, delays.alarmPhase) % everyMs;
    const firstMs = Math.floor(clock.now() / everyMs) * everyMs + phaseMs;
    const waitMs = firstMs > clock.now() ? firstMs - clock.now() : firstMs + everyMs - clock.now();
    return clock.every(everyMs, () => this.#evaluate(name), waitMs);
  }

  /** The periods end with the last full minute, or the last full ten seconds of high-resolution alarms. */
  #look(alarm: Alarm): (Judged | undefined)[] {
    const { clock, metrics } = this.#context;
    const { periodMs, queries, watched, rule } = alarm;
    const gridMs = Math.min(periodMs, 60_000);
    const toMs = Math.floor(clock.now() / gridMs) * gridMs;
    const range = evaluationRange(rule);
    const fromMs = toMs - range * periodMs;
    const series = readQuery(metrics, queries, watched, { fromMs, toMs, periodMs }, clock.now());
    return Array.from({ length: range }, (_, index) => {
      const atMs = fromMs + index * periodMs;
      const value = series.get(atMs);
      return value === undefined ? undefined : { atMs, value };
    });
  }

  #evaluate(name: string): void {
    const alarm = this.#alarms.get(name);
    if (!alarm) return;
    const { rule, input, periodMs } = alarm;
    const points = this.#look(alarm);
    const compare = COMPARISONS[input.ComparisonOperator ?? ""];
    const threshold = input.Threshold ?? 0;
    const breaches = (point: Judged) => compare?.(point.value, threshold) ?? false;
    const verdict = alarmVerdict(
      rule,
      points.map((point) => point && breaches(point)),
    );
    if (verdict === undefined || verdict === alarm.state.value) return;
    const recent = points.filter((point) => point !== undefined).slice(-rule.evaluationPeriods);
    const deciding = recent.filter((point) => breaches(point) === (verdict === "ALARM"));
    const reason =
      deciding.length === 0 || verdict === "INSUFFICIENT_DATA"
        ? missingReason(verdict, rule.evaluationPeriods)
        : thresholdReason({
            ...rule,
            breaching: verdict === "ALARM",
            comparison: input.ComparisonOperator ?? "",
            threshold,
            points: deciding,
          });
    const nowMs = this.#context.clock.now();
    const startMs = recent[0]?.atMs ?? nowMs - rule.evaluationPeriods * periodMs;
    const reasonData = {
      version: "1.0",
      queryDate: longTime(nowMs),
      startDate: longTime(startMs),
      ...(input.Statistic && { statistic: input.Statistic }),
      period: periodMs / 1_000,
      recentDatapoints: recent.map(({ value }) => value),
      threshold,
    };
    this.setState(alarm, verdict, reason, JSON.stringify(reasonData));
  }
}

function queriesOf(input: PutMetricAlarmInput, id: string): { queries: MetricDataQuery[]; watched: string } {
  const { Metrics: given, MetricName, Namespace, Dimensions, Period, Statistic, ExtendedStatistic } = input;
  if (given && given.length > 0) {
    if (MetricName) throw invalidValue("MetricName and Metrics cannot both be given");
    const metrics = given.filter(({ MetricStat }) => MetricStat);
    if (metrics.length > MOST_METRICS) throw invalidValue(`An alarm has at most ${MOST_METRICS} metrics`);
    const [watched, ...more] = given.filter(({ ReturnData }) => ReturnData ?? true);
    if (!watched || more.length > 0) throw invalidValue("Exactly one query must return data");
    return { queries: given, watched: watched.Id ?? "" };
  }
  const Stat = Statistic ?? ExtendedStatistic;
  if (!MetricName || !Namespace || !Stat) throw invalidValue("MetricName, Namespace and a statistic are needed");
  const MetricStat = { Metric: { Namespace, MetricName, Dimensions }, Period, Stat };
  return { queries: [{ Id: id, MetricStat, ReturnData: true }], watched: id };
}

function ruleOf(input: PutMetricAlarmInput, periodMs: number): AlarmRule {
  const evaluationPeriods = input.EvaluationPeriods ?? 0;
  const datapointsToAlarm = input.DatapointsToAlarm ?? evaluationPeriods;
  const missing = (input.TreatMissingData ?? "missing") as MissingData;
  if (input.Period !== undefined) readPeriodMs(input.Period);
  if (periodMs < 10_000) throw invalidValue("An alarm's period is at least 10 seconds");
  if (evaluationPeriods < 1) throw invalidValue("EvaluationPeriods must be at least 1");
  if (datapointsToAlarm < 1 || datapointsToAlarm > evaluationPeriods) {
    throw invalidValue("DatapointsToAlarm must be from 1 to EvaluationPeriods");
  }
  if (evaluationPeriods * periodMs > (periodMs >= 3_600_000 ? 7 : 1) * DAY_MS) {
    throw invalidValue("EvaluationPeriods times Period looks back too far");
  }
  if (!["missing", "ignore", "breaching", "notBreaching"].includes(missing)) {
    throw invalidValue(`TreatMissingData cannot be ${missing}`);
  }
  if (!COMPARISONS[input.ComparisonOperator ?? ""] || input.Threshold === undefined) {
    throw invalidValue("A threshold and one of the four threshold comparisons are needed");
  }
  return { evaluationPeriods, datapointsToAlarm, missing };
}

/** `detail` of a state change event, as recorded. */
function detailOf(alarm: Alarm, previous: Condition): object {
  const describeState = ({ value, reason, reasonData, atMs }: Condition) => ({
    value,
    reason,
    ...(reasonData !== undefined && { reasonData }),
    timestamp: longTime(atMs),
  });
  const description = alarm.input.AlarmDescription;
  return {
    alarmName: alarm.input.AlarmName,
    configuration: {
      ...(description !== undefined && { description }),
      metrics: alarm.queries.map(describeQuery),
    },
    previousState: describeState(previous),
    state: describeState(alarm.state),
  };
}
