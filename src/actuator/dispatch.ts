/** A message for the whole deployment becomes one for each pool that it concerns, in the pool's own group. */
import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { AwsCallError, call, classify } from "../aws/errors.ts";

/** SQS API reference, SendMessageBatch: entries, and bytes of all of them, of which this is a quarter. */
const most = { entries: 10, bytes: 262_144 };

/**
 * Sends the message to each pool's group. A message that is passed on again, as after a crash, is dropped by SQS if its text
 * was sent within five minutes (SQS developer guide, "Exactly-once processing"), and costs a look otherwise.
 *
 * @throws AwsCallError when a pool's message was not accepted
 */
export async function dispatch(
  sqs: SQSClient,
  QueueUrl: string,
  MessageBody: string,
  poolNames: readonly string[],
): Promise<void> {
  const atOnce = Math.max(1, Math.min(most.entries, Math.floor(most.bytes / Buffer.byteLength(MessageBody))));
  for (let start = 0; start < poolNames.length; start += atOnce) {
    const Entries = poolNames
      .slice(start, start + atOnce)
      .map((name) => ({ Id: name, MessageGroupId: name, MessageBody }));
    const { Failed: [failed] = [] } = await call("sqs:SendMessage", () =>
      sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })),
    );
    if (!failed) continue;
    const { Id, Code = "unknown", Message = "" } = failed;
    throw new AwsCallError("sqs:SendMessage", Code, classify(Code), `not sent to pool ${Id}: ${Code}: ${Message}`);
  }
}
