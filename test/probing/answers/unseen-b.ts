/** A second table that was written from public pages alone, and measured before any rule was changed for it. */
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

export const unseenB = [
  address("a device's enrolment", "find_string file id 52812562987", 403, '{"detail":"Enrollment not allowed from this IP address"}'),
  address("an old server of PHP, with status 200", "find_string file id 39815325577", 200, "Not Allowed from this IP. Access Denied", text),
  address("a list of tokens' addresses", "find_string file id 45416053837", 403, '{"error":"Token not allowed from this IP"}'),
  address("Netdata's stream", "find_string file id 165293317", 403, "Your IP is not permitted to push metrics with this API key.", text),
  address("Persian", "find_string file id 15699537022", 403, '{"error":"دسترسی از این IP مجاز نیست","code":"IP_NOT_WHITELISTED"}'),
  address("Chinese, a list", "find_string file id 54800825777", 403, '{"error":"IP 不在允许访问的列表中"}'),
  address("Chinese, a ban", "find_string file id 54800825777", 403, '{"error":"IP 已被禁止访问"}'),
  address("Portuguese", "find_string file id 19885635782", 403, '{"error":"IP não autorizado"}'),
  address("Portuguese, outside the list", "find_string file id 66557861740", 403, '{"message":"acesso negado: IP fora da whitelist"}'),
  address("Portuguese, a page", "find_string file id 58527298230", 403, "Acesso negado: IP não autorizado.", html),
  address("German", "find_string file id 24911239202", 403, '{"error":"IP ist gesperrt"}'),
  address("a code alone", "find_string file id 67179449402", 403, '{"error":"ip_mismatch"}'),
  address("Chinese, with status 200", "find_string file id 19286677816", 200, '{"status":1,"message":"当前ip被封禁，请联系客服处理"}'),
  address("China's company register", "find_string file id 71326818871", 403, "请求异常 当前IP请求异常，请更换IP地址进行访问", html),
  address("Avito", "find_string file id 67204287927", 403, "<html><head><title>Доступ ограничен</title></head><body><h2>Доступ с вашего IP-адреса временно ограничен</h2></body></html>", html),
  address("Azure App Configuration", "https://docs.azure.cn/pt-br/azure-app-configuration/network-access-errors", 403, '{"type":"https://azconfig.io/errors/ip-address-rejected","title":"Access to this resource is governed by a network access policy. The client IP address fails to meet the criteria for access. See https://aka.ms/appconfig/network-access-errors for more information.","status":403}', problem),
  address("PaySprint, with status 200", "https://pay-sprint.readme.io/reference/aeps-bank-1-merchant-ekyc-sendotp", 200, '{"status":false,"response_code":7,"message":"Authentication failed !! Ip Not Whitelisted- 203.0.113.10:4431"}'),
  address("PayGo's payouts", "https://paygo.sanvexo.in/docs/errors", 403, '{"success":false,"message":"IP address not whitelisted"}'),
  address("CentralNic, lines with status 200", "https://kb.centralnicreseller.com/api/return-codes.html", 200, "[RESPONSE]\r\ncode = 535\r\ndescription = Restricted IP address\r\nEOF\r\n", text),
  address("Canada Post, with status 200", "https://www.canadapost-postescanada.ca/ac/support/api/addresscomplete-interactive-retrieve/", 200, '{"Items":[{"Error":"4","Description":"Request not allowed from this IP","Cause":"The request was disallowed from the IP address.","Resolution":"Check the security settings on the key first."}]}'),
  address("an authority's API", "find_string file id 19121854618", 403, `{"success":false,"message":"Access denied","error":{"code":"IP_NOT_ALLOWED","details":"Your IP address is not authorized to access this resource"}}`),
  address("Kavenegar, in a status of its own", "find_string file id 40046058298", 416, '{"return":{"status":416,"message":"Requester IP address is not authorized in security settings"},"entries":null}'),
  address("MiniHotel, a line with status 200", "find_string file id 70093518958", 200, "ERR A01: IP address is not authorized", text),
  address("a health check", "find_string file id 34712482928", 403, "Health check is not allowed for the requesting IP", text),
  address("Swyftx's kin", "find_string file id 5418290230", 401, '{"message":"Access denied: Unauthorized Access. The IP address you are reaching this endpoint through is not allowed to access this endpoint"}'),
  address("Delta Exchange", "find_string file id 53221690642", 401, '{"success":false,"error":{"code":"ip_not_whitelisted_for_api_key","context":{"client_ip":"203.0.113.10"}}}'),
  address("Laravel's page", "find_string file id 58392726823", 403, "<!DOCTYPE html><html lang=\"en\"><head><title>Forbidden</title></head><body><div>403</div><div>Access denied. Your IP address is not authorized.</div></body></html>", html),
  unknown("Sucuri", "https://github.com/sqlmapproject/sqlmap/pull/2761", 403, "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Sucuri WebSite Firewall - Access Denied</title></head><body><h1>Access Denied - Sucuri Website Firewall</h1></body></html>", { ...html, server: "nginx", "x-sucuri-id": "11016" }),
  unknown("Shared Services Canada's proxy", "https://github.com/canada-ca/tracker/issues/3498", 403, "<html><body><h1>ATTENTION: Access Denied</h1><p>Category: Hacking</p></body></html>"),
  unknown("Cloudflare's block", "https://github.com/Ekultek/WhatWaf/issues/11", 403, '<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head><body><h1 data-translate="block_headline">Sorry, you have been blocked</h1><h2>You are unable to access gladius.io</h2></body></html>', { ...html, server: "cloudflare" }),
  unknown("an Apache page", "https://www.bestwebhosting.co.uk/client/knowledgebase/119", 403, "<html><head><title>403 Forbidden</title></head><body><h1>Forbidden</h1><p>You don't have permission to access this resource.</p></body></html>"),
  unknown("a gateway's policy, without a body", "https://docs.cloudbase.net/en/error-code/ACCESS_DENIED", 403, "", json),
  unknown("a web filter with status 200", "https://github.com/Ekultek/WhatWaf/issues/799", 200, "<html><head><title>This request has been blocked</title></head><body><p>This request has been blocked</p></body></html>"),
  unknown("a firewall's JSON", "https://github.com/golonzovsky/vacme-zurich-parser/issues/7", 403, '{"error":"Request blocked by web application firewall","id":"1e2f"}', json),
  challenge("a button to hold", "https://archyde.com/confirm-human-verification-to-continue-access", 403, "<html><head><title>Access</title></head><body><p>This request seems a bit unusual, so we need to confirm that you’re human. Please press and hold the button until it turns completely green.</p></body></html>"),
  challenge("a check before one goes on", "https://grantwinney.com/why-am-i-getting-a-please-complete-the-security-check-error/", 403, "<html><head><title>Please Wait... | Cloudflare</title></head><body><h1>Please complete the security check to access the site</h1></body></html>", { ...html, server: "cloudflare" }),
  challenge("Kinopoisk", "find_string file id 44504821467", 200, "<html><head><title>Ой!</title></head><body>Нам очень жаль, но запросы, поступившие с вашего IP-адреса, похожи на автоматические. Подтвердите, что вы не робот.</body></html>"),
  challenge("a site with hCaptcha", "https://buzza.co.il/en/algeria-dominates", 403, "<html><head><title>Captcha</title></head><body>Your activity and behavior on this site made us think that you are a bot. Please solve this CAPTCHA to request unblock to the website</body></html>"),
  rate("MalShare, with status 200", "https://github.com/Malshare/MalShare/issues/5", 200, "ERROR! => Over Request Limit. Please contact admin@malshare.com if you need this increased", text),
  rate("Codewars", "https://github.com/codewars/codewars.com/issues/1191", 429, "You have gone over your IP based rate limit, please try again in 30 seconds", text),
  rate("lakeFS", "https://github.com/treeverse/lakeFS/pull/6711", 420, '{"message":"too many requests"}'),
  rate("Russian", "find_string file id 71175268557", 429, "Слишком много запросов с вашего IP, попробуйте позже", text),
  rate("Russian, with status 403", "find_string file id 19516646997", 403, '{"message":"Превышено количество запросов с вашего IP!"}'),
  rate("Canada Post, a key's day, with status 200", "https://www.canadapost-postescanada.ca/ac/support/api/addresscomplete-interactive-retrieve/", 200, '{"Items":[{"Error":"8","Description":"Key daily limit exceeded","Cause":"The daily limit on the key has been exceeded.","Resolution":"Alter the daily limit on the key."}]}'),
  country("Polymarket, with status 403", "https://docs.polymarket.com/api-reference/geoblock", 403, '{"error":"Trading restricted in your region, please refer to available regions - https://docs.polymarket.com/developers/CLOB/geoblock"}'),
  country("a broker", "find_string file id 55643465739", 403, '{"detail":"This service is not available in your jurisdiction","country_code":"US"}'),
  network("a proxy that was found", "find_string file id 56566110324", 403, '{"access_token":null,"refresh_token":"","error":"VPN or Proxy detected","error_description":"Please disable your VPN or proxy and try again.","key":""}'),
  network("a panel that finds a VPN", "find_string file id 53217652179", 403, "<html><head><title>Access Blocked</title></head><body><h1>Access Blocked</h1><p>VPN or Proxy Detected</p></body></html>", html),
  client("a tracker's middleware", "find_string file id 33284771854", 400, '{"error":"Missing required headers","message":"Missing required headers: user-agent"}'),
  client("Wikipedia's API", "find_string file id 62132427844", 403, "Please set a user-agent and respect our robot policy https://w.wiki/4wJS", text),
  unauthorized("CloudTest", "https://techdocs.akamai.com/cloudtest/reference/403", 403, '{"GENERIC_ERR":"GenericError","time":"2/11/22 4:50 PM","message":"Insufficient privileges."}'),
  unauthorized("Canada Post, a key, with status 200", "https://www.canadapost-postescanada.ca/ac/support/api/addresscomplete-interactive-retrieve/", 200, '{"Items":[{"Error":"2","Description":"Unknown key","Cause":"The key you are using to access the service was not found.","Resolution":"Please check that the key is correct."}]}'),
  unauthorized("Solidgate", "https://api-docs.solidgate.com/api/v2/errors", 403, '{"code":"PERMISSION_DENIED","message":"Permission denied"}'),
  unauthorized("Alibaba's Yunxiao", "https://help.aliyun.com/en/yunxiao/developer-reference/error-code-center", 403, '{"errorCode":"Forbidden.InvalidUser.UserNotInCurrentOrganization","errorMessage":"The user is not a member of the organization and lacks permission to operate.","requestId":"a1"}'),
  unauthorized("Akamai's truststore", "https://techdocs.akamai.com/mtls-edge-truststore/reference/403", 403, '{"status":403,"title":"Forbidden.","type":"/mtls-edge-truststore/error-types/forbidden"}', problem),
  unauthorized("DollarPe, a signature", "https://docs.dollarpe.xyz/guides/development-testing/error-codes", 401, '{"code":"AUTH_INVALID_SIGNATURE","message":"Invalid signature"}'),
  unauthorized("a tenant that is not active", "find_string file id 55857550832", 403, '{"error":"Tenant account is not active"}'),
  unauthorized("CentralNic, a login, with status 200", "https://kb.centralnicreseller.com/api/return-codes.html", 200, "[RESPONSE]\r\ncode = 530\r\ndescription = Authentication failed\r\nEOF\r\n", text),
  unauthorized("a second factor or an address", "find_string file id 53540488072", 403, '{"error":"MFA inválido o IP no autorizada"}'),
  down("PaySprint", "https://pay-sprint.readme.io/reference/aeps-bank-1-merchant-ekyc-sendotp", 500, '{"status":false,"response_code":0,"message":"Something went wrong Please try after sometime!!"}'),
  down("BloomSMS", "https://bloomsms.com/common-api-error-codes-explained", 503, '{"error":"SERVICE_UNAVAILABLE","message":"The service or country you requested is temporarily out of stock."}'),
  down("DollarPe", "https://docs.dollarpe.xyz/guides/error-codes", 500, '{"code":"SYS_INTERNAL_ERROR","message":"Internal server error"}'),
  down("a page of the provider", "https://secure.valcato.com/knowledgebase/53/A-visitor-cant-access-my-server.html", 502, "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>", html),
  ok("OpenSRS, an address that lacks, with status 200", "https://www.yumpu.com/en/document/view/24991830/opensrs-api-integration-for-xml/45", 200, '<?xml version="1.0"?><OPS_envelope><body><data_block><dt_assoc><item key="is_success">0</item><item key="response_code">465</item><item key="response_text">Missing required field: ip.</item></dt_assoc></data_block></body></OPS_envelope>', xml),
  ok("Polymarket's own question", "https://docs.polymarket.com/api-reference/geoblock", 200, '{"blocked":false,"ip":"203.0.113.42","country":"US","region":"NY"}'),
  ok("DollarPe, a country", "https://docs.dollarpe.xyz/guides/error-codes", 400, '{"code":"REQ_INVALID_COUNTRY","message":"Invalid country code"}'),
  ok("DollarPe, a document", "https://docs.dollarpe.xyz/guides/error-codes", 400, '{"code":"KYC_INVALID_DOC_TYPE","message":"Document type not supported for your country"}'),
  ok("an address's list that is of the wrong form", "find_string file id 56138107613", 422, '{"error":"IPWhitelistError","invalid_cidrs":["10.0.0.0/8"],"message":"IP whitelist contains invalid CIDRs"}'),
  ok("a host that is not found", "https://docs.dollarpe.xyz/guides/error-codes", 404, '{"code":"NOT_FOUND","message":"Not Found"}'),
  ok("PaySprint, a success", "https://pay-sprint.readme.io/reference/aeps-bank-1-merchant-ekyc-sendotp", 200, '{"status":true,"response_code":2,"message":"Merchant kyc already done kindly proceed with transactions."}'),
  ok("a fraud service's findings", "find_string file id 13141429959", 200, '{"action":"block","score":82,"signals":[{"type":"vpn_proxy","severity":"medium","score":20,"details":"VPN or proxy detected"}]}'),
  ok("a look-up of a list", "find_string file id 605101740", 200, '{"ip":"198.51.100.7","ip_blocked":true,"reason":"listed by two sources"}'),
];
