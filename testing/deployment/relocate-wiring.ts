/** The handler of relocation with clients of the twin: what functions/relocate.ts is in Lambda. */
import { EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { SQSClient } from "@aws-sdk/client-sqs";
import { Memory } from "../../src/relocation/memory.ts";
import { MemberMemory } from "../../src/relocation/observe-members.ts";
import { createQueueHandler, type QueueHandler } from "../../src/relocation/queue-handler.ts";
import type { ClientConfig } from "../twin/endpoint.ts";
import type { Directly } from "./direct-clients.ts";

export type RelocateWiring = Pick<QueueHandler, "settings" | "clock" | "emitMetrics" | "log"> & {
  readonly config: ClientConfig;
  /** Turns clients into ones that call the region without the wire. */
  readonly over?: Directly;
};

/** A new execution environment, without memory. */
export function wireRelocate({ config, over = (client) => client, ...rest }: RelocateWiring) {
  return createQueueHandler({
    ...rest,
    memory: new Memory(),
    memberMemory: new MemberMemory(),
    ec2: over(new EC2Client(config), "ec2"),
    lambda: over(new LambdaClient(config), "lambda"),
    tagging: over(new ResourceGroupsTaggingAPIClient(config), "tagging"),
    eventBridge: over(new EventBridgeClient(config), "events"),
    sqs: over(new SQSClient(config), "sqs"),
  });
}
