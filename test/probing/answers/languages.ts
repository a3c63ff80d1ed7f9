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
];
