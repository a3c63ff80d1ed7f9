import type { SQSEvent, SQSRecord } from "aws-lambda";
import type { VirtualClock } from "./clock.ts";
import { type Delays, draw } from "./delays.ts";
import type { Ending } from "./lambda-invocation.ts";
import type { Invoker } from "./lambda-invoke.ts";
import type { Random } from "./random.ts";
import { md5, systemAttributes } from "./sqs.ts";
import type { Message, Queue } from "./sqs-queue.ts";

export interface EventSourceOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly delays: Delays;
  readonly queue: Queue;
  readonly invoker: Invoker;
  readonly functionName: string;
  readonly region: string;
  /** Messages per invocation, at most 10 without a batching window; 10 unless given. */
  readonly batchSize?: number;
  /** Invocations at a time; for FIFO queues the number of active groups bounds it too. */
  readonly maximumConcurrency?: number;
  /** Whether the answer may name failed messages (`FunctionResponseTypes`). */
  readonly reportBatchItemFailures?: boolean;
  /** Whether the function's role may read the queue now. */
  readonly permitted: () => boolean;
}

/** A poller without permission looks again after this long. Assumed. */
const REFUSED_PAUSE_MS = 60_000;

/**
 * Lambda's poller of a queue (Lambda developer guide, "Using Lambda with Amazon SQS" and its page on error handling).
 * A batch may hold several FIFO groups, but no group is in two batches at once: the queue locks groups in flight.
 * What failed stays invisible until its visibility timeout is over. Returns the function that stops the polling.
 */
export function startEventSource(options: EventSourceOptions): () => void {
  const { clock, delays, queue, invoker, functionName } = options;
  const random = options.random.fork(`event source ${functionName}`);
  const most = options.maximumConcurrency ?? 1_000;
  let busy = 0;
  let polling = false;
  let stopped = false;

  function wake(): void {
    if (polling || stopped || busy >= most) return;
    polling = true;
    clock.after(draw(random, delays.sqsPoll), () => {
      polling = false;
      if (!stopped) poll();
    });
  }

  function poll(): void {
    if (!options.permitted()) {
      clock.after(REFUSED_PAUSE_MS, wake);
      return;
    }
    while (busy < most) {
      const messages = queue.receive(options.batchSize ?? 10);
      if (messages.length === 0) return;
      busy++;
      const event: SQSEvent = { Records: messages.map((message) => recordOf(message, queue, options.region)) };
      // A refused invocation (throttled, not ready) is a failed batch.
      const ended = invoker.call(functionName, event).catch((error: unknown): Ending => ({ kind: "threw", error }));
      ended.then((ending) => {
        busy--;
        const failed = failedIds(ending, messages, options.reportBatchItemFailures ?? false);
        for (const message of messages) {
          if (!failed.has(message.messageId)) queue.delete(message.receiptHandle ?? "");
        }
        wake();
      });
    }
  }

  const unsubscribe = queue.onVisible(wake);
  wake();
  return () => {
    stopped = true;
    unsubscribe();
  };
}

/**
 * All messages when the invocation failed or its answer is malformed; those that the answer names; none when it names
 * none (same page, "Success and failure conditions").
 */
function failedIds(ending: Ending, messages: readonly Message[], reported: boolean): ReadonlySet<string> {
  const all = new Set(messages.map(({ messageId }) => messageId));
  if (ending.kind !== "returned") return all;
  if (!reported || ending.value === null || ending.value === undefined) return new Set();
  if (typeof ending.value !== "object") return all;
  const failures: unknown = Reflect.get(ending.value, "batchItemFailures");
  if (failures === null || failures === undefined) return new Set();
  if (!Array.isArray(failures)) return all;
  const ids = new Set<string>(failures.map((failure) => failure?.itemIdentifier));
  return [...ids].every((id) => all.has(id)) ? ids : all;
}

function recordOf(message: Message, queue: Queue, region: string): SQSRecord {
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle ?? "",
    body: message.body,
    attributes: systemAttributes(message) as unknown as SQSRecord["attributes"],
    messageAttributes: {},
    md5OfBody: md5(message.body),
    eventSource: "aws:sqs",
    eventSourceARN: queue.settings.queueArn,
    awsRegion: region,
  };
}
