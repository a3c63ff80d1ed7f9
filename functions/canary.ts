/** Lambda entry point of the canary: it runs outside every VPC, once a minute. */
import { EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SSMClient } from "@aws-sdk/client-ssm";
import { callLimits, invocationLimits } from "../src/aws/call-limits.ts";
import { systemClock } from "../src/aws/clock.ts";
import { readParameter } from "../src/aws/parameter.ts";
import { loadCanarySettings } from "../src/config/probing-settings.ts";
import { createCanaryHandler } from "../src/probing/canary-handler.ts";
import { dnsResolver } from "../src/probing/resolve.ts";
import { runRound } from "../src/probing/round.ts";
import { putEvents } from "../src/telemetry/events.ts";
import { jsonLog } from "../src/telemetry/json-log.ts";
import { metricsWriter } from "../src/telemetry/metrics.ts";

const settings = await loadCanarySettings(process.env["HOLDFAST_SETTINGS"], readParameter);
const eventBridge = new EventBridgeClient(callLimits);
const network = { resolve: dnsResolver() };

export const handler = createCanaryHandler({
  settings,
  clock: systemClock,
  ec2: new EC2Client(callLimits),
  lambda: new LambdaClient(invocationLimits),
  ssm: new SSMClient(callLimits),
  secretsManager: new SecretsManagerClient(callLimits),
  askHere: (request) => runRound(network, request),
  publish: (events) => putEvents(eventBridge, events),
  writerAt: metricsWriter,
  log: jsonLog("canary"),
});
