/** Asks before something is written. */
import { createInterface } from "node:readline/promises";
import { exitCodes } from "./exit-codes.ts";
import { UsageError } from "./usage-error.ts";

interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/**
 * Whether the operator agrees; anything but a yes is a no. The question goes to standard error, so that the command's
 * answer stays alone on standard output.
 * @throws UsageError when standard input is no terminal
 */
export async function confirm(
  question: string,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<boolean> {
  if (!input.isTTY) {
    throw new UsageError(
      "standard input is no terminal, so there is no one to confirm",
      "give --yes, or --dry-run to look first",
    );
  }
  const lines = createInterface({ input, output });
  lines.on("SIGINT", () => {
    output.write("\nNothing was changed.\n");
    process.exit(exitCodes.interrupted);
  });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
