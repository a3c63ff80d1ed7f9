/** Relocation runs once after a deployment, so that it ends with addresses associated. */
import { lambda } from "@pulumi/aws";
import { jsonStringify } from "@pulumi/pulumi";
import type { Actuator } from "./actuator.ts";
import type { Place } from "./place.ts";

/**
 * Invokes `relocate` with a sweep of every pool, as the queue would. It goes past the queue, because no
 * resource sends a message; should a sweep run at the same moment, both re-check before every write.
 */
export function healAfterDeploy(place: Place, relocation: Actuator, pools: readonly string[]): void {
  const { deployed, queue, ready } = relocation;
  const scheduledTime = new Date().toISOString();
  const record = (pool: string) => ({
    messageId: `deployment-${pool}`,
    receiptHandle: "none",
    body: JSON.stringify({ kind: "sweep", scheduledTime }),
    attributes: { MessageGroupId: pool },
    messageAttributes: {},
    eventSource: "aws:sqs",
    eventSourceARN: queue.arn,
  });
  const input = jsonStringify({ Records: pools.map(record) });
  const options = { parent: place.parent, dependsOn: [...ready] };
  new lambda.Invocation(`${place.name}-healing`, { functionName: deployed.lambda.name, input }, options);
}
