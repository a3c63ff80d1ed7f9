/** Refusals that say that the address is not on the partner's list: by a documented code, or in so many words. */
import type { Rule } from "./answer.ts";
import { blockedAddress, blockedUnknown, row, text } from "./rule.ts";

/** A row for a code that the partner's own documentation explains. */
const coded = (id: string, statuses: readonly number[], pattern: RegExp): Rule =>
  row(id, blockedAddress, statuses, text(pattern));

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
  coded("bitget-address", [400], /"code"\s*:\s*"40018"[^{}]{0,20}"Invalid IP"/),
  coded("sf-express-address", [200], /"apiResultCode"\s*:\s*"A1004"/),
  coded("namecheap-address", [], /<Error Number="1011150"|Invalid request IP:/),
  coded("bybit-unmatched-address", [], /"retCode"\s*:\s*10010\b|Unmatched IP/),
  coded("emerging-travel-host", [400, 403], /"error"\s*:\s*"not_allowed_host"/),
  // "Invalid API-key, IP, or permissions": it does not say which.
  row("binance-key-or-address", blockedUnknown, [400, 401, 403], text(/"code"\s*:\s*-2015\b/)),
  row(
    "google-vpc-service-controls",
    blockedUnknown,
    [403],
    text(/VPC_SERVICE_CONTROLS|vpcServiceControlsUniqueIdentifier/),
  ),
];
