/** What an actuator makes of its queue: a run per pool, logged, measured and announced. */
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Clock } from "../aws/clock.ts";
import { type Announcer, announce } from "../telemetry/announce.ts";
import type { Log } from "../telemetry/log.ts";
import type { WriteMetrics } from "../telemetry/metrics.ts";
import { NewFindings } from "../telemetry/new-findings.ts";
import {
  createQueueHandler,
  type Handler,
  type Job,
  type NamedPool,
  type PassOn,
  type QueueHandler,
} from "./queue-handler.ts";
import type { Report } from "./report.ts";
import { ReportedFailures } from "./reported-failures.ts";
import type { Pass, Run } from "./run.ts";

/** What an actuator of its own kind is: which messages ask for what, how a pool is looked after, what is said of it. */
export interface Actuator<Pool, Change, Finding, ARun> {
  /** @throws MessageError that names the field */
  readonly parse: (body: string, nowMs: number) => Change;
  /** See QueueHandler. */
  readonly complete?: (change: Change, queueArn: string) => Promise<Change>;
  /** Whether the pool has to be looked at because of the change; decided without a call to AWS. */
  readonly concerns: (pool: Pool, change: Change) => boolean;
  /** Looks after one pool. `deadlineMs`: when to stop waiting for what happens elsewhere. */
  readonly reconcile: (job: Job<Pool, Change>, deadlineMs: number) => Promise<ARun>;
  /**
   * See QueueHandler. Returns what it has found of pools that need no run of their own. What cannot be passed on fails the
   * message after that was reported.
   */
  readonly forAll?: (pools: readonly Pool[], change: Change, passOn: PassOn<Pool>) => Promise<readonly ARun[]>;
  /** What the run found, each reported once as long as it lasts; undefined when it could not look. */
  readonly findingsOf: (run: ARun) => readonly Finding[] | undefined;
  /** `newFindings`: those that the pool's last run in this execution environment did not have. */
  readonly report: (run: ARun, job: Job<Pool, Change>, newFindings: readonly Finding[]) => Report;
}

/** What every actuator is given, beside the clients of its own. */
export interface Dependencies<Settings> extends Announcer {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly sqs: SQSClient;
  readonly writeMetrics: WriteMetrics;
}

interface QueueSettings<Pool> {
  readonly pools: readonly Pool[];
  readonly deadLetterQueueUrl: string;
}

/** Returns the handler of the actuator's queue. What it remembers between runs is never a reason to act. */
export function createActuatorHandler<Pool extends NamedPool, Change, Finding, ARun extends Run<Pass>>(
  dependencies: Dependencies<QueueSettings<Pool>>,
  { parse, complete, concerns, reconcile, forAll, findingsOf, report }: Actuator<Pool, Change, Finding, ARun>,
): Handler {
  const { settings, clock, sqs, log, writeMetrics } = dependencies;
  const { pools, deadLetterQueueUrl } = settings;
  const reported = new NewFindings();
  const reportedFailures = new ReportedFailures();
  const finish = async (job: Job<Pool, Change>, done: ARun) => {
    const newFindings = reported.newAmong(done.pool, findingsOf(done));
    const { measurements, events, failures } = report(done, job, newFindings);
    logRun(log, done, failures);
    writeMetrics({ pool: done.pool }, done.endedMs, measurements);
    await announce(dependencies, reportedFailures.unreported(done.pool, events));
  };
  const run = async (job: Job<Pool, Change>, deadlineMs: number) => finish(job, await reconcile(job, deadlineMs));
  const runAll: QueueHandler<Pool, Change>["forAll"] =
    forAll &&
    (async (concerned, change, passOn) => {
      const failures: unknown[] = [];
      const passOnIfPossible = async (...given: Parameters<typeof passOn>) => {
        await passOn(...given).catch((error: unknown) => failures.push(error));
      };
      const runs = new Map((await forAll(concerned, change, passOnIfPossible)).map((it) => [it.pool, it]));
      const finished = concerned.map(async (pool) => {
        const done = runs.get(pool.name);
        if (done) await finish({ pool, changes: [change] }, done);
      });
      await Promise.all(finished);
      // Not before the others' reports: each is its pool's heartbeat.
      if (failures.length > 0) throw failures[0];
    });
  const queue = { pools, deadLetterQueueUrl, clock, sqs, log, parse, complete, concerns, run, forAll: runAll };
  return createQueueHandler(queue);
}

/** Returns the findings of the run's last pass: what a later pass no longer finds is gone. */
export function lastFindings<Finding>({ passes }: Run<{ readonly plan: { readonly findings: readonly Finding[] } }>) {
  return passes.at(-1)?.plan.findings;
}

function logRun(log: Log, { pool, startedMs, endedMs, passes }: Run<Pass>, failures: Report["failures"]): void {
  for (const { outcomes, plan } of passes) {
    for (const outcome of outcomes) {
      const { action, result } = outcome;
      const reason = "error" in outcome ? outcome.error.message : "reason" in outcome ? outcome.reason : undefined;
      log.info("action", { pool, ...action, result, reason });
    }
    for (const finding of plan.findings) log.info("finding", { pool, ...finding });
    for (const wait of plan.waits) log.info("wait", { pool, ...wait });
  }
  for (const { permission, code, message } of failures) {
    log.error("run failed", { pool, code, permission, reason: message });
  }
  log.info("run", { pool, durationMs: endedMs - startedMs, passes: passes.length });
}
