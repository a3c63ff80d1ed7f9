import type {
  DeleteAlarmsInput,
  DescribeAlarmsInput,
  DescribeAlarmsOutput,
  GetMetricDataInput,
  GetMetricDataOutput,
  ListMetricsInput,
  ListMetricsOutput,
  MetricDatum,
  PutMetricDataInput,
  SetAlarmStateInput,
} from "@aws-sdk/client-cloudwatch";
import * as sdk from "@aws-sdk/client-cloudwatch";
import type { VirtualClock } from "./clock.ts";
import { Alarms, type AlarmsOptions } from "./cloudwatch-alarms.ts";
import { dashboardOperations } from "./cloudwatch-dashboards.ts";
import { readEmf } from "./cloudwatch-emf.ts";
import { type MetricId, Metrics, type Sample } from "./cloudwatch-metrics.ts";
import { dimensionsOf, invalidValue, periodOf, readQuery } from "./cloudwatch-queries.ts";
import { type Delays, draw } from "./delays.ts";
import type { Random } from "./random.ts";
import { AwsError, type Operation, type Service } from "./service.ts";

/** Limits of the calls (CloudWatch API reference): PutMetricData, GetMetricData, and pages of ListMetrics and DescribeAlarms. */
const MOST_METRICS = 1_000;
const MOST_VALUES = 150;
const MOST_DIMENSIONS = 30;
const MOST_QUERIES = 500;
const MOST_DATAPOINTS = 100_800;
const LIST_PAGE = 500;
const ALARM_PAGE = 50;
/** Timestamps may lie two weeks back and two hours ahead. */
const OLDEST_MS = 14 * 86_400_000;
const NEWEST_MS = 2 * 3_600_000;

export type CloudWatchOptions = Omit<AlarmsOptions, "metrics">;

export interface CloudWatch extends Service {
  readonly metrics: Metrics;
  /** One line of a function's standard output: metrics in the embedded metric format are kept, all else is ignored. */
  emf(line: string): void;
}

/** Takes in samples, which can be read some moments later. */
class Ingestion {
  readonly metrics = new Metrics();
  readonly clock: VirtualClock;
  readonly #delays: Delays;
  readonly #random: Random;

  constructor({ clock, delays, random }: CloudWatchOptions) {
    this.clock = clock;
    this.#delays = delays;
    this.#random = random.fork("cloudwatch");
  }

  add(id: MetricId, atMs: number, highResolution: boolean, sample: Sample): void {
    const delayMs = draw(this.#random, this.#delays.metricIngestion);
    this.clock.after(delayMs, () => this.metrics.add(id, atMs, highResolution, sample));
  }

  accepts(atMs: number): boolean {
    return atMs >= this.clock.now() - OLDEST_MS && atMs <= this.clock.now() + NEWEST_MS;
  }
}

/** CloudWatch: metrics by call and by log line, metric math, alarms that evaluate themselves, dashboards. */
export function createCloudWatch(options: CloudWatchOptions): CloudWatch {
  const ingestion = new Ingestion(options);
  const { metrics } = ingestion;
  const alarms = new Alarms({ ...options, random: options.random.fork("alarms"), metrics });
  return {
    name: "monitoring",
    sdk,
    operations: {
      ...dashboardOperations(options.world),
      ...alarmOperations(alarms),
      PutMetricData: (input: PutMetricDataInput) => putMetricData(ingestion, input),
      GetMetricData: (input: GetMetricDataInput) => getMetricData(metrics, input, options.clock.now()),
      ListMetrics: (input: ListMetricsInput) => listMetrics(metrics, input),
    },
    metrics,
    emf(line) {
      for (const { id, atMs, highResolution, values } of readEmf(line)) {
        if (ingestion.accepts(atMs)) ingestion.add(id, atMs, highResolution, { values });
      }
    },
  };
}

function alarmOperations(alarms: Alarms): Record<string, Operation> {
  return {
    DescribeAlarms: (input: DescribeAlarmsInput) => describeAlarms(alarms, input),
    PutMetricAlarm(input) {
      alarms.put(input);
      return {};
    },
    SetAlarmState(input: SetAlarmStateInput) {
      const alarm = alarms.find(input.AlarmName ?? "");
      if (!alarm) throw new AwsError("ResourceNotFound", `Alarm ${input.AlarmName} does not exist`, 404);
      if (!input.StateValue) throw invalidValue("StateValue is needed");
      alarms.setState(alarm, input.StateValue, input.StateReason ?? "", input.StateReasonData);
      return {};
    },
    DeleteAlarms(input: DeleteAlarmsInput) {
      for (const name of input.AlarmNames ?? []) alarms.delete(name);
      return {};
    },
  };
}

function putMetricData(ingestion: Ingestion, input: PutMetricDataInput): Record<string, never> {
  const data = input.MetricData ?? [];
  const namespace = input.Namespace ?? "";
  if (data.length > MOST_METRICS)
    throw badValue(`The collection MetricData must not have more than ${MOST_METRICS} items`);
  if (namespace === "" || namespace.startsWith("AWS/"))
    throw badValue(`The value ${namespace} for Namespace is invalid`);
  const samples = data.map((datum) => ({ datum, sample: sampleOf(datum) }));
  for (const { datum } of samples) {
    if (!ingestion.accepts(datum.Timestamp?.getTime() ?? ingestion.clock.now())) {
      throw badValue("The parameter Timestamp must specify a time within the last two weeks or the next two hours.");
    }
  }
  for (const { datum, sample } of samples) {
    const id = { namespace, name: datum.MetricName ?? "", dimensions: dimensionsOf(datum.Dimensions) };
    ingestion.add(id, datum.Timestamp?.getTime() ?? ingestion.clock.now(), datum.StorageResolution === 1, sample);
  }
  return {};
}

function getMetricData(metrics: Metrics, input: GetMetricDataInput, nowMs: number): GetMetricDataOutput {
  const queries = input.MetricDataQueries ?? [];
  if (queries.length > MOST_QUERIES) throw invalidValue(`At most ${MOST_QUERIES} queries`);
  const ids = queries.map(({ Id }) => Id ?? "");
  if (ids.some((id) => !/^[a-z]\w*$/.test(id)) || new Set(ids).size < ids.length) {
    throw invalidValue("Ids must be unique and begin with a lower-case letter");
  }
  const periodMs = periodOf(queries);
  const fromMs = Math.floor((input.StartTime?.getTime() ?? 0) / periodMs) * periodMs;
  const toMs = input.EndTime?.getTime() ?? nowMs;
  if (toMs <= fromMs) throw invalidValue("The parameter StartTime must be before EndTime");
  if (((toMs - fromMs) / periodMs) * queries.length > MOST_DATAPOINTS) {
    throw invalidValue(`More than ${MOST_DATAPOINTS} datapoints`);
  }
  const returned = queries.filter(({ ReturnData }) => ReturnData ?? true);
  return {
    MetricDataResults: returned.map(({ Id = "", Label, MetricStat }) => {
      const series = readQuery(metrics, queries, Id, { fromMs, toMs, periodMs }, nowMs);
      const points = [...series].sort(([a], [b]) => (input.ScanBy === "TimestampAscending" ? a - b : b - a));
      return {
        Id,
        Label: Label ?? MetricStat?.Metric?.MetricName ?? Id,
        Timestamps: points.map(([ms]) => new Date(ms)),
        Values: points.map(([, value]) => value),
        StatusCode: "Complete",
      };
    }),
    Messages: [],
  };
}

function listMetrics(metrics: Metrics, input: ListMetricsInput): ListMetricsOutput {
  const found = metrics.ids.filter(
    ({ namespace, name, dimensions }) =>
      (input.Namespace === undefined || input.Namespace === namespace) &&
      (input.MetricName === undefined || input.MetricName === name) &&
      (input.Dimensions ?? []).every(
        ({ Name = "", Value }) => Name in dimensions && (Value === undefined || dimensions[Name] === Value),
      ),
  );
  const { page, NextToken } = pageOf(found, LIST_PAGE, input.NextToken);
  return {
    Metrics: page.map(({ namespace, name, dimensions }) => ({
      Namespace: namespace,
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    })),
    ...(NextToken && { NextToken }),
  };
}

function describeAlarms(alarms: Alarms, input: DescribeAlarmsInput): DescribeAlarmsOutput {
  const names = input.AlarmNames ?? [];
  const found = alarms.all
    .filter(({ input: { AlarmName = "" } }) => names.length === 0 || names.includes(AlarmName))
    .filter(({ input: { AlarmName = "" } }) => AlarmName.startsWith(input.AlarmNamePrefix ?? ""))
    .filter(({ state }) => input.StateValue === undefined || input.StateValue === state.value);
  const { page, NextToken } = pageOf(found, input.MaxRecords ?? ALARM_PAGE, input.NextToken);
  return {
    MetricAlarms: page.map((alarm) => alarms.describe(alarm)),
    CompositeAlarms: [],
    ...(NextToken && { NextToken }),
  };
}

function badValue(message: string): AwsError {
  return new AwsError("InvalidParameterValue", message, 400);
}

function sampleOf({
  MetricName,
  Value,
  Values,
  Counts,
  StatisticValues,
  Dimensions,
  StorageResolution,
}: MetricDatum): Sample {
  if (!MetricName) throw badValue("The parameter MetricName is required.");
  if ((Dimensions ?? []).length > MOST_DIMENSIONS) throw badValue(`At most ${MOST_DIMENSIONS} dimensions`);
  if (StorageResolution !== undefined && StorageResolution !== 1 && StorageResolution !== 60) {
    throw badValue("StorageResolution must be 1 or 60");
  }
  if (StatisticValues) {
    const { SampleCount = 0, Sum = 0, Minimum = 0, Maximum = 0 } = StatisticValues;
    return { count: SampleCount, sum: Sum, minimum: Minimum, maximum: Maximum };
  }
  const values = Values ?? (Value === undefined ? [] : [Value]);
  if (values.length === 0) throw badValue(`The metric ${MetricName} has no value`);
  if (values.length > MOST_VALUES) throw badValue(`The collection Values must not have more than ${MOST_VALUES} items`);
  if (Counts && Counts.length !== values.length) throw badValue("Values and Counts must have the same size");
  if (!values.every(Number.isFinite)) throw badValue("Values must be finite numbers");
  return { values, counts: Counts };
}

/** Tokens are offsets: nothing that is listed here ever moves. */
function pageOf<T>(items: readonly T[], size: number, token: string | undefined) {
  const from = Number(token ?? 0);
  const page = items.slice(from, from + size);
  return { page, NextToken: from + size < items.length ? String(from + size) : undefined };
}
