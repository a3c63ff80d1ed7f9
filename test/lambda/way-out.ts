/**
 * Loaded before a function's code (`node --import`): the internet is a server of the test's own on loopback, which learns
 * from a first line which function connects. Names resolve to an address that Holdfast takes for a public one, and
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
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => socket.write(`${name}\n`));
    return socket;
  }) as typeof connect;
  syncBuiltinESMExports();
}
