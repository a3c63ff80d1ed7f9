/** Ways in which a partner treats the address of zone `a` differently from the others: all are to be found. */
import type { Given, PartnerAnswer } from "../twin/partners.ts";
import { failure, fine, http, json, page } from "./answers.ts";
import { type Asked, type Situation, startMinute } from "./situation.ts";

const endpoint = "203.0.113.80";
const isFrom = ({ from, minute }: Asked) => from === "a" && minute >= startMinute;

/** From a moment on zone `a` gets this, and the others what they always got. */
const differs = (name: string, given: PartnerAnswer | Given, usual: PartnerAnswer = fine): Situation => ({
  name,
  worse: ["a"],
  ask: (asked) => {
    const own = "kind" in given ? { answer: given } : given;
    return { partnerIp: endpoint, ...(isFrom(asked) ? own : { answer: usual }) };
  },
});

export const silentDifferences: readonly Situation[] = [
  differs("SYN dropped", failure("connect", "TIMEOUT")),
  differs("connection refused", failure("connect", "ECONNREFUSED")),
  differs("connection reset", failure("connect", "ECONNRESET")),
  differs("ICMP: administratively prohibited", failure("connect", "EHOSTUNREACH")),
  differs("ICMP: network unreachable", failure("connect", "ENETUNREACH")),
  differs("TLS hello dropped", failure("tls", "TIMEOUT")),
  differs("TLS reset", failure("tls", "ECONNRESET")),
  differs("TLS alert: access denied", failure("tls", "ERR_SSL_TLSV1_ALERT_ACCESS_DENIED")),
  differs("TLS alert: handshake failure", failure("tls", "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE")),
  differs("TLS alert: a certificate of ours is required", failure("tls", "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED")),
  differs("TLS alert after the handshake", failure("first-byte", "ERR_SSL_TLSV1_ALERT_ACCESS_DENIED")),
  differs("plain text in place of TLS", failure("tls", "ERR_SSL_WRONG_VERSION_NUMBER")),
  differs("closed before an answer", failure("first-byte", "ECONNRESET")),
  differs("closed while the request is sent", failure("first-byte", "EPIPE")),
  differs("cut off within the header", failure("first-byte", "HPE_INVALID_EOF_STATE")),
  {
    name: "SYN dropped at each of the partner's addresses in turn",
    worse: ["a"],
    ask: (asked) => ({
      answer: isFrom(asked) ? failure("connect", "TIMEOUT") : fine,
      partnerIp: `203.0.113.${80 + (asked.minute % 3)}`,
    }),
  },
  {
    name: "SYN dropped for both zones, the scout accepted",
    worse: ["a", "b"],
    ask: ({ from, minute }) =>
      minute >= startMinute && (from === "a" || from === "b") ? failure("connect", "TIMEOUT") : fine,
    vantages: ["a", "b", "scout"],
  },
  {
    name: "SYN dropped for the only address, the shared pool accepted as ours were",
    worse: ["a"],
    ask: (asked) => (isFrom(asked) ? failure("connect", "TIMEOUT") : fine),
    vantages: ["a", "shared"],
  },
];

const cloudflare = { server: "cloudflare", "cf-ray": "9a1f6c03be7d2f41-IAD" };

export const refusingDifferences: readonly Situation[] = [
  differs("401 of the application", json(401, { error: "unauthorized" })),
  differs("403 of the application", json(403, { error: "forbidden" })),
  differs("403 as problem details", json(403, { title: "Forbidden" }, { "content-type": "application/problem+json" })),
  differs("403 without a body", http(403)),
  differs("403 page of a web server", page(403, "403 Forbidden", "<center>nginx</center>")),
  differs("404", json(404, { error: "not found" })),
  differs("410", http(410)),
  differs("451", http(451)),
  differs("999", http(999)),
  differs("418 without a body", http(418)),
  differs("401 where the others get the usual 404", json(401, {}), json(404, { error: "not found" })),
  differs("200 with a page that denies access", page(200, "Access denied")),
  differs("200 with JSON that forbids", json(200, { message: "request is blocked" })),
  differs("redirect to a page of another host", { answer: page(200, "Welcome"), host: "www.partner.example" }),
  differs("endless redirect", failure("first-byte", "TOO_MANY_REDIRECTS")),
  differs("redirect to where no probe goes", failure("first-byte", "REDIRECT_REFUSED")),
  differs("Cloudflare 1006", http(403, "error code: 1006", cloudflare)),
  differs("Cloudflare 1005, of the network", http(403, "error code: 1005", cloudflare)),
  differs("Cloudflare 1009, of the country", http(403, "error code: 1009", cloudflare)),
  differs("Cloudflare challenge", http(403, "", { ...cloudflare, "cf-mitigated": "challenge" })),
  differs("JSON that names the address", json(403, { message: "Your IP address is not allowed" })),
  differs("Imperva with status 200", page(200, "", "Incapsula incident ID: 21-1")),
];

/** One of the partner's machines has refused the address of zone `a`; all are asked in turn, everybody by the same one. */
const atOneMachineOf = (machines: number): Situation => ({
  name: `refused at one of ${machines} machines of the partner`,
  worse: ["a"],
  ask: (asked) => {
    const machine = asked.minute % machines;
    const answer = machine === 0 && isFrom(asked) ? json(403, { error: "forbidden" }) : fine;
    return { answer, partnerIp: `203.0.113.${80 + machine}` };
  },
});

export const differencesAtOneMachine: readonly Situation[] = [atOneMachineOf(3), atOneMachineOf(6)];

/** An address that is let in now and then takes longer. */
export const leakyDifferences: readonly Situation[] = [
  {
    name: "nine of ten SYNs dropped",
    worse: ["a"],
    ask: (asked) => (isFrom(asked) && asked.chance < 0.9 ? failure("connect", "TIMEOUT") : fine),
  },
  {
    name: "seven of ten requests refused",
    worse: ["a"],
    ask: (asked) => (isFrom(asked) && asked.chance < 0.7 ? json(403, { error: "forbidden" }) : fine),
  },
];
