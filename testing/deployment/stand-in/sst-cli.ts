/** The real `sst` of this repository's packages, as a process. */
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";

const binary = join(resolve(import.meta.dirname, "../../.."), "node_modules", ".bin", "sst");

export interface CliRun {
  readonly exitCode: number;
  /** What the operator sees. */
  readonly output: string;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onStart?: (pid: number) => void;
}

/**
 * Runs `sst` until it ends by itself. SST looks for a free port from 13557 on, lets it go and then listens on it: of two
 * that start within the same millisecond one loses, interrupts itself before the engine does anything and ends with exit
 * code 0 (tried with 4.17.1, its second bind held up). It is started again, as an operator would.
 */
export async function runSst(args: readonly string[], options: CliOptions): Promise<CliRun> {
  for (;;) {
    const run = await runOnce(args, options);
    if (run.exitCode !== 0 || !/^✕\s+Interrupted/m.test(run.output)) return run;
  }
}

async function runOnce(args: readonly string[], { onStart, ...options }: CliOptions): Promise<CliRun> {
  const child = spawn(binary, args, options);
  if (child.pid !== undefined) onStart?.(child.pid);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk;
    });
  }
  const exitCode = await new Promise<number>((done) => child.on("close", (code) => done(code ?? 1)));
  return { exitCode, output };
}
