/** Refusals of an address in other languages than English, made after a sentence that partners use. */
import { means, type Published } from "./recorded.ts";

const json = { "content-type": "application/json" };
const html = { "content-type": "text/html; charset=utf-8" };
const address = (language: string, status: number, headers: Record<string, string>, body: string): Published =>
  means("blocked/address", language, "of our own", status, headers, body);

export const languages: readonly Published[] = [
  address("German", 403, html, "<html><body>Ihre IP-Adresse 198.51.100.7 wurde gesperrt.</body></html>"),
  address("French", 403, json, '{"erreur":"Adresse IP non autorisée"}'),
  address("Spanish", 401, json, '{"mensaje":"IP no autorizada"}'),
  address("Portuguese", 403, json, '{"mensagem":"IP não liberado para acesso"}'),
  address("Italian", 403, json, '{"messaggio":"Indirizzo IP non abilitato"}'),
  address("Dutch", 403, json, '{"melding":"IP-adres niet toegestaan"}'),
  address("Turkish", 403, json, '{"mesaj":"IP adresiniz yetkili değil"}'),
  address("Indonesian", 403, json, '{"message":"IP tidak terdaftar"}'),
  address(
    "Chinese, in the error of a gateway",
    200,
    json,
    '{"error_response":{"code":"40006","msg":"Insufficient Permissions","sub_msg":"IP不在白名单"}}',
  ),
  means(
    "blocked/country",
    "Russian, of the country",
    "of our own",
    403,
    html,
    "<html><body>Доступ из вашей страны ограничен</body></html>",
  ),
  means(
    "ok",
    "an application of the partner's that was denied itself",
    "of our own",
    200,
    json,
    '{"status":"denied","amount":100,"reason":"IP address mismatch with billing country","customer":{"name":"x"}}',
  ),
  means("blocked/address", "Korean, as text", "of our own", 401, html, "접근이 허용되지 않은 IP입니다."),
  means(
    "blocked/address",
    "French",
    "of our own",
    403,
    json,
    '{"erreur":"IP_NON_AUTORISEE","message":"Votre adresse IP n\'est pas autorisée à accéder à cette API."}',
  ),
  means(
    "blocked/address",
    "Spanish",
    "of our own",
    403,
    json,
    '{"error":"Acceso prohibido desde IP no autorizada: 203.0.113.7","ipRecibida":"203.0.113.7","ipsPermitidas":["45.232.149.146"]}',
  ),
  means(
    "blocked/address",
    "Japanese, on a framework's page",
    "of our own",
    403,
    html,
    "<!doctype html>\n<html lang=en>\n<title>403 Forbidden</title>\n<h1>Forbidden</h1>\n<p>許可されていないIPアドレスです。</p>\n",
  ),
  means(
    "blocked/address",
    "Turkish, without its letters",
    "of our own",
    403,
    json,
    '{"detail":"IP adresiniz engellenmis"}',
  ),
  means("blocked/address", "German", "of our own", 403, json, '{"error":"Ihre IP-Adresse wurde gesperrt"}'),
  means(
    "blocked/address",
    "German, of too many attempts",
    "of our own",
    403,
    json,
    '{"message":"Ihre IP-Adresse wurde aufgrund zahlreicher fehlgeschlagener Anmeldeversuche vorübergehend gesperrt."}',
  ),
  means(
    "blocked/address",
    "Portuguese, with status 200",
    "of our own",
    200,
    json,
    '{"success":false,"message":"IP não autorizado para realizar saques","client_ip":"203.0.113.7"}',
  ),
  means(
    "blocked/rate",
    "Russian, of a rate",
    "of our own",
    429,
    json,
    '{"detail":"Слишком много попыток авторизации. IP-адрес заблокирован до 2025-11-13T13:15:00"}',
  ),
];
