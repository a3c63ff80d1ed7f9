/**
 * What a row of a table of findings says. Each capability has one table, and the doctor has one for the deployment; events,
 * alarms, the command line and the console take severity, words, remediation and section of the runbook from there. Pure.
 */

/** `error`: egress is interrupted, or nothing would restore it. `warning`: it should be changed. `note`: worth knowing. */
export type Severity = "error" | "warning" | "note";

/** One kind of finding. Texts begin in lower case and end without a full stop, so that they can stand in a sentence. */
export interface FindingRow<Finding> {
  readonly severity: Severity;
  /** The heading in docs/runbook.md that explains it. */
  readonly section: string;
  /** What is wrong, and where. */
  readonly text: (finding: Finding) => string;
  /** What to do about it. */
  readonly remediation: (finding: Finding) => string;
}

export type FindingTable<Finding extends { readonly kind: string }> = {
  readonly [Kind in Finding["kind"]]: FindingRow<Extract<Finding, { readonly kind: Kind }>>;
};

/** Returns the finding's row of the table. */
export function rowOf<Finding extends { readonly kind: string }>(
  table: FindingTable<Finding>,
  { kind }: Finding,
): FindingRow<Finding> {
  return table[kind as Finding["kind"]] as unknown as FindingRow<Finding>;
}

/** Returns what an event says of the finding: its kind, its details, what is wrong, and what to do. */
export function findingDetail<Finding extends { readonly kind: string }>(
  table: FindingTable<Finding>,
  finding: Finding,
) {
  const { kind, ...detail } = finding;
  const row = rowOf(table, finding);
  return { finding: kind, ...detail, text: row.text(finding), remediation: row.remediation(finding) };
}

/** Returns what an alarm says of a finding: a sentence on what is wrong, and one on what to do. */
export function sentencesOf<Finding extends { readonly kind: string }>(
  table: FindingTable<Finding>,
  finding: Finding,
): string {
  const row = rowOf(table, finding);
  return [row.text(finding), row.remediation(finding)]
    .map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}.`)
    .join(" ");
}
