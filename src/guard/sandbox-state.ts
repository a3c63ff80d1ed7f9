import { readFileSync, renameSync, writeFileSync } from "node:fs";

/**
 * What a sandbox remembers of its exits. The process is new after an exit, but the sandbox, /tmp and with them often
 * the address are the old ones: docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html says that a
 * failed invocation resets the environment and keeps /tmp; nothing promises another address.
 */
export interface SandboxState {
  readonly exits: number;
  readonly lastExitMs: number;
  readonly address: string | undefined;
}

const fresh: SandboxState = { exits: 0, lastExitMs: 0, address: undefined };

/** Returns the state, or undefined when it cannot be read, so that the number of exits is unknown. */
export function readState(path: string): SandboxState | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ENOENT" ? fresh : undefined;
  }
  try {
    const { exits, lastExitMs, address } = JSON.parse(text) as Record<string, unknown>;
    if (typeof exits !== "number" || typeof lastExitMs !== "number") return undefined;
    return { exits, lastExitMs, address: typeof address === "string" ? address : undefined };
  } catch {
    return undefined;
  }
}

/** Writes the state in one step, since the process is about to end. Returns whether it could. */
export function writeState(path: string, state: SandboxState): boolean {
  try {
    writeFileSync(`${path}.new`, JSON.stringify(state));
    renameSync(`${path}.new`, path);
    return true;
  } catch {
    return false;
  }
}
