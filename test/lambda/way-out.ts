/**
 * Loaded before a function's code (`node --import`): the internet is a server of the test's own on loopback, which learns
 * from a first line which function connects, and is asked before whether it can. Names resolve to an address that Holdfast takes for a public one, and
 * connections to it go there; all else of the network stays as it is.
 */
import { Resolver } from "node:dns/promises";
import { syncBuiltinESMExports } from "node:module";
import net, { type NetConnectOpts } from "node:net";

/** One of Cloudflare's, which nothing here reaches. */
const somewhere = "1.1.1.1";
const port = Number(process.env["WAY_OUT_PORT"]);
const name = process.env["AWS_LAMBDA_FUNCTION_NAME"];
const { connect } = net;

if (name !== undefined && port > 0) {
  Resolver.prototype.resolve4 = (async () => [somewhere]) as unknown as Resolver["resolve4"];
  net.connect = ((...args: Parameters<typeof connect>) => {
    const [options] = args as unknown as [NetConnectOpts & { readonly host?: string }];
    if (options.host !== somewhere) return connect(...args);
    const socket = new net.Socket();
    // Where packets find no way out, nobody answers, and the connection is never made.
    const asked = connect({ host: "127.0.0.1", port });
    asked.on("error", () => {}).once("connect", () => asked.write(`?${name}\n`));
    asked.once("data", () => {
      socket.once("connect", () => socket.write(`${name}\n`));
      socket.connect({ host: "127.0.0.1", port });
    });
    socket.once("close", () => asked.destroy());
    return socket;
  }) as typeof connect;
  syncBuiltinESMExports();
}
