/** What one case of planning looks like, in words that read like the table. */
import type { Action, Finding, Wait } from "../../../src/attach/actions.ts";
import type { Observed } from "../../../src/attach/model.ts";
import { inOrder, type PlanCase, teller } from "../../plan-case.ts";

export type Case = PlanCase<Observed, undefined>;

export const tell = teller({
  action: ({ kind, row, functionName, tests, refused }: Action) =>
    `${kind} ${row} ${functionName} for ${refused} of ${tests}`,
  finding: (finding: Finding) => inOrder(finding),
  wait: ({ kind, functionName }: Wait) => `${kind} ${functionName}`,
});
