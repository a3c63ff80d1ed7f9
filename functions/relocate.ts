/** Lambda entry point of relocation: reads its settings, wires the clients, and leaves the rest to the queue handler. */
import { Logger } from "@aws-lambda-powertools/logger";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { SQSClient } from "@aws-sdk/client-sqs";
import { systemClock } from "../src/aws/clock.ts";
import { readParameter } from "../src/aws/parameter.ts";
import { loadSettings } from "../src/config/settings.ts";
import { Memory } from "../src/relocation/memory.ts";
import { MemberMemory } from "../src/relocation/observe-members.ts";
import { createQueueHandler } from "../src/relocation/queue-handler.ts";
import { emfEmitter } from "../src/telemetry/metrics.ts";

const settings = await loadSettings(process.env["HOLDFAST_SETTINGS"], readParameter);

export const handler = createQueueHandler({
  settings,
  clock: systemClock,
  memory: new Memory(),
  memberMemory: new MemberMemory(),
  ec2: new EC2Client(),
  lambda: new LambdaClient(),
  tagging: new ResourceGroupsTaggingAPIClient(),
  eventBridge: new EventBridgeClient(),
  sqs: new SQSClient(),
  emitMetrics: emfEmitter(settings.metricsNamespace),
  log: new Logger({ serviceName: "relocate" }),
});
