const challenges = "https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/";
const errors = "https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/";

const wafActions = "https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-actions.html";
const apiGateway = "https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden";
const sucuri = "https://docs.sucuri.net/website-firewall/";

const whatWaf = "https://github.com/Ekultek/WhatWaf/issues/";

const rfc9110 = "https://www.rfc-editor.org/rfc/rfc9110#name-";
const rfc6585 = "https://www.rfc-editor.org/rfc/rfc6585#section-4";
const gitHubLimits = "https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api";

/**
 * The public page that documents each row of the signature table. Apart from the rows, so that the guard, which
 * users bundle into their functions, need not carry it.
 */
export const ruleSources: Readonly<Record<string, string>> = {
  "cloudflare-challenge": `${challenges}detect-response`,
  "cloudflare-1005": `${errors}error-1005/`,
  "cloudflare-1006": `${errors}error-1006/`,
  "cloudflare-1007": `${errors}error-1007/`,
  "cloudflare-1008": `${errors}error-1008/`,
  "cloudflare-1009": `${errors}error-1009/`,
  "cloudflare-1010": `${errors}error-1010/`,
  "cloudflare-1011": `${errors}error-1011/`,
  "cloudflare-1012": `${errors}error-1012/`,
  "cloudflare-1015": `${errors}error-1015/`,
  "cloudflare-1020": `${errors}error-1020/`,
  "cloudflare-1026": errors,
  "cloudflare-1039": errors,
  "cloudflare-1107": errors,
  "cloudflare-1108": errors,
  "cloudflare-1109": errors,
  "cloudflare-1106": "https://developers.cloudflare.com/waf/tools/zone-lockdown/",
  "cloudflare-1xxx": errors,
  "cloudflare-challenge-page": challenges,
  "cloudflare-rate-limited": "https://developers.cloudflare.com/rules/custom-errors/reference/error-page-types/",
  "aws-waf-challenge": wafActions,
  "aws-waf-captcha": wafActions,
  "aws-waf-action": wafActions,
  "cloudfront-country": "https://repost.aws/knowledge-center/cloudfront-troubleshoot-403-errors",
  "cloudfront-method":
    "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-403-permission-denied.html",
  "api-gateway-forbidden": apiGateway,
  "api-gateway-unauthorized": apiGateway,
  "fastly-next-gen-waf": "https://www.fastly.com/documentation/guides/next-gen-waf/using-ngwaf/agent-response-codes/",
  "azure-app-service-ip": "https://learn.microsoft.com/en-us/azure/app-service/app-service-ip-restrictions",
  "vercel-challenge": "https://github.com/glizzykingdreko/Vercel-Attack-Mode-Solver",
  "imperva-incident": "https://github.com/Ekultek/WhatWaf/blob/master/content/plugins/incapsula.py",
  "sucuri-ip": `${sucuri}whitelist-and-blacklist/whitelist-an-ip-address/`,
  "sucuri-ip-page": `${sucuri}whitelist-and-blacklist/whitelist-an-ip-address/`,
  "sucuri-country": sucuri,
  "datadome-banned": "https://docs.capsolver.com/en/guide/captcha/datadome",
  "datadome-challenge": "https://github.com/psf/requests/issues/5331",
  "kasada-challenge": "https://github.com/ading2210/vercel-llm-api/issues/22",
  "f5-asm": "https://github.com/Ekultek/WhatWaf/issues/1371",
  "imperva-interruption": "https://docs.imperva.com/bundle/advanced-bot-protection/page/74736.htm",
  anubis: "https://github.com/TecharoHQ/anubis",
  perimeterx: "https://docs.humansecurity.com/applications-and-accounts/docs/human-challenge",
  modsecurity: "https://github.com/EnableSecurity/wafw00f/blob/master/wafw00f/plugins/modsecurity.py",
  "cloudflare-block-page": `${whatWaf}1040`,
  "cloudfront-403":
    "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-403-permission-denied.html",
  "akamai-reference": "https://github.com/netbirdio/netbird/issues/3670",
  "akamai-403": `${whatWaf}1139`,
  "fastly-403": "https://www.fastly.com/documentation/guides/concepts/errors",
  "azure-front-door":
    "https://learn.microsoft.com/en-us/azure/web-application-firewall/afds/waf-front-door-configure-custom-response-code",
  "azure-application-gateway":
    "https://github.com/EnableSecurity/wafw00f/blob/master/wafw00f/plugins/applicationgateway.py",
  "google-cloud-armor": "https://icecreamboets.com/blog/when-the-waf-bit-back",
  "google-front-end-403": "https://github.com/google/googletest/issues/4074",
  "vercel-deny": "https://vercel.com/docs/vercel-firewall",
  "imperva-script": "https://github.com/ziplokk1/incapsula-cracker/issues/6",
  "imperva-403": "https://github.com/sullo/nikto/issues/630",
  "sucuri-block": `${whatWaf}1164`,
  "nginx-403": "https://nginx.org/en/docs/http/ngx_http_access_module.html",
  "apache-403": "https://httpd.apache.org/docs/2.4/mod/mod_authz_host.html",
  "http-451": "https://www.rfc-editor.org/rfc/rfc7725",
  "http-429-retry-after": rfc6585,
  "http-429": rfc6585,
  "http-403-retry-after": gitHubLimits,
  "http-403-rate-limit": gitHubLimits,
  "mongodb-atlas-access-list": "https://github.com/mongodb/terraform-provider-mongodbatlas/issues/1048",
  "github-ip-allow-list": "https://github.com/SalesforceFoundation/NPSP/issues/7247",
  "apigee-access-control": "https://cloud.google.com/apigee/docs/api-platform/reference/policies/access-control-policy",
  "azure-key-vault-firewall": "https://learn.microsoft.com/en-us/azure/key-vault/general/rest-error-codes",
  "azure-service-firewall": "https://learn.microsoft.com/en-us/azure/ai-services/cognitive-services-virtual-networks",
  "google-api-key-restriction": "https://github.com/googleapis/googleapis/blob/master/google/api/error_reason.proto",
  "elastic-traffic-filter":
    "https://www.elastic.co/guide/en/cloud/current/ec-traffic-filtering-deployment-configuration.html",
  "salesforce-login-range": "https://github.com/forceworkbench/forceworkbench/issues/772",
  "cloudflare-api-token": "https://developers.cloudflare.com/fundamentals/api/how-to/restrict-tokens/",
  "namecheap-address": "https://www.namecheap.com/support/api/error-codes/",
  "bybit-unmatched-address": "https://bybit-exchange.github.io/docs/v5/error",
  "binance-key-or-address": "https://developers.binance.com/docs/binance-spot-api-docs/errors",
  "google-vpc-service-controls": "https://cloud.google.com/vpc-service-controls/docs/troubleshooting",
  "json-refuses-address": "https://github.com/mongodb/terraform-provider-mongodbatlas/issues/235",
  "json-error-refuses-address":
    "https://developers.google.com/maps/documentation/geocoding/requests-geocoding#StatusCodes",
  "text-refuses-address": "https://github.com/vasanthv/jsonbox/pull/74",
  "page-refuses-address": "https://httpd.apache.org/docs/2.4/mod/mod_authz_host.html",
  "exchange-ban": "https://developers.binance.com/docs/binance-spot-api-docs/rest-api/limits",
  "status-outside-the-standard": "https://shopify.dev/docs/api/usage/response-codes",
  "status-above-599": `${rfc9110}status-codes`,
  "refusal-without-text": `${rfc9110}head`,
  "http-401-authenticate": `${rfc9110}www-authenticate`,
  "http-401": `${rfc9110}401-unauthorized`,
  "http-403-authenticate": `${rfc9110}www-authenticate`,
  "problem-403": "https://www.rfc-editor.org/rfc/rfc9457",
  "json-403": `${rfc9110}403-forbidden`,
  "grpc-permission-denied": "https://github.com/grpc/grpc/blob/master/doc/statuscodes.md",
  "http-403": `${rfc9110}403-forbidden`,
  "http-501": `${rfc9110}501-not-implemented`,
  "http-5xx": `${rfc9110}server-error-5xx`,
};
