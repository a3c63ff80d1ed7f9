/** Refusals of an application whose status says something else: gRPC, SOAP, XML, and JSON of status 200. */
import type { Rule } from "./answer.ts";
import { either, header, isFault, isJson, isPage, not, ok, row, targetDown, text, unauthorized } from "./rule.ts";
import { says } from "./said.ts";

const grpc = (code: RegExp) => header("grpc-status", code);
/** What is wrong with a key, a token, a signature. */
const badKey =
  '(?:invalid|missing|expired|wrong|incorrect|bad|unknown|no)[_ -]?(?:an? )?(?:auth(?:ed|entication)?\\b|(?:api|app|security|secret)?(?:[_ -]?access)?[_ -]?key|(?:access |session )?token|credential|signature|sign\\b|login|client\\b|grant\\b|password)|user ?(?:name|id)?(?: or | and |/)(?:key|password)|(?:token|key|signature|credentials?|session|login)(?![a-z])[^\\n"{}]{0,20}(?:invalid|missing|expired|incorrect|wrong|mismatch|fail|required|not[_ ](?:valid|found|match|registered)|could not be)|签名|未登录|鉴权|認証|(?:неверн|неправильн|недействительн)[а-яё]{2,4} (?:токен|token|ключ|парол|логин|подпис)|authentifi|autentica[cç]|credencia|zugangsdaten|identifiants|api bilgi|geçersiz (?:token|anahtar|kullanıcı)|hatalı (?:şifre|kullanıcı)';
const credentials = new RegExp(
  `${badKey}|un(?:authenticated|authori[sz]ed)\\b|forbidden|not[_ -]?auth(?:ed\\b|enticated)|(?:access|permission|request)[_ -]?denied|auth(?:entication|ori[sz]ation)[_ ](?:failed|failure|required|error)|auth_?fail|not logged in|无权限`,
  "i",
);

export const applicationRules: readonly Rule[] = [
  row("grpc-credentials", unauthorized, [200], grpc(/^(?:7|16)$/)),
  row("grpc-unavailable", targetDown, [200], grpc(/^1[345]$/)),
  row(
    "soap-credentials",
    unauthorized,
    [500],
    isFault,
    text(
      /FailedAuthentication|FailedCheck|InvalidSecurity|INVALID_(?:LOGIN|SESSION)|not authori[sz]ed|unauthori[sz]ed|authentication failed|access denied|invalid (?:credentials|password|user)/i,
    ),
  ),
  // The fault is the request's: a server that says so read it.
  row(
    "soap-caller",
    ok,
    [500],
    isFault,
    text(/<(?:[\w-]+:)?(?:faultcode|Value)[^>]*>\s*(?:[\w-]+:)?(?:Client|Sender)\b/),
  ),
  row(
    "xml-403",
    unauthorized,
    [403],
    either(header("content-type", /[/+]xml\b/), text(/^\s*<(?:\?xml|Error>)/)),
    not(isPage),
  ),
  row("text-403-credentials", unauthorized, [403], not(isPage), text(new RegExp(badKey, "i"))),
  row("json-error-credentials", unauthorized, [200], says(credentials, true)),
  row("json-500-credentials", unauthorized, [500], isJson, text(new RegExp(badKey, "i"))),
];
