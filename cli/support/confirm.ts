/** Asks before something is written. */
import { createInterface } from "node:readline/promises";
import { exitCodes } from "./exit-codes.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Whether the operator agrees. The question goes to standard error, so that the answer of the command stays alone.
 * @throws UsageError where nobody can be asked
 */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UsageError(
      "there is nobody to ask: standard input is no terminal",
      "give --yes, or --dry-run to look first",
    );
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  lines.on("SIGINT", () => {
    process.stderr.write("\nNothing was changed.\n");
    process.exit(exitCodes.interrupted);
  });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
