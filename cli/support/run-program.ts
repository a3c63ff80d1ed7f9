/** Runs the program: its exit code, and what becomes of errors, of a closed pipe and of Ctrl-C. */
import { type Command, CommanderError } from "commander";
import { type ExitCode, exitCodes } from "./exit-codes.ts";

/** Answers the exit code once everything is written. */
export async function runProgram(program: Command, argv: readonly string[]): Promise<ExitCode> {
  // Who reads the output may stop reading, as `head` does: that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(exitCodes.fine);
  });
  process.on("SIGINT", () => process.exit(exitCodes.interrupted));
  try {
    await program.parseAsync([...argv]);
    return (process.exitCode as ExitCode | undefined) ?? exitCodes.fine;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
    const [{ explainFailure, failureText }, { jsonDocument }] = await Promise.all([
      import("./failure.ts"),
      import("./json.ts"),
    ]);
    const failure = explainFailure(error);
    if (argv.includes("--json")) process.stdout.write(jsonDocument({ error: failure }));
    else process.stderr.write(`${failureText(failure, process.stderr.columns)}\n`);
    return failure.exitCode;
  }
}
