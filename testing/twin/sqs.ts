import { createHash } from "node:crypto";
import type {
  ChangeMessageVisibilityRequest,
  CreateQueueRequest,
  DeleteMessageRequest,
  GetQueueAttributesRequest,
  GetQueueUrlRequest,
  ReceiveMessageRequest,
  SendMessageBatchRequest,
  SendMessageRequest,
  SetQueueAttributesRequest,
} from "@aws-sdk/client-sqs";
import * as sdk from "@aws-sdk/client-sqs";
import type { VirtualClock } from "./clock.ts";
import type { Identifiers } from "./identifiers.ts";
import { AwsError, type Service } from "./service.ts";
import { type Message, Queue, type QueueSettings } from "./sqs-queue.ts";
import type { World } from "./world.ts";

/** Attributes of a new queue (SDK, `CreateQueueRequest.Attributes`), in seconds and bytes as SQS has them. */
const DEFAULTS: Record<string, string> = {
  VisibilityTimeout: "30",
  DelaySeconds: "0",
  MessageRetentionPeriod: "345600",
  MaximumMessageSize: "1048576",
  ReceiveMessageWaitTimeSeconds: "0",
};

export interface SqsOptions {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly identifiers: Identifiers;
}

export interface Sqs extends Service {
  /** Throws `QueueDoesNotExist`. */
  queueByArn(queueArn: string): Queue;
  queueByName(queueName: string): Queue;
  /** The queue's access policy, as JSON text; undefined without a queue or a policy. */
  policyByArn(queueArn: string): string | undefined;
}

/** SQS: standard and FIFO queues. Long polling answers at once: pollers in the twin are told when to look. */
export function createSqs(options: SqsOptions): Sqs {
  const { world, clock, identifiers } = options;
  const queues = new Map<string, { readonly queue: Queue; attributes: Record<string, string> }>();
  const arnOf = (name: string) => `arn:aws:sqs:${world.region}:${world.accountId}:${name}`;
  const urlOf = (name: string) => `https://sqs.${world.region}.amazonaws.com/${world.accountId}/${name}`;

  function find(name: string | undefined) {
    const found = queues.get(name ?? "");
    if (!found) throw new AwsError("QueueDoesNotExist", "The specified queue does not exist.");
    return found;
  }
  const byUrl = (url: string | undefined) => find(url?.split("/").at(-1));
  const byArn = (arn: string) => find(arn.split(":").at(-1)).queue;

  /** A dead-letter queue that is gone keeps its messages out of sight, as AWS leaves them in the source until they expire. */
  function deadLetter(arn: string, message: Message, sourceArn: string): void {
    queues.get(arn.split(":").at(-1) ?? "")?.queue.adopt(message, sourceArn);
  }

  function createQueue(input: CreateQueueRequest): { QueueUrl: string } {
    const name = input.QueueName ?? "";
    const attributes: Record<string, string> = { ...DEFAULTS, ...input.Attributes };
    if ((attributes["FifoQueue"] === "true") !== name.endsWith(".fifo")) {
      throw new AwsError("InvalidParameterValue", "The name of a FIFO queue can only end in .fifo, and has to.");
    }
    const known = queues.get(name);
    if (known && Object.entries(input.Attributes ?? {}).some(([key, value]) => known.attributes[key] !== value)) {
      throw new AwsError(
        "QueueNameExists",
        `A queue already exists with the same name and a different value for an attribute: ${name}`,
      );
    }
    if (!known) {
      const queue = new Queue(settingsOf(name, arnOf(name), attributes), clock, identifiers, deadLetter);
      queues.set(name, { queue, attributes });
    }
    return { QueueUrl: urlOf(name) };
  }

  function setAttributes(input: SetQueueAttributesRequest): Record<string, never> {
    const found = byUrl(input.QueueUrl);
    found.attributes = { ...found.attributes, ...input.Attributes };
    const { queueName, queueArn } = found.queue.settings;
    found.queue.settings = settingsOf(queueName, queueArn, found.attributes);
    return {};
  }

  function getAttributes(input: GetQueueAttributesRequest): { Attributes: Record<string, string> } {
    const { queue, attributes } = byUrl(input.QueueUrl);
    const { visible, inFlight, delayed } = queue.counts();
    const all: Record<string, string> = {
      ...attributes,
      QueueArn: queue.settings.queueArn,
      CreatedTimestamp: String(Math.floor(queue.createdMs / 1_000)),
      LastModifiedTimestamp: String(Math.floor(queue.createdMs / 1_000)),
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(inFlight),
      ApproximateNumberOfMessagesDelayed: String(delayed),
    };
    const wanted: readonly string[] = input.AttributeNames ?? [];
    return {
      Attributes: Object.fromEntries(
        Object.entries(all).filter(([name]) => wanted.includes("All") || wanted.includes(name)),
      ),
    };
  }

  function send(input: Omit<SendMessageRequest, "QueueUrl">, queue: Queue) {
    const body = input.MessageBody ?? "";
    if (body === "") throw new AwsError("MissingParameter", "The request must contain the parameter MessageBody.");
    const message = queue.send({
      body,
      groupId: input.MessageGroupId,
      deduplicationId: input.MessageDeduplicationId,
      attributes: input.MessageAttributes,
      delayMs: input.DelaySeconds === undefined ? undefined : input.DelaySeconds * 1_000,
    });
    return {
      MessageId: message.messageId,
      // Of what was sent: clients check it, and a duplicate may have another body than its original.
      MD5OfMessageBody: md5(body),
      ...(message.sequenceNumber !== undefined && { SequenceNumber: message.sequenceNumber }),
    };
  }

  function sendBatch(input: SendMessageBatchRequest) {
    const { queue } = byUrl(input.QueueUrl);
    const entries = input.Entries ?? [];
    if (entries.length === 0)
      throw new AwsError("EmptyBatchRequest", "There should be at least one entry in the request.");
    if (entries.length > 10)
      throw new AwsError("TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10.");
    if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
      throw new AwsError("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.");
    }
    const results = entries.map(({ Id, ...entry }) => {
      try {
        return { Id, ...send(entry, queue) };
      } catch (error) {
        if (error instanceof AwsError) return { Id, SenderFault: true, Code: error.code, Message: error.message };
        throw error;
      }
    });
    return {
      Successful: results.filter((result) => "MessageId" in result),
      Failed: results.filter((result) => "Code" in result),
    };
  }

  function receive(input: ReceiveMessageRequest) {
    const { queue } = byUrl(input.QueueUrl);
    const most = input.MaxNumberOfMessages ?? 1;
    if (most < 1 || most > 10) {
      throw new AwsError(
        "InvalidParameterValue",
        `Value ${most} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.`,
      );
    }
    const names: readonly string[] = [...(input.MessageSystemAttributeNames ?? []), ...(input.AttributeNames ?? [])];
    const messages = queue.receive(
      most,
      input.VisibilityTimeout === undefined ? undefined : input.VisibilityTimeout * 1_000,
    );
    if (messages.length === 0) return {};
    return {
      Messages: messages.map((message) => {
        const system = chosen(systemAttributes(message), names);
        const own = chosen(message.attributes, input.MessageAttributeNames ?? []);
        return {
          MessageId: message.messageId,
          ReceiptHandle: message.receiptHandle,
          MD5OfBody: md5(message.body),
          Body: message.body,
          ...(system && { Attributes: system }),
          ...(own && { MessageAttributes: own }),
        };
      }),
    };
  }

  function changeVisibility(input: ChangeMessageVisibilityRequest): Record<string, never> {
    const { queue } = byUrl(input.QueueUrl);
    if (!queue.changeVisibility(input.ReceiptHandle ?? "", (input.VisibilityTimeout ?? 0) * 1_000)) {
      throw new AwsError(
        "InvalidParameterValue",
        "Value for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.",
      );
    }
    return {};
  }

  return {
    name: "sqs",
    sdk,
    queueByArn: byArn,
    queueByName: (name) => find(name).queue,
    policyByArn: (arn) => queues.get(arn.split(":").at(-1) ?? "")?.attributes["Policy"],
    operations: {
      CreateQueue: createQueue,
      GetQueueUrl: (input: GetQueueUrlRequest) => ({ QueueUrl: urlOf(find(input.QueueName).queue.settings.queueName) }),
      SetQueueAttributes: setAttributes,
      GetQueueAttributes: getAttributes,
      SendMessage: (input: SendMessageRequest) => send(input, byUrl(input.QueueUrl).queue),
      SendMessageBatch: sendBatch,
      ReceiveMessage: receive,
      DeleteMessage: (input: DeleteMessageRequest) => {
        byUrl(input.QueueUrl).queue.delete(input.ReceiptHandle ?? "");
        return {};
      },
      ChangeMessageVisibility: changeVisibility,
      DeleteQueue: (input: GetQueueAttributesRequest) => {
        queues.delete(byUrl(input.QueueUrl).queue.settings.queueName);
        return {};
      },
      PurgeQueue: (input: GetQueueAttributesRequest) => {
        byUrl(input.QueueUrl).queue.purge();
        return {};
      },
    },
  };
}

/** The attributes asked for, by name or all of them; undefined when none is left. */
function chosen<T>(attributes: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> | undefined {
  const entries = Object.entries(attributes).filter(([name]) => names.includes("All") || names.includes(name));
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

export function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

/** The system attributes of a received message, by the names that ReceiveMessage and Lambda events use. */
export function systemAttributes(message: Message): Record<string, string> {
  const { sequenceNumber, groupId, deduplicationId, deadLetterSourceArn, firstReceivedMs } = message;
  return {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(Math.floor(message.sentMs)),
    ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }),
    ...(groupId !== undefined && { MessageGroupId: groupId }),
    SenderId: message.senderId,
    ...(deduplicationId !== undefined && { MessageDeduplicationId: deduplicationId }),
    ...(deadLetterSourceArn !== undefined && { DeadLetterQueueSourceArn: deadLetterSourceArn }),
    ApproximateFirstReceiveTimestamp: String(Math.floor(firstReceivedMs ?? message.sentMs)),
  };
}

function settingsOf(queueName: string, queueArn: string, attributes: Record<string, string>): QueueSettings {
  const policy = attributes["RedrivePolicy"] && JSON.parse(attributes["RedrivePolicy"]);
  return {
    queueName,
    queueArn,
    fifo: attributes["FifoQueue"] === "true",
    contentBasedDeduplication: attributes["ContentBasedDeduplication"] === "true",
    deduplicationScope: attributes["DeduplicationScope"] === "messageGroup" ? "messageGroup" : "queue",
    visibilityTimeoutMs: Number(attributes["VisibilityTimeout"]) * 1_000,
    delayMs: Number(attributes["DelaySeconds"]) * 1_000,
    retentionMs: Number(attributes["MessageRetentionPeriod"]) * 1_000,
    redrive: policy
      ? { deadLetterTargetArn: policy.deadLetterTargetArn, maxReceiveCount: Number(policy.maxReceiveCount) }
      : undefined,
  };
}
