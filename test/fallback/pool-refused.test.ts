/** What fallback reads of the canary: whether a target keeps out the whole pool now. */
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { beforeEach, expect, it } from "vitest";
import { observePoolRefused } from "../../src/fallback/observe-alarm.ts";
import { dimensionsOf } from "../../src/telemetry/series.ts";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { openPath, type PathScene } from "../twin/path-scene.ts";

const minuteMs = 60_000;
const pool = "payments";
const Dimensions = Object.entries(dimensionsOf({ pool })).map(([Name, Value]) => ({ Name, Value }));

let scene: PathScene;
let client: CloudWatchClient;

beforeEach(async () => {
  scene = await openPath();
  client = new CloudWatchClient(clientConfig(scene.region));
  await scene.region.clock.advance(minuteMs - (scene.region.clock.now() % minuteMs));
});

/** A minute of the canary's, which publishes refusals only while there are any. */
async function minute(refusing: number): Promise<void> {
  const Timestamp = new Date(scene.region.clock.now());
  const heartbeat = { MetricName: "ProbesFailed", Dimensions, Value: 0, Timestamp };
  const refusals = { MetricName: "TargetsRefusingPool", Dimensions, Value: refusing, Timestamp };
  const MetricData = refusing > 0 ? [heartbeat, refusals] : [heartbeat];
  await scene.run(client.send(new PutMetricDataCommand({ Namespace: "Holdfast", MetricData })));
  await scene.region.clock.advance(minuteMs);
}

const isRefused = () => scene.run(observePoolRefused(client, pool, scene.region.clock.now()));

it("is what the canary published last, also where CloudWatch shows it late", async () => {
  await minute(1);
  expect(await isRefused()).toBe(true);
  await scene.region.clock.advance(2 * minuteMs);
  expect(await isRefused()).toBe(true);
});

it("is over with the canary's next minute without it, in which a spare may cure another block", async () => {
  await minute(1);
  await minute(0);
  expect(await isRefused()).toBe(false);
});

it("is not known of a canary that has been silent for longer", async () => {
  await minute(1);
  await scene.region.clock.advance(5 * minuteMs);
  expect(await isRefused()).toBe(false);
});
