/** What relocation makes of its queue: a run per pool, logged, measured and announced. */
import type { SQSClient } from "@aws-sdk/client-sqs";
import { createQueueHandler as createHandler, type Handler, type Job } from "../actuator/queue-handler.ts";
import type { PoolSettings, RelocationSettings } from "../config/settings.ts";
import { type Announcer, announce } from "../telemetry/announce.ts";
import type { Log } from "../telemetry/log.ts";
import type { EmitMetrics } from "../telemetry/metrics.ts";
import { type Change, concerns, parseChange } from "./changes.ts";
import { looksAfter } from "./egress-gap.ts";
import { relocate } from "./relocate.ts";
import { report } from "./report.ts";
import type { Relocation, Run } from "./round.ts";

export interface QueueHandler extends Relocation, Announcer {
  readonly settings: RelocationSettings;
  readonly sqs: SQSClient;
  readonly emitMetrics: EmitMetrics;
}

/** The handler of relocation's queue. */
export function createQueueHandler(dependencies: QueueHandler): Handler {
  const { settings, clock, sqs, log } = dependencies;
  const { pools, deadLetterQueueUrl } = settings;
  const run = (job: Job<PoolSettings, Change>, deadlineMs: number) => runJob(dependencies, job, deadlineMs);
  return createHandler({ pools, deadLetterQueueUrl, clock, sqs, log, parse: parseChange, concerns, run });
}

async function runJob(dependencies: QueueHandler, job: Job<PoolSettings, Change>, deadlineMs: number): Promise<void> {
  const { settings, memory, emitMetrics } = dependencies;
  const run = await relocate(dependencies, settings, job, deadlineMs);
  const findings = run.rounds.at(-1)?.plan.findings;
  // A look at the network alone finds nothing anew, and does not end what was found.
  const newFindings = findings ? memory.newFindings(run.pool, findings) : [];
  const looks = memory.looks(run.pool);
  const { measurements, events } = report(run, job.changes, newFindings, looks);
  memory.rememberLooks(run.pool, looksAfter(run, looks));
  logRun(dependencies.log, run);
  emitMetrics(run.pool, run.endedMs, measurements);
  await announce(dependencies, memory.unreported(run.pool, events));
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
