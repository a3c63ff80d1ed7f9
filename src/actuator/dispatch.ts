/** A message for the whole deployment becomes one for each pool that it concerns, in the pool's own group. */
import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { AwsCallError, call, classify } from "../aws/errors.ts";

/** SQS API reference, SendMessageBatch: entries, and bytes of all of them, of which this is a quarter. */
const most = { entries: 10, bytes: 262_144 };

/**
 * Sends the message to each pool's group. A message that is passed on again, as after a crash, is dropped by SQS if its text
 * was sent within five minutes (SQS developer guide, "Exactly-once processing"), and costs a look otherwise.
 *
 * @throws AwsCallError when a pool's message was not accepted; the others' are sent all the same
 */
export async function dispatch(
  sqs: SQSClient,
  QueueUrl: string,
  MessageBody: string,
  poolNames: readonly string[],
): Promise<void> {
  const atOnce = Math.max(1, Math.min(most.entries, Math.floor(most.bytes / Buffer.byteLength(MessageBody))));
  const send = async (names: readonly string[]) => {
    const Entries = names.map((name) => ({ Id: name, MessageGroupId: name, MessageBody }));
    const { Failed: [failed] = [] } = await call("sqs:SendMessage", () =>
      sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })),
    );
    if (!failed) return;
    const { Id, Code = "unknown", Message = "", SenderFault } = failed;
    // What is not the sender's fault may be accepted later (SQS API reference, BatchResultErrorEntry).
    const errorClass = SenderFault === false ? "transient" : classify(Code);
    throw new AwsCallError("sqs:SendMessage", Code, errorClass, `not sent to pool ${Id}: ${Code}: ${Message}`);
  };
  const batches = Array.from({ length: Math.ceil(poolNames.length / atOnce) }, (_, index) =>
    poolNames.slice(index * atOnce, (index + 1) * atOnce),
  );
  const results = await Promise.allSettled(batches.map(send));
  const failed = results.find((it) => it.status === "rejected");
  if (failed) throw failed.reason;
}
