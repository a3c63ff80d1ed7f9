/** A table that was written from public pages alone, and measured before any rule was changed for it. */
import { answersThat } from "./recorded.ts";

const json = { "content-type": "application/json" };
const problem = { "content-type": "application/problem+json" };
const html = { "content-type": "text/html; charset=utf-8" };
const text = { "content-type": "text/plain; charset=utf-8" };
const xml = { "content-type": "application/xml" };

const address = answersThat("blocked/address", json);
const unknown = answersThat("blocked/unknown", html);
const challenge = answersThat("blocked/challenge", html);
const rate = answersThat("blocked/rate", json);
const country = answersThat("blocked/country", json);
const legal = answersThat("blocked/legal", html);
const client = answersThat("blocked/client", json);
const network = answersThat("blocked/network", json);
const unauthorized = answersThat("unauthorized", json);
const down = answersThat("target-down", json);
const ok = answersThat("ok", json);

export const unseenA = [
  address(
    "Supercell",
    "https://github.com/SharpBit/brawlstats/issues/87",
    403,
    '{"reason":"accessDenied.invalidIp","message":"Invalid authorization: API key does not allow access from IP 203.0.113.10"}',
  ),
  address("an acquirer's whitelist", "https://mpg-acquirer-docs.pages.dev/guides/rest-api/vLVY-ip-white", 401, '{"message":"IP is not in the IP whitelist"}'),
  address("Bermuda Commercial Bank", "https://developers.bcb.bm/guides/ip-restrictions", 403, '{"error":"IP address not allowed"}'),
  address("a proxy for bots, with status 200", "https://proxy.tpsbots.com/", 200, '{"ok":false,"error":"IP is not allowed"}'),
  address("SMSC, a line with status 200", "https://smscentre.com/faq/99", 200, "ERROR = 4 (ip is blocked)", text),
  address("Tencent's SMS, with status 200", "https://tencentcloud.com/document/api/382/43546", 200, '{"result":1009,"errmsg":"The request IP is not on the allowlist.","ext":""}'),
  address(
    "Emerging Travel",
    "https://docs.emergingtravel.com/docs/errors",
    403,
    '{"data":null,"debug":{"real_ip":"203.0.113.10","request_id":"7b76e52a742f714e6686761fab48cfa3","utcnow":"2018-08-23T11:31:44.235203"},"error":"not_allowed_host","status":"error"}',
  ),
  address(
    "a gateway in front of an application",
    "find_string file id 60150421615",
    403,
    '{"error":"source_ip_not_allowed","message":"Request source IP is not in the allowlist","client_ip":"203.0.113.10","timestamp":"2026-11-30T08:00:00.000Z"}',
  ),
  address("NestJS", "find_string file id 54031064891", 403, '{"message":"Admin access denied: your IP is not in the allowlist","error":"Forbidden","statusCode":403}'),
  address("FastAPI", "find_string file id 58142423703", 403, '{"detail":"Request IP address is not whitelisted for this API key"}'),
  address("an ingest service", "find_string file id 70895378380", 401, '{"ok":false,"status":401,"code":"ip_not_allowed","message":"remote ip is not in the allowlist"}'),
  address("a session for another address", "find_string file id 55823926899", 401, '<!doctype html><html lang="en"><head><title>HTTP Status 401 – Unauthorized</title></head><body><h1>HTTP Status 401 – Unauthorized</h1><p><b>Message</b> IP Address mismatch</p></body></html>', html),
  address("a catalogue of errors", "find_string file id 39007564434", 401, '{"code":"AUTH.UNAUTHORIZED_IP_ADDRESS","status":5020,"title":"Permission denied","message":"Unauthorized IP address"}'),
  address("a workspace's networks", "find_string file id 55954264466", 403, `{"statusCode":403,"message":"Access from your network isn't allowed for this workspace.","error":"Forbidden"}`),
  address("a proxy's networks", "find_string file id 71543735381", 403, '{"message":"access from your network is not allowed"}'),
  address("20i's reseller API", "find_string file id 53110939560", 403, '{"error":{"message":"Forbidden","permission":"IpMatch"}}'),
  address("Baidu's translation, with status 200", "find_string file id 35639077239", 200, '{"error_code":"58000","error_msg":"INVALID_CLIENT_IP","data":{"client_ip":"203.0.113.10"}}'),
  address("Baidu's translation, in Chinese, with status 200", "find_string file id 35639077239", 200, '{"code":"58000","data":{"client_ip":"203.0.113.10"},"msg":"客户端IP非法"}'),
  address("Spanish, a server of Express", "find_string file id 44466096097", 403, '{"error":"Acceso denegado: IP no autorizada"}'),
  address("Spanish, with the address", "find_string file id 6047224147", 403, '{"error":"Acceso prohibido desde IP no autorizada: 203.0.113.10","ipRecibida":"203.0.113.10"}'),
  address("ngrok's account", "https://ngrok.com/docs/errors/err_ngrok_1212/", 403, '{"error_code":"ERR_NGROK_1212","status_code":403,"msg":"Your IP does not match the IP Policy for this Account. Please authenticate from an IP in the correct range or update your IP Restrictions from the ngrok dashboard. https://dashboard.ngrok.com/ip-restrictions","details":{}}'),
  address("ngrok's endpoint", "https://ngrok.com/docs/errors/err_ngrok_3205/", 403, "Request blocked by Endpoints IP Restriction\r\n\r\nERR_NGROK_3205\r\n", { ...text, "ngrok-error-code": "ERR_NGROK_3205" }),
  address("ngrok's policy", "https://ngrok.com/docs/errors/err_ngrok_3203.md", 403, "Request blocked by IP Policy\r\n\r\nERR_NGROK_3203\r\n", { ...text, "ngrok-error-code": "ERR_NGROK_3203" }),
  address("Joomla's guard against guessing", "https://github.com/codeling/bfstop/issues/91", 403, "<html><head><title>403</title></head><body>Your IP address is blocked because there were too many unsuccessful login attempts in a short time.</body></html>", html),
  address("a login that lists addresses", "find_string file id 1251113538", 403, '{"status":"error","code":"IP_BLACKLISTED","message":"Access denied. Your IP address is blacklisted."}'),
  address("IMAP's gateway over HTTP", "find_string file id 58741171277", 403, "Access denied, traffic not accepted from this IP", text),
  unknown("EC's web filter, with status 502", "https://github.com/Ekultek/WhatWaf/issues/880", 502, "<html><head>\n<title>Web Filter</title>\n</head>\n<body><big>Access Denied </big><br/><br/>\n Your request has been denied for security reason.<br/>If you believe that this request should not be blocked, please contact <a href=\"mailto:helpdesk@example.org\">the help desk</a>.</body></html>"),
  unknown("a page of FortiOS, with status 503", "https://github.com/Ekultek/WhatWaf/issues/476", 503, "<html>\n<head>\n<title>Web Page Blocked</title></head><body><h1>Web Page Blocked</h1>\n<p>Access to the web page you were trying to visit has been blocked in accordance with company policy. Please contact your system administrator if you believe this is in error.</p><p><b>User:</b> 10.1.77.167 </p></body></html>"),
  unknown("Reflected Networks", "https://github.com/Ekultek/WhatWaf/issues/799", 403, '<!DOCTYPE html>\n<html lang="en"><head><title>This request has been blocked</title>\n<meta content="This request has been blocked" name="description"/></head><body><div class="t"></div></body></html>'),
  unknown("StackPath under another name", "https://github.com/Ekultek/WhatWaf/issues/555", 403, '<!DOCTYPE html>\n <html lang="en"> <head> <title>Sorry, you have been blocked</title> <meta content="noindex, nofollow" name="robots"/></head><body><section></section></body></html>', { ...html, server: "fbs", "set-cookie": "SPSI=669856d294536f22ecd4c2c9db5267e9; Path=/" }),
  unknown("Cloudflare's older page", "https://github.com/Ekultek/WhatWaf/issues/452", 403, '<!DOCTYPE html>\n<!--[if gt IE 8]><!--> <html class="no-js" lang="en-US"> <!--<![endif]-->\n<head>\n<title>Access denied | api.partner.example used Cloudflare to restrict access</title></head><body></body></html>', { ...html, server: "cloudflare", "cf-ray": "51530727e949d587-BOM" }),
  unknown("Google's downloads, where a country is kept out", "https://github.com/wikicensorship/wikicensorship/issues/1", 403, "", { "content-type": "text/html", server: "downloads" }),
  unknown("Paystar, without a body", "https://apidoc.paystar.uk/status-discriptions", 403, "", {}),
  unknown("Fiuu, without a body", "https://docs.fiuu.dev/reference/9-http-status-code", 401, "", {}),
  unknown("KrakenD's filter, which adds nothing", "https://www.krakend.io/docs/enterprise/throttling/ipfilter", 403, "", { "x-krakend": "Version 2.12.3", "x-krakend-completed": "false" }),
  challenge("Bloomberg", "https://github.com/dropod/issues/issues/17545", 403, "<html><head><title>Bloomberg - Are you a robot?</title></head><body><section>We've detected unusual activity from your computer network. To continue, please click the box below to let us know you're not a robot.</section></body></html>"),
  challenge("Udemy, HUMAN's page", "https://github.com/riazXrazor/udemy-dl/issues/50", 403, '<!DOCTYPE html> <html lang="en"> <head> <meta charset="utf-8"> <title>Access to this page has been denied.</title><script>window._pxAppId = "PXabc";</script></head><body><div class="px-captcha-container"></div></body></html>'),
  challenge("IndieDB behind Cloudflare", "https://github.com/HCLonely/auto-task/issues/43", 403, "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>", { ...html, server: "cloudflare", "cf-mitigated": "challenge", "cf-ray": "902fcfb99fd38017-IAD" }),
  challenge("Google's translation", "https://github.com/trespassersW/UserScripts/issues/1", 429, "<html><head><title>Sorry...</title></head><body>Our systems have detected unusual traffic from your computer network. This page checks to see if it's really you sending the requests, and not a robot. IP address: 203.0.113.10</body></html>"),
  rate("RapidAPI", "https://rapidapi.com/top-rated/api/e-mail-check-invalid-or-disposable-domain/discussions/34420", 429, '{"message":"You have exceeded the DAILY quota for requests on your current plan, BASIC."}', { ...json, server: "RapidAPI-1.2.8", "x-ratelimit-requests-remaining": "0" }),
  rate("Akamai's Cloudlets", "https://techdocs.akamai.com/cloudlets/v2/reference/429", 429, "Your request did not succeed as this operation has reached the limit for your account. Please try after 2025-09-09T17:03:57.071Z.", text),
  rate("Allo", "https://help.withallo.com/en/api-reference/guides/rate-limits", 429, '{"code":"API_KEY_QUOTA_EXCEEDED","details":[{"message":"limit=1000;type=DAILY;reset_in=3600","field":"DAILY"}]}'),
  rate("Emailit, with status 403", "https://emailit.com/de/docs/kb/429-rate-limit-exceeded/", 403, '{"error":"Daily limit exceeded","message":"Daily sending limit of 5000 messages has been reached.","limit":5000,"current":5000,"retry_after":41200}'),
  rate("Baidu's translation, with status 200", "find_string file id 5368735449", 200, '{"error_code":"54003","error_msg":"Invalid Access Limit"}'),
  rate("Baidu's translation, in Chinese, with status 200", "find_string file id 5368735449", 200, '{"code":"54003","msg":"访问频率受限，请降低您的调用频率"}'),
  rate("Travelport's hotels", "https://support.travelport.com/webhelp/JSONAPIs/Hotelprev11/Content/Hotel11/Other/HotelAPIErrorMessages.htm", 429, "", {}),
  country("ngrok", "https://ngrok.com/docs/errors/err_ngrok_22001", 403, "We do not allow access to ngrok.com from your location. Your location was determined using your IP address.\r\n\r\nERR_NGROK_22001\r\n", text),
  country("OpenAI through a reseller", "https://github.com/songquanpeng/one-api/issues/1692", 403, '{"error":{"message":"Country, region, or territory not supported (request id: 2024072510422562564674066306279)","type":"request_forbidden","param":"","code":"unsupported_country_region_territory"}}'),
  country("a regional restriction", "find_string file id 55424227553", 403, '<html><head><title>403 | Content Unavailable</title></head><body><h1>403 | Content Unavailable</h1><p>Sorry, this website is currently under regional restrictions and is not accessible from your location.</p><div class="badge">ERROR_CODE: BLOCKED_COUNTRY</div></body></html>', html),
  country("a security service's geography", "https://www.archyde.com/blocked-by-site-security-why-it-happens-and-how-to-resolve-it", 403, "<html><head><title>Website Blocked</title></head><body><p>Access to this site has been blocked by a security service.</p><p>Reason: GEO_IP_BLOCK</p><p>IP: 203.0.113.10</p><p>Event ID: 6f1a</p></body></html>", html),
  legal("Xiaomi's gateway", "https://github.com/Kilo-Org/kilocode/issues/10872", 451, '<html>\n<head><title>451 Unavailable For Legal Reasons</title></head>\n<body>\n<center><h1>Access denied due to cross-border isolation policy. Please ask the service owner to enable "Allow Cross-border Access" in MiFE.</h1></center>\n<hr><center>MiFE</center>\n</body>\n</html>'),
  legal("Vonage", "https://github.com/Nexmo/nexmo-developer/pull/2569", 451, '{"type":"https://developer.nexmo.com/api-errors#unavailable-legal","title":"Unavailable For Legal Reasons","detail":"Vonage APIs are unavailable in the following areas due to international sanctions: Sudan, Syria, Crimea, North Korea, Iran, and Cuba.","instance":"bf0ca0bf927b3b52e3cb03217e1a1ddf"}', problem),
  client("OWAPI", "https://github.com/Fuyukai/OWAPI/issues/116", 400, '{"msg":"Hi! To prevent abuse of this service, it is required that you customize your user agent.","error":400,"_request":{"api_ver":3,"route":"/api/v3/u/Trev-11289/stats"}}'),
  client("Have I Been Pwned", "https://github.com/michenriksen/hibp/issues/3", 403, "Forbidden — no user agent has been specified in the request", text),
  client("WeChat Pay's refunds", "https://developers.weixin.qq.com/community/pay/doc/000208f27d870863745b2272e5b000", 400, '<html>\n<head><title>400 No required SSL certificate was sent</title></head>\n<body bgcolor="white">\n<center><h1>400 Bad Request</h1></center>\n<center>No required SSL certificate was sent</center>\n<hr><center>nginx</center>\n</body>\n</html>', html),
  client("Apigee's router", "https://docs.apigee.com/api-platform/troubleshoot/runtime/400-ssl-certificate-error", 400, '<html>\n  <head>\n    <title>400 The SSL certificate error</title>\n  </head>\n  <body bgcolor="white">\n    <center> <h1>400 Bad Request</h1>\n    </center>\n    <center>The SSL certificate error</center>\n    <hr>\n    <center>nginx</center>\n  </body>\n</html>', html),
  network("a list of networks of data centres", "https://github.com/X4BNet/lists_vpn/issues/168", 403, '{"error":"Requests from data center networks are not accepted","asn":16509}'),
  unauthorized("Baidu's translation, a signature, with status 200", "find_string file id 10177360029", 200, '{"error_code":"54001","error_msg":"Invalid Sign"}'),
  unauthorized("Akamai's own API, which repeats the address", "https://techdocs.akamai.com/iam-api/reference/401", 401, '{"type":"https://problems.luna.akamaiapis.net/-/pep-authn/deny","title":"Not authorized","status":401,"detail":"Inactive client token","instance":"https://akab.luna.akamaiapis.net/identity-management/v3/api-clients/self/credentials?actions=true","method":"GET","serverIp":"104.77.229.69","clientIp":"203.0.113.10","requestId":"46fceae2","requestTime":"2023-03-01T19:32:26Z"}', problem),
  unauthorized("a file's certificate for another terminal", "find_string file id 54303444033", 403, '{"status":"ERROR","message":"Merchant is not authorized to perform this action."}'),
  unauthorized("Maya, a key", "https://developers.maya.ph/reference/authentication-and-api-key-error", 401, '{"error":"Invalid authentication credentials. Kindly verify if the key you are using is correct.","code":"K003","reference":"a1"}'),
  unauthorized("Fiserv, a signature", "https://docs.apis-fiserv.com/latam/v1.0.0/docs/ecommerce-api-error-codes", 403, '{"clientRequestId":"551228","responseType":"Forbidden","error":{"code":"403","message":"Message Signature has expired"}}'),
  unauthorized("Signable, a suspension", "https://developers.signable.app/errors/general-errors", 401, '{"http":401,"code":10004,"message":"Authentication failed. Your API access has been suspended please contact help@signable.co.uk"}'),
  unauthorized("SiteLock, a right", "https://docs.sectigo.com/sitelock/sitelock-api-docs/restricted-operation-access-denied", 403, "<SiteLockOnlineResponse>\n    <error>restricted_operation</error>\n    <error_description>This operation is not permitted</error_description>\n</SiteLockOnlineResponse>", xml),
  unauthorized("Gigya's partner, with status 200", "https://pastebin.com/MwTPNfzW", 200, '{"callId":"5cd911c9ea9a4c4593b28d79cc65e76d","errorCode":403036,"errorDetails":"Unauthorized partner","errorMessage":"Unauthorized partner","apiVersion":2,"statusCode":403,"statusReason":"Forbidden","time":"2020-04-09T02:28:27.214Z"}'),
  unauthorized("Caiyun, a token, with status 400", "https://docs.caiyunapp.com/en/weather-api/v2/v2.6/tables/errors.html", 401, '{"status":"failed","error":"token is invalid","api_version":"2.6"}'),
  down("Currencycloud's maintenance", "https://support.currencycloud.com/hc/zh-cn/articles/16285509491100", 503, '{"error_code":"service_unavailable","error_messages":{"base":[{"code":"service_unavailable","message":"Service is temporarily unavailable due to maintenance","params":{}}]}}'),
  down("Salesforce's commerce in maintenance", "https://developer.salesforce.com/docs/commerce/sfnext/guide/response-handling.html", 503, '{"type":"https://api.commercecloud.salesforce.com/documentation/error/v1/errors/system-under-maintenance","title":"System Under Maintenance","detail":"The request could not be processed as the system is currently under maintenance."}', { ...problem, sfdc_maintenance: "system" }),
  down("Mattilda", "https://docs.mattildapayments.com/reference/errors/server-errors", 500, '{"type":"error","code":"server_error","status":500,"message":"Request could not be processed","details":[]}'),
  down("KrakenD's endpoint filter, which looks like a fault", "https://www.krakend.io/docs/enterprise/throttling/ipfilter", 500, "", { "x-krakend": "Version 2.12.3" }),
  ok("Emerging Travel, a parameter", "https://docs.emergingtravel.com/docs/errors", 400, '{"data":null,"debug":{"api_key_id":1304,"method":"POST","real_ip":"203.0.113.10","request_id":"7f4937bdabe8bb13d4980dcd77a16117","utcnow":"2018-08-23T09:59:37.495757","validation_error":"value \\"page_number\\" is required but None"},"error":"invalid_params","status":"error"}'),
  ok("Vonage, a number that is barred, with status 200", "https://developer.vonage.com/api-errors/sms", 200, '{"message-count":"1","messages":[{"status":"7","error-text":"Number barred"}]}'),
  ok("dLocal, a country of a payment", "https://docs.dlocal.com/reference-link/http-errors", 400, '{"code":5003,"message":"Country not supported."}'),
  ok("a payment that a rule on addresses declined", "https://docs.paymentoptions.com/api-reference/en/error-and-response/gatewayerrors", 200, '{"status":"declined","code":"ERR3002","message":"Transaction is restricted","rule":"IP Address"}'),
  ok("Vendo, a customer's address on a list", "https://docs.vendoservices.com/reference/gateway-api-error-codes", 200, '{"status":0,"error":{"code":504,"message":"The ip address appears as blacklisted in our database."},"transaction":{"id":1}}'),
  ok("ngrok, a rule without an action", "https://ngrok.com/docs/errors/err_ngrok_1422", 400, `{"error_code":"ERR_NGROK_1422","status_code":400,"msg":"An IP Policy Rule must have an 'action' of either 'allow' or 'deny'.","details":{}}`),
  ok("Cortex's list of addresses", "https://docs.cortex.io/docs/api/list-allowed-ip-addresses", 200, '{"entries":[{"address":"10.0.0.1","description":"text"}],"page":1,"total":1,"totalPages":1}'),
  ok("Signable, a method", "https://developers.signable.app/errors/general-errors", 400, '{"http":400,"code":10003,"message":"The URL you are looking for does not exist."}'),
  ok("a look-up of a VPN", "https://github.com/Munzy/blackbox/issues/735", 200, '{"result":{"ip":"194.126.177.25","as":"AS209103 Proton AG","city":"Frankfurt am Main","country":"Germany","isp":"Proton AG","org":"Proton Technologies AG","vpn":"N"}}'),
];
