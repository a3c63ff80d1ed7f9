/** From a batch of SQS messages to one run or message per pool, and back to what SQS should do with each message. */
import { processPartialResponse, SqsFifoPartialProcessorAsync } from "@aws-lambda-powertools/batch";
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Clock } from "../aws/clock.ts";
import { AwsCallError, call } from "../aws/errors.ts";
import { isForAll } from "../config/message-groups.ts";
import type { Log } from "../telemetry/log.ts";
import { dispatch } from "./dispatch.ts";
import { MessageError } from "./message.ts";
import { meaningOf } from "./outcome.ts";

export interface NamedPool {
  readonly name: string;
}

/** A pool with the changes that ask to look at it. */
export interface Job<Pool, Change> {
  readonly pool: Pool;
  readonly changes: readonly Change[];
}

/** Gives pools a run of their own. `body`: of their message, where it is another than the one for all. */
export type PassOn<Pool> = (pools: readonly Pool[], body?: string) => Promise<void>;

export interface QueueHandler<Pool, Change> {
  readonly pools: readonly Pool[];
  /** Where a message that cannot be understood or handled goes, with its reason. */
  readonly deadLetterQueueUrl: string;
  readonly clock: Clock;
  readonly sqs: SQSClient;
  readonly log: Log;
  /** @throws MessageError */
  readonly parse: (body: string, nowMs: number) => Change;
  /**
   * Returns the change with what has to be asked to know which of several pools it concerns.
   * @param queueArn of the account and region that the change is of
   */
  readonly complete?: ((change: Change, queueArn: string) => Promise<Change>) | undefined;
  /** Whether the pool has to be looked at because of the change. */
  readonly concerns: (pool: Pool, change: Change) => boolean;
  /**
   * Does what a message for several pools asks for, as far as that needs no run of each: `passOn` gives pools their own. It
   * must change nothing in AWS, since a pool's run may go on meanwhile. Default: each pool that the message concerns has one.
   */
  readonly forAll?: ((pools: readonly Pool[], change: Change, passOn: PassOn<Pool>) => Promise<void>) | undefined;
  /** Looks at one pool and reports. `deadlineMs`: when to stop waiting for what happens elsewhere. */
  readonly run: (job: Job<Pool, Change>, deadlineMs: number) => Promise<void>;
}

/** Time kept for the last pass and the report when a run waits. */
const reserveMs = 15_000;
/** How long a run waits. More than a minute, so that when it ends a sweep is already queued behind it and goes on waiting. */
const waitMs = 65_000;
/** How often a message comes before the function gives up on it. Lambda's throttling counts too. */
const mostReceives = 5;

export type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/**
 * The handler of an actuator's queue (FIFO, one message group per pool, and those of the whole deployment, whose messages
 * it passes on to the pools that they concern). What becomes of a message (decision 0004):
 *
 * ```
 * the function                    | first receives                        | from the fifth on
 * ------------------------------- | ------------------------------------- | --------------------------------------
 * looks at the pool               | done, whatever AWS refuses meanwhile   | likewise
 * cannot understand it            | set aside with its reason             | likewise
 * passes it on to the pools       | done                                  | likewise
 * cannot pass it on for now       | given back                            | set aside with the error
 * fails in the pool's run         | given back, with all of the pool's    | set aside with the error
 * may not set it aside            | given back                            | dropped: the log has it
 * dies, times out, is throttled   | comes again until it is an hour old   | likewise
 * ```
 */
export function createQueueHandler<Pool extends NamedPool, Change>(queue: QueueHandler<Pool, Change>): Handler {
  const processor = new SqsFifoPartialProcessorAsync();
  return async (event, context) => {
    const deadlineMs = queue.clock.now() + Math.min(waitMs, context.getRemainingTimeInMillis() - reserveMs);
    const read = new Map(event.Records.map((record) => [record.messageId, readRecord(queue, record)]));
    const runs = startRuns(queue, [...read.values()], deadlineMs);
    const handle = async (record: SQSRecord) => {
      const message = read.get(record.messageId) as Message<Pool, Change> | MessageError;
      if (message instanceof MessageError) return setAside(queue, record, message);
      if (message.kind === "all") return passOn(queue, record, message.change);
      const result = await runs.get(message.pool.name);
      if (result?.status !== "rejected") return;
      if (!isLast(record)) throw result.reason;
      await setAside(queue, record, new MessageError("run", `the function failed: ${result.reason}`));
    };
    const options = { context, skipGroupOnError: true, throwOnFullBatchFailure: false };
    const response = await processPartialResponse(event, handle, processor, options);
    // A skipped group's run is awaited nowhere else; frozen half-way, it would go on beside the pool's next run.
    await Promise.all(runs.values());
    return response;
  };
}

type Message<Pool, Change> =
  /** `change`: undefined when it does not concern the pool. */
  | { readonly kind: "run"; readonly pool: Pool; readonly change: Change | undefined }
  /** For the whole deployment. */
  | { readonly kind: "all"; readonly change: Change };

/** Never throws: a defect that one message shows must not hold up its pool. */
function readRecord<Pool extends NamedPool, Change>(
  { pools, parse, concerns, clock }: QueueHandler<Pool, Change>,
  record: SQSRecord,
): Message<Pool, Change> | MessageError {
  try {
    const { MessageGroupId: group } = record.attributes;
    const forAll = isForAll(group);
    // A message for all pools may be left over from a time when there were more than one.
    const pool = forAll && pools.length === 1 ? pools[0] : pools.find(({ name }) => name === group);
    if (!pool && !forAll)
      throw new MessageError("attributes.MessageGroupId", `there is no pool ${JSON.stringify(group)}`);
    const change = parse(record.body, clock.now());
    if (!pool) return { kind: "all", change };
    // What is in the group of one of several pools was found to concern it when it was passed on.
    return { kind: "run", pool, change: pools.length > 1 || concerns(pool, change) ? change : undefined };
  } catch (error) {
    return error instanceof MessageError ? error : new MessageError("body", `the function failed on it: ${error}`);
  }
}

/**
 * Passes a message for the whole deployment on to the pools that it concerns: each is looked at by itself, so that none waits
 * for another. Given back, it holds up what follows it, so only for a failure that may pass.
 *
 * @throws AwsCallError when the message may come again
 */
async function passOn<Pool extends NamedPool, Change>(
  queue: QueueHandler<Pool, Change>,
  record: SQSRecord,
  change: Change,
): Promise<void> {
  const { pools, complete, concerns, forAll, sqs, deadLetterQueueUrl, log } = queue;
  const { body, eventSourceARN, messageId } = record;
  try {
    const whole = complete ? await complete(change, eventSourceARN) : change;
    const concerned = pools.filter((pool) => concerns(pool, whole));
    // The queue is beside its dead-letter queue.
    const { href: queueUrl } = new URL(eventSourceARN.split(":").at(-1) ?? "", deadLetterQueueUrl);
    const toEach: PassOn<Pool> = (some, text = body) =>
      dispatch(
        sqs,
        queueUrl,
        text,
        some.map(({ name }) => name),
      );
    await (forAll ? forAll(concerned, whole, toEach) : toEach(concerned));
  } catch (error) {
    log.error("message not passed on", { messageId, reason: String(error) });
    if (error instanceof AwsCallError && meaningOf(error) === "retry" && !isLast(record)) throw error;
    await setAside(queue, record, new MessageError("body", `it could not be passed on: ${error}`));
  }
}

function isLast({ attributes }: SQSRecord): boolean {
  return Number(attributes.ApproximateReceiveCount ?? 1) >= mostReceives;
}

/** One run per pool that a message concerns, all at once: pools share nothing. */
function startRuns<Pool extends NamedPool, Change>(
  { log, run }: QueueHandler<Pool, Change>,
  messages: readonly (Message<Pool, Change> | MessageError)[],
  deadlineMs: number,
): Map<string, Promise<PromiseSettledResult<void>>> {
  const jobs = new Map<string, { pool: Pool; changes: Change[] }>();
  for (const message of messages) {
    if (message instanceof MessageError || message.kind === "all" || message.change === undefined) continue;
    const job = jobs.get(message.pool.name) ?? { pool: message.pool, changes: [] };
    job.changes.push(message.change);
    jobs.set(message.pool.name, job);
  }
  const start = async (job: Job<Pool, Change>) => {
    const [result] = await Promise.allSettled([run(job, deadlineMs)]);
    if (result.status === "rejected") logDefect(log, job.pool.name, result.reason);
    return result;
  };
  return new Map([...jobs].map(([name, job]) => [name, start(job)]));
}

function logDefect(log: Log, pool: string, error: unknown): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  log.error("run ended by a defect", { pool, reason: message, stack });
}

/** @throws AwsCallError when AWS refuses it and the message may come again */
async function setAside<Pool, Change>(
  { sqs, deadLetterQueueUrl, log }: QueueHandler<Pool, Change>,
  record: SQSRecord,
  { field, message: reason }: MessageError,
): Promise<void> {
  const { body, messageId, attributes } = record;
  const attribute = (StringValue: string) => ({ DataType: "String", StringValue });
  log.error("message set aside", { messageId, field, reason });
  const command = new SendMessageCommand({
    QueueUrl: deadLetterQueueUrl,
    MessageBody: body,
    MessageGroupId: attributes.MessageGroupId ?? "unknown",
    MessageDeduplicationId: messageId,
    MessageAttributes: { field: attribute(field), reason: attribute(reason) },
  });
  try {
    await call("sqs:SendMessage", () => sqs.send(command));
  } catch (error) {
    if (!(error instanceof AwsCallError)) throw error;
    const detail = { messageId, permission: error.action, code: error.code, reason: error.message };
    if (!isLast(record)) {
      log.error("message not set aside", detail);
      throw error;
    }
    log.error("message dropped", { ...detail, body });
  }
}
