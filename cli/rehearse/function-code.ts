/** The code of a rehearsal's functions: asks an echo once a second by which address it is seen. */

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
