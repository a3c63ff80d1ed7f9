import type { Result } from "../config/target-rules.ts";
import type { Rule, Seen } from "./answer.ts";
import {
  blockedAddress,
  blockedChallenge,
  blockedClient,
  blockedCountry,
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

/**
 * Returns the 1xxx code of an error page in any of its forms: 16 bytes of plain text for clients that are no browsers,
 * problem details for those that accept JSON, else HTML (where the code may lie beyond the first KiB). A JSON body
 * counts only with Cloudflare's own mark, as an application behind it may have an error 1006 of its own.
 */
function errorCode(seen: Seen): number {
  if (seen.status < 400) return 0;
  const plain = fromCloudflare(seen) ? /^\s*error code: (1\d{3})\s*$/.exec(seen.text) : null;
  const json = /"cloudflare_error":\s*true/.test(seen.text) ? /"error_code":\s*(1\d{3})\b/.exec(seen.text) : null;
  const html = /cf-error-code">\s*(1\d{3})\b/.exec(seen.text);
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
  coded(1106, blockedAddress),
  // What is left of the 1xxx codes speaks of the site's own DNS, tunnel or set-up, not of the caller.
  row("cloudflare-1xxx", targetDown, [], (seen) => errorCode(seen) > 0),
  row("cloudflare-challenge-page", blockedChallenge, [403, 429, 503], fromCloudflare, text(/<title>Just a moment/)),
  row("cloudflare-rate-limited", blockedRate, [429], fromCloudflare),
];
