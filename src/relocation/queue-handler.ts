/** From a batch of SQS messages to runs, and back to what SQS should do with each message. */
import { processPartialResponse, SqsFifoPartialProcessorAsync } from "@aws-lambda-powertools/batch";
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { AwsCallError, call } from "../aws/errors.ts";
import type { PoolSettings, RelocationSettings } from "../config/settings.ts";
import { putEvents } from "../telemetry/events.ts";
import type { EmitMetrics } from "../telemetry/metrics.ts";
import type { DomainEvent } from "../telemetry/model.ts";
import { type Change, concerns, MessageError, parseChange } from "./changes.ts";
import type { Relocation, Run } from "./reconcile.ts";
import { type Job, relocate } from "./relocate.ts";
import { report } from "./report.ts";

/** The part of Powertools' logger that is used here. */
export interface Log {
  info(message: string, detail: Record<string, unknown>): void;
  error(message: string, detail: Record<string, unknown>): void;
}

export interface QueueHandler extends Relocation {
  readonly settings: RelocationSettings;
  readonly eventBridge: EventBridgeClient;
  readonly sqs: SQSClient;
  readonly emitMetrics: EmitMetrics;
  readonly log: Log;
}

/** Time kept for the last round and the report when a run waits for an update. */
const reserveMs = 15_000;
/**
 * How long a run waits for updates. More than a minute, so that when it ends a sweep is already queued behind it and
 * goes on waiting at once.
 */
const waitMs = 65_000;

type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/**
 * The handler of relocation's queue (FIFO, one message group per pool). A message that can not be understood goes to
 * the dead-letter queue at once, with its reason, and holds up nobody; an unexpected error returns its pool's
 * messages to the queue; what AWS refuses is reported and left to the next sweep.
 */
export function createQueueHandler(dependencies: QueueHandler): Handler {
  const processor = new SqsFifoPartialProcessorAsync();
  return (event, context) => {
    const deadlineMs = dependencies.clock.now() + Math.min(waitMs, context.getRemainingTimeInMillis() - reserveMs);
    const read = new Map(event.Records.map((record) => [record.messageId, readRecord(dependencies.settings, record)]));
    const runs = startRuns(dependencies, [...read.values()], deadlineMs);
    const handle = async (record: SQSRecord) => {
      const message = read.get(record.messageId) as Message | MessageError;
      if (message instanceof MessageError) return deadLetter(dependencies, record, message);
      const run = await runs.get(message.pool.name);
      if (run?.status === "rejected") throw run.reason;
    };
    const options = { context, skipGroupOnError: true, throwOnFullBatchFailure: false };
    return processPartialResponse(event, handle, processor, options);
  };
}

interface Message {
  readonly pool: PoolSettings;
  readonly change: Change;
}

function readRecord(settings: RelocationSettings, record: SQSRecord): Message | MessageError {
  try {
    const { MessageGroupId: name } = record.attributes;
    const pool = settings.pools.find((it) => it.name === name);
    if (!pool) throw new MessageError("attributes.MessageGroupId", `there is no pool ${JSON.stringify(name)}`);
    return { pool, change: parseChange(record.body) };
  } catch (error) {
    if (error instanceof MessageError) return error;
    throw error;
  }
}

/** One run per pool that a message concerns, all at once: pools share nothing. */
function startRuns(
  dependencies: QueueHandler,
  messages: readonly (Message | MessageError)[],
  deadlineMs: number,
): Map<string, Promise<PromiseSettledResult<void>>> {
  const jobs = new Map<string, { pool: PoolSettings; changes: Change[] }>();
  for (const message of messages) {
    if (message instanceof MessageError || !concerns(message.pool, message.change)) continue;
    const job = jobs.get(message.pool.name) ?? { pool: message.pool, changes: [] };
    job.changes.push(message.change);
    jobs.set(message.pool.name, job);
  }
  const start = async (job: Job) => {
    const [result] = await Promise.allSettled([runJob(dependencies, job, deadlineMs)]);
    return result;
  };
  return new Map([...jobs].map(([name, job]) => [name, start(job)]));
}

async function runJob(dependencies: QueueHandler, job: Job, deadlineMs: number): Promise<void> {
  const { settings, memory, emitMetrics } = dependencies;
  const run = await relocate(dependencies, settings, job, deadlineMs);
  const findings = run.rounds.at(-1)?.plan.findings ?? [];
  const news = memory.news(run.pool, findings);
  const { measurements, events } = report(run, job.changes, news, memory.healthyMs(run.pool));
  if (!run.failure && !findings.some(({ kind }) => kind === "shortage")) memory.healthy(run.pool, run.endedMs);
  logRun(dependencies.log, run);
  emitMetrics(run.pool, run.endedMs, measurements);
  await publish(dependencies, events);
}

/** What was done is done whether or not it can be announced; then the log is where it is told. */
async function publish({ eventBridge, settings, log }: QueueHandler, events: readonly DomainEvent[]): Promise<void> {
  try {
    await putEvents(eventBridge, settings.eventBusName, events);
  } catch (error) {
    if (!(error instanceof AwsCallError)) throw error;
    log.error("events not published", { reason: error.message, events });
  }
}

function logRun(log: Log, run: Run): void {
  const { pool, startedMs, endedMs, failure, rounds } = run;
  for (const { outcomes, plan } of rounds) {
    for (const { action, result } of outcomes) log.info("action", { pool, ...action, result });
    for (const finding of plan.findings) log.info("finding", { pool, ...finding });
  }
  if (failure)
    log.error("run failed", { pool, code: failure.code, permission: failure.action, reason: failure.message });
  log.info("run", { pool, durationMs: endedMs - startedMs, rounds: rounds.length });
}

async function deadLetter(
  { sqs, settings, log }: QueueHandler,
  { body, messageId, attributes }: SQSRecord,
  reason: MessageError,
): Promise<void> {
  const attribute = (StringValue: string) => ({ DataType: "String", StringValue });
  log.error("message not understood", { messageId, field: reason.field, reason: reason.message });
  await call("sqs:SendMessage", () =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl: settings.deadLetterQueueUrl,
        MessageBody: body,
        MessageGroupId: attributes.MessageGroupId ?? "unknown",
        MessageDeduplicationId: messageId,
        MessageAttributes: { field: attribute(reason.field), reason: attribute(reason.message) },
      }),
    ),
  );
}
