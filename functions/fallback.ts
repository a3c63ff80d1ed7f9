/** Lambda entry point of fallback: reads its settings, wires the clients, and leaves the rest to the queue handler. */
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import { systemClock } from "../src/aws/clock.ts";
import { readParameter } from "../src/aws/parameter.ts";
import { loadFallbackSettings } from "../src/config/fallback-settings.ts";
import { createQueueHandler } from "../src/fallback/queue-handler.ts";
import { jsonLog } from "../src/telemetry/json-log.ts";
import { emitEmf } from "../src/telemetry/metrics.ts";

const settings = await loadFallbackSettings(process.env["HOLDFAST_SETTINGS"], readParameter);

export const handler = createQueueHandler({
  settings,
  clock: systemClock,
  ec2: new EC2Client(),
  cloudWatch: new CloudWatchClient(),
  lambda: new LambdaClient(),
  eventBridge: new EventBridgeClient(),
  sqs: new SQSClient(),
  emitMetrics: emitEmf,
  log: jsonLog("fallback"),
});
