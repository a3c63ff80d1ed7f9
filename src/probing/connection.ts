/** The way to a target: its addresses, a connection to the first that takes one, and TLS on it. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import { isPublicAddress, literalAddress } from "../config/network-address.ts";
import { PhaseFailure, type RunPhase, TargetRefused, type Trace } from "./phases.ts";

/** The way out. Production leaves all but `resolve` unset. */
export interface Network {
  /** The IPv4 addresses of a host: Elastic IPs are IPv4, so that is the way on which a probe has to go. */
  readonly resolve: (host: string, signal: AbortSignal) => Promise<readonly string[]>;
  readonly localAddress?: string;
  /** A certificate authority to trust instead of the built-in ones, PEM. */
  readonly ca?: string;
}

/** What shows the partner who asks, PEM. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly privateKey: string;
  /** The authority of the partner's own certificate, where no public one has issued it. */
  readonly certificateAuthority?: string | undefined;
}

/** The application protocol that a connection offers (RFC 7301). */
export type Offer = "http/1.1" | "h2";

/** Most addresses of a host that are tried in turn: each may take a whole limit. */
const mostAddresses = 3;

/** @throws TargetRefused when one is not public and need be: one of several is as suspicious as all */
export async function addressesOf(
  { resolve }: Network,
  url: URL,
  allowPrivate: boolean,
  phase: RunPhase,
): Promise<readonly string[]> {
  const literal = literalAddress(url);
  const addresses = literal ? [literal] : await phase("dns", (signal) => resolveSome(resolve, url.hostname, signal));
  const odd = addresses.find((it) => !isPublicAddress(it));
  if (odd !== undefined && !allowPrivate) {
    throw new TargetRefused(`${url.hostname} resolves to ${odd}, which is not a public address`);
  }
  return addresses;
}

async function resolveSome(resolve: Network["resolve"], host: string, signal: AbortSignal) {
  const addresses = await resolve(host, signal);
  if (addresses.length === 0) throw Object.assign(new Error("no address"), { code: "ENODATA" });
  return addresses;
}

/**
 * Returns a connection to the first address that takes one. They are the addresses that were checked: no second lookup
 * can answer differently.
 *
 * @throws PhaseFailure of the first address when none does
 */
export async function connectFirst(
  { localAddress }: Network,
  addresses: readonly string[],
  port: number,
  phase: RunPhase,
  trace: Trace,
): Promise<Socket> {
  let first: unknown;
  for (const address of addresses.slice(0, mostAddresses)) {
    const socket = connect({ host: address, port, ...(localAddress === undefined ? {} : { localAddress }) });
    socket.on("error", () => {});
    try {
      await phase("connect", (signal) => once(socket, "connect", { signal }));
      trace.partnerIp ??= address;
      return socket;
    } catch (error) {
      socket.destroy();
      first ??= error;
    }
  }
  const [address] = addresses;
  if (address !== undefined) trace.partnerIp ??= address;
  throw first;
}

/**
 * Returns the TLS session. A certificate that does not verify ends it before anything is sent; the check is made here
 * and not by the socket, which would not tell when such a certificate expires.
 *
 * @throws TargetRefused when our own certificate cannot be used
 */
export async function secure(
  socket: Socket,
  url: URL,
  { ca, client }: { readonly ca: string | undefined; readonly client: ClientCertificate | undefined },
  offer: Offer,
  signal: AbortSignal,
  trace: Trace,
): Promise<TLSSocket> {
  const stream = connectTls({
    socket,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    servername: literalAddress(url) ? "" : url.hostname,
    ALPNProtocols: [offer],
    rejectUnauthorized: false,
    secureContext: contextOf(client?.certificateAuthority ?? ca, client),
  });
  stream.on("error", () => {});
  await once(stream, "secureConnect", { signal });
  const expiresMs = Date.parse(stream.getPeerCertificate().valid_to ?? "");
  if (!Number.isNaN(expiresMs)) trace.certificateExpiresMs = expiresMs;
  // Typed as an error, but a code such as CERT_HAS_EXPIRED (Node's _tls_wrap.js, onConnectSecure).
  if (!stream.authorized) throw Object.assign(new Error("not trusted"), { code: String(stream.authorizationError) });
  return stream;
}

function contextOf(ca: string | undefined, client: ClientCertificate | undefined): SecureContext {
  const trust = ca === undefined ? {} : { ca };
  if (!client) return createSecureContext(trust);
  try {
    return createSecureContext({ ...trust, cert: client.certificate, key: client.privateKey });
  } catch {
    throw new TargetRefused("the client certificate cannot be used with its private key");
  }
}

/** Returns whether a partner that was offered HTTP/1.1 alone may be one that offers HTTP/2 alone. */
export function mayWantHttp2(error: unknown, agreed: TLSSocket["alpnProtocol"] | undefined): boolean {
  if (!(error instanceof PhaseFailure)) return false;
  if (error.phase === "tls") return error.code.includes("NO_APPLICATION_PROTOCOL");
  return error.phase === "first-byte" && error.code !== "TIMEOUT" && agreed === false;
}
