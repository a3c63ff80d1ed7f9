/** The start of an answer's body, as text. */
import { readBytes } from "../config/target-rules.ts";

/** An answer whose body has not been read yet. */
export interface Incoming {
  readonly status: number;
  /** Names in lower case; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Buffer> & { destroy(): void };
  /** What comes after the body; nothing before it has ended. */
  readonly trailers: () => Readonly<Record<string, string>>;
}

export interface BodyStart {
  readonly bytes: Buffer;
  /** Whether it is all: it was neither too long nor too late, and did not break off. */
  readonly complete: boolean;
}

/** 4 KiB of text compress to more than a thousandth of that (DEFLATE, at most 1,032 to 1). */
const maxOutputLength = readBytes * 1032;
const unreadable = Buffer.alloc(0);
/** How long the start of the body may take; what has come by then is what is judged. */
const bodyMs = 1000;

/** Reads the first 4 KiB, for at most a second. @param leftMs until everything must have ended */
export async function readStart({ body }: Pick<Incoming, "body">, leftMs: number): Promise<BodyStart> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let complete = true;
  const cutOff = () => {
    complete = false;
    body.destroy();
  };
  const timer = setTimeout(cutOff, Math.max(0, Math.min(bodyMs, leftMs)));
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes < readBytes) continue;
      complete = false;
      break;
    }
  } catch {
    // Status and headers are there; a body that breaks off is judged by what has come of it.
    complete = false;
  } finally {
    clearTimeout(timer);
  }
  return { bytes: Buffer.concat(chunks), complete };
}

/** Returns the first 4 KiB, decompressed and decoded. */
export function textOf(bytes: Buffer, encoding: string | undefined): string {
  return decompressed(bytes, encoding).subarray(0, readBytes).toString("utf8");
}

/** Some firewalls compress although the probe asks them not to. What is cut off or broken gives what came before. */
function decompressed(body: Buffer, encoding: string | undefined): Buffer {
  const name = encoding?.trim().toLowerCase() ?? "identity";
  if (name === "identity" || name === "") return body;
  const { brotliDecompressSync, constants, unzipSync } = process.getBuiltinModule("node:zlib");
  try {
    switch (name) {
      case "gzip":
      case "x-gzip":
      case "deflate":
        return unzipSync(body, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength });
      case "br":
        return brotliDecompressSync(body, { finishFlush: constants.BROTLI_OPERATION_FLUSH, maxOutputLength });
      default:
        return unreadable;
    }
  } catch {
    return unreadable;
  }
}

/** Returns headers as rules read them. A value ends after 4 KiB, as a body does. */
export function flat(fields: Readonly<Record<string, string | readonly string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      name.startsWith(":") || value === undefined ? [] : [[name, [value].flat().join(", ").slice(0, readBytes)]],
    ),
  );
}
