/** Refusals that say that the address is not on the partner's list: by a documented code, or in so many words. */
import type { Rule } from "./answer.ts";
import { blockedAddress, blockedUnknown, either, isJson, type Match, not, row, text } from "./rule.ts";

const refusals = [400, 401, 403, 404];

/** What an address is called, also in a code: `IP_FORBIDDEN`, `ip not allowed`, `client address`. */
const ip =
  "(?<![a-z])(?:(?:your |the )?(?:(?:source|client|remote|caller|request|originating)[ _-]?)?ip(?:[ _-]?addr(?:ess)?(?:es)?)?|client address)(?![a-z])";
/** What is said of one that is not wanted. */
const unwanted =
  "(?:(?:not|n't)[ _-](?:been[ _-])?(?:allow|permit|authori[sz]|accept|white|registered|recogni[sz]|trusted|approved|included|in[ _-]|on[ _-]|part[ _-])|un(?:authori[sz]ed|registered|recogni[sz]ed|trusted|matched)|non[ _-]white|block|banned|denied|deny|forbid|restrict|reject|refused|prohibit|violat|disallow|black[ _-]?list|prevented|mis-?match|unmatch|(?:does not|doesn't) allow)";
const list = "(?:allow|white|access|safe)[ _-]?list";
const near = "[^{}<>]{0,80}?";
const saysAddress = text(
  new RegExp(
    `${ip}${near}${unwanted}|${unwanted}${near}${ip}|${list}[^{}<>]{0,40}?${ip}|${ip}[^{}<>]{0,40}?${list}`,
    "i",
  ),
);
/** An answer of status 200 that is an error all the same. */
const saysError = text(
  /"(?:error|errors|error_?message|errmsg|err_?code)"\s*:\s*(?:"[^"]|\{|\[\s*[{"])|"(?:ok|success|status)"\s*:\s*(?:false|"(?:error|fail\w*|\w*denied)")|"(?:ret)?code"\s*:\s*"?[1-9]/i,
);
/** A page that says so of "your IP": pages of firewalls have the address in their footer for other reasons. */
const saysYourAddress = text(
  /\byour ip(?: address)?[^a-z<]{0,60}(?:has been|have been|is|was|isn't)\s+(?:currently |temporarily |permanently )?(?:not (?:allowed|authori[sz]ed|permitted|white)|blocked|banned|denied|restricted|blacklisted)/i,
);

/** A row for a code that the partner's own documentation explains. */
const coded = (id: string, statuses: readonly number[], pattern: RegExp): Rule =>
  row(id, blockedAddress, statuses, text(pattern));

const isText: Match = not(either(isJson, text(/<html/i)));

export const allowListRules: readonly Rule[] = [
  coded("mongodb-atlas-access-list", [403], /"errorCode"\s*:\s*"IP_ADDRESS_NOT_ON_(?:ACCESS|WHITE)_?LIST"/),
  coded("github-ip-allow-list", [403], /has an IP allow list enabled, and your IP address is not permitted/),
  coded("apigee-access-control", [403], /accesscontrol\.IPDeniedAccess/),
  coded("azure-key-vault-firewall", [403], /ForbiddenByFirewall/),
  coded("azure-service-firewall", [401, 403], /Virtual Network\/Firewall rules/i),
  coded("google-api-key-restriction", [403], /API_KEY_IP_ADDRESS_BLOCKED/),
  coded("elastic-traffic-filter", [403], /Forbidden due to traffic filtering/),
  coded(
    "salesforce-login-range",
    [400, 401, 403, 500],
    /LOGIN_DURING_RESTRICTED_DOMAIN|"error_description"\s*:\s*"ip restricted"/,
  ),
  coded("cloudflare-api-token", [401, 403], /Cannot use the access token from location/),
  coded("namecheap-address", [], /<Error Number="1011150"|Invalid request IP:/),
  coded("bybit-unmatched-address", [], /"retCode"\s*:\s*10010\b|Unmatched IP/),
  // "Invalid API-key, IP, or permissions": it does not say which.
  row("binance-key-or-address", blockedUnknown, [400, 401, 403], text(/"code"\s*:\s*-2015\b/)),
  row(
    "google-vpc-service-controls",
    blockedUnknown,
    [403],
    text(/VPC_SERVICE_CONTROLS|vpcServiceControlsUniqueIdentifier/),
  ),
  row("json-refuses-address", blockedAddress, refusals, isJson, saysAddress),
  row("json-error-refuses-address", blockedAddress, [200], isJson, saysError, saysAddress),
  row("text-refuses-address", blockedAddress, refusals, isText, saysAddress),
  row("page-refuses-address", blockedAddress, refusals, text(/<html/i), saysYourAddress),
];
