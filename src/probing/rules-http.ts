import type { Result } from "../config/target-rules.ts";
import type { FailedAnswer, Rule } from "./answer.ts";
import {
  blockedAddress,
  blockedLegal,
  blockedRate,
  blockedUnknown,
  header,
  isJson,
  ok,
  row,
  targetDown,
  text,
  unauthorized,
} from "./rule.ts";

/** What the status and the general shape of an answer mean when no vendor's signature fits. Order matters. */
export const httpRules: readonly Rule[] = [
  row("http-451", blockedLegal, [451]),
  row("http-429-retry-after", blockedRate, [429], header("retry-after")),
  row("http-429", blockedRate, [429]),
  row("http-403-retry-after", blockedRate, [403], header("retry-after")),
  row("http-403-rate-limit", blockedRate, [403], header("x-ratelimit-remaining", /^0$/)),
  row(
    "mongodb-atlas-access-list",
    blockedAddress,
    [403],
    text(/"errorCode"\s*:\s*"IP_ADDRESS_NOT_ON_(?:ACCESS|WHITE)_?LIST"/),
  ),
  row(
    "github-ip-allow-list",
    blockedAddress,
    [403],
    text(/has an IP allow list enabled, and your IP address is not permitted/),
  ),
  // An application that speaks of the address that it does not want. It says so in prose, which proves nothing yet.
  row(
    "json-refuses-address",
    blockedUnknown,
    [401, 403],
    isJson,
    text(
      /\bip(?:[ _-]?address)?\b[^{}"]{0,60}(?:not[ _-](?:allowed|permitted|authori[sz]ed|white|in |on )|blocked|banned|denied|restrict)|(?:allow|white|access|block|deny)[ _-]?list[^{}"]{0,40}\bip\b/i,
    ),
  ),
  row("http-401", unauthorized, [401]),
  row("http-403-authenticate", unauthorized, [403], header("www-authenticate")),
  row("problem-403", unauthorized, [403], header("content-type", /application\/problem\+/)),
  row("json-403", unauthorized, [403], isJson),
  row("http-403", blockedUnknown, [403]),
  // The server knows the request but not the method: it is up and let us in.
  row("http-501", ok, [501]),
  row("http-5xx", targetDown, [], ({ status }) => status >= 500),
];

/**
 * Silence before a connection stands. Everything later came from a peer, so the way out works and the target does not.
 */
const silent: readonly string[] = ["dns", "connect"];
const refused: readonly string[] = ["ECONNREFUSED", "ECONNRESET"];
/** The local stack has no way out at all; a missing route further on is EHOSTUNREACH. */
const noRoute: readonly string[] = ["ENETUNREACH", "ENETDOWN", "EADDRNOTAVAIL"];

/** Returns what a failure before the first byte means; the rule is named after phase and code. */
export function judgeFailure({ phase, code }: FailedAnswer): Result {
  if (noRoute.includes(code)) return { kind: "no-egress" };
  return silent.includes(phase) && !refused.includes(code) ? { kind: "unreachable" } : targetDown;
}
