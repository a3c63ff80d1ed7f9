/** A fourth table that was written from public pages alone, and measured before any rule was changed for it. */
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
const client = answersThat("blocked/client", json);
const network = answersThat("blocked/network", json);
const unauthorized = answersThat("unauthorized", json);
const down = answersThat("target-down", json);
const ok = answersThat("ok", json);

export const unseenD = [
  address("FinMind", "https://finmind.github.io/en/BanIPPolicy/", 403, '{"msg":"ip banned","status":403}'),
  address(
    "Invision's API",
    "https://invisioncommunity.com/forums/topic/468633-api-access/",
    403,
    '{"errorCode":"2S290/8","errorMessage":"IP_ADDRESS_NOT_ALLOWED"}',
  ),
  address(
    "OpenAI's list",
    "find_string file id 52494873230",
    401,
    '{"error":{"message":"Your IP is not authorized to access this project.","type":"invalid_request_error","param":null,"code":"ip_not_authorized"}}',
  ),
  address(
    "a page of an administrator",
    "find_string file id 7626267105",
    403,
    "<!DOCTYPE html><html><head><title>Error</title></head><body><p>Your IP is blocked. Please contact the administrator.</p></body></html>",
    html,
  ),
  address("Express, in plain text", "find_string file id 34198866105", 403, "Access denied: Your IP is blocked.", html),
  address("Express, forbidden", "find_string file id 45117386970", 403, "Access forbidden: Your IP is blocked", text),
  address("Korean, of an access", "find_string file id 48885406878", 401, "접근이 허용되지 않은 IP입니다.", html),
  address(
    "Korean, a code",
    "find_string file id 40714515408",
    401,
    '{"code":"UNAUTHORIZED_IP","message":"허용되지 않은 IP 입니다."}',
  ),
  address(
    "Upbit",
    "find_string file id 4013788863",
    401,
    '{"error":{"name":"no_authorization_ip","message":"허용되지 않은 IP 주소입니다."}}',
  ),
  address(
    "Korean, an action",
    "find_string file id 25451844303",
    403,
    '{"success":false,"message":"허용되지 않은 IP에서의 요청입니다."}',
  ),
  address(
    "Azure Media, in German",
    "find_string file id 9202726805",
    403,
    '{"error":{"code":"MPE_INGEST_ENCODER_CONNECTION_DENIED","message":"Die Encoder-IP-Adresse ist nicht in der konfigurierten IP-Positivliste vorhanden"}}',
  ),
  address(
    "German, a whitelist",
    "find_string file id 53233919061",
    403,
    '{"fehler":"Deine IP-Adresse ist nicht in der Whitelist."}',
  ),
  address(
    "Bing's hotels, with an error in XML",
    "https://learn.microsoft.com/es-mx/advertising/transaction-message/error-codes-messages",
    401,
    '<ArrayOfApiError xmlns="http://schemas.datacontract.org/2004/07/Microsoft.BingAds.BHAC.Hotel"><ApiError><Code>1004</Code><Message>The message was sent from an unknown IP address.</Message></ApiError></ArrayOfApiError>',
    xml,
  ),
  address(
    "a health of a service, in Korean",
    "find_string file id 19075595223",
    403,
    '{"error":"접근이 허용되지 않은 IP입니다."}',
  ),
  address(
    "a game's login",
    "find_string file id 56128857759",
    403,
    '{"status":1,"message":"Acesso Negado: IP não autorizado para esta conta."}',
  ),
  address(
    "an agent's route",
    "find_string file id 70660683055",
    403,
    '{"error":"Acesso negado: IP não autorizado para o agente","ip":"203.0.113.10"}',
  ),
  address("Go, in Portuguese", "find_string file id 14637945520", 403, '{"error":"Acesso negado: IP não permitido."}'),
  address(
    "a form's manager",
    "find_string file id 16596200872",
    403,
    '{"message":"Login not allowed from this IP : 203.0.113.10"}',
  ),
  address(
    "an admin's access",
    "find_string file id 15350436577",
    403,
    '{"detail":"Admin access not allowed from this IP address"}',
  ),
  address(
    "a list of keys",
    "find_string file id 46565300953",
    403,
    '{"success":false,"error":{"code":"IP_NOT_ALLOWED","message":"Your IP address is not authorized to use this API key."}}',
  ),
  address(
    "a data import",
    "find_string file id 25217038833",
    200,
    '{"status":"error","message":"Import request from an unauthorized IP: 203.0.113.10"}',
  ),
  address("Spanish, FastAPI", "find_string file id 29162632852", 403, '{"detail":"IP no autorizada"}'),
  address("Spanish, Bitso's receiver", "find_string file id 36717070967", 403, '{"error":"IP no autorizada"}'),
  address(
    "a lift's middleware",
    "find_string file id 60545979324",
    401,
    '{"code":"AUTHORIZATION_ERROR","message":"Unauthorized IP address","details":{"ip":"203.0.113.10"}}',
  ),
  unknown(
    "SumUp",
    "https://developer.sumup.com/problem/request-blocked/index.md",
    403,
    '{"type":"https://developer.sumup.com/problem/request-blocked","title":"Request blocked.","status":403,"detail":"The request was blocked by security policy.","trace_id":"8cb5b380896b"}',
    problem,
  ),
  unknown(
    "Semrush, a status of its own",
    "https://developer.semrush.com/api/v4/get-started/errors",
    445,
    '{"meta":{"success":false,"status_code":445,"request_id":"X"},"error":{"type":"https://developer.semrush.com/api/v4/get-started/errors/#suspicious-request-blocked","code":445,"message":"Your request has been blocked","retryable":false}}',
    json,
  ),
  unknown(
    "a web guard over JSON",
    "find_string file id 68301577879",
    403,
    '{"error":"Automated requests detected. Please use the web interface.","hint":"If you\'re building an integration, contact us for proper API access."}',
    json,
  ),
  unknown(
    "LUNA's server as text",
    "https://docs.visionlabs.ai/info/luna/troubleshooting/errors-description/code-12033",
    403,
    "Forbidden. Access to this resource on the server is denied",
    text,
  ),
  unknown(
    "bol.com's login",
    "https://api.bol.com/marketing/docs/catalog-api/errors.html",
    403,
    "<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center></body></html>",
  ),
  unknown(
    "a wall of Wordfence",
    "https://github.com/Ekultek/WhatWaf/issues/1302",
    503,
    "<!DOCTYPE html><html><head><title>Your access to this site has been limited by the site owner</title></head><body><p>Your access to this service has been limited. (HTTP response code 503)</p></body></html>",
  ),
  challenge(
    "a security check in a title",
    "find_string file id 18123170799",
    403,
    "<html><head><title>Security check</title></head><body>Please verify you are human</body></html>",
  ),
  challenge(
    "Russian",
    "find_string file id 39531301407",
    403,
    "<html><head><title>Antibot</title></head><body><h1>Доступ ограничен</h1><p>Подозрительная активность с вашего IP</p><p>Подтвердите, что вы не робот</p></body></html>",
  ),
  challenge(
    "an API behind reCAPTCHA",
    "find_string file id 18123170799",
    429,
    '{"error":"Complete the captcha to continue"}',
    json,
  ),
  rate(
    "a limiter, with status 403",
    "find_string file id 107927942",
    403,
    '{"allowed":false,"reason":"Rate limit exceeded. Automated requests detected."}',
  ),
  rate(
    "Bing's queue",
    "https://learn.microsoft.com/es-mx/advertising/transaction-message/error-codes-messages",
    429,
    "",
    {},
  ),
  rate(
    "Solidgate",
    "https://api-docs.solidgate.com/api/v2/errors",
    429,
    '{"code":"RATE_LIMIT","message":"Quota exhausted","context":{"next_try_at":"2026-11-30T08:00:00Z"}}',
  ),
  rate(
    "an exhausted resource, with status 200",
    "find_string file id 59684133986",
    200,
    '{"error":{"code":429,"message":"Resource has been exhausted (e.g. check quota).","status":"RESOURCE_EXHAUSTED"}}',
  ),
  country(
    "Xbox",
    "find_string file id 53762761421",
    401,
    '{"XErr":2148916235,"Message":"Xbox Live is not available in your country/region."}',
  ),
  country(
    "a model",
    "find_string file id 71528528096",
    403,
    '{"error":{"type":"RegionError","message":"This model is not available in your country"}}',
  ),
  country(
    "Gemini",
    "find_string file id 59684133986",
    400,
    '{"error":{"code":400,"message":"User location is not supported for the API use.","status":"FAILED_PRECONDITION"}}',
  ),
  country(
    "a game of chance",
    "find_string file id 70168835816",
    403,
    '{"error":{"code":"geo_blocked","message":"Real-money play is not available in your location","country":"US"}}',
  ),
  network(
    "a service for homes",
    "find_string file id 55643465739",
    403,
    '{"detail":"Access through VPN or proxy is not permitted"}',
  ),
  client(
    "Hypixel",
    "https://github.com/HypixelDev/PublicAPI/issues/41",
    403,
    '{"success":false,"cause":"Missing User-Agent header"}',
  ),
  client(
    "a bank's gateway",
    "https://learn.microsoft.com/en-au/dotnet/api/microsoft.sqlserver.dts.runtime.hresults.dts_e_clientauth",
    403,
    '{"error":"Client certificate is missing. A client certificate must be configured for this connection."}',
  ),
  unauthorized(
    "PingIntelligence, which says no more",
    "https://docs.pingidentity.com/r/en-us/pingintelligence-51/pingintelligence_ase_error_messages_blocked_requests",
    403,
    '{"error":"Unauthorized"}',
  ),
  unauthorized(
    "Sabre",
    "https://developer.sabre.com/node/2272",
    403,
    '{"status":"NotProcessed","errorCode":"ERR.2SG.SEC.NOT_AUTHORIZED","message":"Authorization failed due to no access privileges","type":"Validation"}',
  ),
  unauthorized(
    "Sabre, a client",
    "https://developer.sabre.com/node/2272",
    401,
    '{"error":"invalid_client","error_description":"Credentials are missing or the syntax is not correct"}',
  ),
  unauthorized(
    "RapidAPI, a user",
    "https://rapidapi.com/tr/apidojo/api/hotels4/discussions/26293",
    403,
    '{"message":"Blocked User. Please contact your API provider."}',
  ),
  unauthorized(
    "FinMind, a token",
    "https://finmind.github.io/en/BanIPPolicy/",
    401,
    '{"msg":"Token is illegal","status":401}',
  ),
  unauthorized(
    "Akamai's identity",
    "https://techdocs.akamai.com/identity-cloud/docs/api-client-allow-lists-1",
    403,
    '{"error":"client_permission_error","request_id":"72gnhpkttcjgc3ns","error_description":"the provided client does not have authorization for this action","stat":"error","code":403}',
  ),
  unauthorized(
    "Korean, a right",
    "find_string file id 40714515408",
    403,
    '{"code":"FORBIDDEN","message":"권한이 없습니다."}',
  ),
  unauthorized(
    "Korean, a login",
    "find_string file id 40714515408",
    401,
    '{"code":"UNAUTHORIZED","message":"인증이 필요합니다."}',
  ),
  unauthorized(
    "Xbox, a family",
    "find_string file id 53762761421",
    401,
    '{"XErr":2148916238,"Message":"This account belongs to a minor and must be added to a Microsoft family."}',
  ),
  down(
    "PingIntelligence, a name",
    "https://docs.pingidentity.com/r/en-us/pingintelligence-51/pingintelligence_ase_error_messages_blocked_requests",
    503,
    "Error: Unknown Hostname",
    text,
  ),
  down(
    "Bing's fault",
    "https://learn.microsoft.com/es-mx/advertising/transaction-message/error-codes-messages",
    500,
    "<ArrayOfApiError><ApiError><Code>0</Code><Message>Internal error</Message></ApiError></ArrayOfApiError>",
    xml,
  ),
  down(
    "a model that is full",
    "find_string file id 71291933300",
    503,
    '{"error":{"code":"server_is_overloaded","message":"The server is overloaded"}}',
  ),
  ok(
    "a list of blocked addresses",
    "find_string file id 41960687550",
    200,
    '{"status":true,"data":[{"ip":"198.51.100.7"}]}',
  ),
  ok(
    "Korean, a resource",
    "find_string file id 40714515408",
    404,
    '{"code":"NOT_FOUND","message":"요청한 자원을 찾을 수 없습니다."}',
  ),
  ok(
    "Korean, an argument",
    "find_string file id 40714515408",
    400,
    '{"code":"INVALID_ARGUMENT","message":"요청 값이 올바르지 않습니다."}',
  ),
  ok(
    "an address that is none, in Chinese",
    "find_string file id 23744527047",
    400,
    '{"message":"您输入的IP地址不正确"}',
  ),
  ok("an address that lacks, in Chinese", "find_string file id 51872727582", 400, '{"error":"IP地址不能为空"}'),
  ok(
    "an address that is none, in German",
    "find_string file id 32239829706",
    400,
    '{"fehler":"IP-Adresse ist nicht valide."}',
  ),
  ok(
    "a host that cannot be reached, in German",
    "find_string file id 18036601342",
    422,
    '{"fehler":"Die angegebene IP-Adresse ist nicht erreichbar."}',
  ),
  ok(
    "a wiki's block, in Chinese",
    "find_string file id 16937352",
    200,
    '{"success":true,"message":"IP地址“198.51.100.7”已经被查封。"}',
  ),
  ok(
    "a track",
    "find_string file id 100843676",
    404,
    '{"error":"Track not available in your country, try downloading in 128/360RA instead"}',
  ),
];
