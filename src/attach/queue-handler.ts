/** What attaching makes of its queue, which only sweeps reach: a run per pool, logged, measured and announced. */
import type { SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod/mini";
import { parseMessage, type Sweep } from "../actuator/message.ts";
import { createQueueHandler as createHandler, type Handler, type Job } from "../actuator/queue-handler.ts";
import type { AttachPool, AttachSettings } from "../config/attach-settings.ts";
import { type Announcer, announce } from "../telemetry/announce.ts";
import type { Log } from "../telemetry/log.ts";
import type { EmitMetrics } from "../telemetry/metrics.ts";
import { NewFindings } from "../telemetry/new-findings.ts";
import { type Attaching, type Run, reconcile } from "./reconcile.ts";
import { problemsOf, report } from "./report.ts";

export interface QueueHandler extends Omit<Attaching, "metricsNamespace">, Announcer {
  readonly settings: AttachSettings;
  readonly sqs: SQSClient;
  readonly emitMetrics: EmitMetrics;
}

/** Nothing but a sweep, whose parts every queue knows, is a message here. */
const nothingElse = z.never("is no sweep");

/** The handler of attaching's queue. */
export function createQueueHandler(dependencies: QueueHandler): Handler {
  const { settings, clock, sqs, log } = dependencies;
  const { pools, deadLetterQueueUrl } = settings;
  // What this execution environment has reported, so that it does not repeat it every minute. Never a reason to act.
  const reported = new NewFindings();
  const run = (job: Job<AttachPool, Sweep>, deadlineMs: number) => runJob(dependencies, reported, job, deadlineMs);
  const parse = (body: string, nowMs: number) => parseMessage(nothingElse, body, nowMs);
  return createHandler({ pools, deadLetterQueueUrl, clock, sqs, log, parse, concerns: () => true, run });
}

async function runJob(
  dependencies: QueueHandler,
  reported: NewFindings,
  { pool }: Job<AttachPool, Sweep>,
  deadlineMs: number,
): Promise<void> {
  const { settings, emitMetrics, log } = dependencies;
  const run = await reconcile({ ...dependencies, metricsNamespace: settings.metricsNamespace }, pool, deadlineMs);
  const newProblems = reported.newAmong(pool.name, run.rounds.length > 0 ? problemsOf(run) : undefined);
  const { measurements, events } = report(run, pool, newProblems);
  logRun(log, run);
  emitMetrics(pool.name, run.endedMs, measurements);
  await announce(dependencies, events);
}

function logRun(log: Log, run: Run): void {
  const { pool, startedMs, endedMs, failure, rounds } = run;
  for (const { outcomes, plan, unverified } of rounds) {
    for (const { action, result, ...rest } of outcomes) log.info("action", { pool, ...action, result, ...rest });
    for (const { kind, functionName } of plan.waits) log.info("wait", { pool, kind, functionName });
    for (const functionName of unverified) log.error("not verified", { pool, functionName });
  }
  for (const { finding: kind, ...detail } of problemsOf(run)) log.info("finding", { pool, kind, ...detail });
  if (failure)
    log.error("run failed", { pool, code: failure.code, permission: failure.action, reason: failure.message });
  log.info("run", { pool, durationMs: endedMs - startedMs, rounds: rounds.length });
}
