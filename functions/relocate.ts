/** Lambda entry point of relocation: its settings and its clients. */
import { EC2Client } from "@aws-sdk/client-ec2";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { lambdaDependencies } from "../src/actuator/dependencies.ts";
import { createPace, paced } from "../src/aws/call-budget.ts";
import { callLimits } from "../src/aws/call-limits.ts";
import { systemClock } from "../src/aws/clock.ts";
import { loadSettings } from "../src/config/settings.ts";
import { createRelocationHandler } from "../src/relocation/handler.ts";

export const handler = createRelocationHandler({
  ...(await lambdaDependencies("relocate", loadSettings)),
  ec2: new EC2Client(callLimits),
  lambda: paced(new LambdaClient(callLimits), createPace(systemClock)),
  tagging: new ResourceGroupsTaggingAPIClient(callLimits),
});
