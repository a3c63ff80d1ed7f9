/** Lambda entry point of attaching: its settings and its clients. */
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { EC2Client } from "@aws-sdk/client-ec2";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { lambdaDependencies } from "../src/actuator/dependencies.ts";
import { createAttachHandler } from "../src/attach/handler.ts";
import { createPace, paced } from "../src/aws/call-budget.ts";
import { callLimits } from "../src/aws/call-limits.ts";
import { systemClock } from "../src/aws/clock.ts";
import { loadAttachSettings } from "../src/config/attach-settings.ts";

export const handler = createAttachHandler({
  ...(await lambdaDependencies("attach", loadAttachSettings)),
  ec2: new EC2Client(callLimits),
  cloudWatch: new CloudWatchClient(callLimits),
  lambda: paced(new LambdaClient(callLimits), createPace(systemClock)),
});
