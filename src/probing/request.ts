/**
 * One HTTP exchange on a connection of its own, phase by phase: resolve, connect, TLS, first byte, start of the body.
 */
import { once } from "node:events";
import { type IncomingMessage, request as sendRequest } from "node:http";
import { connect, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { brotliDecompressSync, constants, unzipSync } from "node:zlib";
import { isPublicAddress, literalAddress } from "../config/network-address.ts";
import { type FailurePhase, readBytes } from "../config/target-rules.ts";

/** Limits of each phase and of everything together, redirects included. */
export interface Timeouts {
  readonly dnsMs: number;
  readonly connectMs: number;
  readonly tlsMs: number;
  readonly firstByteMs: number;
  readonly totalMs: number;
}

/** How long each phase took; those that were not reached, or not needed, are absent. */
export interface Timings {
  dnsMs?: number;
  connectMs?: number;
  tlsMs?: number;
  firstByteMs?: number;
}

/** The way out. Production leaves all but `resolve` unset. */
export interface Network {
  /** The IPv4 addresses of a host: Elastic IPs are IPv4, so that is the way on which a probe has to go. */
  readonly resolve: (host: string, signal: AbortSignal) => Promise<readonly string[]>;
  readonly localAddress?: string;
  /** A certificate authority to trust instead of the built-in ones, PEM. */
  readonly ca?: string;
}

export interface Exchange {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly allowPrivate: boolean;
}

export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The first 4 KiB, decompressed and decoded. */
  readonly body: string;
}

/** What an exchange leaves behind even when it fails. */
export interface Trace {
  timings: Timings;
  certificateExpiresMs?: number;
  /** The address of the first connection that was tried: the target's own, whatever it redirects to. */
  partnerIp?: string;
}

/** How far an exchange came, and why no further. */
export class PhaseFailure extends Error {
  override readonly name = "PhaseFailure";

  constructor(
    readonly phase: FailurePhase,
    readonly code: string,
  ) {
    super(`${phase} ${code}`);
  }
}

/** The target may not be probed at all. The message says why, and holds nothing secret. */
export class TargetRefused extends Error {
  override readonly name = "TargetRefused";
}

/** 4 KiB of text compress to more than a thousandth of that (DEFLATE, at most 1,032 to 1). */
const maxOutputLength = readBytes * 1032;
const unreadable = Buffer.alloc(0);
/** How long the start of the body may take; what has come by then is what is judged. */
const bodyMs = 1000;

/**
 * Sends one request. Nothing is kept: the connection ends with the first 4 KiB of the answer.
 *
 * @param deadlineMs on the clock of `performance.now()`
 * @param trace filled in as the phases pass
 * @throws PhaseFailure when a phase fails or outlasts its limit, with the code `TIMEOUT`
 * @throws TargetRefused when the host is or resolves to an address that is not public
 */
export async function exchange(
  network: Network,
  { url, method, headers, allowPrivate }: Exchange,
  timeouts: Timeouts,
  deadlineMs: number,
  trace: Trace,
): Promise<Response> {
  const phase = async <T>(name: FailurePhase, limitMs: number, work: (signal: AbortSignal) => Promise<T>) => {
    const startedMs = performance.now();
    const result = await limited(name, Math.min(limitMs, deadlineMs - startedMs), work);
    trace.timings[`${name === "first-byte" ? "firstByte" : name}Ms`] = Math.round(performance.now() - startedMs);
    return result;
  };
  const address =
    literalAddress(url) ?? (await phase("dns", timeouts.dnsMs, (signal) => resolve(network, url, signal)));
  if (!allowPrivate && !isPublicAddress(address)) {
    throw new TargetRefused(`${url.hostname} resolves to ${address}, which is not a public address`);
  }
  trace.partnerIp ??= address;
  // The address that was checked is the one that is connected to: no second lookup can answer differently.
  const socket = connect({ host: address, port: portOf(url), ...pick(network, "localAddress") });
  socket.on("error", () => {});
  try {
    await phase("connect", timeouts.connectMs, (signal) => once(socket, "connect", { signal }));
    const stream =
      url.protocol === "https:"
        ? await phase("tls", timeouts.tlsMs, (signal) => secure(socket, url, network, signal, trace))
        : socket;
    const answer = await phase("first-byte", timeouts.firstByteMs, (signal) =>
      ask(stream, url, method, headers, signal),
    );
    const body = await readStart(answer, Math.min(bodyMs, deadlineMs - performance.now()));
    return { status: answer.statusCode ?? 0, headers: flat(answer), body };
  } finally {
    socket.destroy();
  }
}

async function limited<T>(phase: FailurePhase, limitMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), Math.max(0, limitMs));
  try {
    return await work(controller.signal);
  } catch (error) {
    if (error instanceof TargetRefused) throw error;
    throw new PhaseFailure(phase, controller.signal.aborted ? "TIMEOUT" : codeOf(error));
  } finally {
    clearTimeout(timer);
  }
}

/** One of several addresses that is not public is as suspicious as all. */
async function resolve(network: Network, { hostname }: URL, signal: AbortSignal): Promise<string> {
  const addresses = await network.resolve(hostname, signal);
  const address = addresses.find((it) => !isPublicAddress(it)) ?? addresses[0];
  if (address === undefined) throw Object.assign(new Error("no address"), { code: "ENODATA" });
  return address;
}

/**
 * Returns the TLS session. A certificate that does not verify ends it before anything is sent; the check is made here
 * and not by the socket, which would not tell when such a certificate expires.
 */
async function secure(
  socket: Socket,
  url: URL,
  { ca }: Network,
  signal: AbortSignal,
  trace: Trace,
): Promise<TLSSocket> {
  const stream = connectTls({
    socket,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    servername: literalAddress(url) ? "" : url.hostname,
    ALPNProtocols: ["http/1.1"],
    rejectUnauthorized: false,
    ...(ca === undefined ? {} : { ca }),
  });
  stream.on("error", () => {});
  await once(stream, "secureConnect", { signal });
  const expiresMs = Date.parse(stream.getPeerCertificate().valid_to ?? "");
  if (!Number.isNaN(expiresMs)) trace.certificateExpiresMs = expiresMs;
  // Typed as an error, but a code such as CERT_HAS_EXPIRED (Node's _tls_wrap.js, onConnectSecure).
  if (!stream.authorized) throw Object.assign(new Error("not trusted"), { code: String(stream.authorizationError) });
  return stream;
}

async function ask(
  stream: Socket,
  url: URL,
  method: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const request = sendRequest({
    createConnection: () => stream,
    method,
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, host: url.host },
  });
  request.on("error", () => {});
  request.end();
  const [response] = (await once(request, "response", { signal })) as [IncomingMessage];
  return response;
}

async function readStart(response: IncomingMessage, limitMs: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(() => response.destroy(), Math.max(0, limitMs));
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= readBytes) break;
    }
  } catch {
    // Status and headers are there; a body that breaks off is judged by what has come of it.
  } finally {
    clearTimeout(timer);
  }
  const { "content-encoding": encoding } = response.headers;
  return decompressed(Buffer.concat(chunks), encoding).subarray(0, readBytes).toString("utf8");
}

/** Some firewalls compress although the probe asks them not to. What is cut off or broken gives what came before. */
function decompressed(body: Buffer, encoding: string | undefined): Buffer {
  try {
    switch (encoding?.trim().toLowerCase() ?? "identity") {
      case "identity":
      case "":
        return body;
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

function flat({ headersDistinct }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headersDistinct).map(([name, values]) => [name, (values ?? []).join(", ")]));
}

function portOf({ port, protocol }: URL): number {
  return port ? Number(port) : protocol === "https:" ? 443 : 80;
}

function pick<T extends object, K extends keyof T>(source: T, key: K): Partial<Pick<T, K>> {
  return source[key] === undefined ? {} : ({ [key]: source[key] } as Pick<T, K>);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "UNKNOWN";
}
