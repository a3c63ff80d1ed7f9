/** Remembers what was told, so that a lasting finding is told once. */
export class News {
  readonly #told = new Map<string, ReadonlySet<string>>();

  /** Those of the findings that were not among the pool's findings the last time. Undefined, when nobody could look, ends none. */
  of<Finding>(poolName: string, findings: readonly Finding[] | undefined): Finding[] {
    if (!findings) return [];
    const before = this.#told.get(poolName);
    this.#told.set(poolName, new Set(findings.map((finding) => JSON.stringify(finding))));
    return findings.filter((finding) => !before?.has(JSON.stringify(finding)));
  }
}
