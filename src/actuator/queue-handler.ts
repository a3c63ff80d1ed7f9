/** From a batch of SQS messages to one run per pool, and back to what SQS should do with each message. */
import { processPartialResponse, SqsFifoPartialProcessorAsync } from "@aws-lambda-powertools/batch";
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Clock } from "../aws/clock.ts";
import { call } from "../aws/errors.ts";
import type { Log } from "../telemetry/log.ts";
import { MessageError } from "./message.ts";

export interface NamedPool {
  readonly name: string;
}

/** A pool with the changes that ask to look at it. */
export interface Job<Pool, Change> {
  readonly pool: Pool;
  readonly changes: readonly Change[];
}

export interface QueueHandler<Pool, Change> {
  readonly pools: readonly Pool[];
  /** Where a message that can not be understood goes, with its reason. */
  readonly deadLetterQueueUrl: string;
  readonly clock: Clock;
  readonly sqs: SQSClient;
  readonly log: Log;
  /** @throws MessageError */
  readonly parse: (body: string, nowMs: number) => Change;
  /** Whether the pool has to be looked at because of the change. */
  readonly concerns: (pool: Pool, change: Change) => boolean;
  /** Looks at one pool and reports. `deadlineMs`: when to stop waiting for what happens elsewhere. */
  readonly run: (job: Job<Pool, Change>, deadlineMs: number) => Promise<void>;
}

/** Time kept for the last pass and the report when a run waits. */
const reserveMs = 15_000;
/** How long a run waits. More than a minute, so that when it ends a sweep is already queued behind it and goes on waiting. */
const waitMs = 65_000;

export type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/**
 * The handler of an actuator's queue (FIFO, one message group per pool). A message that can not be understood goes to
 * the dead-letter queue at once, with its reason, and holds up no other; an unexpected error returns its pool's
 * messages to the queue; what AWS refuses is reported by the run and left to the next sweep.
 */
export function createQueueHandler<Pool extends NamedPool, Change>(queue: QueueHandler<Pool, Change>): Handler {
  const processor = new SqsFifoPartialProcessorAsync();
  return async (event, context) => {
    const deadlineMs = queue.clock.now() + Math.min(waitMs, context.getRemainingTimeInMillis() - reserveMs);
    const read = new Map(event.Records.map((record) => [record.messageId, readRecord(queue, record)]));
    const runs = startRuns(queue, [...read.values()], deadlineMs);
    const handle = async (record: SQSRecord) => {
      const message = read.get(record.messageId) as Message<Pool, Change> | MessageError;
      if (message instanceof MessageError) return deadLetter(queue, record, message);
      const run = await runs.get(message.pool.name);
      if (run?.status === "rejected") throw run.reason;
    };
    const options = { context, skipGroupOnError: true, throwOnFullBatchFailure: false };
    const response = await processPartialResponse(event, handle, processor, options);
    // A skipped group's run is awaited nowhere else; frozen half-way, it would go on beside the pool's next run.
    await Promise.all(runs.values());
    return response;
  };
}

interface Message<Pool, Change> {
  readonly pool: Pool;
  readonly change: Change;
}

function readRecord<Pool extends NamedPool, Change>(
  { pools, parse, clock }: QueueHandler<Pool, Change>,
  record: SQSRecord,
): Message<Pool, Change> | MessageError {
  try {
    const { MessageGroupId: name } = record.attributes;
    const pool = pools.find((it) => it.name === name);
    if (!pool) throw new MessageError("attributes.MessageGroupId", `there is no pool ${JSON.stringify(name)}`);
    return { pool, change: parse(record.body, clock.now()) };
  } catch (error) {
    if (error instanceof MessageError) return error;
    throw error;
  }
}

/** One run per pool that a message concerns, all at once: pools share nothing. */
function startRuns<Pool extends NamedPool, Change>(
  { concerns, run }: QueueHandler<Pool, Change>,
  messages: readonly (Message<Pool, Change> | MessageError)[],
  deadlineMs: number,
): Map<string, Promise<PromiseSettledResult<void>>> {
  const jobs = new Map<string, { pool: Pool; changes: Change[] }>();
  for (const message of messages) {
    if (message instanceof MessageError || !concerns(message.pool, message.change)) continue;
    const job = jobs.get(message.pool.name) ?? { pool: message.pool, changes: [] };
    job.changes.push(message.change);
    jobs.set(message.pool.name, job);
  }
  const start = async (job: Job<Pool, Change>) => {
    const [result] = await Promise.allSettled([run(job, deadlineMs)]);
    return result;
  };
  return new Map([...jobs].map(([name, job]) => [name, start(job)]));
}

async function deadLetter<Pool, Change>(
  { sqs, deadLetterQueueUrl, log }: QueueHandler<Pool, Change>,
  { body, messageId, attributes }: SQSRecord,
  reason: MessageError,
): Promise<void> {
  const attribute = (StringValue: string) => ({ DataType: "String", StringValue });
  log.error("message not understood", { messageId, field: reason.field, reason: reason.message });
  await call("sqs:SendMessage", () =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl: deadLetterQueueUrl,
        MessageBody: body,
        MessageGroupId: attributes.MessageGroupId ?? "unknown",
        MessageDeduplicationId: messageId,
        MessageAttributes: { field: attribute(reason.field), reason: attribute(reason.message) },
      }),
    ),
  );
}
