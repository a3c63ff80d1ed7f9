import type { Result } from "../config/target-rules.ts";
import type { Rule, Seen } from "./answer.ts";
import {
  blockedAddress,
  blockedChallenge,
  blockedClient,
  blockedCountry,
  blockedLegal,
  blockedNetwork,
  blockedRate,
  blockedUnknown,
  either,
  header,
  row,
  targetDown,
  text,
} from "./rule.ts";

const fromCloudflare = either(header("server", /^cloudflare$/), header("cf-ray"));

/** Cloudflare's own mark on JSON: a field, or the page that explains the code. */
const cloudflareJson = /"cloudflare_error":\s*true|cloudflare-1xxx-errors\/error-1\d{3}/;

/** Where the HTML pages of several years have the code: beside its label, or in a script that counts visits. */
const htmlCodes: readonly RegExp[] = [
  /cf-error-code">\s*(1\d{3})\b/,
  /\berrorCode:\s*(1\d{3})\b/,
  /data-translate="error">Error<\/span>[^0-9]*<span>(1\d{3})<\/span>/,
  /Error code <span>(1\d{3})<\/span>/,
];

/**
 * Returns the 1xxx code of an error page in any of its forms: 16 bytes of plain text for clients that are no browsers,
 * problem details for those that accept JSON, else HTML. A JSON body counts only with Cloudflare's own mark, as an
 * application behind it may have an error 1006 of its own.
 */
function errorCode(seen: Seen): number {
  if (seen.status < 400) return 0;
  const plain = fromCloudflare(seen) ? /^\s*error code: (1\d{3})\s*$/.exec(seen.text) : null;
  const json = cloudflareJson.test(seen.text) ? /"error_code":\s*(1\d{3})\b/.exec(seen.text) : null;
  const html = fromCloudflare(seen) ? htmlCodes.map((form) => form.exec(seen.text)).find((found) => found) : null;
  return Number((plain ?? json ?? html)?.[1] ?? 0);
}

/** A row for one of Cloudflare's codes, which say whom the site's owner refused. */
const coded = (code: number, result: Result): Rule =>
  row(`cloudflare-${code}`, result, [], (seen) => errorCode(seen) === code);

export const cloudflareRules: readonly Rule[] = [
  row("cloudflare-challenge", blockedChallenge, [], header("cf-mitigated", /^challenge$/)),
  coded(1005, blockedNetwork),
  coded(1006, blockedAddress),
  coded(1007, blockedAddress),
  coded(1008, blockedAddress),
  coded(1009, blockedCountry),
  coded(1010, blockedClient),
  coded(1011, blockedClient),
  // "The visitor's computer or network", and a firewall rule that may look at anything: neither says the address.
  coded(1012, blockedUnknown),
  coded(1020, blockedUnknown),
  coded(1015, blockedRate),
  coded(1026, blockedLegal),
  coded(1039, blockedLegal),
  coded(1106, blockedAddress),
  // "Access denied", by the zone's owner: 1107 names the address, the others do not say why.
  coded(1107, blockedAddress),
  coded(1108, blockedUnknown),
  coded(1109, blockedUnknown),
  // What is left of the 1xxx codes speaks of the site's own DNS, tunnel or set-up, not of the caller.
  row("cloudflare-1xxx", targetDown, [], (seen) => errorCode(seen) > 0),
  row("cloudflare-challenge-page", blockedChallenge, [403, 429, 503], fromCloudflare, text(/<title>Just a moment/)),
  row("cloudflare-rate-limited", blockedRate, [429], fromCloudflare),
];
