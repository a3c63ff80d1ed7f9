/** The internet of the functions under test, on loopback: a partner and an echo, which see the address of who asks. */
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from "node:net";
import { createAuthority } from "../probing/servers/authority.ts";

const authority = createAuthority();

/** Hosts that the certificate is for. */
export const partnerUrl = "https://partner.test/";
export const echoUrl = "https://other.test/";
/** The echo of the tests, and the one that is configured unless another is. */
const echoHosts = [echoUrl, "https://checkip.amazonaws.com/"].map((url) => new URL(url).host);

export class Outside {
  /** Addresses that the partner refuses. */
  readonly refused = new Set<string>();
  /** What the partner has answered, by the address that asked. */
  readonly answered: { readonly ip: string; readonly status: number }[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * @param addressOf returns the public address by which a function's packets leave now; undefined: they do not, and
   * nothing answers
   */
  static async start(addressOf: (functionName: string) => string | undefined): Promise<Outside> {
    const callers = new Map<number | undefined, string>();
    const answer: RequestListener = (request, response) => {
      const ip = callers.get(request.socket.remotePort) ?? "";
      if (echoHosts.includes(request.headers.host ?? "")) {
        response.end(`${ip}\n`);
        return;
      }
      const status = outside.refused.has(ip) ? 403 : 200;
      outside.answered.push({ ip, status });
      response.writeHead(status, { "content-type": "application/json" });
      response.end(status === 200 ? '{"status":"up"}' : '{"error":"your IP address is blocked"}');
    };
    const https = createServer({ key: authority.valid.key, cert: authority.valid.cert }, answer);
    const server = createNetServer((socket) => {
      outside.#sockets.add(socket);
      socket.on("error", () => {}).once("close", () => outside.#sockets.delete(socket));
      readLine(socket, (line) => {
        const ip = addressOf(line.replace("?", ""));
        if (ip === undefined) return;
        if (line.startsWith("?")) {
          socket.write("+");
          return;
        }
        callers.set(socket.remotePort, ip);
        https.emit("connection", socket);
      });
    });
    const outside = new Outside(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return outside;
  }

  /** What a function's process needs in its environment; the certificate authority is that of the file. */
  variables(authorityFile: string): Record<string, string> {
    return {
      NODE_OPTIONS: `--import=${new URL("way-out.ts", import.meta.url)}`,
      NODE_EXTRA_CA_CERTS: authorityFile,
      WAY_OUT_PORT: String((this.#server.address() as AddressInfo).port),
    };
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export const authorityPem = authority.ca;

/** Takes the first line off a connection, byte by byte: what follows it belongs to TLS. */
function readLine(socket: Socket, done: (line: string) => void): void {
  let line = "";
  const read = () => {
    for (let byte = socket.read(1); byte !== null; byte = socket.read(1)) {
      const letter = String(byte);
      if (letter !== "\n") line += letter;
      else {
        socket.off("readable", read);
        done(line);
        return;
      }
    }
  };
  socket.on("readable", read);
}
