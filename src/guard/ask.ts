import { type FailurePhase, readBytes } from "../config/target-rules.ts";
import type { Answer } from "../probing/answer.ts";

export interface Question {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/**
 * Sends one request and returns its answer or failure; never throws. A redirect is the answer.
 * A timeout does not show how far the request got, so it counts as silence (`connect TIMEOUT`).
 */
export async function ask({ url, method, headers, timeoutMs }: Question): Promise<Answer> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, { method, headers, signal, redirect: "manual" });
    return {
      kind: "http",
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await readStart(response),
    };
  } catch (error) {
    const code = signal.aborted ? "TIMEOUT" : codeOf(error);
    return { kind: "failure", phase: phaseOf(code), code };
  }
}

/** Returns the first 4 KiB of a body, or what arrives of it. */
async function readStart(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= readBytes) break;
    }
  } catch {
    // The status and headers are there, which is more than nothing.
  }
  return Buffer.concat(chunks).subarray(0, readBytes).toString("utf8");
}

/** Returns the system's or undici's error code: `fetch` wraps it in a TypeError. */
function codeOf(error: unknown): string {
  const { cause } = error as { readonly cause?: { readonly code?: string } };
  return cause?.code ?? "UNKNOWN";
}

function phaseOf(code: string): FailurePhase {
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "dns";
  if (/CERT|TLS|SSL|SIGN|ISSUER/.test(code)) return "tls";
  return /RESET|PIPE|HPE|SOCKET|HEADERS|BODY/.test(code) ? "first-byte" : "connect";
}
