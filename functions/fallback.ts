/** Lambda entry point of fallback: its settings and its clients. */
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { EC2Client } from "@aws-sdk/client-ec2";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { lambdaDependencies } from "../src/actuator/dependencies.ts";
import { callLimits, invocationLimits } from "../src/aws/call-limits.ts";
import { loadFallbackSettings } from "../src/config/fallback-settings.ts";
import { createFallbackHandler } from "../src/fallback/handler.ts";

export const handler = createFallbackHandler({
  ...(await lambdaDependencies("fallback", loadFallbackSettings)),
  ec2: new EC2Client(callLimits),
  cloudWatch: new CloudWatchClient(callLimits),
  lambda: new LambdaClient(invocationLimits),
});
