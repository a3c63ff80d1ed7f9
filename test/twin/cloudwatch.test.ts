import type { MetricDatum, PutMetricAlarmCommandInput } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  ListMetricsCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { beforeEach, describe, expect, it } from "vitest";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { openPath, type PathScene } from "./path-scene.ts";

const MINUTE = 60_000;
const Dimensions = [{ Name: "pool", Value: "payments" }];

let scene: PathScene;
let client: CloudWatchClient;
let startMs: number;

beforeEach(async () => {
  scene = await openPath();
  client = new CloudWatchClient(clientConfig(scene.region));
  await scene.region.clock.advance(MINUTE - (scene.region.clock.now() % MINUTE));
  startMs = scene.region.clock.now();
});

const data = (...MetricData: MetricDatum[]) => new PutMetricDataCommand({ Namespace: "Holdfast", MetricData });

function put(Value: number, more: Partial<MetricDatum> = {}): Promise<unknown> {
  return scene.run(client.send(data({ MetricName: "Blocked", Dimensions, Value, ...more })));
}

async function read(Stat: string, Period = 60, more: object = {}) {
  const MetricStat = { Metric: { Namespace: "Holdfast", MetricName: "Blocked", Dimensions }, Period, Stat };
  const command = new GetMetricDataCommand({
    MetricDataQueries: [{ Id: "m1", MetricStat }],
    StartTime: new Date(startMs),
    EndTime: new Date(startMs + 60 * MINUTE),
    ScanBy: "TimestampAscending",
    ...more,
  });
  return (await scene.run(client.send(command))).MetricDataResults ?? [];
}

describe("metrics", () => {
  it.each([
    ["Average", 2.5],
    ["Sum", 10],
    ["Minimum", 1],
    ["Maximum", 4],
    ["SampleCount", 4],
    ["p50", 2],
    ["p99", 4],
    ["p100", 4],
  ])("are read as %s", async (stat, expected) => {
    for (const value of [4, 1, 3, 2]) await put(value, { Timestamp: new Date(startMs + 10_000) });
    await scene.region.clock.advance(3_000);
    expect(await read(stat)).toMatchObject([{ Id: "m1", Timestamps: [new Date(startMs)], Values: [expected] }]);
  });

  it("come as values with counts, and as statistic sets without percentiles", async () => {
    const at = { MetricName: "Blocked", Dimensions, Timestamp: new Date(startMs) };
    await scene.run(client.send(data({ ...at, Values: [1, 5], Counts: [3, 1] })));
    await scene.region.clock.advance(3_000);
    expect((await read("Average"))[0]?.Values).toEqual([2]);
    expect((await read("p50"))[0]?.Values).toEqual([1]);
    await scene.run(
      client.send(data({ ...at, StatisticValues: { SampleCount: 2, Sum: 20, Minimum: 9, Maximum: 11 } })),
    );
    await scene.region.clock.advance(3_000);
    expect((await read("Sum"))[0]?.Values).toEqual([28]);
    expect((await read("Maximum"))[0]?.Values).toEqual([11]);
    expect((await read("p50"))[0]?.Values).toEqual([]);
  });

  it("can be read some moments after they were sent", async () => {
    await put(1);
    expect((await read("Sum"))[0]?.Values).toEqual([]);
    await scene.region.clock.advance(3_000);
    expect((await read("Sum"))[0]?.Values).toEqual([1]);
  });

  it("of high resolution are read by ten seconds, for three hours", async () => {
    for (const second of [1, 9, 12]) {
      await put(second, { Timestamp: new Date(startMs + second * 1_000), StorageResolution: 1 });
    }
    await scene.region.clock.advance(3_000);
    expect((await read("Sum", 10))[0]?.Values).toEqual([10, 12]);
    await scene.region.clock.advance(181 * MINUTE);
    expect((await read("Sum", 10))[0]?.Values).toEqual([]);
    expect((await read("Sum", 60))[0]?.Values).toEqual([22]);
  });

  it("combine by expressions; only what is asked for is returned", async () => {
    await put(3, { Timestamp: new Date(startMs) });
    await scene.run(client.send(data({ MetricName: "Probes", Timestamp: new Date(startMs), Value: 4 })));
    await scene.region.clock.advance(3_000);
    const stat = (MetricName: string, of: object) => ({
      Metric: { Namespace: "Holdfast", MetricName, ...of },
      Period: 60,
      Stat: "Sum",
    });
    const [rate, ...others] = await read("Sum", 60, {
      MetricDataQueries: [
        { Id: "m1", MetricStat: stat("Blocked", { Dimensions }), ReturnData: false },
        { Id: "m2", MetricStat: stat("Probes", {}), ReturnData: false },
        { Id: "rate", Expression: "100 * FILL(m1, 0) / m2", Label: "Blocked %" },
      ],
    });
    expect(rate).toMatchObject({ Id: "rate", Label: "Blocked %", Values: [75] });
    expect(others).toEqual([]);
  });

  it("are listed by namespace, name and dimension", async () => {
    await put(1);
    await scene.run(client.send(data({ MetricName: "Probes", Value: 4 })));
    await scene.region.clock.advance(3_000);
    const list = async (input: object) => (await scene.run(client.send(new ListMetricsCommand(input)))).Metrics;
    expect(await list({ Namespace: "Holdfast" })).toHaveLength(2);
    expect(await list({ MetricName: "Probes" })).toEqual([
      { Namespace: "Holdfast", MetricName: "Probes", Dimensions: [] },
    ]);
    expect(await list({ Dimensions: [{ Name: "pool" }] })).toMatchObject([{ MetricName: "Blocked", Dimensions }]);
    expect(await list({ Dimensions: [{ Name: "pool", Value: "x" }] })).toEqual([]);
  });

  it.each<[string, Partial<MetricDatum>]>([
    ["no value", { Value: undefined }],
    ["too many values", { Value: undefined, Values: Array.from({ length: 151 }, () => 1) }],
    ["counts of another length", { Value: undefined, Values: [1, 2], Counts: [1] }],
    ["a time too long ago", { Timestamp: new Date(Date.UTC(2025, 11, 1)) }],
    ["a time too far ahead", { Timestamp: new Date(Date.UTC(2026, 0, 2)) }],
    [
      "too many dimensions",
      { Dimensions: Array.from({ length: 31 }, (_, index) => ({ Name: `d${index}`, Value: "x" })) },
    ],
    ["another resolution", { StorageResolution: 10 }],
  ])("are refused with %s", async (_name, more) => {
    const command = data({ MetricName: "Blocked", Value: 1, ...more });
    expect(await scene.failure(client.send(command))).toMatchObject({
      name: expect.stringMatching(/^InvalidParameterValue/),
    });
  });
});

describe("the embedded metric format", () => {
  const line = (more: object = {}, metric: object = {}) =>
    JSON.stringify({
      _aws: {
        Timestamp: startMs,
        CloudWatchMetrics: [
          {
            Namespace: "Holdfast",
            Dimensions: [["pool"], ["pool", "target"]],
            Metrics: [{ Name: "Blocked", ...metric }],
          },
        ],
      },
      pool: "payments",
      target: "bank",
      Blocked: 2,
      ...more,
    });

  async function sum(): Promise<number | undefined> {
    await scene.region.clock.advance(3_000);
    return (await read("Sum"))[0]?.Values?.[0];
  }

  it("gives one metric for each set of dimensions", async () => {
    scene.path.emf(line());
    expect(await sum()).toBe(2);
    expect(scene.path.cloudWatch.metrics.ids.map(({ dimensions }) => dimensions)).toEqual([
      { pool: "payments" },
      { pool: "payments", target: "bank" },
    ]);
  });

  it("takes lists of values and high resolution", async () => {
    scene.path.emf(line({ Blocked: [1, 2, 3] }, { StorageResolution: 1 }));
    expect(await sum()).toBe(6);
    expect((await read("Sum", 10))[0]?.Values).toEqual([6]);
  });

  it.each([
    ["a plain line", "hello"],
    ["other JSON", '{"level":"INFO"}'],
    ["broken JSON", '{"_aws":'],
  ])("ignores %s", async (_name, text) => {
    scene.path.emf(text);
    expect(await sum()).toBeUndefined();
  });

  it.each([
    ["text for a value", { Blocked: "2" }],
    ["too many values", { Blocked: Array.from({ length: 101 }, () => 1) }],
    ["a number for a dimension", { pool: 7 }],
    ["no dimension", { pool: undefined }],
  ])("drops %s", async (_name, more) => {
    scene.path.emf(line(more));
    expect(await sum()).toBeUndefined();
  });
});

describe("alarms", () => {
  const base: PutMetricAlarmCommandInput = {
    AlarmName: "blocked",
    AlarmDescription: "Partners refuse us",
    Namespace: "Holdfast",
    MetricName: "Blocked",
    Dimensions,
    Statistic: "Sum",
    Period: 60,
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    Threshold: 50,
    ComparisonOperator: "GreaterThanThreshold",
    TreatMissingData: "notBreaching",
  };
  const events: {
    time: string;
    resources: readonly string[];
    detail: Record<string, unknown>;
    "detail-type": string;
  }[] = [];

  async function watch(more: Partial<PutMetricAlarmCommandInput> = {}) {
    await scene.run(client.send(new PutMetricAlarmCommand({ ...base, ...more })));
    await scene.call("sqs", "CreateQueue", { QueueName: "alarms" });
    await scene.call("events", "PutRule", { Name: "alarms", EventPattern: '{"source":["aws.cloudwatch"]}' });
    const Arn = "arn:aws:sqs:us-east-1:123456789012:alarms";
    await scene.call("events", "PutTargets", { Rule: "alarms", Targets: [{ Id: "q", Arn }] });
    events.length = 0;
  }

  function collect() {
    for (const { body, receiptHandle } of scene.path.sqs.queueByName("alarms").receive(10)) {
      events.push(JSON.parse(body));
      scene.path.sqs.queueByName("alarms").delete(receiptHandle ?? "");
    }
    return events;
  }

  async function state(name = "blocked") {
    const command = new DescribeAlarmsCommand({ AlarmNames: [name] });
    return (await scene.run(client.send(command))).MetricAlarms?.[0];
  }

  /** One value for each minute from now on, sent at its 30th second. */
  async function minutes(...values: (number | undefined)[]) {
    for (const value of values) {
      const nextMs = Math.floor(scene.region.clock.now() / MINUTE + 1) * MINUTE;
      if (value !== undefined) await put(value);
      await scene.region.clock.advance(nextMs - scene.region.clock.now() + 100);
    }
    await scene.region.clock.advance(10_000);
  }

  it("begin without data, go to ALARM with M of N, and back to OK", async () => {
    await watch({ TreatMissingData: "missing" });
    expect(await state()).toMatchObject({
      StateValue: "INSUFFICIENT_DATA",
      StateReason: "Unchecked: Initial alarm creation",
    });
    await minutes(1);
    expect((await state())?.StateValue).toBe("OK");
    await minutes(60);
    expect((await state())?.StateValue).toBe("OK");
    await minutes(70);
    expect((await state())?.StateValue).toBe("ALARM");
    await minutes(1, 2);
    expect((await state())?.StateValue).toBe("OK");
    expect(collect().map(({ detail }) => (detail["state"] as { value: string }).value)).toEqual(["OK", "ALARM", "OK"]);
  });

  it("are evaluated within the minute after the one that decides", async () => {
    await watch();
    await minutes(60, 60);
    const [first, second] = collect();
    expect(first).toMatchObject({ detail: { state: { value: "OK" } } });
    // The second full minute ends at 120 s; the alarm's own second is the fifth.
    expect(new Date(second?.time ?? 0).getTime() - startMs).toBe(125_000);
  });

  it("tell EventBridge in the recorded shape", async () => {
    await watch({ DatapointsToAlarm: 1, EvaluationPeriods: 1 });
    await minutes(1, 99.5);
    const event = collect().at(-1);
    // Keys as in the CloudWatch user guide's example of a single-metric alarm ("Alarm events and EventBridge").
    const state = { value: "", reason: "", reasonData: "", timestamp: "" };
    const metric = { namespace: "Holdfast", name: "Blocked", dimensions: { pool: "payments" } };
    const metricStat = { metric, period: 60, stat: "Sum" };
    const text = expect.any(String);
    const texts = (of: object) => Object.fromEntries(Object.keys(of).map((key) => [key, text]));
    expect(event).toEqual({
      version: "0",
      id: text,
      "detail-type": "CloudWatch Alarm State Change",
      source: "aws.cloudwatch",
      account: "123456789012",
      time: text,
      region: "us-east-1",
      resources: ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:blocked"],
      detail: {
        alarmName: "blocked",
        configuration: { description: "Partners refuse us", metrics: [{ id: text, metricStat, returnData: true }] },
        previousState: texts(state),
        state: texts(state),
      },
    });
    expect(event?.detail["state"]).toMatchObject({
      value: "ALARM",
      reason:
        "Threshold Crossed: 1 out of the last 1 datapoints [99.5 (01/01/26 00:02:00)] was greater than the threshold (50.0) (minimum 1 datapoint for OK -> ALARM transition).",
    });
    const data = JSON.parse((Object(event?.detail["state"]) as { reasonData: string }).reasonData);
    expect(data).toMatchObject({
      version: "1.0",
      statistic: "Sum",
      period: 60,
      recentDatapoints: [99.5],
      threshold: 50,
    });
  });

  it.each([
    ["breaching", "ALARM", "3 missing datapoints were treated as [Breaching]"],
    ["notBreaching", "OK", "3 missing datapoints were treated as [NonBreaching]"],
    ["missing", "INSUFFICIENT_DATA", "Unchecked"],
    ["ignore", "INSUFFICIENT_DATA", "Unchecked"],
  ])("treat silence as %s", async (TreatMissingData, StateValue, reason) => {
    await watch({ TreatMissingData });
    await scene.region.clock.advance(5 * MINUTE);
    expect(await state()).toMatchObject({ StateValue, StateReason: expect.stringContaining(reason) });
  });

  it("fall silent: a heartbeat that stops is noticed after the extra periods", async () => {
    await watch({
      Threshold: 1,
      ComparisonOperator: "LessThanThreshold",
      TreatMissingData: "breaching",
      Statistic: "SampleCount",
      DatapointsToAlarm: 3,
    });
    await minutes(1, 1, 1, 1, 1);
    expect((await state())?.StateValue).toBe("OK");
    await minutes(undefined, undefined, undefined, undefined);
    expect((await state())?.StateValue).toBe("OK");
    await minutes(undefined);
    expect((await state())?.StateValue).toBe("ALARM");
  });

  it("of high resolution are evaluated every ten seconds", async () => {
    await watch({ Period: 10, EvaluationPeriods: 2, DatapointsToAlarm: 2 });
    for (const second of [0, 10]) {
      await put(60, { Timestamp: new Date(startMs + second * 1_000), StorageResolution: 1 });
    }
    await scene.region.clock.runUntil(() => scene.region.clock.now() >= startMs + 26_000, MINUTE);
    expect((await state())?.StateValue).toBe("ALARM");
  });

  it("watch expressions", async () => {
    const stat = { Metric: { Namespace: "Holdfast", MetricName: "Blocked", Dimensions }, Period: 60, Stat: "Sum" };
    const { Namespace, MetricName, Statistic, Period, Dimensions: _, ...rest } = base;
    const Metrics = [
      { Id: "m1", MetricStat: stat, ReturnData: false },
      { Id: "e1", Expression: "FILL(m1, 0) * 10", Label: "Ten times", ReturnData: true },
    ];
    await scene.run(
      client.send(new PutMetricAlarmCommand({ ...rest, Metrics, EvaluationPeriods: 1, DatapointsToAlarm: 1 })),
    );
    await minutes(6);
    expect((await state())?.StateValue).toBe("ALARM");
    await minutes(undefined);
    expect((await state())?.StateValue).toBe("OK");
    expect((await state())?.Metrics).toMatchObject(Metrics);
  });

  it("can be set manually until the next evaluation, listed and deleted", async () => {
    await watch();
    await minutes(1);
    await scene.run(
      client.send(new SetAlarmStateCommand({ AlarmName: "blocked", StateValue: "ALARM", StateReason: "test" })),
    );
    expect(await state()).toMatchObject({ StateValue: "ALARM", StateReason: "test" });
    const raised = await scene.run(
      client.send(new DescribeAlarmsCommand({ StateValue: "ALARM", AlarmNamePrefix: "blo" })),
    );
    expect(raised.MetricAlarms).toHaveLength(1);
    await minutes(1);
    expect((await state())?.StateValue).toBe("OK");
    expect(collect()).toHaveLength(3);
    await scene.run(client.send(new DeleteAlarmsCommand({ AlarmNames: ["blocked"] })));
    expect(await state()).toBeUndefined();
    const unknown = new SetAlarmStateCommand({ AlarmName: "blocked", StateValue: "OK", StateReason: "test" });
    expect(await scene.failure(client.send(unknown))).toMatchObject({
      name: expect.stringMatching(/^ResourceNotFound/),
    });
  });

  it("keep their state when they are changed", async () => {
    await watch({ DatapointsToAlarm: 1 });
    await minutes(60);
    await scene.run(client.send(new PutMetricAlarmCommand({ ...base, Threshold: 90 })));
    expect((await state())?.StateValue).toBe("ALARM");
    await scene.region.clock.advance(MINUTE);
    expect((await state())?.StateValue).toBe("OK");
  });

  it.each<[string, Partial<PutMetricAlarmCommandInput>]>([
    ["a period that there is not", { Period: 45 }],
    ["more datapoints than periods", { DatapointsToAlarm: 4 }],
    ["no threshold", { Threshold: undefined }],
    ["no metric", { MetricName: undefined }],
    ["more than a day", { Period: 3_540, EvaluationPeriods: 25 }],
    ["an unknown treatment", { TreatMissingData: "maybe" }],
    ["an unknown statistic", { Statistic: undefined, ExtendedStatistic: "tm99" }],
    [
      "two that return data",
      {
        MetricName: undefined,
        Metrics: [
          { Id: "a", Expression: "1" },
          { Id: "b", Expression: "2" },
        ],
      },
    ],
    ["a broken expression", { MetricName: undefined, Metrics: [{ Id: "a", Expression: "1 +" }] }],
  ])("are refused with %s", async (_name, more) => {
    const error = await scene.failure(client.send(new PutMetricAlarmCommand({ ...base, ...more })));
    expect(error).toMatchObject({ name: expect.stringMatching(/^ValidationE/), $metadata: { httpStatusCode: 400 } });
    expect(await state()).toBeUndefined();
  });
});

describe("dashboards", () => {
  it("are kept and given back", async () => {
    const DashboardBody = JSON.stringify({ widgets: [] });
    await scene.run(client.send(new PutDashboardCommand({ DashboardName: "holdfast", DashboardBody })));
    const got = await scene.run(client.send(new GetDashboardCommand({ DashboardName: "holdfast" })));
    expect(got).toMatchObject({ DashboardBody, DashboardArn: "arn:aws:cloudwatch::123456789012:dashboard/holdfast" });
  });

  it.each([
    ["a bad name", "a b", '{"widgets":[]}'],
    ["no JSON", "a", "{"],
    ["no widgets", "a", "{}"],
    ["too many widgets", "a", JSON.stringify({ widgets: Array.from({ length: 501 }, () => ({})) })],
  ])("are refused with %s", async (_name, DashboardName, DashboardBody) => {
    const error = await scene.failure(client.send(new PutDashboardCommand({ DashboardName, DashboardBody })));
    expect(error.name).toMatch(/InvalidInput|InvalidParameterInput/);
    const get = new GetDashboardCommand({ DashboardName });
    expect((await scene.failure(client.send(get))).name).toMatch(/NotFound/);
  });
});
