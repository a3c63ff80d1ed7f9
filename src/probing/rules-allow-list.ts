/** Refusals that say that the address is not on the partner's list: by a documented code, or in so many words. */
import type { Rule } from "./answer.ts";
import { blockedAddress, blockedUnknown, either, isJson, isPage, type Match, not, row, text } from "./rule.ts";
import { says } from "./said.ts";

const refusals = [400, 401, 403, 404];

/** What an address is called, also in a code: `IP_FORBIDDEN`, `ip not allowed`, `client address`. */
const ip =
  "(?<![a-z])(?:(?:source|client|remote|caller|request|originating)[ _-]?)?(?:ips?(?:[ _-]?addr(?:ess)?(?:es)?)?|(?<=(?:client|source|remote) )address)(?![a-z])";
/** What is said of one that is not wanted. */
const unwanted =
  "(?:(?:invalid|illegal)_user|(?:not|n't)[ _-](?:been[ _-]|an? |a valid |have )?(?:al+ow|permi|auth[a-z]{2,4}[sz]|accept|white|registered|recogni[sz]|trusted|verified|approved|included|access\\b|privileg|in[ _-]|on[ _-]|part[ _-])|no[ _-](?:authori[sz]ation|access|permission)|un(?:authori[sz]ed|registered|recogni[sz]ed|trusted|matched|known|listed|declared)|non[ _-]white|(?:cannot|can't) be (?:accessed|used)|(?:may|can)(?: ?not|'t) (?:access|connect|log|sign|use)|(?<!not |un)block(?:ed|ing|list)|banned|denied|deny\\b|forbid|restrict(?!ion)|reject|refused|prohibit|violat|disallow|black[ _-]?list|prevented|flagged|suspended|(?<!un)locked|mis-?match|unmatch|(?:does not|doesn't) (?:allow|match)|outside (?:of )?(?:the |your )?(?:allow|permit|auth|white))";
/** What the caller may not do is no refusal of the caller: "not allowed to edit the IP allow list". */
const notTheDeed =
  "[a-z]*(?![a-z]| to (?!access|connect|call|use|log|sign|make|send|request|reach|other|specific|certain))";
/** The same in other languages, in which an address is called IP too. */
const elsewhere =
  "(?:(?:pas|non?|nicht|não|nie|niet|không|tidak|belum)[ _-](?:está |est |jest |è |is |été |được )?(?:autori[sz]|permi|habilit|abilit|liberad|registrad|cadastrad|enregistr|inscri|freige|erlaubt|gestattet|zugelassen|registriert|dozwol|phép|consent|toegestaan|geregistr|(?:in|auf|op|dans|en|na) (?:de[rl]?|la|l[ae]) (?:white|allow|list[ae]?|lijst|erlaubt|freigabe)|terdaftar|dikenal|diizinkan|diperboleh)|(?:yetkili|izinli|kayıtlı|tanımlı) değil|bloque|bloqué|bloccat|gesperrt|blockiert|zablok|zbanow|není povolen|inte tillåt|ikke till?[ae]t|blo[ck]k?er[ae][dt]|nu este permis|nem engedélyez|заборонен|غير م(?:سموح|صرح)|محظور|مجاز نیست|engellen|(?:izni|yetkiniz) yok|refus[ée]|interdit|denegad|prohibid|nega[dt][oa]|proibid|vietat|verweigert|verboten|abgelehnt|geweigerd|geblokkeerd|odmówion|reddedil|ditolak|diblokir|заблокир|запрещ|огранич|не (?:разреш|соответств(?![а-я]+ формат)|зарегистр)|не в(?:ходит)? |不在|不允许|未授权|未授權|不允許|拒絕|黑名單|chưa được|禁止|拒绝|受限|白名单限制|没有被系统授权|封禁|封锁|锁定|屏蔽|校验失败|未被授权|黑名单|許可されてい|拒否|制限され|않은|차단)";
/** And in these: "interdit de modifier l'adresse IP", "nicht erlaubt, die IP-Adresse zu ändern". */
const notTheDeedElsewhere = "(?![a-zé]* (?:de |d'|à |para |di |a )[a-z]{2,20}(?:er|ir|ar|re)\\b)";
/** Within one field and one sentence, or the next, if it goes on about the same. */
const near = '(?:[^{}<>".]|\\.(?! )|\\. (?=This|It )){0,100}?';
/** Between what is said and the address of whom: "denied to IP", "not allow requests from your IP", "denied: cannot update the IP list" is another. */
const ofWhom = `(?:[ _:-]{1,3}(?:(?:to|the|an?|other)[ _]){0,2}|${near}\\b(?:from|for|by|of|due to|because of|your|this|via|with|using)\\b[^{}<>".]{0,40}?)`;
/** A new address is a user's, and one that was logged is not why. */
const whose = `(?<!\\bnew )${ip}(?![- ]?(?:adresse)? zu |(?: address)?(?:es)? (?:has|have|is|was|will be) (?:been )?(?:logged|recorded|noted|reported))`;
/** A caller that is called by its address alone: `Client [203.0.113.7]`. */
const caller = "(?:client|caller)[ :=]{1,3}[[('\"]?\\d{1,3}(?:\\.\\d{1,3}){3}[\\])'\"]? (?:is |was |has been )?";
/** What the list did, in a code or in words: `permission-ip-whitelist-limit`, `due to IP allow list restrictions`. */
const listed = `(?:permission|(?:due to|because of|by)(?: the| an?| our)?)[ _-]${ip}[ _-](?:white|allow|access)[ _-]?list(?:ing)?[ _-](?:limit|restrict)|ip_not_enabled|(?:allow|white)-?list access required|but (?:your|the (?:source|client|caller|request(?:ing)?)) ${ip} is\\b`;
/** Named by the address alone: `Access to API is disabled for 203.0.113.7`; or as where the request came from. */
const named =
  '\\baccess\\b[^"<>]{0,40}(?:denied|disabled|forbidden|not allowed|blocked|rejected) (?:for|from) (?:client )?\\d{1,3}(?:\\.\\d{1,3}){3}|(?:invalid|illegal) (?:source|client|remote|caller|request) ip|(?:restricted|limited) to (?:authori[sz]ed|allowed|trusted|approved) networks|unauthori[sz]ed network access|request (?:is )?(?:coming |came )?from (?:an? )?(?:incorrect|invalid|illegal|wrong) ip';
/** What a caller has to do about it, or had to be. */
const advice = `(?:add|register|white-?list|allow-?list) (?:this|your|the new) ${ip}|make sure (?:this|your) ${ip}|(?:only|must)\\b(?! (?:\\w+ )?(?:may|can|change|edit|manage|set)\\b)${near}(?:allowed|white-?listed|allow-?listed|authori[sz]ed|registered) ${ip}|only[^"<>{}.]{0,30} from [^"<>{}.]{0,20}${ip}`;
const saysAddress = new RegExp(
  `${ip}${near}(?:${unwanted}|${elsewhere})|${unwanted}${notTheDeed}${ofWhom}${whose}|${elsewhere}${notTheDeedElsewhere}${near}${whose}|${caller}${unwanted}|${named}|${listed}|${advice}`,
  "i",
);
/** With status 400 or 404 the address may be a field of the request: this one is the caller's, or has a list. */
const isTheCallers = text(
  /(?:your|this|source|client|remote|caller|request\w*|originating|incoming|connecting|calling|sender's|from)[ _-](?:the |an? )?ip|ip address of the (?:server|client|sender)|(?:client|caller)[ :=]{1,3}[[(']?\d{1,3}(?:\.\d{1,3}){3}|ip(?: address)? (?:is )?not allowed to (?:access|call|connect|use)|match (?:the |any )?allowed ip|for this (?:api )?key|(?:allow|white|access|safe|trusted)[ _-]?list|ip[ _](?:not[ _](?:allowed|enabled)|forbidden|blocked)|(?:등록|허용|승인)되지 않은 ip|白名单|(?:votre|ihre|[st]u|seu|tuo|vostro|twój|ваш|您的|你的)[ -]?(?:adresse |dirección |endereço |indirizzo |adres )?ip(?![a-z])|ip adresiniz/i,
);
/** A customer's address, a recipient's refusal, a rule that exists, a second factor that a new address needs. */
const isAnothers = text(
  /\b(?:customer|buyer|shopper|payer|cardholder|card|recipient)(?:'s)? ip\b|ip(?: address)? (?:country|you want)|billing address|by the (?:destination|recipient|receiver|host)\b|resolves to|already (?:blocked|banned|denied|black|white)|\bmfa\b/i,
);
const isRefused: Match = ({ status }) => status === 401 || status === 403;
const isOurs: Match = either(isRefused, isTheCallers);
const saysOurs: Match = (seen) => text(saysAddress)(seen) && !isAnothers(seen);
/** An address that is none would be status 400: with these it is one that may not call. */
const invalidAddress = /(?<![a-z])(?:invalid|illegal)[ _-]ip(?:[ _-]?address)?(?![a-z])/i;
/** A page that says so of "your IP": pages of firewalls have the address in their footer for other reasons. */
const yourAddress =
  /\byour ip(?: address)?(?:[^a-z]{0,60}|\W+(?:range|network)\W+)(?:has been|have been|is|was|isn't)\s+(?:\w{3,12}ly )?(?:not (?:allowed|authori[sz]ed|permitted|white|(?:in|on) (?:the |our )?(?:list|allow|white))|blocked|banned|denied|restricted|black-?listed|forbidden)|(?:banned|blocked|blacklisted) your ip\b|your (?:blocked|banned) ip|denied to ip address:? \d|(?:許可されてい(?:ない|ません)|허용되지 않은|未授权的?|不允许的?) ?ip|ip address(?: of the client)? (?:has been |is )?rejected|ip address (?:from which you are browsing|[\d.]+) (?:is|has been) (?:not permitted|blocked|banned|denied)|(?:votre adresse|ihre|uw|tuo indirizzo|su dirección|tu|seu endereço|twoj[ae]|adres|ваш(?:его)?|您的|お使いの|この|귀하의)[ -]?(?:de )?ip[^{}]{0,60}/i;
const otherLanguage = new RegExp(elsewhere, "i");
const saysYourAddress: Match = ({ text: page }) => {
  const said = yourAddress.exec(page.replace(/<[^>]{0,200}>/g, " ").replace(/\s+/g, " "))?.[0];
  return (
    said !== undefined && (/^(?:your|ip|banned|blocked|blacklisted|denied)/i.test(said) || otherLanguage.test(said))
  );
};

/** A row for a code that the partner's own documentation explains. */
const coded = (id: string, statuses: readonly number[], pattern: RegExp): Rule =>
  row(id, blockedAddress, statuses, text(pattern));

const isText: Match = not(either(isJson, isPage));

export const allowListRules: readonly Rule[] = [
  coded("mongodb-atlas-access-list", [403], /"errorCode"\s*:\s*"IP_ADDRESS_NOT_ON_(?:ACCESS|WHITE)_?LIST"/),
  coded("github-ip-allow-list", [403], /has an IP allow list enabled, and your IP address is not permitted/),
  coded("apigee-access-control", [403], /accesscontrol\.IPDeniedAccess/),
  coded("azure-key-vault-firewall", [403], /ForbiddenByFirewall/),
  coded("azure-service-firewall", [401, 403], /Virtual Network\/Firewall rules/i),
  coded("google-api-key-restriction", [403], /API_KEY_IP_ADDRESS_BLOCKED/),
  coded("elastic-traffic-filter", [403], /Forbidden due to traffic filtering/),
  coded(
    "salesforce-login-range",
    [400, 401, 403, 500],
    /LOGIN_DURING_RESTRICTED_DOMAIN|"error_description"\s*:\s*"ip restricted"/,
  ),
  coded("cloudflare-api-token", [401, 403], /Cannot use the access token from location/),
  coded("bitget-address", [400], /"code"\s*:\s*"40018"[^{}]{0,20}"Invalid IP"/),
  coded("sf-express-address", [200], /"apiResultCode"\s*:\s*"A1004"/),
  coded("namecheap-address", [], /<Error Number="1011150"|Invalid request IP:/),
  coded("bybit-unmatched-address", [], /"retCode"\s*:\s*10010\b|Unmatched IP/),
  // "Invalid API-key, IP, or permissions": it does not say which.
  row("binance-key-or-address", blockedUnknown, [400, 401, 403], text(/"code"\s*:\s*-2015\b/)),
  row(
    "google-vpc-service-controls",
    blockedUnknown,
    [403],
    text(/VPC_SERVICE_CONTROLS|vpcServiceControlsUniqueIdentifier/),
  ),
];

/** Before the pages for browsers: a refused caller may be offered a captcha. */
export const refusedAddressPage: Rule = row("page-refuses-address", blockedAddress, refusals, isPage, saysYourAddress);
