import type { FailedAnswer, Result, Rule, Seen } from "./answer.ts";

const rfc9110 = "https://www.rfc-editor.org/rfc/rfc9110#name-";

export const isJson = ({ headers, text }: Seen): boolean =>
  /\bjson\b/.test(headers["content-type"] ?? "") || /^\s*\{/.test(text);

/** An application that speaks of the address that it does not want. It says so in prose, which proves nothing yet. */
const refusesAddress =
  /\bip(?:[ _-]?address)?\b[^{}"]{0,60}(?:not[ _-](?:allowed|permitted|authori[sz]ed|white|in |on )|blocked|banned|denied|restrict)|(?:allow|white|access|block|deny)[ _-]?list[^{}"]{0,40}\bip\b/i;

/** What the status and the general shape of an answer mean when no vendor's signature fits. Order matters. */
export const httpRules: readonly Rule[] = [
  {
    id: "http-451",
    source: "https://www.rfc-editor.org/rfc/rfc7725",
    result: { kind: "blocked", scope: "legal" },
    match: ({ status }) => status === 451,
  },
  {
    id: "http-429-retry-after",
    source: "https://www.rfc-editor.org/rfc/rfc6585#section-4",
    result: { kind: "blocked", scope: "rate" },
    match: ({ status, headers }) => status === 429 && "retry-after" in headers,
  },
  {
    id: "http-429",
    source: "https://www.rfc-editor.org/rfc/rfc6585#section-4",
    result: { kind: "blocked", scope: "rate" },
    match: ({ status }) => status === 429,
  },
  {
    id: "http-403-rate",
    source: "https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api",
    result: { kind: "blocked", scope: "rate" },
    match: ({ status, headers }) =>
      status === 403 && ("retry-after" in headers || headers["x-ratelimit-remaining"] === "0"),
  },
  {
    id: "mongodb-atlas-access-list",
    source: "https://github.com/mongodb/terraform-provider-mongodbatlas/issues/1048",
    result: { kind: "blocked", scope: "address" },
    match: ({ status, text }) =>
      status === 403 && /"errorCode"\s*:\s*"IP_ADDRESS_NOT_ON_(?:ACCESS|WHITE)_?LIST"/.test(text),
  },
  {
    id: "github-ip-allow-list",
    source: "https://github.com/SalesforceFoundation/NPSP/issues/7247",
    result: { kind: "blocked", scope: "address" },
    match: ({ status, text }) =>
      status === 403 && /has an IP allow list enabled, and your IP address is not permitted/.test(text),
  },
  {
    id: "json-refuses-address",
    source: "https://github.com/mongodb/terraform-provider-mongodbatlas/issues/235",
    result: { kind: "blocked", scope: "unknown" },
    match: (seen) => (seen.status === 403 || seen.status === 401) && isJson(seen) && refusesAddress.test(seen.text),
  },
  {
    id: "http-401",
    source: `${rfc9110}401-unauthorized`,
    result: { kind: "unauthorized" },
    match: ({ status }) => status === 401,
  },
  {
    id: "http-403-authenticate",
    source: `${rfc9110}www-authenticate`,
    result: { kind: "unauthorized" },
    match: ({ status, headers }) => status === 403 && "www-authenticate" in headers,
  },
  {
    id: "problem-403",
    source: "https://www.rfc-editor.org/rfc/rfc9457",
    result: { kind: "unauthorized" },
    match: ({ status, headers }) => status === 403 && /application\/problem\+/.test(headers["content-type"] ?? ""),
  },
  {
    id: "json-403",
    source: `${rfc9110}403-forbidden`,
    result: { kind: "unauthorized" },
    match: (seen) => seen.status === 403 && isJson(seen),
  },
  {
    // The page of `deny`, which is how an operator refuses an address, but of a dozen other things too.
    id: "nginx-403",
    source: "https://nginx.org/en/docs/http/ngx_http_access_module.html",
    result: { kind: "blocked", scope: "unknown" },
    match: ({ status, text }) => status === 403 && /<center>(?:nginx|openresty)/.test(text),
  },
  {
    id: "apache-403",
    source: "https://httpd.apache.org/docs/2.4/mod/mod_authz_host.html",
    result: { kind: "blocked", scope: "unknown" },
    match: ({ status, text }) =>
      status === 403 && /<title>403 Forbidden<\/title>[\s\S]*You don't have permission to access/.test(text),
  },
  {
    id: "http-403",
    source: `${rfc9110}403-forbidden`,
    result: { kind: "blocked", scope: "unknown" },
    match: ({ status }) => status === 403,
  },
  {
    // The server knows the request but not the method: it is up and let us in.
    id: "http-501",
    source: `${rfc9110}501-not-implemented`,
    result: { kind: "ok" },
    match: ({ status }) => status === 501,
  },
  {
    id: "http-5xx",
    source: `${rfc9110}server-error-5xx`,
    result: { kind: "target-down" },
    match: ({ status }) => status >= 500,
  },
];

/** Silence before a connection stands. Everything later came from a peer, so the way out works and the target does not. */
const silent = new Set(["dns", "connect"]);
const refused = new Set(["ECONNREFUSED", "ECONNRESET"]);
/** The local stack has no way out at all; a missing route further on is EHOSTUNREACH. */
const noRoute = new Set(["ENETUNREACH", "ENETDOWN", "EADDRNOTAVAIL"]);

/** What a failure before the first byte means; the rule is named after phase and code. */
export function judgeFailure({ phase, code }: FailedAnswer): Result {
  if (noRoute.has(code)) return { kind: "no-egress" };
  if (silent.has(phase) && !refused.has(code)) return { kind: "unreachable" };
  return { kind: "target-down" };
}
