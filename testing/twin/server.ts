import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { WireRequest } from "./codec-model.ts";
import { dispatch } from "./dispatch.ts";
import { NoAnswer } from "./faults.ts";
import type { Region } from "./region.ts";

export interface RunningServer {
  /** What an SDK client's `endpoint` is set to. */
  readonly url: string;
  readonly port: number;
  /** Moves virtual time on, ahead of the wall's. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** How often the virtual clock catches up with the wall's, so that timers fire without calls. */
const TICK_MS = 20;

/** `Credential=<access key id>/<date>/<region>/…`, of the Authorization header. */
const SCOPE_REGION = /Credential=[^/]+\/\d+\/([^/]+)\//;

/**
 * Serves the region over HTTP on 127.0.0.1 with the virtual clock following the wall's. Port 0 takes a free one.
 * Rejects when the port cannot be had. An answer kept back by a fault breaks the connection (time-out) or leaves it
 * silent (crash). `others` answer what is signed for their regions; they stand still. `speed` is how many times as fast as
 * the wall's the virtual clock runs.
 */
export async function startServer(
  region: Region,
  port = 0,
  others: readonly Region[] = [],
  speed = 1,
): Promise<RunningServer> {
  const { keepUp, advance } = followWall(region, speed);
  const regionOf = ({ headers }: WireRequest) => {
    const name = SCOPE_REGION.exec(headers["authorization"] ?? "")?.[1];
    return others.find(({ world }) => world.region === name) ?? region;
  };
  const server = createServer((incoming, outgoing) => {
    answer(regionOf, keepUp, incoming, outgoing).catch((error: unknown) => {
      console.error(error);
      outgoing.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const ticker = setInterval(keepUp, TICK_MS);
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    advance,
    async close() {
      clearInterval(ticker);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Moves virtual time on by what has passed on the wall, so many times; one step at a time, since the clock cannot run twice. */
function followWall(
  region: Region,
  speed: number,
): Pick<RunningServer, "advance"> & { readonly keepUp: () => Promise<void> } {
  let lastMs = performance.now();
  let turn = Promise.resolve();
  const step = (ms: () => number) => {
    turn = turn.then(() => region.clock.advance(ms()));
    return turn;
  };
  return {
    advance: (ms) => step(() => ms),
    keepUp: () =>
      step(() => {
        const elapsedMs = performance.now() - lastMs;
        lastMs += elapsedMs;
        return elapsedMs * speed;
      }),
  };
}

async function answer(
  regionOf: (request: WireRequest) => Region,
  keepUp: () => Promise<void>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const request = await readRequest(incoming);
  await keepUp();
  try {
    const { status, headers, body } = await dispatch(regionOf(request), request);
    outgoing.writeHead(status, { ...headers, "content-length": body.length }).end(body);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    if (error.reason !== "crash") outgoing.destroy();
  }
}

async function readRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const [path = "/", query = ""] = (incoming.url ?? "/").split("?");
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: incoming.method ?? "GET",
    path,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks),
  };
}
