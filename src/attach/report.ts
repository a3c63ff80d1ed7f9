/** What a run tells: metrics for alarms and dashboards, events for whoever wants to react. Pure. */
import type { AttachPool } from "../config/attach-settings.ts";
import type { DomainEvent, Measurement } from "../telemetry/model.ts";
import type { Finding } from "./model.ts";
import type { Run } from "./reconcile.ts";
import { refusalRemedy, remedyOf } from "./remediation.ts";

export interface Report {
  readonly measurements: readonly Measurement[];
  readonly events: readonly DomainEvent[];
}

/** Something that wants somebody: it is told once as long as it lasts. */
export interface Trouble {
  readonly finding: Finding["kind"] | "refused";
  readonly functionName: string;
  readonly remedy: string;
}

/** What the run found and what Lambda did not take. Once attached, a function gives new evidence: no look repeats all. */
export function troublesOf({ rounds }: Run): Trouble[] {
  const troubles = rounds.flatMap(({ plan, outcomes }): Trouble[] => [
    ...plan.findings.map((it) => {
      const { kind, ...detail } = it;
      return { finding: kind, ...detail, remedy: remedyOf(it) };
    }),
    ...outcomes.flatMap((outcome) => {
      if (outcome.result !== "refused") return [];
      const { action, code, reason } = outcome;
      const { functionName } = action;
      return [{ finding: "refused", functionName, code, reason, remedy: refusalRemedy(functionName) } as const];
    }),
  ]);
  return [...new Map(troubles.map((it) => [JSON.stringify(it), it])).values()];
}

/**
 * The report of one run.
 *
 * @param news troubles that were not reported before
 */
export function report(run: Run, pool: AttachPool, news: readonly Trouble[]): Report {
  const done = run.rounds.flatMap(({ outcomes }) => outcomes).filter(({ result }) => result === "done");
  const failures = failuresOf(run);
  // An operator's word is the operator's will; the rest wants somebody to act.
  const problems = troublesOf(run).filter(({ finding }) => finding !== "paused").length;
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
      ...news.map((trouble) => event(trouble.finding === "paused" ? "OverrideSet" : "AttachFailed", trouble)),
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
