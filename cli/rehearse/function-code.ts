/** The code of a rehearsal's functions, which ask an echo by which address they are seen. */

export interface Sample {
  /** When it was asked, in the function's time. */
  readonly atMs: number;
  /** What the echo answered. */
  readonly address?: string;
  /** Why there was no answer. */
  readonly error?: string;
}

export interface SampleRequest {
  readonly url: string;
  /** How long to go on asking; 0 asks once. */
  readonly seconds: number;
}

/** Answers in plain text with the address of who asks, and is AWS's own. */
export const defaultEcho = "https://checkip.amazonaws.com";

/** An answer takes much less; a packet that no address lets out gets none. */
const patienceMs = 2_000;

/** CommonJS, since an archive of one file has no package.json. Each request has a connection of its own: an open one would hide a swap. */
export const functionCode = `exports.handler = async ({ url, seconds }) => {
  const samples = [];
  const endMs = Date.now() + seconds * 1000;
  for (;;) {
    const atMs = Date.now();
    try {
      const answer = await fetch(url, { headers: { connection: "close" }, signal: AbortSignal.timeout(${patienceMs}) });
      samples.push({ atMs, address: (await answer.text()).trim().slice(0, 64) });
    } catch (error) {
      samples.push({ atMs, error: (error.cause && error.cause.code) || error.name });
    }
    const restMs = Math.max(0, atMs + 1000 - Date.now());
    if (Date.now() + restMs >= endMs) return samples;
    await new Promise((resolve) => setTimeout(resolve, restMs));
  }
};
`;

/** Who answered a call, and by which address it left. */
export interface Process {
  /** When it started, which tells it from every other, in the function's time. */
  readonly startedMs: number;
  /** What the first process of this sandbox wrote into /tmp: when it started. */
  readonly sandbox: string;
  readonly address?: string;
  readonly error?: string;
}

export interface ProcessRequest {
  readonly url: string;
  /** Whether to end instead of answering, as the guard does (src/guard/guard.ts). */
  readonly exit: boolean;
}

/** Asks an echo once, or ends its process. */
export const exitingCode = `const { readFileSync, writeFileSync } = require("node:fs");
const startedMs = Date.now();
const path = "/tmp/holdfast-rehearsal";
exports.handler = async ({ url, exit }) => {
  if (exit) process.exit(1);
  try {
    readFileSync(path);
  } catch {
    writeFileSync(path, String(startedMs));
  }
  const about = { startedMs, sandbox: readFileSync(path, "utf8") };
  try {
    const answer = await fetch(url, { headers: { connection: "close" }, signal: AbortSignal.timeout(${patienceMs}) });
    return { ...about, address: (await answer.text()).trim().slice(0, 64) };
  } catch (error) {
    return { ...about, error: (error.cause && error.cause.code) || error.name };
  }
};
`;
