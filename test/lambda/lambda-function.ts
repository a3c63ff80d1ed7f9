/** A function as Lambda runs it: AWS's emulator starts AWS's runtime client, which loads what is deployed. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";
import { freePort } from "../free-port.ts";

export interface Invocation {
  readonly status: number;
  readonly text: string;
}

/** What a function is deployed with, besides its code. */
export interface Settings {
  readonly functionName: string;
  readonly runtime: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly variables: Readonly<Record<string, string>>;
}

const orders: Settings = {
  functionName: "orders",
  runtime: "nodejs24.x",
  memoryMb: 512,
  timeoutSeconds: 20,
  variables: {},
};

export class LambdaFunction {
  private constructor(
    private readonly process: ChildProcess,
    private readonly url: string,
    private readonly written: string[],
  ) {}

  /** Starts the function of a folder; no process of it runs before its first call. */
  static async start(folder: string, handler: string, settings: Settings = orders): Promise<LambdaFunction> {
    const { functionName, runtime, memoryMb, timeoutSeconds, variables } = settings;
    const { node, client, emulator } = inject("lambdaRuntime");
    const [calls, api] = [await freePort(), await freePort()];
    const args = [
      ...["--runtime-interface-emulator-address", `127.0.0.1:${calls}`, "--runtime-api-address", `127.0.0.1:${api}`],
      ...[node, client, handler],
    ];
    // What Lambda sets (Lambda developer guide, "Defined runtime environment variables").
    const env = {
      ...{ PATH: process.env["PATH"], TZ: ":UTC", LANG: "en_US.UTF-8", LAMBDA_TASK_ROOT: folder },
      ...{ AWS_LAMBDA_FUNCTION_NAME: functionName, AWS_LAMBDA_FUNCTION_VERSION: "$LATEST", AWS_REGION: "us-east-1" },
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
      AWS_LAMBDA_FUNCTION_TIMEOUT: String(timeoutSeconds),
      ...{ AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`, AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand" },
      ...variables,
    };
    const child = spawn(emulator, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    const written: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => written.push(chunk.toString()));
    }
    return new LambdaFunction(child, `http://127.0.0.1:${calls}/2015-03-31/functions/function/invocations`, written);
  }

  /** All that the function and the emulator have written. */
  get output(): string {
    return this.written.join("");
  }

  /** What the function's process holds in memory now, in megabytes (`rss` in ps(1) is in kilobytes). */
  get memoryMb(): number {
    const processes = execFileSync("ps", ["-A", "-o", "ppid=,rss="], { encoding: "utf8" }).trim().split("\n");
    const rows = processes.map((line) => line.trim().split(/\s+/).map(Number));
    const own = rows.filter(([parent]) => parent === this.process.pid);
    return own.reduce((sum, [, kilobytes = 0]) => sum + kilobytes, 0) / 1024;
  }

  /** Calls the function as a caller of Lambda's API would, once the emulator listens. */
  async invoke(event: unknown): Promise<Invocation> {
    for (;;) {
      try {
        const response = await fetch(this.url, { method: "POST", body: JSON.stringify(event) });
        return { status: response.status, text: await response.text() };
      } catch (error) {
        if (this.process.exitCode !== null || !isRefused(error)) throw error;
        await sleep(20);
      }
    }
  }

  async stop(): Promise<void> {
    const ended = once(this.process, "exit");
    this.process.kill("SIGKILL");
    await ended;
  }
}

const isRefused = (error: unknown): boolean =>
  error instanceof Error && (error.cause as { code?: string } | undefined)?.code === "ECONNREFUSED";
