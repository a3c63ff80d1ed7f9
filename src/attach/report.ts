/** What a run reports: metrics for alarms and dashboards, events for subscribers of the bus. Pure. */
import type { AttachPool } from "../config/attach-settings.ts";
import { findingDetail } from "../telemetry/finding.ts";
import type { DomainEvent, Measurement } from "../telemetry/model.ts";
import { findingTable, type Problem } from "./finding-table.ts";
import type { Run } from "./reconcile.ts";

export interface Report {
  readonly measurements: readonly Measurement[];
  readonly events: readonly DomainEvent[];
}

/** A finding, or an update that Lambda refused, as events and the log give it. */
export type ProblemDetail = ReturnType<typeof findingDetail<Problem>>;

/** Returns the run's problems, each once: once attached, a function gives new evidence, so no single round repeats all. */
export function problemsOf({ rounds }: Run): ProblemDetail[] {
  const problems = rounds.flatMap(({ plan, outcomes }): Problem[] => [
    ...plan.findings,
    ...outcomes.flatMap((outcome): Problem[] => {
      if (outcome.result !== "refused") return [];
      const { action, code, reason } = outcome;
      return [{ kind: "refused", functionName: action.functionName, code, reason }];
    }),
  ]);
  const details = problems.map((it) => findingDetail(findingTable, it));
  return [...new Map(details.map((it) => [JSON.stringify(it), it])).values()];
}

/**
 * Returns the report of one run.
 *
 * @param newProblems problems that were not reported before
 */
export function report(run: Run, pool: AttachPool, newProblems: readonly ProblemDetail[]): Report {
  const done = run.rounds.flatMap(({ outcomes }) => outcomes).filter(({ result }) => result === "done");
  const failures = failuresOf(run);
  // A pause is what the operator wants; the rest needs an action.
  const problems = problemsOf(run).filter(({ finding }) => finding !== "paused").length;
  const count = (name: Measurement["name"], value: number): Measurement => ({ name, unit: "Count", value });
  const { subnetIds, securityGroupIds } = pool;
  const event = (type: DomainEvent["type"], detail: object, timeMs = run.endedMs): DomainEvent => {
    return { type, timeMs, detail: { pool: run.pool, ...detail } };
  };
  return {
    measurements: [
      count("FunctionsAttached", done.length),
      ...(run.rounds.length > 0 ? [count("AttachProblems", problems)] : []),
      count("AttachRunsFailed", failures.length > 0 ? 1 : 0),
    ],
    events: [
      ...done.map(({ action: { functionName, tests, refused, row }, atMs }) =>
        event("FunctionAttached", { functionName, subnetIds, securityGroupIds, tests, refused, row }, atMs),
      ),
      ...failures.map((detail) => event("AttachFailed", detail)),
      ...newProblems.map((it) => event(it.finding === "paused" ? "OverrideSet" : "AttachFailed", it)),
    ],
  };
}

function failuresOf({ failure, rounds }: Run) {
  const errors = failure ? [{ permission: failure.action, code: failure.code, message: failure.message }] : [];
  const unverified = rounds.flatMap((round) => round.unverified);
  return [
    ...errors,
    ...unverified.map((functionName) => ({
      ...{ permission: "none", code: "Unverified" },
      message: `AWS accepted to attach ${functionName} but does not show it in the pool's network`,
    })),
  ];
}
