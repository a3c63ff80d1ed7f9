import { blocked, http, other, type Recorded } from "./recorded.ts";

const docs = "https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/";
const edge = { server: "cloudflare", "cf-ray": "8f1d2c3b4a596877-IAD" };
const ray = { "cloudflare-ray": "8f1d2c3b4a596877-IAD" };
const plain = (code: number) =>
  http(403, { ...edge, "content-type": "text/plain; charset=UTF-8" }, `error code: ${code}`);
const head =
  '<!DOCTYPE html>\n<!--[if lt IE 7]> <html class="no-js ie6 oldie" lang="en-US"> <![endif]-->\n<!--[if gt IE 8]><!--> <html class="no-js" lang="en-US"> <!--<![endif]-->\n<head>\n';
const problem = (code: number, name: string, extra = "") =>
  `{"type":"${docs}error-${code}/","title":"Error ${code}: Access denied","status":403,"error_code":${code},"error_name":"${name}","error_category":"access_denied","ray_id":"8f1d2c3b4a596877","zone":"api.example.com","cloudflare_error":true,"retryable":false${extra}}`;

export const cloudflare: readonly Recorded[] = [
  blocked("1005 as text", `${docs}error-1005/`, plain(1005), "network", "cloudflare-1005", ray),
  blocked("1006 as text", `${docs}error-1006/`, plain(1006), "address", "cloudflare-1006", ray),
  blocked("1007 as text", `${docs}error-1007/`, plain(1007), "address", "cloudflare-1007", ray),
  blocked("1008 as text", `${docs}error-1008/`, plain(1008), "address", "cloudflare-1008", ray),
  blocked("1009 as text", `${docs}error-1009/`, plain(1009), "country", "cloudflare-1009", ray),
  blocked("1010 as text", `${docs}error-1010/`, plain(1010), "client", "cloudflare-1010", ray),
  blocked("1011 as text", `${docs}error-1011/`, plain(1011), "client", "cloudflare-1011", ray),
  blocked("1012 as text", `${docs}error-1012/`, plain(1012), "unknown", "cloudflare-1012", ray),
  blocked(
    "1020 as text",
    "https://github.com/HypixelDev/PublicAPI/issues/393",
    plain(1020),
    "unknown",
    "cloudflare-1020",
  ),
  blocked(
    "1106 as text",
    "https://developers.cloudflare.com/waf/tools/zone-lockdown/",
    plain(1106),
    "address",
    "cloudflare-1106",
  ),
  blocked(
    "1015 with status 429 and Retry-After",
    "https://developers.cloudflare.com/changelog/post/2026-03-12-retry-after-header-for-1xxx-errors",
    http(429, { ...edge, "retry-after": "30" }, "error code: 1015"),
    "rate",
    "cloudflare-1015",
  ),
  blocked(
    "1010 as problem details",
    "https://github.com/anomalyco/opencode/issues/41320",
    http(403, { "content-type": "application/problem+json" }, problem(1010, "browser_signature_banned")),
    "client",
    "cloudflare-1010",
    { "cloudflare-ray": "8f1d2c3b4a596877" },
  ),
  blocked(
    "1006 as problem details, not the application's own 403",
    `${docs}error-1006/`,
    http(403, { ...edge, "content-type": "application/json" }, problem(1006, "ip_banned")),
    "address",
    "cloudflare-1006",
  ),
  blocked(
    "1009 as a page whose code comes early",
    `${docs}error-1009/`,
    http(403, edge, `${head}<h1><span>Error</span> <span class="cf-error-code">1009</span></h1>`),
    "country",
    "cloudflare-1009",
  ),
  blocked(
    "a 1xxx page whose code lies beyond the first 4 KiB",
    "https://pastebin.com/ZjnFgENx",
    http(
      403,
      edge,
      `${head}<title>Access denied | api.example.com used Cloudflare to restrict access</title>${" ".repeat(4000)}<span class="cf-error-code">1006</span>`,
    ),
    "unknown",
    "cloudflare-block-page",
  ),
  ...[
    '<span class="cf-error-code">1006</span>',
    "<script>properties:{errorCode:1006,helpful:a,version:1}</script>",
    '<h1><span data-translate="error">Error</span> <span>1006</span></h1>',
    '<span class="code-label">Error code <span>1006</span></span>',
  ].map((form) =>
    blocked(
      `1006 as a page whose code lies beyond the first KiB: ${form}`,
      `${docs}error-1006/`,
      http(403, edge, `${head}<title>Access denied</title>${" ".repeat(1500)}${form}`),
      "address",
      "cloudflare-1006",
    ),
  ),
  blocked(
    "1026 as problem details",
    `${docs}`,
    http(451, { ...edge, "content-type": "application/problem+json" }, problem(1026, "legal_block")),
    "legal",
    "cloudflare-1026",
  ),
  ...(
    [
      [1039, "legal"],
      [1107, "address"],
      [1108, "unknown"],
      [1109, "unknown"],
    ] as const
  ).map(([code, scope]) =>
    blocked(`${code} in plain text`, docs, http(403, edge, `error code: ${code}`), scope, `cloudflare-${code}`),
  ),
  blocked(
    "1005 with Retry-After is no rate limit",
    `${docs}error-1005/`,
    http(403, { ...edge, "retry-after": "86400" }, "error code: 1005"),
    "network",
    "cloudflare-1005",
  ),
  blocked(
    "the WAF's block page",
    "https://github.com/Ekultek/WhatWaf/issues/1040",
    http(
      403,
      { ...edge, "content-type": "text/html; charset=UTF-8" },
      `${head}<title>Attention Required! | Cloudflare</title>`,
    ),
    "unknown",
    "cloudflare-block-page",
  ),
  blocked(
    "a managed challenge",
    "https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response",
    http(403, { ...edge, "cf-mitigated": "challenge" }, "<!DOCTYPE html><title>Just a moment...</title>"),
    "challenge",
    "cloudflare-challenge",
    ray,
  ),
  blocked(
    "a challenge page whose header was stripped",
    "https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/",
    http(503, edge, "<!DOCTYPE html><title>Just a moment...</title>"),
    "challenge",
    "cloudflare-challenge-page",
  ),
  blocked(
    "a rate limiting rule with a page of its own",
    "https://developers.cloudflare.com/rules/custom-errors/reference/error-page-types/",
    http(429, edge, "<h1>Slow down</h1>"),
    "rate",
    "cloudflare-rate-limited",
  ),
  other(
    "1016, the site's own DNS",
    `${docs}error-1016/`,
    http(530, edge, "error code: 1016"),
    "target-down",
    "cloudflare-1xxx",
  ),
  other(
    "522, the origin does not answer",
    "https://github.com/PaddleHQ/paddle-python-sdk/issues/157",
    http(522, edge, "error code: 522"),
    "target-down",
    "http-5xx",
  ),
  other(
    "an application behind Cloudflare with an error 1006 of its own",
    "https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/",
    http(400, { ...edge, "content-type": "application/json" }, '{"error_code":1006,"message":"invalid currency"}'),
    "ok",
    "answered",
  ),
  other(
    "a page that explains error 1006",
    `${docs}error-1006/`,
    http(200, edge, "<p>Error 1006: your IP address has been banned</p>"),
    "ok",
    "answered",
  ),
];
