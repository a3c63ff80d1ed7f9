/** Which URLs a probe may be given. */
import { isIPv6 } from "node:net";
import { isPublicAddress, literalAddress } from "./network-address.ts";

/** What a target's own settings allow besides `https` and the public internet. */
interface Allowed {
  readonly allowHttp: boolean;
  readonly allowPrivate: boolean;
}

/**
 * Returns what is wrong with the URL, or undefined. Names are not resolved: a probe checks the address that it connects
 * to.
 * @param allowed where nothing can be allowed, the message offers nothing
 */
export function urlProblem(url: string, allowed?: Allowed): string | undefined {
  if (!URL.canParse(url)) return "must be a URL, such as https://api.example.com/health";
  const parsed = new URL(url);
  const { protocol, username, password } = parsed;
  const unless = (hint: string) => (allowed ? ` (or set ${hint})` : "");
  if (username || password) return "must not hold credentials: put them into headers, as a reference to a secret";
  if (protocol === "http:" && !allowed?.allowHttp)
    return `must begin with https:${unless("allowHttp: true for plain http")}`;
  if (protocol !== "https:" && protocol !== "http:") return "must begin with https:";
  if (isPrivate(parsed) && !allowed?.allowPrivate) {
    return `must not point into a private network${unless("allowPrivate: true")}`;
  }
  const address = literalAddress(parsed);
  if (address && isIPv6(address)) return "must not be an IPv6 address: Elastic IPs are IPv4, and so are all probes";
  return undefined;
}

/** Returns whether the host is a private address, or a name that never belongs to a partner. */
function isPrivate(url: Pick<URL, "hostname">): boolean {
  const address = literalAddress(url);
  if (address) return !isPublicAddress(address);
  return url.hostname === "localhost" || /\.(?:localhost|local|internal)$/.test(url.hostname);
}
