import type { Result } from "../config/target-rules.ts";
import type { FailedAnswer, Rule } from "./answer.ts";
import {
  blockedLegal,
  blockedRate,
  blockedUnknown,
  either,
  header,
  isJson,
  not,
  ok,
  row,
  targetDown,
  text,
  unauthorized,
} from "./rule.ts";

/** Nothing of the body can be read. */
const isUnreadable = not(text(/[^\s\uFFFD]/));
const claimsJson = header("content-type", /\bjson\b/);

/** Statuses that frameworks of applications have made up: no session, no view, an invalid token, a closed connection. */
const ofApplications: readonly number[] = [431, 440, 449, 451, 498, 499];
const isOfNoStandard = (status: number) =>
  status === 418 || (status >= 430 && status <= 499 && !ofApplications.includes(status));

/** What the status and the general shape of an answer mean when no vendor's signature fits. Order matters. */
export const httpRules: readonly Rule[] = [
  row("http-451", blockedLegal, [451]),
  row("http-429-retry-after", blockedRate, [429], header("retry-after")),
  row("http-429", blockedRate, [429]),
  row("http-403-retry-after", blockedRate, [403], header("retry-after")),
  row("http-403-rate-limit", blockedRate, [403], header("x-ratelimit-remaining", /^0$/)),
  // Statuses that only firewalls and exchanges give: who got one was let through to no application.
  row("exchange-ban", blockedRate, [418], isJson, text(/"(?:code|retryAfter|msg)"/)),
  row("status-outside-the-standard", blockedUnknown, [], ({ status }) => isOfNoStandard(status)),
  row("status-above-599", blockedUnknown, [], ({ status }) => status > 599),
  row("http-401-authenticate", unauthorized, [401], header("www-authenticate")),
  row("http-403-authenticate", unauthorized, [403], header("www-authenticate")),
  // A refusal that cannot be read (a HEAD, a body that came too late, an unknown compression) is no application's.
  row(
    "refusal-without-text",
    blockedUnknown,
    [401, 403],
    isUnreadable,
    either(({ status }) => status === 401, claimsJson),
  ),
  row("http-401", unauthorized, [401]),
  row("problem-403", unauthorized, [403], header("content-type", /application\/problem\+/)),
  row("json-403", unauthorized, [403], isJson),
  // As JSON is: what answers in gRPC is an application, or Envoy with the text of its own refusal.
  row("grpc-permission-denied", unauthorized, [403], header("grpc-status"), not(text(/^\s*$|RBAC: access denied/))),
  row("http-403", blockedUnknown, [403]),
  // The server knows the request but not the method: it is up and let us in.
  row("http-501", ok, [501]),
  row("http-5xx", targetDown, [], ({ status }) => status >= 500 && status <= 599),
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
