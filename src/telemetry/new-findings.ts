/** Remembers each pool's latest findings, so that a lasting finding is reported once. */
export class NewFindings {
  readonly #reported = new Map<string, ReadonlySet<string>>();

  /**
   * Returns the findings that were not among the pool's latest ones, and remembers these as the latest. Undefined, when
   * the run could not look, returns nothing and forgets nothing.
   */
  newAmong<Finding>(poolName: string, findings: readonly Finding[] | undefined): Finding[] {
    if (!findings) return [];
    const before = this.#reported.get(poolName);
    this.#reported.set(poolName, new Set(findings.map((finding) => JSON.stringify(finding))));
    return findings.filter((finding) => !before?.has(JSON.stringify(finding)));
  }
}
