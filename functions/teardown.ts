/** Lambda entry point of the teardown: wires the clients, and leaves the rest to the handler. */
import { EC2Client } from "@aws-sdk/client-ec2";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { callLimits } from "../src/aws/call-limits.ts";
import { systemClock } from "../src/aws/clock.ts";
import { createTeardownHandler } from "../src/teardown/handler.ts";
import { jsonLog } from "../src/telemetry/json-log.ts";

export const handler = createTeardownHandler({
  clock: systemClock,
  ec2: new EC2Client(callLimits),
  lambda: new LambdaClient(callLimits),
  log: jsonLog("teardown"),
});
