/** The form of what `--json` prints; docs/cli.md describes it, and `schemas.ts` its contents. */

/** Grows when a field is removed, renamed or means something else; not when one is added. */
export const schemaVersion = 1;

/** Returns one document for standard output. */
export function jsonDocument(contents: object): string {
  return `${JSON.stringify({ schemaVersion, ...contents }, null, 2)}\n`;
}
