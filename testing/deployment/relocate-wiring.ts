/** The handler of relocation with clients of the twin: what functions/relocate.ts is in Lambda. */
import { EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Dependencies } from "../../src/actuator/handler.ts";
import { createPace } from "../../src/aws/call-budget.ts";
import type { RelocationSettings } from "../../src/config/settings.ts";
import { createRelocationHandler } from "../../src/relocation/handler.ts";
import type { ClientConfig } from "../twin/endpoint.ts";
import { overWire, type Wire } from "./direct-clients.ts";

export type RelocateWiring = Pick<Dependencies<RelocationSettings>, "settings" | "clock" | "writeMetrics" | "log"> & {
  readonly config: ClientConfig;
  /** Default: over the wire. */
  readonly over?: Wire;
};

/** A new execution environment, without memory. */
export function wireRelocate({ config, over = overWire, ...rest }: RelocateWiring) {
  return createRelocationHandler({
    ...rest,
    ec2: over(new EC2Client(config), "ec2"),
    lambda: over(new LambdaClient(config), "lambda", createPace(rest.clock)),
    tagging: over(new ResourceGroupsTaggingAPIClient(config), "tagging"),
    eventBridge: over(new EventBridgeClient(config), "events"),
    sqs: over(new SQSClient(config), "sqs"),
  });
}
