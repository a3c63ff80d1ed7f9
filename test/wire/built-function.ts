/** A built function in a process of its own, as Lambda would run it. */
import { type ChildProcess, fork } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";

export interface Invocation {
  readonly answer: SQSBatchResponse;
  /** The JSON documents that the function wrote, one a line: logs (errors to standard error) and metrics. */
  readonly lines: readonly Record<string, unknown>[];
}

export interface BuiltFunction {
  invoke(event: SQSEvent): Promise<Invocation>;
  stop(): void;
}

export interface Environment {
  readonly endpoint: string;
  /** The value of `HOLDFAST_SETTINGS`; undefined leaves it unset. */
  readonly settings: string | undefined;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  /** By how much the function's clock is ahead of the emulator's: what happens now is long ago for it. */
  readonly aheadMs?: number;
}

interface Message {
  readonly ready?: true;
  readonly answer?: SQSBatchResponse;
  readonly error?: string;
}

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

type BuiltName = "relocate" | "fallback" | "attach";

/**
 * Starts `dist/functions/<name>/index.mjs`.
 *
 * @throws Error with the message of whatever its import threw
 */
export async function startFunction(name: BuiltName, environment: Environment): Promise<BuiltFunction> {
  const child = fork(fileOf("runtime.mjs"), [fileOf(`../../dist/functions/${name}/index.mjs`)], {
    silent: true,
    execArgv: [],
    env: environmentVariables(name, environment),
  });
  let written: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface(stream).on("line", (line) => written.push(line));
  }
  await next(child);
  return {
    async invoke(event) {
      written = [];
      child.send(event);
      const { answer } = await next(child);
      if (!answer) throw new Error("the function answered nothing");
      while (written.filter((line) => line === "END").length < 2) await sleep(1);
      const documents = written.filter((line) => line.startsWith("{"));
      return { answer, lines: documents.map((line) => JSON.parse(line) as Record<string, unknown>) };
    },
    stop: () => child.kill("SIGKILL"),
  };
}

/** What Lambda sets for a function, and nothing of this process. */
function environmentVariables(name: string, environment: Environment): NodeJS.ProcessEnv {
  const { endpoint, settings, accessKeyId = "wire", secretAccessKey = "wire", aheadMs = 0 } = environment;
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_LAMBDA_FUNCTION_NAME: name,
    WIRE_AHEAD_MS: String(aheadMs),
    HOLDFAST_MONITORING: "full",
    ...(settings === undefined ? {} : { HOLDFAST_SETTINGS: settings }),
  };
}

function next(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null) => reject(new Error(`the function's process ended (${code})`));
    child.once("exit", gone);
    child.once("message", (message: Message) => {
      child.off("exit", gone);
      if (message.error === undefined) resolve(message);
      else reject(new Error(message.error));
    });
  });
}
