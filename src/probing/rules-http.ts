import type { FailedAnswer, Result, Rule, Seen } from "./answer.ts";
import { blockedAddress, blockedLegal, blockedRate, blockedUnknown, ok, targetDown, unauthorized } from "./results.ts";

/** Whether an answer is JSON by its type or its first character. */
export const isJson = ({ headers, text }: Seen): boolean =>
  /\bjson\b/.test(headers["content-type"] ?? "") || /^\s*\{/.test(text);

/** What the status and the general shape of an answer mean when no vendor's signature fits. Order matters. */
export const httpRules: readonly Rule[] = [
  { id: "http-451", result: blockedLegal, statuses: [451] },
  { id: "http-429-retry-after", result: blockedRate, statuses: [429], header: ["retry-after", /./] },
  { id: "http-429", result: blockedRate, statuses: [429] },
  { id: "http-403-retry-after", result: blockedRate, statuses: [403], header: ["retry-after", /./] },
  { id: "http-403-rate-limit", result: blockedRate, statuses: [403], header: ["x-ratelimit-remaining", /^0$/] },
  {
    id: "mongodb-atlas-access-list",
    result: blockedAddress,
    statuses: [403],
    text: /"errorCode"\s*:\s*"IP_ADDRESS_NOT_ON_(?:ACCESS|WHITE)_?LIST"/,
  },
  {
    id: "github-ip-allow-list",
    result: blockedAddress,
    statuses: [403],
    text: /has an IP allow list enabled, and your IP address is not permitted/,
  },
  {
    // An application that speaks of the address that it does not want. It says so in prose, which proves nothing yet.
    id: "json-refuses-address",
    result: blockedUnknown,
    statuses: [401, 403],
    text: /\bip(?:[ _-]?address)?\b[^{}"]{0,60}(?:not[ _-](?:allowed|permitted|authori[sz]ed|white|in |on )|blocked|banned|denied|restrict)|(?:allow|white|access|block|deny)[ _-]?list[^{}"]{0,40}\bip\b/i,
    when: isJson,
  },
  { id: "http-401", result: unauthorized, statuses: [401] },
  { id: "http-403-authenticate", result: unauthorized, statuses: [403], header: ["www-authenticate", /./] },
  { id: "problem-403", result: unauthorized, statuses: [403], header: ["content-type", /application\/problem\+/] },
  { id: "json-403", result: unauthorized, statuses: [403], when: isJson },
  { id: "http-403", result: blockedUnknown, statuses: [403] },
  // The server knows the request but not the method: it is up and let us in.
  { id: "http-501", result: ok, statuses: [501] },
  { id: "http-5xx", result: targetDown, when: ({ status }) => status >= 500 },
];

/** Silence before a connection stands. Everything later came from a peer, so the way out works and the target does not. */
const silent: readonly string[] = ["dns", "connect"];
const refused: readonly string[] = ["ECONNREFUSED", "ECONNRESET"];
/** The local stack has no way out at all; a missing route further on is EHOSTUNREACH. */
const noRoute: readonly string[] = ["ENETUNREACH", "ENETDOWN", "EADDRNOTAVAIL"];

/** What a failure before the first byte means; the rule is named after phase and code. */
export function judgeFailure({ phase, code }: FailedAnswer): Result {
  if (noRoute.includes(code)) return { kind: "no-egress" };
  return silent.includes(phase) && !refused.includes(code) ? { kind: "unreachable" } : targetDown;
}
