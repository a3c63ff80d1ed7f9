/** What a run of attaching reports. Pure. */
import { count, eventOf, failuresOf, type Report } from "../actuator/report.ts";
import type { AttachPool } from "../config/attach-settings.ts";
import type { Finding } from "./actions.ts";
import type { Run } from "./pass.ts";
import { refusalRemediation, remediationOf } from "./remediation.ts";

/** What somebody should do something about: a finding, or an update that Lambda does not take. */
export interface Problem {
  readonly finding: Finding["kind"] | "refused";
  readonly functionName: string;
  readonly remedy: string;
}

/** What the run found and what Lambda did not take. Once attached, a function gives new evidence: no look repeats all. */
export function problemsOf({ passes }: Run): Problem[] {
  const problems = passes.flatMap(({ plan, outcomes }): Problem[] => [
    ...plan.findings.map((it) => {
      const { kind, ...detail } = it;
      return { finding: kind, ...detail, remedy: remediationOf(it) };
    }),
    ...outcomes.flatMap((outcome) => {
      if (outcome.result !== "reported") return [];
      const { code, message: reason } = outcome.error;
      const { functionName } = outcome.action;
      return [{ finding: "refused", functionName, code, reason, remedy: refusalRemediation(functionName) } as const];
    }),
  ]);
  return [...new Map(problems.map((it) => [JSON.stringify(it), it])).values()];
}

/**
 * Returns the report of one run.
 *
 * @param newProblems problems that were not reported before
 */
export function report(run: Run, pool: AttachPool, newProblems: readonly Problem[]): Report {
  const done = run.passes.flatMap(({ outcomes }) => outcomes).filter(({ result }) => result === "done");
  const failures = failuresOf(
    run,
    (functionName) => `AWS accepted to attach ${functionName} but does not show it in the pool's network`,
  );
  // An override is the operator's will; the rest wants somebody to act.
  const problems = problemsOf(run).filter(({ finding }) => finding !== "paused").length;
  const { subnetIds, securityGroupIds } = pool;
  return {
    measurements: [
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
