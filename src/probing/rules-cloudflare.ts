import type { BlockScope, Rule, Seen } from "./answer.ts";

const errors = "https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/";

/**
 * Cloudflare's 1xxx codes, which say whom the site's owner refused. 1020 is "a firewall rule", which may look at
 * anything, and 1012 names "computer or network": neither says that the address is meant.
 */
const codes: readonly (readonly [code: number, scope: BlockScope])[] = [
  [1005, "network"],
  [1006, "address"],
  [1007, "address"],
  [1008, "address"],
  [1009, "country"],
  [1010, "client"],
  [1011, "client"],
  [1012, "unknown"],
  [1015, "rate"],
  [1020, "unknown"],
  [1106, "address"],
];

const fromCloudflare = ({ headers }: Seen): boolean => headers["server"] === "cloudflare" || "cf-ray" in headers;

/**
 * The 1xxx code of an error page in any of its forms: 16 bytes of plain text for clients that are no browsers,
 * problem details for those that accept JSON, else HTML (where the code may lie beyond the first KiB). A JSON body
 * counts only with Cloudflare's own mark, as an application behind it may have an error 1006 of its own.
 */
function errorCode(seen: Seen): number | undefined {
  if (seen.status < 400) return undefined;
  const plain = /^\s*error code: (1\d{3})\s*$/.exec(seen.text);
  const json = /"cloudflare_error":\s*true/.test(seen.text) ? /"error_code":\s*(1\d{3})\b/.exec(seen.text) : null;
  const html = /cf-error-code">\s*(1\d{3})\b/.exec(seen.text);
  const code = (fromCloudflare(seen) ? plain : null) ?? json ?? html;
  return code ? Number(code[1]) : undefined;
}

export const cloudflareRules: readonly Rule[] = [
  {
    id: "cloudflare-challenge",
    source: "https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response",
    result: { kind: "blocked", scope: "challenge" },
    match: ({ headers }) => headers["cf-mitigated"] === "challenge",
  },
  ...codes.map(
    ([code, scope]): Rule => ({
      id: `cloudflare-${code}`,
      source: `${errors}error-${code}/`,
      result: { kind: "blocked", scope },
      match: (seen) => errorCode(seen) === code,
    }),
  ),
  {
    // What is left of the 1xxx codes speaks of the site's own DNS, tunnel or set-up, not of the caller.
    id: "cloudflare-1xxx",
    source: errors,
    result: { kind: "target-down" },
    match: (seen) => errorCode(seen) !== undefined,
  },
  {
    id: "cloudflare-challenge-page",
    source: "https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/",
    result: { kind: "blocked", scope: "challenge" },
    match: (seen) => fromCloudflare(seen) && seen.status >= 400 && /<title>Just a moment/.test(seen.text),
  },
  {
    id: "cloudflare-rate-limited",
    source: "https://developers.cloudflare.com/rules/custom-errors/reference/error-page-types/",
    result: { kind: "blocked", scope: "rate" },
    match: (seen) => fromCloudflare(seen) && seen.status === 429,
  },
  {
    // The title fits into the first KiB, the reason does not.
    id: "cloudflare-block-page",
    source: "https://github.com/Ekultek/WhatWaf/issues/1040",
    result: { kind: "blocked", scope: "unknown" },
    match: (seen) =>
      fromCloudflare(seen) &&
      seen.status === 403 &&
      /<title>[^<]*\| Cloudflare<|used Cloudflare to restrict access/.test(seen.text),
  },
];
