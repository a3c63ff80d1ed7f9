/** Partners whose list lacks the address, by code and in words. */
import { answersThat, type Published } from "./recorded.ts";

const json = { "content-type": "application/json; charset=utf-8" };
const html = { "content-type": "text/html; charset=utf-8" };
const text = { "content-type": "text/plain; charset=utf-8" };
const xml = { "content-type": "text/xml; charset=utf-8" };
const address = answersThat("blocked/address", json);

export const lists: readonly Published[] = [
  address(
    "DataForSEO, with status 200",
    "https://dataforseo.com/help-center/whitelist-ips",
    200,
    '{"version":"0.1","status_code":40207,"status_message":"Access denied. Your IP is not whitelisted. You can modify your IP whitelist in the user panel https://app.dataforseo.com/api-access .","tasks_count":0}',
  ),
  address(
    "an acquirer",
    "https://mpg-acquirer-docs.pages.dev/guides/rest-api/vLVY-ip-white",
    401,
    '{\n"message": "IP is not in the IP whitelist"\n}',
  ),
  address(
    "OpenAI",
    "https://developers.openai.com/api/docs/guides/ip-allowlist",
    401,
    '{"error":{"message":"Your IP is not authorized to access this project.","type":"invalid_request_error","param":null,"code":"ip_not_authorized"}}',
  ),
  address(
    "Brevo",
    "https://app.brevo.com/security/authorised_ips",
    401,
    '{"message":"We have detected you are using an unrecognised IP address 203.0.113.9. If you performed this action make sure to add the new IP address in this link: https://app.brevo.com/security/authorised_ips","code":"unauthorized"}',
  ),
  address(
    "Upbit",
    "https://docs.upbit.com/kr/reference/rest-api-guide",
    401,
    '{"error":{"name":"no_authorization_ip","message":"This is not a verified IP."}}',
  ),
  address(
    "WeChat, with status 200",
    "https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Get_access_token.html",
    200,
    '{"errcode":40164,"errmsg":"invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist rid: 66c544cf-009df51f-6fd6670c"}',
  ),
  address(
    "WeCom, with status 200",
    "https://developer.work.weixin.qq.com/document/path/90313",
    200,
    '{"errcode":60020,"errmsg":"not allow to access from your ip, hint: [1621300233], from ip: 203.0.113.9, more info at https://open.work.weixin.qq.com/devtool/query?e=60020"}',
  ),
  address(
    "OKX",
    "https://www.okx.com/docs-v5/en/#error-code-rest-api-api",
    401,
    '{"code":"50110","msg":"Your IP 203.0.113.9 is not included in your API key\'s IP whitelist.","data":[]}',
  ),
  address(
    "Gate",
    "https://www.gate.io/docs/developers/apiv4/en/#error-handling",
    403,
    '{"label":"IP_FORBIDDEN","message":"Request IP not in whitelist: 203.0.113.9"}',
  ),
  address(
    "MEXC",
    "https://mexcdevelop.github.io/apidocs/spot_v3_en/#error-code",
    400,
    '{"msg":"IP [203.0.113.9] not in the ip white list","code":700006}',
  ),
  address(
    "CoinEx, with status 200",
    "https://docs.coinex.com/api/v2/faq",
    200,
    '{"code":4007,"data":{},"message":"IP Prohibited"}',
  ),
  address(
    "BingX, with status 200",
    "https://bingx-api.github.io/docs/#/en-us/spot/changelog",
    200,
    '{"code":100419,"msg":"your current request IP 203.0.113.9 does not match IP whitelist, please go to https://bingx.com/en/account/api/ to verify the ip you have set","timestamp":1700000000000}',
  ),
  address(
    "a REST server for CodeIgniter",
    "https://github.com/chriskacerguis/codeigniter-restserver/issues/943",
    401,
    '{"status":false,"error":"IP unauthorized"}',
  ),
  address(
    "Snowflake",
    "https://docs.snowflake.com/en/user-guide/network-policies",
    401,
    '{"code":"390422","message":"Incoming request with IP/Token 203.0.113.9 is not allowed to access Snowflake. Contact your account administrator.","success":false,"data":null}',
  ),
  address(
    "n8n's webhook, plain text",
    "https://github.com/n8n-io/n8n/blob/master/packages/nodes-base/nodes/Webhook/Webhook.node.ts",
    403,
    "IP is not allowed to access the webhook!",
    {},
  ),
  address(
    "a service behind a proxy, plain text",
    "https://github.com/search?q=%22your+IP+address+is+blocked%22&type=code",
    403,
    "Access denied: your IP address is blocked.",
    text,
  ),
  address(
    "UltraCart over SOAP, with status 500",
    "https://ultracart.atlassian.net/wiki/plugins/viewsource/viewpagesrc.action?pageId=724959260",
    500,
    '<?xml version="1.0"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault><faultcode>soap:Client</faultcode><faultstring>Login failed. Please make sure this IP has been authorized to access the system. IP address 203.0.113.9 denied.</faultstring></soap:Fault></soap:Body></soap:Envelope>',
    xml,
  ),
  address(
    "a registrar over XML, with status 200",
    "https://www.namesilo.com/api-reference",
    200,
    '<?xml version="1.0"?><namesilo><request><operation>listDomains</operation><ip>203.0.113.9</ip></request><reply><code>113</code><detail>This API account cannot be accessed from your IP</detail></reply></namesilo>',
    xml,
  ),
  address(
    "config server firewall's page",
    "https://github.com/Ekultek/WhatWaf/issues/79",
    403,
    "<u></u><head>\n<title>Unauthorized Access</title>\n</head>\n<body>\n<img src=\"csf_small.png\"/>\n<h1>Your connection to this server has been blocked in this server's firewall.</h1>\n<p>You need to contact the server owner for further information.</p>\n<p>Your blocked IP address is <b>203.0.113.9</b></p>\n<p>This server's hostname is <b>web12</b></p>\n</body>",
    html,
  ),
  address(
    "a page of an administration's allow list",
    "https://github.com/search?q=%22Your+IP+address+is+not+allowed+to+access+this+resource%22&type=code",
    403,
    "<html><body><h1>403 Forbidden</h1><p>Your IP address is not allowed to access this resource.</p></body></html>",
    html,
  ),
  address(
    "a scraping guard",
    "https://github.com/search?q=%22msg%22+%22ip+banned%22+%22retry_after%22&type=code",
    403,
    '{"msg":"ip banned","status":403,"retry_after":86400}',
  ),
  address(
    "French",
    "https://github.com/search?q=%22adresse+IP+n%27est+pas+autoris%C3%A9e%22&type=code",
    403,
    '{"erreur":"IP_NON_AUTORISEE","message":"Votre adresse IP n\'est pas autorisée à accéder à cette API."}',
  ),
  address(
    "Spanish",
    "https://github.com/search?q=%22Acceso+denegado%3A+IP+no+autorizada%22&type=code",
    403,
    '{"error":"Acceso denegado: IP no autorizada"}',
  ),
  address(
    "Portuguese",
    "https://github.com/search?q=%22IP+n%C3%A3o+autorizado%22&type=code",
    403,
    '{"success":false,"message":"IP não autorizado para realizar saques","client_ip":"203.0.113.9"}',
  ),
  address(
    "German",
    "https://github.com/search?q=%22IP-Adresse+ist+nicht%22&type=code",
    403,
    '{"fehler":"Ihre IP-Adresse ist nicht freigeschaltet."}',
  ),
  address(
    "Russian",
    "https://github.com/search?q=%22IP-%D0%B0%D0%B4%D1%80%D0%B5%D1%81+%D0%B7%D0%B0%D0%B1%D0%BB%D0%BE%D0%BA%D0%B8%D1%80%D0%BE%D0%B2%D0%B0%D0%BD%22&type=code",
    403,
    '{"error_code":4,"error":"Ваш IP-адрес заблокирован"}',
  ),
  address(
    "Chinese",
    "https://github.com/search?q=%22%E8%AF%B7%E6%B1%82IP%E4%B8%8D%E5%9C%A8%E7%99%BD%E5%90%8D%E5%8D%95%22&type=code",
    401,
    '{"statusCode":401,"message":"请求IP不在白名单内，请配置白名单"}',
  ),
  address(
    "Korean",
    "https://github.com/search?q=%22%ED%97%88%EC%9A%A9%EB%90%98%EC%A7%80+%EC%95%8A%EC%9D%80+IP%22&type=code",
    401,
    "접근이 허용되지 않은 IP입니다.",
    html,
  ),
  address(
    "Japanese",
    "https://github.com/search?q=%22%E8%A8%B1%E5%8F%AF%E3%81%95%E3%82%8C%E3%81%A6%E3%81%84%E3%81%AA%E3%81%84IP%E3%82%A2%E3%83%89%E3%83%AC%E3%82%B9%22&type=code",
    403,
    '{"success":false,"error":"アクセスが許可されていないIPアドレスです"}',
  ),
  address(
    "Polish",
    "https://github.com/search?q=%22Twoje+IP+zosta%C5%82o%22&type=code",
    403,
    '{"error":"Forbidden","message":"Twoje IP zostało tymczasowo zablokowane z powodu wykrycia anomalii."}',
  ),
];
