/**
 * One request over a connection that stands, in HTTP/1.1 or HTTP/2. Each module of Node is loaded when the first request
 * needs it, and not by `import`, which reads all of its exports: `import "node:http"` takes 50 ms of CPU on Node 24, where
 * one of them loads undici (docs/measurements.md).
 */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { ClientHttp2Stream, IncomingHttpHeaders, IncomingHttpStatusHeader } from "node:http2";
import type { Socket } from "node:net";
import { flat, type Incoming } from "./body.ts";

export interface Request {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** Node reads 16 KiB of headers and 128 fields by default; some partners send more. */
const headerLimits = { bytes: 128 * 1024, fields: 2000 } as const;

/** What HTTP/2 has no headers for (RFC 9113, 8.2.2), and what it says in another way. */
const ofConnection = new Set(["connection", "host", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);

/** @throws Error with a code when the connection ends before the answer begins */
export async function askHttp1(
  stream: Socket,
  { url, method, headers }: Request,
  signal: AbortSignal,
): Promise<Incoming> {
  const request = process.getBuiltinModule("node:http").request({
    createConnection: () => stream,
    method,
    path: pathOf(url),
    headers: { ...headers, host: url.host },
    maxHeaderSize: headerLimits.bytes,
  });
  request.on("error", () => {});
  request.end();
  const [answer] = (await once(request, "response", { signal })) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, headers: flat(answer.headersDistinct), body: answer, trailers: () => ({}) };
}

/** @throws Error with a code when the connection or the request ends before the answer begins */
export async function askHttp2(
  stream: Socket,
  { url, method, headers, body }: Request,
  signal: AbortSignal,
): Promise<Incoming> {
  const session = process.getBuiltinModule("node:http2").connect(url.origin, {
    createConnection: () => stream,
    maxHeaderListPairs: headerLimits.fields,
    settings: { enablePush: false, maxHeaderListSize: headerLimits.bytes },
  });
  session.on("error", () => {});
  const own = Object.entries(headers).filter(([name]) => !ofConnection.has(name));
  const pseudo = { ":method": method, ":path": pathOf(url), ":authority": url.host };
  const request = session.request({ ...pseudo, ...Object.fromEntries(own) }, { endStream: body === undefined });
  request.on("error", () => {});
  if (body) request.end(body);
  let trailers: Record<string, string> = {};
  request.once("trailers", (fields) => {
    trailers = flat(fields);
  });
  const fields = await answered(request, signal);
  return { status: fields[":status"] ?? 0, headers: flat(fields), body: request, trailers: () => trailers };
}

async function answered(request: ClientHttp2Stream, signal: AbortSignal) {
  const closed = async () => {
    await once(request, "close", { signal });
    throw Object.assign(new Error("closed without an answer"), { code: "ECONNRESET" });
  };
  const answer = once(request, "response", { signal }) as Promise<[IncomingHttpHeaders & IncomingHttpStatusHeader]>;
  const [fields] = await Promise.race([answer, closed()]);
  return fields;
}

const pathOf = ({ pathname, search }: URL): string => `${pathname}${search}`;
