/** Partners that say, each in its own way, that the address is not on their list. */
import { blocked, http, other, type Recorded } from "./recorded.ts";

const json = { "content-type": "application/json" };
const html = { "content-type": "text/html" };
const refused = (name: string, source: string, status: number, body: string, rule = "says-address") =>
  blocked(name, source, http(status, json, body), "address", rule);

export const allowLists: readonly Recorded[] = [
  refused(
    "Apigee",
    "https://cloud.google.com/apigee/docs/api-platform/reference/policies/access-control-policy",
    403,
    '{"fault":{"faultstring":"Access Denied for client ip : 203.0.113.9","detail":{"errorcode":"accesscontrol.IPDeniedAccess"}}}',
    "apigee-access-control",
  ),
  refused(
    "Azure Key Vault",
    "https://github.com/hashicorp/terraform-provider-azurerm/issues/4553",
    403,
    '{"error":{"code":"Forbidden","message":"Client address is not authorized and caller is not a trusted service.","innererror":{"code":"ForbiddenByFirewall"}}}',
    "azure-key-vault-firewall",
  ),
  refused(
    "Azure AI services",
    "https://learn.microsoft.com/en-us/azure/ai-services/cognitive-services-virtual-networks",
    403,
    '{"error":{"code":"403","message":"Access denied due to Virtual Network/Firewall rules."}}',
    "azure-service-firewall",
  ),
  refused(
    "a Google API key's restriction",
    "https://github.com/googleapis/googleapis/blob/master/google/api/error_reason.proto",
    403,
    '{"error":{"code":403,"status":"PERMISSION_DENIED","details":[{"reason":"API_KEY_IP_ADDRESS_BLOCKED"}]}}',
    "google-api-key-restriction",
  ),
  blocked(
    "a Google service perimeter, which may look at more than the address",
    "https://cloud.google.com/vpc-service-controls/docs/troubleshooting",
    http(
      403,
      json,
      '{"error":{"message":"Request is prohibited by organization\'s policy. vpcServiceControlsUniqueIdentifier: x"}}',
    ),
    "unknown",
    "google-vpc-service-controls",
  ),
  refused(
    "Elastic Cloud",
    "https://www.elastic.co/guide/en/cloud/current/ec-traffic-filtering-deployment-configuration.html",
    403,
    '{"ok":false,"message":"Forbidden due to traffic filtering. Please see the Elastic documentation."}',
    "elastic-traffic-filter",
  ),
  refused(
    "Salesforce's login",
    "https://github.com/forceworkbench/forceworkbench/issues/772",
    400,
    '{"error":"invalid_grant","error_description":"ip restricted"}',
    "salesforce-login-range",
  ),
  refused(
    "Cloudflare's own API",
    "https://github.com/jeessy2/ddns-go/issues/1341",
    403,
    '{"success":false,"errors":[{"code":9109,"message":"Cannot use the access token from location: 203.0.113.9"}]}',
    "cloudflare-api-token",
  ),
  blocked(
    "Namecheap, with status 200",
    "https://www.namecheap.com/support/api/error-codes/",
    http(200, { "content-type": "text/xml" }, '<Error Number="1011150">Invalid request IP: 203.0.113.9</Error>'),
    "address",
    "namecheap-address",
  ),
  refused(
    "Bybit, with status 200",
    "https://github.com/sieblyio/bybit-api/issues/555",
    200,
    '{"retCode":10010,"retMsg":"Unmatched IP, please check your API key\'s bound IP addresses."}',
    "bybit-unmatched-address",
  ),
  blocked(
    "Binance, which does not say whether it was the key",
    "https://github.com/ccxt/ccxt/pull/10436",
    http(401, json, '{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}'),
    "unknown",
    "binance-key-or-address",
  ),
  ...[
    [401, '{"error":{"message":"The API key provided does not allow requests from your IP address (203.0.113.9)."}}'],
    [403, '{"status":false,"message":"Your IP address is not allowed to make this call"}'],
    [403, '{"message":"IP address not allowed: 203.0.113.9"}'],
    [403, '{"message":"Source IP address: 203.0.113.9 is blocked by Databricks IP ACL for workspace: 1"}'],
    [403, '{"message":"Request originated from IP 203.0.113.9. This is blocked by your account firewall settings."}'],
    [401, '{"code":"400006","msg":"The requested ip address is not in the api whitelist"}'],
    [403, '{"label":"IP_FORBIDDEN","message":"IP not in whitelist"}'],
    [401, '{"code":"unauthorized","message":"We have detected you are using an unrecognised IP address 203.0.113.9."}'],
    [
      403,
      '{"code":"390422","message":"Incoming request with IP/Token 203.0.113.9 is not allowed to access Snowflake."}',
    ],
    [403, '{"errorCode":307,"error":"This key does not allow access from this IP."}'],
    [401, '{"msg":"Request IP Mismatch"}'],
    [400, '{"error":"ip_not_whitelisted"}'],
    [404, '{"message":"Not found: access from this IP address is restricted"}'],
    [401, '{"errors":[{"message":"The requestor\'s IP Address is not whitelisted"}]}'],
  ].map(([status, body]) =>
    refused(`${status} in so many words: ${body}`, "https://docs.stripe.com/keys", Number(status), String(body)),
  ),
  refused(
    "Google Maps, with status 200",
    "https://developers.google.com/maps/documentation/geocoding/requests-geocoding#StatusCodes",
    200,
    '{"error_message":"This IP, site or mobile application is not authorized to use this API key.","results":[],"status":"REQUEST_DENIED"}',
    "says-address",
  ),
  blocked(
    "in plain text",
    "https://github.com/vasanthv/jsonbox/pull/74",
    http(403, { "content-type": "text/plain" }, "IP 203.0.113.9 is not allowed"),
    "address",
    "says-address",
  ),
  blocked(
    "on a page",
    "https://httpd.apache.org/docs/2.4/mod/mod_authz_host.html",
    http(403, html, "<html><p>Your IP address 203.0.113.9 has been blocked.</p></html>"),
    "address",
    "page-refuses-address",
  ),
  ...[
    [400, '{"error":"the field ip is required"}', "answered", "ok"],
    [400, '{"error":"zip not valid"}', "answered", "ok"],
    [403, '{"error":"shipping is not allowed for this item"}', "json-403", "unauthorized"],
    [403, '{"message":"User is not authorized to access membership details"}', "json-403", "unauthorized"],
    [200, '{"data":{"allowlist":["ip"],"blocked":[]},"error":null}', "answered", "ok"],
    [200, '{"ip":"203.0.113.9","blocked":false}', "answered", "ok"],
    [404, '{"message":"recipient not found"}', "answered", "ok"],
  ].map(([status, body, rule, kind]) =>
    other(
      `nothing of an address: ${body}`,
      "https://www.rfc-editor.org/rfc/rfc9110",
      http(Number(status), json, String(body)),
      kind as "ok" | "unauthorized",
      String(rule),
    ),
  ),
];
