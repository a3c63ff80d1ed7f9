import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export type Play = "healthy" | "block" | "block-once" | "hang" | "down" | "reset" | "odd";

/** A partner on a local port that plays what it is asked to, with an echo of the caller's address on /ip. */
export class Partner {
  play: Play = "healthy";
  address = "203.0.113.1";
  tests = 0;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Partner> {
    const server = createServer();
    const partner = new Partner(server);
    server.on("request", (request, response) => {
      if (request.url === "/ip") {
        response.end(`${partner.address}\n`);
        return;
      }
      partner.tests++;
      const blocked = partner.play === "block" || (partner.play === "block-once" && partner.tests === 1);
      if (blocked)
        response.writeHead(403, { server: "cloudflare", "cf-ray": "8f1d2c3b4a596877-IAD" }).end("error code: 1006");
      else if (partner.play === "down") response.writeHead(503).end();
      else if (partner.play === "reset") request.socket.destroy();
      else if (partner.play === "odd") response.writeHead(422).end("{".repeat(5000));
      else if (partner.play !== "hang") response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return partner;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
