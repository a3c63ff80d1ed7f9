/** What fallback makes of its queue: a run per pool, logged, measured and announced. */
import type { SQSClient } from "@aws-sdk/client-sqs";
import { createQueueHandler as createHandler, type Handler, type Job } from "../actuator/queue-handler.ts";
import type { FallbackPool, FallbackSettings } from "../config/fallback-settings.ts";
import { type Announcer, announce } from "../telemetry/announce.ts";
import type { Log } from "../telemetry/log.ts";
import type { EmitMetrics } from "../telemetry/metrics.ts";
import { NewFindings } from "../telemetry/new-findings.ts";
import { type Change, concerns, parseChange } from "./changes.ts";
import { activeSinceMs } from "./history.ts";
import { type Fallback, type Run, reconcile } from "./reconcile.ts";
import { report } from "./report.ts";

export interface QueueHandler extends Omit<Fallback, "echoUrl">, Announcer {
  readonly settings: FallbackSettings;
  readonly sqs: SQSClient;
  readonly emitMetrics: EmitMetrics;
}

const hourMs = 3_600_000;

/** What one execution environment has told, so that it does not say it every minute. Never a reason to act. */
interface Told {
  readonly findings: NewFindings;
  readonly hours: NewFindings;
}

/** The handler of fallback's queue. */
export function createQueueHandler(dependencies: QueueHandler): Handler {
  const { settings, clock, sqs, log } = dependencies;
  const { pools, deadLetterQueueUrl } = settings;
  const told: Told = { findings: new NewFindings(), hours: new NewFindings() };
  const run = (job: Job<FallbackPool, Change>, deadlineMs: number) => runJob(dependencies, told, job, deadlineMs);
  return createHandler({ pools, deadLetterQueueUrl, clock, sqs, log, parse: parseChange, concerns, run });
}

async function runJob(
  dependencies: QueueHandler,
  told: Told,
  { pool }: Job<FallbackPool, Change>,
  deadlineMs: number,
): Promise<void> {
  const { settings, emitMetrics, log } = dependencies;
  const run = await reconcile({ ...dependencies, echoUrl: settings.echoUrl }, pool, deadlineMs);
  const news = told.findings.newAmong(pool.name, run.rounds.at(-1)?.plan.findings);
  const { measurements, events } = report(run, pool, news, isHourTold(told.hours, run));
  logRun(log, run);
  emitMetrics(pool.name, run.endedMs, measurements);
  await announce(dependencies, events);
}

function isHourTold(hours: NewFindings, run: Run): boolean {
  const sinceMs = activeSinceMs(run.rounds.at(-1)?.observed.routeTables ?? []);
  const hour = sinceMs === undefined ? undefined : Math.floor((run.endedMs - sinceMs) / hourMs);
  return hours.newAmong(run.pool, [{ sinceMs, hour }]).length === 0;
}

function logRun(log: Log, { pool, startedMs, endedMs, failure, rounds }: Run): void {
  for (const { outcomes, plan, unverified } of rounds) {
    for (const { action, result } of outcomes) log.info("action", { pool, ...action, result });
    for (const finding of plan.findings) log.info("finding", { pool, ...finding });
    for (const reason of unverified) log.error("not verified", { pool, reason });
  }
  if (failure)
    log.error("run failed", { pool, code: failure.code, permission: failure.action, reason: failure.message });
  log.info("run", { pool, durationMs: endedMs - startedMs, rounds: rounds.length });
}
