/** A third table that was written from public pages alone, and measured before any rule was changed for it. */
import { answersThat } from "./recorded.ts";

const json = { "content-type": "application/json" };
const html = { "content-type": "text/html; charset=utf-8" };
const text = { "content-type": "text/plain; charset=utf-8" };
const xml = { "content-type": "application/xml" };

const address = answersThat("blocked/address", json);
const unknown = answersThat("blocked/unknown", html);
const challenge = answersThat("blocked/challenge", html);
const rate = answersThat("blocked/rate", json);
const country = answersThat("blocked/country", json);
const client = answersThat("blocked/client", json);
const network = answersThat("blocked/network", json);
const unauthorized = answersThat("unauthorized", json);
const down = answersThat("target-down", json);
const ok = answersThat("ok", json);

export const unseenC = [
  address(
    "Solapi, in Korean",
    "https://github.com/solapi/community/discussions/30",
    403,
    '{"errorCode":"Forbidden","errorMessage":"허용되지 않은 IP로 접근하고 있습니다."}',
  ),
  address(
    "KuCoin's second version",
    "https://github.com/ccxt/ccxt/issues/4969",
    403,
    '{"code":"400006","msg":"Invalid request ip"}',
  ),
  address(
    "FTX",
    "https://github.com/ccxt/ccxt/issues/12526",
    401,
    '{"success":false,"error":"IP not whitelisted for this API key"}',
  ),
  address(
    "OKCoin's text",
    "https://github.com/knowm/XChange/issues/2742",
    200,
    '{"result":false,"error_code":10004,"message":"Not allowed to get resource due to IP constraint"}',
  ),
  address(
    "dLocal's payouts",
    "https://docs.dlocal.com/reference/error-codes-payouts-v3",
    403,
    '{"code":4002,"message":"Unregistered IP address (register is in Merchant Dashboard)."}',
  ),
  address("Portuguese, a shop's key", "find_string file id 56851812784", 403, '{"error":"IP não permitido"}'),
  address(
    "Portuguese, a court's API, with status 400",
    "find_string file id 10043944354",
    400,
    '{"status":"error","messages":["IP não permitido"]}',
  ),
  address(
    "French",
    "find_string file id 56863279625",
    403,
    `{"success":false,"message":"Accès refusé: Votre adresse IP n'est pas autorisée.","code":"IP_NOT_ALLOWED"}`,
  ),
  address(
    "French, a page",
    "find_string file id 24526125363",
    403,
    "<html><head><title>Accès refusé</title></head><body><h1>Accès refusé</h1><p>Votre adresse IP n'est pas autorisée à accéder à ce site</p></body></html>",
    html,
  ),
  address(
    "French, of a restriction",
    "find_string file id 53849020097",
    401,
    `{"message":"Accès restreint : Votre adresse IP n'est pas autorisée."}`,
  ),
  address(
    "Brevo",
    "find_string file id 60623866261",
    401,
    '{"message":"We have detected you are using an unrecognised IP address 203.0.113.10. If you performed this action make sure to add the new IP address in this link: https://app.brevo.com/security/authorised_ips","code":"unauthorized"}',
  ),
  address(
    "a simulated exchange",
    "find_string file id 70879077529",
    403,
    '{"error":{"code":"ip_not_whitelisted","message":"request from a non-whitelisted IP"}}',
  ),
  address("a shield", "find_string file id 48003713854", 403, "Your IP is blacklisted", text),
  address(
    "Cashfree's verification",
    "find_string file id 69122472232",
    403,
    '{"type":"authentication_error","code":"ip_validation_failed","message":"IP not whitelisted your current ip is 203.0.113.10"}',
  ),
  address(
    "a MikroTik-like panel, a code with dots",
    "find_string file id 52797250442",
    403,
    '{"error":{"code":"access.ip.denied","message":"Access denied"}}',
  ),
  address("a webhook's receiver", "find_string file id 62385584552", 403, '{"error":"ip not allowed"}'),
  address(
    "Home Assistant",
    "https://github.com/home-assistant/core/issues/64356",
    403,
    "403: Your IP address has been banned after too many login attempts",
    text,
  ),
  address(
    "HomematicIP's cloud",
    "https://github.com/home-assistant/alerts.home-assistant.io/pull/262",
    403,
    '{"errorCode":"IP_ADDRESS_BLOCKED"}',
  ),
  address(
    "a reseller's XML, with status 200",
    "https://agent.api-eurodns.com/documentation/http/general/returncodes/",
    200,
    '<?xml version="1.0" encoding="UTF-8"?>\n<response xmlns="http://www.eurodns.com/"><result code="2201"><msg>Your IP address is not allowed to connect to the API</msg></result></response>',
    xml,
  ),
  address(
    "Mag Internet",
    "https://customer.maginternet.co.uk/knowledgebase/57/What-do-your-API-response-codes-mean.html",
    200,
    '{"code":2201,"message":"Authorisation error: Invalid Client IP"}',
  ),
  address(
    "NetNut's proxies, a status of its own",
    "https://help.netnut.io/netnut-documentation/netnut-proxies/datacenter-proxies/ip-whitelisting",
    403,
    "IP is not whitelisted",
    { ...text, "x-nn-code": "491" },
  ),
  address(
    "Google's AI Studio",
    "https://discuss.ai.google.dev/t/blocked-ip-address/109999",
    403,
    '{"error":{"code":403,"message":"The provided API key has an IP address restriction. The originating IP address of the call (203.0.113.10) violates this restriction.","status":"PERMISSION_DENIED"}}',
  ),
  address(
    "CodeIgniter's list, with status 200",
    "find_string file id 39815325577",
    200,
    '{"status":false,"error":"IP unauthorized"}',
  ),
  address(
    "a proxy with a list of ranges",
    "find_string file id 36206017434",
    403,
    '{"erro":"Acesso Negado: IP 203.0.113.10 fora das faixas permitidas"}',
  ),
  unknown(
    "BitMEX",
    "https://github.com/ccxt/ccxt/issues/3987",
    403,
    '<html> <head><title>403 Forbidden</title></head> <body bgcolor="white"> <center><h1>403 Forbidden</h1></center> </body> </html>',
  ),
  unknown(
    "CloudFront",
    "find_string file id 70085895825",
    403,
    '<HTML><HEAD><META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=iso-8859-1"><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD><BODY><H1>403 ERROR</H1><H2>The request could not be satisfied.</H2><HR noshade size="1px">Request blocked. We can\'t connect to the server for this app or website at this time. There might be too much traffic or a configuration error. Try again later, or contact the app or website owner.</BODY></HTML>',
  ),
  unknown(
    "FAOSTAT, with status 200",
    "find_string file id 71191659131",
    200,
    "<html><body>Request blocked. We can't connect to the server for this app or website.</body></html>",
  ),
  unknown(
    "Akamai",
    "find_string file id 70261797179",
    403,
    '<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>You don\'t have permission to access "http://mdpi.com/x" on this server.<P>Reference #18.1c1f1302.1770000000.1a2b3c</BODY></HTML>',
  ),
  unknown(
    "soto store behind Cloudflare",
    "https://github.com/VeNoMouS/cloudscraper/issues/100",
    403,
    "<!DOCTYPE html>\n<html><head><title>Access denied | www.sotostore.com used Cloudflare to restrict access</title></head><body></body></html>",
    { ...html, server: "cloudflare", "cf-ray": "540859d7bcadced4-IAD" },
  ),
  unknown("Cloudbet behind Cloudflare, without a body", "https://github.com/cloudbet/docs/discussions/178", 403, "", {
    "content-type": "text/html",
    server: "cloudflare",
    "cf-ray": "9a1f6c03be7d2f41-LOS",
  }),
  unknown(
    "ScrapingAnt, an anti-bot system",
    "https://docs.scrapingant.com/v1/errors",
    423,
    '{"detail":"Our browser was detected by target site. The anti-bot detection system has detected the request."}',
    json,
  ),
  challenge(
    "a page that checks the connection",
    "https://josuerwqt559.bearsfanteamshop.com/why-does-the-verification-page-say-it-will-take-a-few-seconds-but-it-never-ends",
    503,
    "<html><head><title>Loading</title></head><body><p>Checking if the site connection is secure</p><noscript>Enable JavaScript and cookies to continue</noscript></body></html>",
  ),
  challenge(
    "French, a robot",
    "https://github.com/dropod/issues/issues/17545",
    403,
    "<html><head><title>Vérification</title></head><body>Veuillez confirmer que vous n'êtes pas un robot</body></html>",
  ),
  challenge(
    "a site's hCaptcha, over JSON",
    "https://grantwinney.com/why-am-i-getting-a-please-complete-the-security-check-error/",
    403,
    '{"error":"captcha_required","sitekey":"a5f74b19-9e45-40e0-b45d-47ff91b7a6c2"}',
    json,
  ),
  rate(
    "SeeClickFix",
    "https://github.com/SeeClickFix/dev.seeclickfix.com/pull/54",
    429,
    '{"message":"Too Many Requests","documentation_url":"http://dev.seeclickfix.com"}',
    { ...json, "retry-after": "10" },
  ),
  rate(
    "TrackingMore, in Japanese, with status 200",
    "https://trackingmore.com/api-status_code-ja.html",
    200,
    '{"meta":{"code":429,"type":"Too Many Requests","message":"API制限を越えます。"},"data":[]}',
  ),
  rate(
    "Kakao, in Korean, with status 400",
    "https://developers.kakao.com/docs/latest/ko/rest-api/error-code",
    400,
    '{"msg":"API limit has been exceeded.","code":-10}',
  ),
  rate(
    "AfterShip",
    "https://www.aftership.com/docs/parser/quickstart/request-errors",
    429,
    '{"meta":{"code":429,"type":"TooManyRequests","message":"Rate limit exceeded. The default API call limit is 10 requests per second."},"data":{}}',
  ),
  rate(
    "Scrapfly",
    "https://scrapfly.io/docs/scrape-api/errors",
    429,
    '{"status":"error","http_code":429,"reason":"Too Many Requests","message":"Your account is throttled"}',
  ),
  country(
    "KuCoin, a country, with status 200",
    "https://github.com/ccxt/ccxt/issues/10188",
    200,
    '{"code":"400500","msg":"Your located country/region is currently not supported for the trading of this token"}',
  ),
  country(
    "Duck2API",
    "https://github.com/aurora-develop/Duck2api/issues/33",
    403,
    '{"error":{"code":"unsupported_country_region_territory","message":"Country, region, or territory not supported","param":null,"type":"request_forbidden"}}',
  ),
  country(
    "a Belgian application",
    "https://github.com/covid-be-app/cwa-app-android/issues/87",
    403,
    '{"error":"Access is limited to users in Europe. Your country is not allowed"}',
  ),
  network(
    "Wikipedia's proxy block",
    "https://github.com/X4BNet/lists_vpn/issues/252",
    403,
    '{"error":{"code":"blocked","info":"Your IP address is in a range that has been blocked on all wikis because it belongs to a web hosting provider."}}',
  ),
  network(
    "a shop that keeps out proxies",
    "https://github.com/brianhama/bad-asn-list/pull/14",
    403,
    "Access from VPNs, proxies and hosting networks is not permitted.",
    text,
  ),
  client(
    "Giant Bomb",
    "https://github.com/econchick/new-coder/pull/200",
    403,
    '{"error":"Please provide a unique User-Agent header"}',
  ),
  client(
    "a health registry's mTLS",
    "https://learn.microsoft.com/en-us/dotnet/framework/wcf/diagnostics/tracing/system-servicemodel-channels-sslclientcertmissing",
    403,
    '{"error":"The remote SSL client failed to provide a required certificate."}',
  ),
  unauthorized(
    "HitBTC",
    "https://github.com/ccxt/ccxt/issues/4087",
    403,
    '{"error":{"code":1003,"message":"Action is forbidden for this API key","description":""}}',
  ),
  unauthorized(
    "Kraken, with status 200",
    "https://github.com/freqtrade/freqtrade/issues/4885",
    200,
    '{"error":["EGeneral:Permission denied"]}',
  ),
  unauthorized(
    "CoinEx, a user",
    "https://github.com/coinexcom/coinex_perpetual_api/issues/3",
    401,
    '{"code":4011,"data":{},"message":"user is forbid"}',
  ),
  unauthorized(
    "Shipit, in Spanish",
    "https://developers.shipit.cl/reference/respuestas-de-la-api",
    403,
    '{"error":"No pudimos autenticarte, o no tienes acceso a este objeto."}',
  ),
  unauthorized(
    "AfterShip, a feature",
    "https://www.aftership.com/docs/commerce/2026-01/quickstart/request-errors",
    403,
    '{"meta":{"code":40302,"type":"Forbidden","message":"The feature is not currently enabled for your organization. Please contact our support team for the details."}}',
  ),
  unauthorized(
    "Scrapfly, a key",
    "https://scrapfly.io/docs/scrape-api/errors",
    401,
    '{"status":"error","http_code":401,"reason":"Unauthorized","error_id":"301e2d9e-b4f5-4289-85ea-e452143338df","message":"Invalid API key"}',
  ),
  unauthorized(
    "SAP's Ariba",
    "https://help.sap.com/doc/5e5dbefd5c02432298d2a5ec45805b95/cloud/en-US/a5372d9c00ae4925bddb96e8868fe802.html",
    401,
    '{"message":"Unauthorized"}',
  ),
  unauthorized(
    "ngrok, a plan for addresses",
    "https://ngrok.com/docs/errors/err_ngrok_1806/",
    403,
    '{"error_code":"ERR_NGROK_1806","status_code":403,"msg":"Only Pay-as-you-go accounts with the Account Governance add-on can use API IP restrictions. Your account is not authorized to use API IP restrictions.","details":{}}',
  ),
  unauthorized(
    "i-payout, with status 200",
    "https://developer.i-payout.com/reference/status-code-values",
    200,
    '{"isSuccess":false,"message":"Invalid client credentials","statusCode":-7,"logIdentifier":"a1","data":null}',
  ),
  down(
    "Revolut's maintenance",
    "https://developer.revolut.com/docs/guides/accept-payments/other-resources/errors/http-response-errors",
    503,
    '{"code":503,"message":"We\'re temporarily offline for maintenance."}',
  ),
  down(
    "Kakao's maintenance, in Korean, with status 400",
    "https://developers.kakao.com/docs/latest/ko/rest-api/error-code",
    400,
    '{"msg":"서비스 점검중입니다","code":-7}',
  ),
  down(
    "i-payout, with status 200",
    "https://developer.i-payout.com/reference/status-code-values",
    200,
    '{"isSuccess":false,"message":"An internal error has occurred. Please try again.","statusCode":-1,"logIdentifier":"a1","data":null}',
  ),
  down(
    "dLocal",
    "https://docs.dlocal.com/reference/error-codes-payouts-v3",
    500,
    '{"code":7003,"message":"Failed to process the request."}',
  ),
  ok(
    "dLocal, a beneficiary on a list",
    "https://docs.dlocal.com/reference/error-codes-payouts-v3",
    400,
    '{"code":5013,"message":"End beneficiary blacklisted."}',
  ),
  ok(
    "i-payout, a user, with status 200",
    "https://developer.i-payout.com/reference/status-code-values",
    200,
    '{"isSuccess":false,"message":"The user is not found. Please check the username value sent.","statusCode":-2,"logIdentifier":"a1","data":null}',
  ),
  ok(
    "a URL that leads to a private address",
    "find_string file id 1249990400",
    400,
    '{"detail":"Host/IP não permitido."}',
  ),
  ok(
    "a payout's currency",
    "https://bdt-hrs-external-documentation.pages.dev/docs/05-errors",
    422,
    '{"message":"Shop currency mismatch. Expected EUR.","code":"validation_error"}',
  ),
  ok(
    "AfterShip, a method",
    "https://www.aftership.com/docs/commerce/2026-01/quickstart/request-errors",
    404,
    '{"meta":{"code":40400,"type":"NotFound","message":"The requested URI is invalid or the specified resource does not exist."}}',
  ),
  ok(
    "a registrar's list",
    "https://kb.centralnicreseller.com/api/return-codes.html",
    200,
    "[RESPONSE]\r\ncode = 200\r\ndescription = Command completed successfully\r\nproperty[ip][0] = 203.0.113.10\r\nEOF\r\n",
    text,
  ),
  ok(
    "ONE store, a success",
    "https://github.com/ONE-store/inapp-sdk/wiki/IAP-Reference-Result-Code",
    200,
    '{"resultCode":"0000","resultMessage":"요청 성공"}',
  ),
];
