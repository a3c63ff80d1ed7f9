/** Name resolution that can be given up: the system's own blocks one of Node's few worker threads for as long as it hangs. */
import { Resolver } from "node:dns/promises";
import type { Network } from "./connection.ts";

/**
 * A query that gets no answer is repeated, each time with more patience (c-ares, ARES_OPT_TIMEOUTMS): a datagram may get
 * lost. Together that is longer than any phase's limit, which is what cancels it.
 */
const queries = { timeout: 1000, tries: 4 };

/**
 * Asks the name servers of the environment, or those given (tests), over DNS.
 * A server that cannot be reached has the code `DNS_UNREACHABLE`, which is not to be taken for a refusing target.
 */
export function dnsResolver(servers?: readonly string[]): Network["resolve"] {
  return async (host, signal) => {
    const resolver = new Resolver(queries);
    if (servers) resolver.setServers(servers);
    signal.addEventListener("abort", () => resolver.cancel(), { once: true });
    try {
      return await resolver.resolve4(host);
    } catch (error) {
      if (!(error instanceof Error && "code" in error) || error.code !== "ECONNREFUSED") throw error;
      throw Object.assign(new Error("no name server answers", { cause: error }), { code: "DNS_UNREACHABLE" });
    }
  };
}
