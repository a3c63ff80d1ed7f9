/**
 * One exchange on a connection of its own, phase by phase: resolve, connect, TLS, first byte, start of the body.
 */
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Protocol } from "../config/target-rules.ts";
import { askHttp1, askHttp2, type Request } from "./ask.ts";
import { readStart, textOf } from "./body.ts";
import {
  addressesOf,
  type ClientCertificate,
  connectFirst,
  mayWantHttp2,
  type Network,
  type Offer,
  secure,
} from "./connection.ts";
import { answerOfCall, callHeaders, callUrl, emptyMessage } from "./grpc.ts";
import { phasesOf, type Timeouts, type Trace } from "./phases.ts";

export interface Exchange {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly protocol: Protocol;
  readonly clientCertificate?: ClientCertificate | undefined;
  readonly allowPrivate: boolean;
}

export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The first 4 KiB, decompressed and decoded. */
  readonly body: string;
}

/**
 * Sends one request. Nothing is kept: the connection ends with the first 4 KiB of the answer. A partner that offers
 * HTTP/2 alone is asked in HTTP/2, on a second connection, though the target says HTTP/1.1.
 *
 * @param deadlineMs on the clock of `performance.now()`
 * @param trace filled in as the phases pass
 * @throws PhaseFailure when a phase fails or outlasts its limit, with the code `TIMEOUT`
 * @throws TargetRefused when the host is or resolves to an address that is not public, or our certificate cannot be used
 */
export async function exchange(
  network: Network,
  { protocol, clientCertificate: client, allowPrivate, ...given }: Exchange,
  timeouts: Timeouts,
  deadlineMs: number,
  trace: Trace,
): Promise<Response> {
  const phase = phasesOf(timeouts, deadlineMs, trace);
  const request = protocol === "grpc" ? callOf(given) : given;
  const { url } = request;
  const addresses = await addressesOf(network, url, allowPrivate, phase);

  const open = async (offer: Offer): Promise<Opened> => {
    const socket = await connectFirst(network, addresses, portOf(url), phase, trace);
    if (url.protocol !== "https:") return { stream: socket, agreed: undefined };
    try {
      const trust = { ca: network.ca, client };
      const stream = await phase("tls", (signal) => secure(socket, url, trust, offer, signal, trace));
      return { stream, agreed: stream.alpnProtocol };
    } catch (error) {
      socket.destroy();
      throw error;
    }
  };
  const talk = async ({ stream }: Opened, ask: typeof askHttp1): Promise<Response> => {
    try {
      const answer = await phase("first-byte", (signal) => ask(stream, request, signal));
      const start = await readStart(answer, deadlineMs - performance.now());
      const { status, headers } = answer;
      const plain = () => ({ status, headers, body: textOf(start.bytes, headers["content-encoding"]) });
      return (protocol === "grpc" && answerOfCall(url, answer, start)) || plain();
    } finally {
      stream.destroy();
    }
  };

  if (protocol !== "http/1.1") return talk(await open("h2"), askHttp2);
  let first: Opened | undefined;
  try {
    first = await open("http/1.1");
    return await talk(first, askHttp1);
  } catch (error) {
    if (!mayWantHttp2(error, first?.agreed)) throw error;
    const second = await open("h2").catch(() => undefined);
    if (second?.agreed === "h2") return talk(second, askHttp2);
    second?.stream.destroy();
    throw error;
  }
}

interface Opened {
  readonly stream: Socket;
  /** The protocol that the partner chose, false where it chose none; undefined without TLS. */
  readonly agreed: TLSSocket["alpnProtocol"] | undefined;
}

/** Returns the call in place of a request: always a POST, with what its own protocol says of content. */
function callOf({ url, headers: { accept: _, "accept-encoding": __, ...headers } }: Request): Request {
  return { url: callUrl(url), method: "POST", headers: { ...headers, ...callHeaders }, body: emptyMessage };
}

function portOf({ port, protocol }: URL): number {
  return port ? Number(port) : protocol === "https:" ? 443 : 80;
}
