/** Messages through the emulator's queues, to the function as Lambda's event source would hand them over. */
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { type Account, found } from "./account.ts";

/** Sends the bodies to relocation's queue, in the pool's message group, and takes them out again as one batch. */
export async function deliver(account: Account, bodies: readonly string[], group = account.pool): Promise<SQSEvent> {
  for (const MessageBody of bodies) {
    const message = { QueueUrl: account.queueUrl, MessageBody, MessageGroupId: group };
    await account.sqs.send(new SendMessageCommand(message));
  }
  return { Records: (await take(account.sqs, account.queueUrl)).map(toRecord) };
}

/** Takes every message out of the queue. */
export async function take(sqs: SQSClient, QueueUrl: string): Promise<Message[]> {
  const all = {
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ["All" as const],
    MessageAttributeNames: ["All"],
  };
  const messages: Message[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...all }));
    if (Messages.length === 0) return messages;
    messages.push(...Messages);
    for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
}

/** Names and nesting as in test/data/lambda-events/sqs-fifo.json. */
function toRecord({ MessageId, ReceiptHandle, Body, MD5OfBody, Attributes }: Message): SQSRecord {
  return {
    messageId: found(MessageId),
    receiptHandle: found(ReceiptHandle),
    body: found(Body),
    attributes: Attributes as unknown as SQSRecord["attributes"],
    messageAttributes: {},
    md5OfBody: found(MD5OfBody),
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:123456789012:relocate.fifo",
    awsRegion: "us-east-1",
  };
}

/** What Holdfast put on the bus: the events' types with their details. */
export async function heard({
  sqs,
  heardQueueUrl,
}: Account): Promise<{ type: string; detail: Record<string, unknown> }[]> {
  const messages = await take(sqs, heardQueueUrl);
  return messages.map(({ Body }) => {
    const event = JSON.parse(found(Body)) as { "detail-type": string; detail: Record<string, unknown> };
    return { type: event["detail-type"], detail: event.detail };
  });
}

/** What ended in the dead-letter queue, with the attributes that say why. */
export async function dead({
  sqs,
  deadLetterQueueUrl,
}: Account): Promise<{ body: string; field: string; reason: string }[]> {
  const messages = await take(sqs, deadLetterQueueUrl);
  return messages.map(({ Body, MessageAttributes }) => ({
    body: found(Body),
    field: found(MessageAttributes?.["field"]?.StringValue),
    reason: found(MessageAttributes?.["reason"]?.StringValue),
  }));
}
