/** How badly a part of a pool needs a person, as one number that alarms are on. Pure. */
import type { Severity } from "./finding.ts";

/** A value of the metrics `…Attention`; an alarm at `page` is raised by that alone, one at `ticket` by both. */
export const attention = { none: 0, ticket: 1, page: 2 } as const;

const bySeverity: Readonly<Record<Severity, number>> = {
  error: attention.page,
  warning: attention.ticket,
  note: attention.none,
};

/** Returns what the worst of the findings asks for. */
export function attentionFor(severities: readonly Severity[]): number {
  return Math.max(attention.none, ...severities.map((it) => bySeverity[it]));
}
