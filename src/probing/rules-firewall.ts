import type { Rule } from "./answer.ts";
import { isJson } from "./rules-http.ts";

/** Signatures of firewalls and bot managers that stand before an application. */
export const firewallRules: readonly Rule[] = [
  {
    // Some of these pages come with status 200, hence no condition on it; a page that merely embeds the vendor's
    // script has no incident id.
    id: "imperva-incident",
    source: "https://github.com/Ekultek/WhatWaf/blob/master/content/plugins/incapsula.py",
    result: { kind: "blocked", scope: "unknown" },
    match: ({ text }) => /Incapsula incident ID/i.test(text),
  },
  {
    id: "imperva-block",
    source: "https://github.com/ziplokk1/incapsula-cracker/issues/6",
    result: { kind: "blocked", scope: "unknown" },
    // The header is on every answer that passes through, so JSON is taken for the application's own.
    match: (seen) =>
      seen.status === 403 && !isJson(seen) && ("x-iinfo" in seen.headers || /_Incapsula_Resource/.test(seen.text)),
  },
  {
    // "Your request was not allowed due to IP blocking (not white listed)."
    id: "sucuri-ip",
    source: "https://docs.sucuri.net/website-firewall/whitelist-and-blacklist/whitelist-an-ip-address/",
    result: { kind: "blocked", scope: "address" },
    match: ({ status, headers, text }) =>
      status === 403 &&
      (/^IPB/.test(headers["x-sucuri-block"] ?? "") || /due to IP blocking \(not white listed\)/.test(text)),
  },
  {
    id: "sucuri-country",
    source: "https://docs.sucuri.net/website-firewall/",
    result: { kind: "blocked", scope: "country" },
    match: ({ status, headers }) => status === 403 && /^GEO/.test(headers["x-sucuri-block"] ?? ""),
  },
  {
    id: "sucuri-block",
    source: "https://github.com/Ekultek/WhatWaf/issues/1164",
    result: { kind: "blocked", scope: "unknown" },
    match: ({ status, headers, text }) =>
      status === 403 && ("x-sucuri-block" in headers || /Sucuri Web[Ss]ite Firewall - Access Denied/.test(text)),
  },
  {
    // `x-datadome: protected` is on answers that were let through too, hence it proves nothing. `t=bv` is said to mean
    // a banned address, but not by the vendor.
    id: "datadome-banned",
    source: "https://docs.capsolver.com/en/guide/captcha/datadome",
    result: { kind: "blocked", scope: "unknown" },
    match: ({ status, text }) => status === 403 && /captcha-delivery\.com[^"]*[?&]t=bv\b|'t':\s*'bv'/.test(text),
  },
  {
    id: "datadome-challenge",
    source: "https://github.com/psf/requests/issues/5331",
    result: { kind: "blocked", scope: "challenge" },
    match: ({ status, headers, text }) =>
      (status === 403 || status === 401) &&
      ("x-dd-b" in headers || headers["server"] === "DataDome" || /captcha-delivery\.com|var dd=\{/.test(text)),
  },
  {
    id: "kasada-challenge",
    source: "https://github.com/ading2210/vercel-llm-api/issues/22",
    result: { kind: "blocked", scope: "challenge" },
    match: ({ status, headers, text }) =>
      (status === 429 || status === 403) && ("x-kpsdk-ct" in headers || /KPSDK|ips\.js\?KP_UIDz=/.test(text)),
  },
  {
    // Sent with status 200 by default.
    id: "f5-asm",
    source: "https://github.com/Ekultek/WhatWaf/issues/1371",
    result: { kind: "blocked", scope: "unknown" },
    match: ({ text }) => /The requested URL was rejected\.[\s\S]*support ID is/i.test(text),
  },
  {
    id: "modsecurity",
    source: "https://github.com/EnableSecurity/wafw00f/blob/master/wafw00f/plugins/modsecurity.py",
    result: { kind: "blocked", scope: "unknown" },
    match: ({ status, text }) => (status === 403 || status === 406) && /Mod_?Security/i.test(text),
  },
];
