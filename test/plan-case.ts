/** What one case of planning looks like, in words that read like a decision table. */

export interface PlanCase<Observed, Policy> {
  readonly name: string;
  readonly observed: Observed;
  readonly policy?: Policy;
  /** `<kind> <row> <what>`, with what else the action says behind it. */
  readonly actions?: readonly string[];
  readonly findings?: readonly string[];
  readonly waits?: readonly string[];
}

interface Words<Action, Finding, Wait> {
  readonly action: (action: Action) => string;
  readonly finding: (finding: Finding) => string;
  readonly wait: (wait: Wait) => string;
}

interface Plan<Action, Finding, Wait> {
  readonly actions: readonly Action[];
  readonly findings: readonly Finding[];
  readonly waits: readonly Wait[];
}

/** Plans in the words of a case. */
export function teller<Action, Finding, Wait>(words: Words<Action, Finding, Wait>) {
  return ({ actions, findings, waits }: Plan<Action, Finding, Wait>) => ({
    actions: actions.map((it) => words.action(it)),
    findings: findings.map((it) => words.finding(it)),
    waits: waits.map((it) => words.wait(it)),
  });
}

/** The kind and what else is said, in order. */
export function inOrder({ kind, ...detail }: { readonly kind: string }, tell: (part: unknown) => unknown = (it) => it) {
  return [kind, ...Object.values(detail).map(tell)].join(" ");
}
