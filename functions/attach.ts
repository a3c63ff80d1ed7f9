/** Lambda entry point of attaching: reads its settings, wires the clients, and leaves the rest to the queue handler. */
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import { createQueueHandler } from "../src/attach/queue-handler.ts";
import { systemClock } from "../src/aws/clock.ts";
import { readParameter } from "../src/aws/parameter.ts";
import { loadAttachSettings } from "../src/config/attach-settings.ts";
import { jsonLog } from "../src/telemetry/json-log.ts";
import { emitEmf } from "../src/telemetry/metrics.ts";

const settings = await loadAttachSettings(process.env["HOLDFAST_SETTINGS"], readParameter);

export const handler = createQueueHandler({
  settings,
  clock: systemClock,
  ec2: new EC2Client(),
  cloudWatch: new CloudWatchClient(),
  lambda: new LambdaClient(),
  eventBridge: new EventBridgeClient(),
  sqs: new SQSClient(),
  emitMetrics: emitEmf,
  log: jsonLog("attach"),
});
