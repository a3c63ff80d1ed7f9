import { createHash } from "node:crypto";
import type {
  ChangeMessageVisibilityRequest,
  CreateQueueRequest,
  DeleteMessageRequest,
  DeleteQueueRequest,
  GetQueueAttributesRequest,
  GetQueueUrlRequest,
  PurgeQueueRequest,
  ReceiveMessageRequest,
  SendMessageBatchRequest,
  SendMessageRequest,
  SetQueueAttributesRequest,
} from "@aws-sdk/client-sqs";
import * as sdk from "@aws-sdk/client-sqs";
import type { VirtualClock } from "./clock.ts";
import type { Identifiers } from "./identifiers.ts";
import { AwsError, type Operation, type Service } from "./service.ts";
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

interface KeptQueue {
  readonly queue: Queue;
  attributes: Record<string, string>;
}

/** The region's queues by name. */
class Queues {
  readonly #queues = new Map<string, KeptQueue>();
  readonly #options: SqsOptions;

  constructor(options: SqsOptions) {
    this.#options = options;
  }

  arnOf(name: string): string {
    const { region, accountId } = this.#options.world;
    return `arn:aws:sqs:${region}:${accountId}:${name}`;
  }

  urlOf(name: string): string {
    const { region, accountId } = this.#options.world;
    return `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
  }

  get(name: string | undefined): KeptQueue | undefined {
    return this.#queues.get(name ?? "");
  }

  find(name: string | undefined): KeptQueue {
    const found = this.get(name);
    if (!found) throw new AwsError("QueueDoesNotExist", "The specified queue does not exist.");
    return found;
  }

  findByUrl(url: string | undefined): KeptQueue {
    return this.find(url?.split("/").at(-1));
  }

  getByArn(arn: string): KeptQueue | undefined {
    return this.get(nameIn(arn));
  }

  add(name: string, attributes: Record<string, string>): void {
    const { clock, identifiers } = this.#options;
    // A dead-letter queue that is gone keeps its messages out of sight, as AWS leaves them in the source until they expire.
    const deadLetter = (arn: string, message: Message, sourceArn: string) =>
      this.getByArn(arn)?.queue.adopt(message, sourceArn);
    const queue = new Queue(settingsOf(name, this.arnOf(name), attributes), clock, identifiers, deadLetter);
    this.#queues.set(name, { queue, attributes });
  }

  delete(name: string): void {
    this.#queues.delete(name);
  }
}

function nameIn(arn: string): string | undefined {
  return arn.split(":").at(-1);
}

/** SQS: standard and FIFO queues. Long polling returns at once: the twin calls its pollers when a message is visible. */
export function createSqs(options: SqsOptions): Sqs {
  const queues = new Queues(options);
  return {
    name: "sqs",
    sdk,
    queueByArn: (arn) => queues.find(nameIn(arn)).queue,
    queueByName: (name) => queues.find(name).queue,
    policyByArn: (arn) => queues.getByArn(arn)?.attributes["Policy"],
    operations: { ...queueOperations(queues), ...messageOperations(queues) },
  };
}

function queueOperations(queues: Queues): Record<string, Operation> {
  return {
    CreateQueue: (input: CreateQueueRequest) => createQueue(queues, input),
    GetQueueUrl: ({ QueueName }: GetQueueUrlRequest) => ({
      QueueUrl: queues.urlOf(queues.find(QueueName).queue.settings.queueName),
    }),
    SetQueueAttributes: (input: SetQueueAttributesRequest) => setAttributes(queues.findByUrl(input.QueueUrl), input),
    GetQueueAttributes: (input: GetQueueAttributesRequest) => getAttributes(queues.findByUrl(input.QueueUrl), input),
    DeleteQueue: ({ QueueUrl }: DeleteQueueRequest) => {
      queues.delete(queues.findByUrl(QueueUrl).queue.settings.queueName);
      return {};
    },
    PurgeQueue: ({ QueueUrl }: PurgeQueueRequest) => {
      queues.findByUrl(QueueUrl).queue.purge();
      return {};
    },
  };
}

function messageOperations(queues: Queues): Record<string, Operation> {
  const queueOf = ({ QueueUrl }: { readonly QueueUrl?: string | undefined }) => queues.findByUrl(QueueUrl).queue;
  return {
    SendMessage: (input: SendMessageRequest) => send(input, queueOf(input)),
    SendMessageBatch: (input: SendMessageBatchRequest) => sendBatch(input, queueOf(input)),
    ReceiveMessage: (input: ReceiveMessageRequest) => receive(input, queueOf(input)),
    DeleteMessage: (input: DeleteMessageRequest) => {
      queueOf(input).delete(input.ReceiptHandle ?? "");
      return {};
    },
    ChangeMessageVisibility: (input: ChangeMessageVisibilityRequest) => changeVisibility(input, queueOf(input)),
  };
}

function createQueue(queues: Queues, input: CreateQueueRequest): { QueueUrl: string } {
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
  if (!known) queues.add(name, attributes);
  return { QueueUrl: queues.urlOf(name) };
}

function setAttributes(found: KeptQueue, input: SetQueueAttributesRequest): Record<string, never> {
  found.attributes = { ...found.attributes, ...input.Attributes };
  const { queueName, queueArn } = found.queue.settings;
  found.queue.settings = settingsOf(queueName, queueArn, found.attributes);
  return {};
}

function getAttributes(
  { queue, attributes }: KeptQueue,
  input: GetQueueAttributesRequest,
): { Attributes: Record<string, string> } {
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

function sendBatch(input: SendMessageBatchRequest, queue: Queue) {
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

function receive(input: ReceiveMessageRequest, queue: Queue) {
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
  const ownNames = input.MessageAttributeNames ?? [];
  return { Messages: messages.map((message) => received(message, names, ownNames)) };
}

function received(message: Message, systemNames: readonly string[], ownNames: readonly string[]) {
  const system = chosen(systemAttributes(message), systemNames);
  const own = chosen(message.attributes, ownNames);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(system && { Attributes: system }),
    ...(own && { MessageAttributes: own }),
  };
}

function changeVisibility(input: ChangeMessageVisibilityRequest, queue: Queue): Record<string, never> {
  if (!queue.changeVisibility(input.ReceiptHandle ?? "", (input.VisibilityTimeout ?? 0) * 1_000)) {
    throw new AwsError(
      "InvalidParameterValue",
      "Value for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.",
    );
  }
  return {};
}

/** Returns the attributes asked for, by name or all of them; undefined when none is left. */
function chosen<T>(attributes: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> | undefined {
  const entries = Object.entries(attributes).filter(([name]) => names.includes("All") || names.includes(name));
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

export function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

/** Returns the system attributes of a received message, by the names that ReceiveMessage and Lambda events use. */
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
