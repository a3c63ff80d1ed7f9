/** Relocation runs once after a deployment that changed it, so that the deployment ends with addresses associated. */
import { lambda } from "@pulumi/aws";
import { jsonStringify } from "@pulumi/pulumi";
import type { Actuator } from "./actuator.ts";
import type { Place } from "./place.ts";

/**
 * Invokes `relocate` with a sweep of every pool, as the queue would. It bypasses the queue, because no resource can send a
 * message; should a sweep run at the same moment, both re-check before every write.
 *
 * The trigger does not change unless the function does, so that `sst diff` of an unchanged stage is empty.
 */
export function healAfterDeploy(place: Place, relocation: Actuator, pools: readonly string[]): void {
  const { deployed, queue, ready } = relocation;
  const record = (pool: string) => ({
    messageId: `deployment-${pool}`,
    receiptHandle: "none",
    body: JSON.stringify({ kind: "sweep" }),
    attributes: { MessageGroupId: pool },
    messageAttributes: {},
    eventSource: "aws:sqs",
    eventSourceARN: queue.arn,
  });
  const input = jsonStringify({ Records: pools.map(record) });
  // Changes with the function's code and with its settings, which its environment holds or names by their version.
  const triggers = { lastModified: deployed.lambda.lastModified };
  const options = { parent: place.parent, dependsOn: [...ready] };
  new lambda.Invocation(`${place.name}-healing`, { functionName: deployed.lambda.name, input, triggers }, options);
}
