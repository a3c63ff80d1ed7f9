/** A partner on the loopback interface: real sockets, real TLS, and every way of not answering. */
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttp2, createSecureServer, type ServerHttp2Stream } from "node:http2";
import { createServer as createHttps, type ServerOptions } from "node:https";
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from "node:net";
import { createServer as createTls } from "node:tls";
import type { HttpAnswer } from "../../../src/probing/answer.ts";
import type { Authority, Certificate } from "./authority.ts";

export interface Running {
  readonly port: number;
  /** Connections that were made so far, and those that are still open. */
  readonly connections: { made: number; open: number };
  stop(): Promise<void>;
}

export type Reply = (request: IncomingMessage, response: ServerResponse) => void;

/** An HTTPS server that answers each request with `answer`. @param options such as whom it trusts */
export function serveHttps(
  certificate: Certificate,
  answer: Reply,
  options: ServerOptions = {},
  host?: string,
): Promise<Running> {
  return listen(createHttps({ ...certificate, ...options }, answer), host);
}

/** A TLS server that does with each session what `meet` does. */
export function serveTls(certificate: Certificate, meet: (socket: Socket) => void): Promise<Running> {
  return listen(createTls({ ...certificate }, meet));
}

export type ReplyHttp2 = (stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>) => void;

/** A server that speaks HTTP/2 alone: over TLS, or without it to those who know. */
export function serveHttp2(
  certificate: Certificate | undefined,
  answer: ReplyHttp2,
  options: ServerOptions = {},
): Promise<Running> {
  const server = certificate ? createSecureServer({ ...certificate, ...options }) : createHttp2();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    answer(stream, headers);
  });
  return listen(server);
}

/** The same without TLS. */
export function serveHttp(answer: Reply): Promise<Running> {
  return listen(createHttp(answer));
}

/** A server that does with each connection what `meet` does, and speaks no protocol of its own. */
export function serveTcp(meet: (socket: Socket) => void): Promise<Running> {
  return listen(createTcp(meet));
}

function listen(server: Server, host = "0.0.0.0"): Promise<Running> {
  const sockets = new Set<Socket>();
  const connections = { made: 0, open: 0 };
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    connections.made++;
    connections.open++;
    socket.on("error", () => {});
    socket.once("close", () => {
      sockets.delete(socket);
      connections.open--;
    });
  });
  // A client that gives up in the middle of a handshake is what many tests are about.
  server.on("tlsClientError", () => {});
  return new Promise((resolve) => {
    server.listen(0, host, () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        connections,
        stop: () =>
          new Promise((done) => {
            server.close(() => done());
            for (const socket of sockets) socket.destroy();
          }),
      }),
    );
  });
}

/** Sends a recorded answer over the wire. */
export function play({ status, headers, body }: HttpAnswer): Reply {
  return (_, response) => {
    response.writeHead(status, withoutFraming(headers));
    response.end(body);
  };
}

/** The recordings are cut to what rules read, so their lengths and encodings no longer fit their bodies. */
function withoutFraming(headers: HttpAnswer["headers"]): Record<string, string> {
  const framing = new Set(["content-length", "content-encoding", "transfer-encoding", "connection"]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !framing.has(name)));
}

/** Refuses the given source addresses as a firewall does, and lets everybody else in. */
export function refuseFrom(addresses: ReadonlySet<string>, page: Reply): Reply {
  return (request, response) => {
    const from = (request.socket.remoteAddress ?? "").replace("::ffff:", "");
    if (addresses.has(from)) return page(request, response);
    response.writeHead(200, { "content-type": "application/json" });
    response.end('{"status":"ok"}');
  };
}

/** Answers with the caller's address, as checkip.amazonaws.com does. */
export const echo: Reply = (request, response) => {
  response.end(`${(request.socket.remoteAddress ?? "").replace("::ffff:", "")}\n`);
};

export function networkOf({ ca }: Authority, localAddress?: string) {
  return { ca, resolve: async () => ["127.0.0.1"], ...(localAddress === undefined ? {} : { localAddress }) };
}
