/** Firewalls and challenges, which do not say whom they mean. */
import { answersThat, type Published } from "./recorded.ts";

const json = { "content-type": "application/json" };
const html = { "content-type": "text/html; charset=utf-8" };
const wall = answersThat("blocked/unknown", html);
const challenge = answersThat("blocked/challenge", html);

export const challenges: readonly Published[] = [
  wall(
    "FortiWeb's page with status 500",
    "https://docs.fortinet.com/document/fortiweb/7.0.0/administration-guide",
    500,
    "<!DOCTYPE html><html><head><title>Web Application Firewall</title></head><body><h1>Web Page Blocked!</h1><p>The page cannot be displayed. Please contact the administrator for additional information.</p><p>URL: api.partner.example/v1</p><p>Client IP: 203.0.113.9</p><p>Attack ID: 20000051</p><p>Message ID: 000112233445</p></body></html>",
  ),
  wall(
    "a proxy on the way, Squid",
    "https://wiki.squid-cache.org/Features/CustomErrors",
    403,
    '<!DOCTYPE html><html><head><title>ERROR: The requested URL could not be retrieved</title></head><body id="ERR_ACCESS_DENIED"><h1>ERROR</h1><p>Access Denied.</p><p>Access control configuration prevents your request from being allowed at this time.</p></body></html>',
    { ...html, "x-squid-error": "ERR_ACCESS_DENIED 0", via: "1.1 proxy (squid/5.7)" },
  ),
  wall(
    "API Gateway's resource policy, to a caller without credentials",
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html",
    403,
    '{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:eu-west-1:********9012:abc/prod/GET/ with an explicit deny in a resource-based policy"}',
    { ...json, "x-amzn-errortype": "AccessDeniedException", "x-amzn-requestid": "0" },
  ),
  challenge("AWS WAF with status 202 and no body", "https://github.com/germondai/trawl/pull/82", 202, "", {
    ...html,
    "x-amzn-waf-action": "challenge",
    server: "CloudFront",
  }),
  challenge(
    "AWS WAF's CAPTCHA with status 405",
    "https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-how-it-works.html",
    405,
    '<!DOCTYPE html><html lang="en"><head><title>Human Verification</title><script>window.awsWafCookieDomainList=[];window.gokuProps={}</script></head><body></body></html>',
    { ...html, "x-amzn-waf-action": "captcha" },
  ),
  challenge(
    "AWS WAF behind a proxy that drops its header, with status 200",
    "https://github.com/germondai/trawl/pull/65",
    200,
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title></title><style>body{}</style><script type="text/javascript">window.awsWafCookieDomainList = [];window.gokuProps = {"key":"AQID","iv":"CgAF"};</script><script src="https://de5282c3ca0c.edge.sdk.awswaf.com/de5282c3ca0c/challenge.js"></script></head><body><div id="challenge-container"></div></body></html>',
  ),
  challenge(
    "Vercel with status 429",
    "https://github.com/elevenlabs/ui/issues/80",
    429,
    '<!DOCTYPE html><html lang="en"><head><title>Vercel Security Checkpoint</title></head><body>We\'re verifying your browser</body></html>',
    { ...html, server: "Vercel", "x-vercel-mitigated": "challenge", "x-vercel-challenge-token": "2.1" },
  ),
  challenge(
    "Kasada with status 429",
    "https://github.com/0x6a69616e/kpsdk-solver/issues/16",
    429,
    '<html><head></head><body><script>window.KPSDK={};KPSDK.now=typeof performance!=="undefined"</script><script src="/149e9513-01fa-4fb0-aad4-566afd725d1b/2d206a39-8ed7-437e-a3be-862e0f06eea3/ips.js?x-kpsdk-im=AA"></script></body></html>',
    { "content-type": "text/html", "x-kpsdk-ct": "0abc" },
  ),
  challenge(
    "DataDome over JSON",
    "https://docs.datadome.co/docs/protocol",
    403,
    '{"url":"https://geo.captcha-delivery.com/captcha/?initialCid=AHrlqAAA&hash=1&cid=x&t=fe&referer=https%3A%2F%2Fapi.partner.example"}',
    { ...json, "x-dd-b": "1", "x-datadome": "protected" },
  ),
  challenge(
    "DataDome's page behind a proxy that drops its headers",
    "https://docs.datadome.co/docs/protocol",
    403,
    "<html lang=\"en\"><head><title>partner.example</title></head><body style=\"margin:0\"><p id=\"cmsg\">Please enable JS and disable any ad blocker</p><script data-cfasync=\"false\">var dd={'rt':'c','cid':'AHrlqAAAAAMA','hsh':'1','t':'fe','s':45239,'e':'c','host':'geo.captcha-delivery.com'}</script></body></html>",
  ),
  challenge(
    "HUMAN over JSON",
    "https://github.com/HumanSecurity/perimeterx-node-express",
    403,
    '{"appId":"PXabcdef","jsClientSrc":"/abcdef/init.js","firstPartyEnabled":true,"uuid":"6a5","vid":"","hostUrl":"/abcdef/xhr","blockScript":"/abcdef/captcha/captcha.js?a=c&m=0"}',
    json,
  ),
  challenge(
    "Radware Bot Manager, by a redirect",
    "https://github.com/search?q=validate.perfdrive.com&type=code",
    302,
    "",
    { location: "https://validate.perfdrive.com/64b926de?ssa=be69&ssc=https%3A%2F%2Fapi.partner.example%2F" },
  ),
  challenge(
    "Reblaze with its own status 247",
    "https://github.com/curiefense/curiefense/blob/main/e2e/test_acl.py",
    247,
    '<html><head><meta charset="utf-8"><script src="/kramericaindustries.ac.lib.js"></script></head><body><script>;;window.rbzns={bereshit: "1", seed: "abc"};winsocks();</script></body></html>',
  ),
  challenge(
    "Imperva's stub with status 200",
    "https://docs.imperva.com/bundle/cloud-application-security/page/settings/error-pages.htm",
    200,
    '<html>\n<head>\n<META NAME="robots" CONTENT="noindex,nofollow">\n<script src="/_Incapsula_Resource?SWJIYLWA=5074a744e2e3d891814e9a2dace20bd4,719d34d31c8e3a6e6fffd425f7e032f3">\n</script>\n<body>\n</body></html>\n',
    { ...html, "x-iinfo": "9-162-0 0NNN RT(1700000000000 1) q(0 -1 -1 0) r(0 -1)" },
  ),
  challenge(
    "Alibaba Cloud's script with status 200",
    "https://github.com/search?q=_waf_bd8ce2ce37&type=code",
    200,
    '<textarea id="renderData" style="display:none">{"_waf_bd8ce2ce37":"uf+hfrime"}</textarea><!doctype html><html><head><meta charset="utf-8"><meta name="aliyun_waf_aa" content="x"><meta name="aliyun_waf_oo" content="y"><script>var a=1</script></head><body></body></html>',
  ),
  challenge(
    "Google's unusual traffic",
    "https://support.google.com/websearch/answer/86640",
    429,
    "<!DOCTYPE html><html><head><title>https://www.google.com/search?q=x</title></head><body><form id='captcha-form' action='index' method='post'></form><b>About this page</b><br><br>Our systems have detected unusual traffic from your computer network.  This page checks to see if it's really you sending the requests, and not a robot.<br>IP address: 203.0.113.9<br>Time: 2026-11-30T04:00:00Z</body></html>",
  ),
  challenge(
    "DDoS-Guard",
    "https://github.com/FlareSolverr/FlareSolverr",
    403,
    '<!doctype html><html lang="en"><head><title>DDoS-Guard</title><script src="/.well-known/ddos-guard/js-challenge/index.js"></script></head><body>Checking your browser before accessing partner.example</body></html>',
    { ...html, server: "ddos-guard" },
  ),
  challenge(
    "Avito's own",
    "https://github.com/search?q=%22js-firewall-form%22&type=code",
    429,
    '<!DOCTYPE html><html><head><title>Доступ ограничен: проблема с IP</title></head><body><div class="firewall-container"><h2 class="firewall-title">Доступ ограничен: проблема с IP</h2><form class="js-firewall-form"><div id="h-captcha"></div><p>Чтобы продолжить, решите капчу</p></form></div></body></html>',
  ),
];
