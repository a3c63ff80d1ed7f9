import type { Rule } from "./answer.ts";
import { blockedAddress, blockedChallenge, blockedCountry, blockedUnknown, ok, unauthorized } from "./results.ts";
import { isJson } from "./rules-http.ts";

/** Signatures of firewalls, bot managers and content networks that change what an answer means. */
export const firewallRules: readonly Rule[] = [
  { id: "aws-waf-challenge", result: blockedChallenge, statuses: [202], header: ["x-amzn-waf-action", /^challenge$/] },
  { id: "aws-waf-captcha", result: blockedChallenge, statuses: [405], header: ["x-amzn-waf-action", /^captcha$/] },
  { id: "aws-waf-action", result: blockedUnknown, header: ["x-amzn-waf-action", /./] },
  {
    id: "cloudfront-country",
    result: blockedCountry,
    statuses: [403],
    text: /configured to block access from your country/i,
  },
  {
    // CloudFront refuses a method that its distribution does not allow: that is our OPTIONS, not our address.
    id: "cloudfront-method",
    result: ok,
    statuses: [403],
    text: /not configured to allow the HTTP request method/i,
  },
  {
    // A WAF, a resource policy and a missing API key give this same answer.
    id: "api-gateway-forbidden",
    result: blockedUnknown,
    statuses: [403],
    header: ["x-amzn-errortype", /^ForbiddenException/],
  },
  { id: "api-gateway-unauthorized", result: unauthorized, statuses: [401, 403], header: ["x-amzn-errortype", /./] },
  {
    // Its default status; an application's own 406 comes as JSON.
    id: "fastly-next-gen-waf",
    result: blockedUnknown,
    statuses: [406],
    header: ["x-served-by", /\bcache-/],
    when: (seen) => !isJson(seen),
  },
  // App Service names the address that its access restrictions refused.
  { id: "azure-app-service-ip", result: blockedAddress, statuses: [403], header: ["x-ms-forbidden-ip", /./] },
  { id: "vercel-challenge", result: blockedChallenge, header: ["x-vercel-mitigated", /^challenge$/] },
  // Sent with status 200 as well, hence no condition on it; a page that embeds the vendor's script has no incident.
  { id: "imperva-incident", result: blockedUnknown, text: /Incapsula incident ID/i },
  // "Your request was not allowed due to IP blocking (not white listed)."
  { id: "sucuri-ip", result: blockedAddress, statuses: [403], header: ["x-sucuri-block", /^IPB/] },
  { id: "sucuri-ip-page", result: blockedAddress, statuses: [403], text: /due to IP blocking \(not white listed\)/ },
  { id: "sucuri-country", result: blockedCountry, statuses: [403], header: ["x-sucuri-block", /^GEO/] },
  {
    // `t=bv` is said to mean a banned address, but not by the vendor.
    id: "datadome-banned",
    result: blockedUnknown,
    statuses: [403],
    text: /captcha-delivery\.com[^"]*[?&]t=bv\b|'t':\s*'bv'/,
  },
  {
    // `x-datadome: protected` is on answers that were let through too, hence it proves nothing.
    id: "datadome-challenge",
    result: blockedChallenge,
    statuses: [401, 403],
    when: ({ headers, text }) => "x-dd-b" in headers || /captcha-delivery\.com|var dd=\{/.test(text),
  },
  {
    id: "kasada-challenge",
    result: blockedChallenge,
    statuses: [403, 429],
    when: ({ headers, text }) => "x-kpsdk-ct" in headers || /KPSDK|ips\.js\?KP_UIDz=/.test(text),
  },
  // Sent with status 200 by default.
  { id: "f5-asm", result: blockedUnknown, text: /The requested URL was rejected\.[\s\S]*support ID is/i },
  { id: "modsecurity", result: blockedUnknown, statuses: [403, 406], text: /Mod_?Security/i },
];
