import type { Rule } from "./answer.ts";
import {
  blockedAddress,
  blockedChallenge,
  blockedCountry,
  blockedUnknown,
  either,
  header,
  isJson,
  not,
  ok,
  row,
  text,
  unauthorized,
} from "./rule.ts";

/** Signatures of firewalls, bot managers and content networks that change what an answer means. */
export const firewallRules: readonly Rule[] = [
  row("aws-waf-challenge", blockedChallenge, [202], header("x-amzn-waf-action", /^challenge$/)),
  row("aws-waf-captcha", blockedChallenge, [405], header("x-amzn-waf-action", /^captcha$/)),
  row("aws-waf-action", blockedUnknown, [], header("x-amzn-waf-action")),
  row("cloudfront-country", blockedCountry, [403], text(/configured to block access from your country/i)),
  // CloudFront refuses a method that its distribution does not allow: that is our OPTIONS, not our address.
  row("cloudfront-method", ok, [403], text(/not configured to allow the HTTP request method/i)),
  // A WAF, a resource policy and a missing API key give this same answer.
  row("api-gateway-forbidden", blockedUnknown, [403], header("x-amzn-errortype", /^ForbiddenException/)),
  // A resource policy that denies a caller without credentials looks at where it comes from, or at what it asks for.
  row(
    "api-gateway-resource-policy",
    blockedUnknown,
    [403],
    header("x-amzn-errortype"),
    text(/User: anonymous [^{}]*explicit deny/),
  ),
  row("api-gateway-unauthorized", unauthorized, [401, 403], header("x-amzn-errortype")),
  // Its default status; an application's own 406 comes as JSON.
  row("fastly-next-gen-waf", blockedUnknown, [406], header("x-served-by", /\bcache-/), not(isJson)),
  // App Service names the address that its access restrictions refused.
  row("azure-app-service-ip", blockedAddress, [403], header("x-ms-forbidden-ip")),
  row("vercel-challenge", blockedChallenge, [], header("x-vercel-mitigated", /^challenge$/)),
  // Sent with status 200 as well, hence no condition on it; a page that embeds the vendor's script has no incident.
  row("imperva-incident", blockedUnknown, [], text(/Incapsula incident ID/i)),
  // "Your request was not allowed due to IP blocking (not white listed)."
  row("sucuri-ip", blockedAddress, [403], header("x-sucuri-block", /^IPB/)),
  row("sucuri-ip-page", blockedAddress, [403], text(/due to IP blocking \(not white listed\)/)),
  row("sucuri-country", blockedCountry, [403], header("x-sucuri-block", /^GEO/)),
  // `t=bv` is said to mean a banned address, but not by the vendor.
  row("datadome-banned", blockedUnknown, [403], text(/captcha-delivery\.com[^"]*[?&]t=bv\b|'t':\s*'bv'/)),
  // `x-datadome: protected` is on answers that were let through too, hence it proves nothing.
  row(
    "datadome-challenge",
    blockedChallenge,
    [401, 403],
    either(header("x-dd-b"), text(/captcha-delivery\.com|var dd=\{/)),
  ),
  row("kasada-challenge", blockedChallenge, [403, 429], either(header("x-kpsdk-ct"), text(/KPSDK|ips\.js\?KP_UIDz=/))),
  // Sent with status 200 by default.
  row("f5-asm", blockedUnknown, [], text(/The requested URL was rejected\.[\s\S]*support ID is/i)),
  row("imperva-interruption", blockedChallenge, [], text(/<title>Pardon Our Interruption/)),
  row("anubis", blockedChallenge, [], text(/id="anubis_challenge"|\.within\.website\/x\//)),
  row("perimeterx", blockedChallenge, [], text(/px-captcha|"appId"\s*:\s*"PX\w+"|window\._pxAppId/)),
  row("modsecurity", blockedUnknown, [403, 406], text(/Mod_?Security/i)),
  // Where a proxy drops the header of AWS WAF, the page is left; it may come with status 200.
  row("aws-waf-page", blockedChallenge, [], text(/window\.gokuProps/)),
  row("reblaze", blockedChallenge, [], text(/window\.rbzns\b/)),
  row("alibaba-script", blockedChallenge, [], text(/name="aliyun_waf_|"_waf_bd8ce2ce37"/)),
  row("alibaba-waf", blockedUnknown, [403, 405], text(/errors\.aliyun(?:dun)?\.com/)),
  // Its page is a script and nothing else; the same script on a page with content lets the caller in.
  row(
    "imperva-script-only",
    blockedChallenge,
    [],
    text(/_Incapsula_Resource[^<]*<\/script>\s*(?:<\/head>)?\s*<body>\s*<\/body>/),
  ),
  row("safeline", blockedChallenge, [468]),
  // Statuses that EdgeOne gives for what its own rules block.
  row("edgeone", blockedUnknown, [566, 567]),
  // FortiWeb's page comes with status 500 by default.
  row(
    "fortinet",
    blockedUnknown,
    [],
    text(/Web Page Blocked![\s\S]*(?:Attack ID|FortiGuard)|FortiGuard[\s\S]*Web Page Blocked!/),
  ),
  // The network's own server made the answer: what an origin sends keeps its name.
  row("akamai-json", blockedUnknown, [403], header("server", /^AkamaiGHost$/), isJson),
  row("squid", blockedUnknown, [], header("x-squid-error", /^ERR_ACCESS_DENIED/)),
];
