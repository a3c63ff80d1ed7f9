/** The page's server: on loopback alone, and read-only except for the actions of a demo. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { UsageError } from "../support/usage-error.ts";
import type { Asset, Assets } from "./assets.ts";
import type { Send } from "./feed.ts";

export interface ServerOptions {
  readonly assets: Assets;
  /** Starts a stream for one watcher; returns the function that ends it. */
  readonly watch: (send: Send) => () => void;
  /** What a POST to `/actions/<name>` does, in a demo; returns whether there is such an action. */
  readonly runAction?: (name: string) => boolean;
  /** The port to listen on; by default the usual port, or any that is free. */
  readonly port?: number | undefined;
}

export interface RunningConsole {
  readonly url: string;
  close(): Promise<void>;
}

const usualPort = 4571;
const loopback = "127.0.0.1";
/** How often a comment keeps the stream open. */
const heartbeatMs = 15_000;

/** The page loads from and sends to this server alone, and no other page may frame it. */
const headers = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
} as const;

/** What a page that has lost its stream loads in a frame, to see whether there is a server again: a frame fails silently. */
const sign = {
  type: "text/html; charset=utf-8",
  headers: { ...headers, "content-security-policy": "default-src 'none'; frame-ancestors 'self'" },
  text: "<!doctype html><title>Holdfast</title>",
} as const;

/** @throws UsageError when the port that was asked for cannot be had */
export async function startConsole(options: ServerOptions): Promise<RunningConsole> {
  const server = createServer((request, response) => handle(options, server, request, response));
  await listen(server, options.port);
  return {
    url: `http://${loopback}:${portOf(server)}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server, port: number | undefined): Promise<void> {
  const attempt = (candidate: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(candidate, loopback, () => {
        server.off("error", reject);
        resolve();
      });
    });
  await attempt(port ?? usualPort).catch((error: NodeJS.ErrnoException) => {
    const reason = refusals[error.code ?? ""];
    if (reason === undefined) throw error;
    if (port !== undefined) throw new UsageError(`port ${port} ${reason}`, "give another --port, or none");
    return attempt(0);
  });
}

/** Why a port cannot be had, by the system's code. */
const refusals: Readonly<Record<string, string>> = {
  EADDRINUSE: "is taken",
  EACCES: "is not allowed to this user",
};

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function handle(options: ServerOptions, server: Server, request: IncomingMessage, response: ServerResponse): void {
  const { method = "GET", url = "/" } = request;
  const [path = "/"] = url.split("?");
  const asset = options.assets.get(path);
  // A page on another domain that resolves to this address (DNS rebinding) sends its own host.
  if (!ownHosts(server).includes(request.headers.host ?? ""))
    respond(response, 403, "This server does not serve that host.");
  else if (method === "POST" && options.runAction) handleAction(options.runAction, server, path, request, response);
  else if (method !== "GET" && method !== "HEAD") respond(response, 405, "This server is read-only.");
  else if (path === "/events") stream(options, request, response);
  else if (path === "/alive") response.writeHead(200, { ...sign.headers, "content-type": sign.type }).end(sign.text);
  else if (asset) sendAsset(asset, request, response);
  else respond(response, 404, "Not found.");
}

function handleAction(
  runAction: NonNullable<ServerOptions["runAction"]>,
  server: Server,
  path: string,
  { headers: { origin } }: IncomingMessage,
  response: ServerResponse,
): void {
  // A browser sends the origin with every POST.
  if (!ownHosts(server).some((host) => origin === `http://${host}`)) {
    respond(response, 403, "Only the page itself may run actions.");
    return;
  }
  const name = /^\/actions\/([a-z0-9/-]+)$/.exec(path)?.[1];
  if (name !== undefined && runAction(name)) respond(response, 204, "");
  else respond(response, 404, "There is no such action.");
}

function ownHosts(server: Server): string[] {
  return [loopback, "localhost"].map((name) => `${name}:${portOf(server)}`);
}

function respond(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...headers, "content-type": "text/plain; charset=utf-8" }).end(text);
}

function sendAsset({ type, body, gzip, brotli }: Asset, request: IncomingMessage, response: ServerResponse): void {
  const accepted = String(request.headers["accept-encoding"] ?? "");
  const [encoding, bytes] = /\bbr\b/.test(accepted)
    ? (["br", brotli] as const)
    : /\bgzip\b/.test(accepted)
      ? (["gzip", gzip] as const)
      : ([undefined, body] as const);
  const encoded = { "content-length": bytes.length, ...(encoding && { "content-encoding": encoding }) };
  response.writeHead(200, { ...headers, "content-type": type, vary: "accept-encoding", ...encoded });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

function stream({ watch }: ServerOptions, request: IncomingMessage, response: ServerResponse): void {
  // Not in chunks, and its connection its own: then the server's end is the stream's end, and no error in the browser.
  response.useChunkedEncodingByDefault = false;
  response.writeHead(200, { ...headers, "content-type": "text/event-stream", connection: "close" });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  const stop = watch((name, message) => response.write(`event: ${name}\ndata: ${JSON.stringify(message)}\n\n`));
  const heartbeat = setInterval(() => response.write(": still here\n\n"), heartbeatMs);
  response.on("close", () => {
    clearInterval(heartbeat);
    stop();
  });
}
