/** What a run of attaching reports. Pure. */
import { attentionOf, count, eventOf, failuresOf, type Report } from "../actuator/report.ts";
import type { AttachPool } from "../config/attach-settings.ts";
import { findingDetail } from "../telemetry/finding.ts";
import { findingTable, type Problem } from "./finding-table.ts";
import type { Run } from "./pass.ts";

/** A finding, or an update that Lambda refused, as events and the log give it. */
export type ProblemDetail = ReturnType<typeof findingDetail<Problem>>;

/** Returns the run's problems, each once: once attached, a function gives new evidence, so no single pass repeats all. */
export function problemsOf({ passes }: Run): ProblemDetail[] {
  const problems = passes.flatMap(({ plan, outcomes }): Problem[] => [
    ...plan.findings,
    ...outcomes.flatMap((outcome): Problem[] => {
      if (outcome.result !== "reported") return [];
      const { code, message: reason } = outcome.error;
      return [{ kind: "refused", functionName: outcome.action.functionName, code, reason }];
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
  const done = run.passes.flatMap(({ outcomes }) => outcomes).filter(({ result }) => result === "done");
  const failures = failuresOf(
    run,
    (functionName) => `AWS accepted to attach ${functionName} but does not show it in the pool's network`,
  );
  // A pause is what the operator wants; the rest needs an action.
  const problems = problemsOf(run).filter(({ finding }) => finding !== "paused").length;
  const { subnetIds, securityGroupIds } = pool;
  return {
    measurements: [
      attentionOf("AttachAttention", problems > 0 ? ["warning"] : [], failures),
      count("FunctionsAttached", done.length),
      ...(run.passes.length > 0 ? [count("AttachProblems", problems)] : []),
      count("AttachRunsFailed", failures.length > 0 ? 1 : 0),
    ],
    events: [
      ...done.map(({ action: { functionName, tests, refused, row }, atMs }) =>
        eventOf(run, "FunctionAttached", { functionName, subnetIds, securityGroupIds, tests, refused, row }, atMs),
      ),
      ...failures.map((detail) => eventOf(run, "AttachFailed", detail)),
      ...newProblems.map((problem) =>
        eventOf(run, problem.finding === "paused" ? "OverrideSet" : "AttachFailed", problem),
      ),
    ],
    failures,
  };
}
