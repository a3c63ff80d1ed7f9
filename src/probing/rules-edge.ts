import type { Rule } from "./answer.ts";
import { isJson } from "./rules-http.ts";

/** Signatures of content networks and cloud load balancers other than Cloudflare. */
export const edgeRules: readonly Rule[] = [
  {
    id: "aws-waf-challenge",
    source: "https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-actions.html",
    result: { kind: "blocked", scope: "challenge" },
    match: ({ status, headers }) => status === 202 && headers["x-amzn-waf-action"] === "challenge",
  },
  {
    id: "aws-waf-captcha",
    source: "https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-actions.html",
    result: { kind: "blocked", scope: "challenge" },
    match: ({ status, headers }) => status === 405 && headers["x-amzn-waf-action"] === "captcha",
  },
  {
    id: "aws-waf-action",
    source: "https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-actions.html",
    result: { kind: "blocked", scope: "unknown" },
    match: ({ headers }) => "x-amzn-waf-action" in headers,
  },
  {
    id: "cloudfront-country",
    source: "https://repost.aws/knowledge-center/cloudfront-troubleshoot-403-errors",
    result: { kind: "blocked", scope: "country" },
    match: ({ status, text }) => status === 403 && /configured to block access from your country/i.test(text),
  },
  {
    // CloudFront refuses a method that its distribution does not allow: that is our OPTIONS, not our address.
    id: "cloudfront-method",
    source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-403-permission-denied.html",
    result: { kind: "ok" },
    match: ({ status, text }) => status === 403 && /not configured to allow the HTTP request method/i.test(text),
  },
  {
    // Also the page of a WAF in front of CloudFront, which it cannot tell from other reasons.
    id: "cloudfront-403",
    source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-403-permission-denied.html",
    result: { kind: "blocked", scope: "unknown" },
    match: ({ status, headers, text }) =>
      status === 403 && headers["server"] === "CloudFront" && /Request blocked|could not be satisfied/i.test(text),
  },
  {
    // A WAF, a resource policy and a missing API key give this same answer.
    id: "api-gateway-forbidden",
    source: "https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden",
    result: { kind: "blocked", scope: "unknown" },
    match: ({ status, headers }) => status === 403 && /^ForbiddenException/.test(headers["x-amzn-errortype"] ?? ""),
  },
  {
    id: "api-gateway-unauthorized",
    source: "https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden",
    result: { kind: "unauthorized" },
    match: ({ status, headers }) => (status === 403 || status === 401) && "x-amzn-errortype" in headers,
  },
  {
    id: "akamai-reference",
    source: "https://github.com/netbirdio/netbird/issues/3670",
    result: { kind: "blocked", scope: "unknown" },
    match: ({ status, headers, text }) =>
      status === 403 &&
      (/Reference #\d+\.[0-9a-f]+\.\d+\.[0-9a-f]+|errors\.edgesuite\.net/.test(text) ||
        headers["server"] === "AkamaiGHost"),
  },
  {
    id: "fastly-next-gen-waf",
    source: "https://www.fastly.com/documentation/guides/next-gen-waf/using-ngwaf/agent-response-codes/",
    result: { kind: "blocked", scope: "unknown" },
    // Its default status; an application's own 406 comes as JSON.
    match: (seen) => seen.status === 406 && /\bcache-/.test(seen.headers["x-served-by"] ?? "") && !isJson(seen),
  },
  {
    id: "fastly-403",
    source: "https://www.fastly.com/documentation/guides/concepts/errors",
    result: { kind: "blocked", scope: "unknown" },
    match: ({ status, text }) => status === 403 && /Varnish cache server|Fastly error/.test(text),
  },
  {
    // App Service names the address that its access restrictions refused.
    id: "azure-app-service-ip",
    source: "https://learn.microsoft.com/en-us/azure/app-service/app-service-ip-restrictions",
    result: { kind: "blocked", scope: "address" },
    match: ({ status, headers }) => status === 403 && "x-ms-forbidden-ip" in headers,
  },
  {
    id: "azure-front-door",
    source:
      "https://learn.microsoft.com/en-us/azure/web-application-firewall/afds/waf-front-door-configure-custom-response-code",
    result: { kind: "blocked", scope: "unknown" },
    match: ({ status, headers, text }) =>
      status === 403 && "x-azure-ref" in headers && /The request is blocked/i.test(text),
  },
  {
    id: "azure-application-gateway",
    source: "https://github.com/EnableSecurity/wafw00f/blob/master/wafw00f/plugins/applicationgateway.py",
    result: { kind: "blocked", scope: "unknown" },
    match: ({ status, text }) => status === 403 && /<center>Microsoft-Azure-Application-Gateway/.test(text),
  },
  {
    id: "google-cloud-armor",
    source: "https://icecreamboets.com/blog/when-the-waf-bit-back",
    result: { kind: "blocked", scope: "unknown" },
    match: ({ status, headers, text }) =>
      status === 403 && !("server" in headers) && /<title>403<\/title>\s*403 Forbidden\s*$/.test(text),
  },
  {
    id: "google-front-end-403",
    source: "https://github.com/google/googletest/issues/4074",
    result: { kind: "blocked", scope: "unknown" },
    match: ({ status, text }) => status === 403 && /<title>Error 403 \(Forbidden\)!!1/.test(text),
  },
  {
    id: "vercel-challenge",
    source: "https://vercel.com/docs/vercel-firewall",
    result: { kind: "blocked", scope: "challenge" },
    match: ({ headers }) => headers["x-vercel-mitigated"] === "challenge",
  },
  {
    id: "vercel-deny",
    source: "https://vercel.com/docs/vercel-firewall",
    result: { kind: "blocked", scope: "unknown" },
    match: ({ status, headers }) => status === 403 && headers["x-vercel-mitigated"] === "deny",
  },
];
