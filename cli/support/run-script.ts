/** Runs a command that is a program of its own, in TypeScript, beside this one. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { exitCodes } from "./exit-codes.ts";
import { packageRoot } from "./package-root.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Runs it with the caller's terminal and answers its exit code. It is not bundled: it brings the simulated region, and
 * processes of its own.
 * @throws UsageError where the package holds no sources
 */
export async function runScript(script: string, args: readonly string[]): Promise<number> {
  if (!existsSync(join(packageRoot, script))) {
    throw new UsageError(`${script} is not part of this installation`, "run the command in Holdfast's repository");
  }
  // Ctrl-C reaches the child by itself, since both are of the terminal's group; what it makes of it is answered here.
  process.removeAllListeners("SIGINT");
  process.on("SIGINT", () => {});
  const child = spawn(process.execPath, ["--import", "tsx", script, ...args], { cwd: packageRoot, stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      resolve(code ?? (signal ? 128 + constants.signals[signal] : exitCodes.defect)),
    );
  });
}
