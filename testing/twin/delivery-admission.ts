import type { Sender } from "./event-target.ts";
import { allowsService } from "./iam-policy.ts";
import type { Region } from "./region.ts";
import { AwsError } from "./service.ts";
import type { Sqs } from "./sqs.ts";

/**
 * Returns whether a queue or a function takes events from a sender, once the region enforces IAM: a role needs the permission
 * itself, a service the queue's policy (EventBridge user guide, "Permissions for Amazon SQS"). Functions' own policies
 * are not simulated. Returns the refusal, if any.
 */
export function admitDelivery(region: Region, sqs: Sqs, sender: Sender, targetArn: string): AwsError | undefined {
  if (!region.authorize) return undefined;
  const toQueue = targetArn.split(":")[2] === "sqs";
  if ("roleArn" in sender) {
    const what = toQueue
      ? { service: "sqs", operation: "SendMessage", input: { QueueUrl: `/${targetArn.split(":").at(-1)}` } }
      : { service: "lambda", operation: "Invoke", input: { FunctionName: targetArn } };
    return region.authorize({ ...what, principal: sender.roleArn });
  }
  if (!toQueue) return undefined;
  const { accountId } = region.world;
  const request = { ...sender, action: "sqs:SendMessage", resource: targetArn, accountId };
  if (allowsService(sqs.policyByArn(targetArn), request)) return undefined;
  return new AwsError("AccessDeniedException", `${sender.service} is not allowed to send to ${targetArn}`);
}

/** What Lambda's poller does in the name of a function's role (Lambda developer guide, "Using Lambda with Amazon SQS"). */
export function mayConsume(region: Region, roleArn: string, queueName: string): AwsError | undefined {
  for (const operation of ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"]) {
    const input = { QueueUrl: `/${queueName}` };
    const refusal = region.authorize?.({ service: "sqs", operation, input, principal: roleArn });
    if (refusal) return refusal;
  }
  return undefined;
}
