/** An application's own refusals, and answers of healthy partners that have the words of a refusal in another sense. */
import { answersThat, type Published } from "./recorded.ts";

const json = { "content-type": "application/json" };
const html = { "content-type": "text/html; charset=utf-8" };
const xml = { "content-type": "text/xml; charset=utf-8" };
const own = answersThat("unauthorized", json);
const fine = answersThat("ok", json);

export const healthy: readonly Published[] = [
  own(
    "a withdrawal address",
    "https://docs.kucoin.com/#withdrawals",
    403,
    '{"code":"260100","msg":"The withdrawal address is not in the whitelist of the API key."}',
  ),
  own(
    "WordPress",
    "https://developer.wordpress.org/rest-api/using-the-rest-api/authentication/",
    401,
    '{"code":"rest_forbidden","message":"Sorry, you are not allowed to do that.","data":{"status":401}}',
  ),
  own(
    "Tomcat's page",
    "https://tomcat.apache.org/tomcat-10.1-doc/realm-howto.html",
    401,
    '<!doctype html><html lang="en"><head><title>HTTP Status 401 – Unauthorized</title></head><body><h1>HTTP Status 401 – Unauthorized</h1><hr class="line" /><p><b>Type</b> Status Report</p></body></html>',
    { ...html, "www-authenticate": 'Basic realm="api"' },
  ),
  fine(
    "an order that is blocked",
    "https://developer.adobe.com/commerce/webapi/rest/",
    200,
    '{"id":7,"status":"blocked","block_reason":"address not allowed","customer":{"ip_address":"203.0.113.9","access":"denied"}}',
  ),
  fine(
    "a list of errors",
    "https://docs.upbit.com/kr/reference/rest-api-guide",
    200,
    '{"codes":[{"code":"IP_NOT_ALLOWED","status":403,"description":"The IP address is not on the allow list."},{"code":"RATE_LIMITED","status":429,"description":"Too many requests."}]}',
  ),
  fine(
    "the partner's documentation",
    "https://docs.coinex.com/api/v2/faq",
    200,
    "<!doctype html><html><head><title>Frequently Asked Questions | Partner API</title></head><body><main><h2>Why is my IP address blocked?</h2><p>Your IP address is not allowed if it is not in the whitelist of the API key. The API then answers 403 access denied.</p></main></body></html>",
    html,
  ),
  fine(
    "a login page",
    "https://www.google.com/recaptcha/about/",
    200,
    '<!doctype html><html><head><title>Sign in</title><script src="https://www.google.com/recaptcha/api.js"></script></head><body><form><input name="user"><div class="g-recaptcha"></div></form><p>Your IP address 203.0.113.9 is recorded. Unauthorized access is denied and prosecuted.</p></body></html>',
    html,
  ),
  fine(
    "Cloudflare's list of blocked addresses",
    "https://developers.cloudflare.com/waf/tools/ip-access-rules/",
    200,
    '{"success":true,"errors":[],"messages":[],"result":[{"id":"92f17","mode":"block","notes":"IP address is blocked","configuration":{"target":"ip","value":"198.51.100.4"}}]}',
  ),
  fine(
    "an address's reputation",
    "https://docs.abuseipdb.com/#check-endpoint",
    200,
    '{"data":{"ipAddress":"203.0.113.9","isPublic":true,"isWhitelisted":false,"abuseConfidenceScore":100,"countryCode":"DE"}}',
  ),
  fine(
    "an address that does not exist",
    "https://docs.netbox.dev/en/stable/integrations/rest-api/",
    404,
    '{"detail":"IP address not found."}',
  ),
  fine(
    "an address that is no address",
    "https://developers.cloudflare.com/api/resources/dns/",
    400,
    '{"success":false,"errors":[{"code":9005,"message":"Content for A record is invalid. Must be a valid IPv4 address"}],"result":null}',
  ),
  fine(
    "a withdrawal address with status 400",
    "https://docs.upbit.com/kr/reference/withdraw",
    400,
    '{"error":{"name":"withdraw_address_not_registered","message":"허용되지 않은 출금 주소입니다."}}',
  ),
  fine(
    "a payment that is blocked",
    "https://docs.stripe.com/api/errors",
    402,
    '{"error":{"code":"card_declined","decline_code":"fraudulent","message":"Your card was declined. This payment was blocked because the IP address is on a block list.","type":"card_error"}}',
  ),
  fine(
    "a page with Imperva's telemetry",
    "https://docs.imperva.com/bundle/cloud-application-security/page/more/client-classification.htm",
    200,
    '<!DOCTYPE html><html><head><title>Missouri Ethics Commission</title><script type="text/javascript" src="/_Incapsula_Resource?SWJIYLWA=719d34d31c8e3a6e6fffd425f7e032f3"></script></head><body><form id="form1"><input type="hidden" name="__VIEWSTATE" value="x"/><h1>Search</h1></form></body></html>',
    { ...html, "x-iinfo": "9-162 0NNN", "x-cdn": "Imperva" },
  ),
  fine(
    "a page with Cloudflare's telemetry",
    "https://developers.cloudflare.com/cloudflare-challenges/challenge-types/javascript-detections/",
    200,
    "<!DOCTYPE html><html><head><title>Partner</title></head><body><h1>Welcome</h1><script>(function(){var a=document.createElement('script');a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js';})();</script></body></html>",
    { ...html, server: "cloudflare", "cf-ray": "9a1f6c03be7d2f41-IAD" },
  ),
  fine(
    "a page with DataDome's tag",
    "https://docs.datadome.co/docs/javascript-tag",
    200,
    '<!DOCTYPE html><html><head><title>Shop</title><script>window.ddjskey="ABC";</script><script src="https://js.datadome.co/tags.js" async></script></head><body>Offers</body></html>',
    { ...html, "x-datadome": "protected" },
  ),
  fine("an order that is accepted", "https://httpwg.org/specs/rfc9110.html#status.202", 202, "", {}),
  fine(
    "a method that is not allowed",
    "https://httpwg.org/specs/rfc9110.html#status.405",
    405,
    '{"timestamp":"2026-11-30T04:00:00Z","status":405,"error":"Method Not Allowed","path":"/v1"}',
  ),
  fine("the caller's address", "https://checkip.amazonaws.com", 200, "203.0.113.9\n", { "content-type": "text/plain" }),
  fine(
    "SOAP about a blocked card",
    "https://www.w3.org/TR/2000/NOTE-SOAP-20000508/",
    200,
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><GetCardResponse><status>BLOCKED</status><reason>Access denied by issuer</reason><clientIpAddress>203.0.113.9</clientIpAddress></GetCardResponse></soap:Body></soap:Envelope>',
    xml,
  ),
  fine(
    "gRPC-web",
    "https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md",
    200,
    "\u0000\u0000\u0000\u0000\u0002\b\u0001",
    { "content-type": "application/grpc-web+proto", "grpc-status": "0" },
  ),
];
