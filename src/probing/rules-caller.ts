/**
 * Refusals that say in words, or by a code, what about the caller is unwanted: its address, network, country or program.
 * Each is a subject and a refusal within one clause; the status says how much of the refusal has to be in the words.
 */
import type { Rule, Seen } from "./answer.ts";
import { clausesOf } from "./clauses.ts";
import {
  blockedAddress,
  blockedClient,
  blockedCountry,
  blockedNetwork,
  isPage,
  type Match,
  not,
  row,
  text,
} from "./rule.ts";

const pattern = (...parts: readonly string[]) => new RegExp(parts.join("|"), "u");

/** Stems of what is granted, in languages that put a negation before it. */
const granted =
  "al+ow|permi|aut[oh]|accept|access|white|safe|regist|recogni[sz]|trust|verif|approv|includ|privileg|part\\b|match|known|belong|grant|bound|eligib|enabled|used|within|come from|(?:in|on) (?:\\S+ ){0,3}(?:\\S*list|ranges?\\b|acl)" +
  "|habilit|abilit|liberad|cadastr|enregistr|declar|inscri|dans|en la|na lista|auf der|in de|op de|freige|erlaub|gestattet|zugelassen|dozwol|phep|đang ky|hop le|toegestaan|geregistr|terdaftar|dikenal|diizinkan|diperboleh|till?[ae][dt]|povolen|engedely|consent|разреш|зарегистр|соответств|входит|в ";
const negation =
  "(?:(?<!\\p{L})(?:no[tn]?|never|cannot|pas|nicht|nao|niet?|khong|chua|tidak|belum|neni|inte|ikke|nu|nem|не)(?!\\p{L})|n't)";
/** The caller, and what is said of an address of the caller. */
const who = "(?:client|source|remote|caller|request\\w*)";
const wrong = "(?:invalid|illegal|incorrect|wrong)";
/** Stems of refusals that need no negation. */
const stems =
  `\\bun ?(?:authori|permit|regist|recogni|trust|match|known|list|declar|accept|approv|verif|allow|support)|(?<!un)block(?!chain)|\\bban(?:ned|ning)?\\b|\\bden(?:y|ied|ies)\\b|forbid|\\breject|refus|restrict|prohibit|violat|disallow|black ?list|deny ?list|mis ?match|(?<!un)locked|flagged|suspended|prevented|\\boutside\\b|disabled|\\bmay not\\b|exclu[ds]|sanctioned|embargo|${wrong} (?:user|${who}) ip|${who} ip (?:address )?is ${wrong}|from (?:an? )?${wrong} ip` +
  "|bloque|bloc+at|gesperrt|zablok|zbanow|zabronion|blo[ck]k?er[ae][dt]|interdit|denegad|nega[dt][oa]|proibid|vietat|verweigert|verboten|abgelehnt|geweigerd|geblokkeerd|odmowion|\\bni?e ?(?:autor|upraw|povol|znam)|yetkisiz|otillat|obehorig|reddedil|ditolak|diblokir|engellen|degil|(?:izni|yetkiniz) yok|заборонен|заблокир|запрещ|огранич|غير م(?:سموح|صرح)|محظور|مجاز نیست" +
  "|不在|未在|未被|不允|未授|没有被|非法|不合法|未加入|无效|拒[绝絕]|禁止|受限|限制|封禁|封锁|锁定|屏蔽|失败|异常|黑名[单單]|許可されてい|拒否|制限され|않은|없는|차단|없습니다|ません";
const refused = pattern(
  `${negation} (?:\\S+ ){0,2}(?:${granted})`,
  `(?<!\\b(?:not|never|no longer) (?:\\S+ )?)(?:${stems})`,
);
/** The same of what is offered in a place, or to a kind of caller. */
const withheld = pattern(
  refused.source,
  `${negation} (?:\\S+ ){0,2}(?:support|available|enabled|welcome|possible|offered)`,
);
/** Where the status refuses already, any negation is enough. */
const negated = pattern(negation, stems, "\\binvalid|incorrect|\\bonly\\b|\\bmust\\b|wrong|detected");

const allowList = pattern(
  "(?:allow|white|access|safe|trusted|permit\\w*|authori[sz]ed) ?list",
  "白名[单單]|화이트리스트|ホワイトリスト",
);
const quad = "[[('\"]?\\d{1,3}(?:\\.\\d{1,3}){3}";
const named = `(?:client|caller)[ :=]{1,3}${quad}|\\baccess\\b.* (?:for|from) (?:client )?${quad}`;
const ip = pattern(
  "(?<![a-z]|geo |vo )ips?(?![a-z])",
  "\\b(?:ip|ipv4) ?add?res",
  `\\b(?:${who}|origin) ?(?:ips?\\b|addr(?!ess is not (?:the|an?) |.*(?:verif|accept|valid|merch)))|\\bnetwork (?:address|location)`,
  `\\bhost ${quad}|${quad} .*list|${named}`,
  "allow ?list(?:ing)? (?:access )?required",
  "(?:(?<!banned )from (?:your|this|the current)|to (?:authori[sz]ed|allowed|trusted|approved)|unauthori[sz]ed) network",
);
/** In a word or four with an address, what makes a code of a refusal that says no more. */
const check = /\b(?:restrict|policy|filter|match|check|binding|security|lock|limit|(?:white|allow) ?list)/;
/** An address that calls, and no field of the request or thing of the partner's. */
const callers = pattern(
  `\\b(?:your|this|${who}|user|originating|incoming|connecting|calling|sender's|from|current|unauthori[sz]ed)\\b(?: (?:the|an?|public|${who}|server|host|unauthori[sz]ed|${wrong}|this|of))* ip\\b`,
  `\\b${who} ?address`,
  named,
  "\\bip address of the (?:server|client|sender|request)",
  "\\bip(?: address)? (?:is )?not allowed to (?:access|call|connect|use)",
  "for this (?:api )?key|match (?:the |any )?allowed ip",
  "\\b(?:votre|ihre[rn]?|[st]uo?|seu|sua|vostro|twoj|ваш\\p{L}{0,3}|uw|je)(?: \\p{L}{5,9})? ?ip",
  "(?:您的|你的|客户端|请求|来源|当前|お使いの|この|귀하의|요청|접속) ?ip|ip adresiniz|(?:등록|허용|승인)되지 않은 ip",
);
/** A few words of an address and a refusal, as in a code. */
const short = /^[^\p{L}]*(?:direccion |adresse |endereco |indirizzo )?ip(?: \S+){1,4}$/u;
/** What a caller has to do about it, or had to be. */
const advice =
  /\bonly (?:\S+ ){0,6}from (?:\S+ ){0,4}ip\b|(?:add|register|(?:white|allow) ?list|make sure|ensure)(?: that)? (?:this|your|the new) ip|but (?:your|the \S+) ip\b/;

/** Of a deed, an address is what it is about: `not allowed to edit the IP list`. */
const deed =
  /\b(?:to|can(?:not|'t)?|may|not|permission) (?:add|allocate|associate|assign|attach|ban|block|change|configure|create|delete|edit|enable|export|manage|modify|perform|read|release|remove|reserve|set|update|view|use an?)\b|\bto use (?:\S+ ){0,2}ip (?:restrictions|white|allow)|access to (?!.*\bfrom\b).*\bip\b|(?:de |d'|a |para |di |zu )(?:modifi|cambiar|a?e?ndern|supprim|ajouter)/;
const logged = /(?:\bip|\d).{0,40} (?:is|was|be|been) (?:logged|recorded|reported|stored)/;
const secret = "(?:key|token|credential|password|signature|permission|certificate|login)s?\\b";
/** It may be the one or the other, or is the other. */
const alternative = pattern(
  `${secret}.{0,30}(?:\\bor\\b|\\/|,).{0,40}\\bip\\b|\\bip\\b.{0,15}(?:\\bor\\b|\\/) .{0,15}${secret}|${secret} (?:is |was |has )?(?:mis ?match|expired|fail|revoked|${wrong})`,
  `\\bscope\\b|\\badd ?on\\b|(?:missing|no|requires?) permissions?:? (?:\\S+ ?){0,2}\\bips?\\b|\\bip:[a-z]|(?:expired|missing|${wrong}) (?:\\S+ )?${secret}`,
);
/**
 * A customer's address, a recipient's refusal, a rule or a list that exists, the form of a field, a session, a thing that
 * has an address in its name.
 */
const anothers =
  /\b(?:customer|buyer|shopper|payer|visitor|consumer|end user|card(?:holder)?|recipient|webhook|callback|target|destination|third party|over|tcp\/|own)(?:'s)? ?ips?\b|ip(?: address)? (?:country|you want|of (?:the |your )?(?:customer|buyer|payer|webhook))|billing|\brecipient\b|by the (?:destination|receiver|host)\b|resolves to|already\b|black ?list check|\bmfa\b|\b(?:plan|subscription|upgrade)\b|\b(?:new|our|private|floating|elastic|dedicated|reserved|virtual|(?<!(?:your|this|from|client) )(?:public|external)(?! ip (?:address )?\d)) ips?\b|\bips? (?:pool|camera|phone|service|feature|blocks?\b|reputation|look|trunk|messag|pbx|forward|portfolio|asset|prefix|quota|right|viol|infring|comp|claim|(?:based )?authentication\b)|list(?:ed|ing)? (?:is (?!on|en|act|re)|cannot|must|entry is|feature|change)|(?:request|connection|traffic)s? to (?:\S+ )?ips?\b|\bsession\b|in again|(?:account|user|device) (?:\S+ ){0,2}(?:locked|suspended)|denied for user\b|\breverted\b|\bdns\b|belongs? to (?:your|another|a different) |\bresource ip|\brule\b|[(,;-] ?(?:your |client )?ip(?: address)?[:=]|\bappears\b|\bform(?:at)?\b|\b(?:parameter|field|argument|property)\b/;

const isPlain = (said: string) =>
  !deed.test(said) && !logged.test(said) && !alternative.test(said) && !anothers.test(said);

/** The status says that the caller was refused. */
const isRefused = ({ status }: Seen) => status === 401 || status === 403;

/** Some clause of the answer is like that. */
const says =
  (fits: (said: string, seen: Seen) => boolean, isSure = false): Match =>
  (seen) =>
    clausesOf(seen, isSure).some((said) => fits(said, seen));

const refusesIp = (said: string) => ip.test(said) && (refused.test(said) || advice.test(said)) && isPlain(said);
const isCode = (said: string) => said.split(" ").length <= 5 && ip.test(said) && check.test(said) && isPlain(said);

/** Where the status says that the caller was refused, the words need not; elsewhere it has to be the caller's address. */
function saysCallersAddress(said: string, { status, text }: Seen): boolean {
  if (status === 401 || status === 403) {
    return (
      isCode(said) ||
      /^(?:invalid|illegal) ip(?: address)?$/.test(said) ||
      refusesIp(said) ||
      (ip.test(said) && negated.test(said) && callers.test(said) && isPlain(said))
    );
  }
  const isCallers = callers.test(said) || advice.test(said);
  // `client_ip` in a sentence is a field of the request.
  if (!allowList.test(said) && /(?:[a-z]_ip|["'`]ip\\?["'`])\\?["'`]? (?:is|must|should|cannot|has)\b/.test(text))
    return false;
  return refusesIp(said) && (isCallers || (status !== 404 && (allowList.test(said) || short.test(said))));
}
const saysAddress: Match = says(saysCallersAddress);
const errorSaysAddress: Match = says((said) => refusesIp(said) || isCode(said), true);
/** A page says it of "your IP": pages of firewalls have the address in their footer for other reasons. */
const pageSaysAddress: Match = says(
  (said) => refusesIp(said) && said.length < 300 && !/\bif\b|(?<!\b(?:to|from|for) )\bip(?: address)?: ?\d/.test(said),
);

const place =
  /\bcountr(?:y|ies)\b|\bregion(?:s|al)?\b(?! [^.]{0,12}\d)|\bterritor|\bjurisdiction|\b(?:your|current) area\b|(?<!network )\blocation\b(?! [^.]{0,12}\d)|\bgeo(?:graph\w*|location|block\w*|restrict\w*|fenc\w*)?\b|所在(?:的)?(?:地区|国家)|ваш\p{L}{0,3} (?:стран|регион)|из (?:вашеи )?стран|votre (?:pays|region)|ihre[rm] (?:land|region)|se?ua? pais|su region|sua regiao|vostr[oa] (?:paese|regione)|ulkeniz|bolgeniz|お住まいの|해당 (?:국가|지역)/u;
const here =
  /\b(?:user|client|caller|request|(?:in|from) (?:your|this))(?:'s)? (?:current )?(?:location|country|region|territory)/;
const unavailable = /\bunavailable\b|\blimited\b/;
const provider =
  /\b(?:hosting|isp|internet provider|asn|as\d{2,}|autonomous system|data ?cent(?:er|re)s?|cloud (?:provider|service)s?|vpns?|prox(?:y|ies)(?! your)|tor|anonymi[sz]\w*|the network you|(?<!from )your network|(?:from|by) (?:aws|amazon|azure|google cloud|digital ?ocean|hetzner|ovh))\b|(?:ip|address) (?:is |falls |belongs )?(?:in|within|part of|to) an? (?:\S+ )?(?:range|network|subnet)\b/;
const program = /\buser ?agents?\b|\b(?:bots|crawlers|scrapers|automated (?:requests|clients|tools|access)|browser)\b/;
const asked =
  /\b(?:set|declare|send|provide|specif\w+|customi[sz]e|missing|requir\w+|invalid|update|identify|empty|no|must|undeclared|unsupported)\b/;

const saysCountry: Match = says(
  (said, seen) =>
    (place.test(said) &&
      (isRefused(seen) || here.test(said) ? negated.test(said) || unavailable.test(said) : withheld.test(said)) &&
      !/\b(?:payment|card|plan|subscription)\b/.test(said) &&
      !deed.test(said)) ||
    /^geo ?\w*$/.test(said),
);
const saysHere: Match = says((said) => here.test(said) && withheld.test(said));
const saysNetwork: Match = says(
  (said) =>
    provider.test(said) && (withheld.test(said) || /\bdetected\b/.test(said)) && isPlain(said) && said.length < 300,
);
const saysProgram: Match = says(
  (said) => program.test(said) && (withheld.test(said) || asked.test(said)) && !deed.test(said),
);

/** Before the pages for browsers: a refused caller may be offered a captcha. */
export const refusedAddressPage: Rule = row(
  "page-refuses-address",
  blockedAddress,
  [400, 401, 403, 404],
  isPage,
  not(text(/<title[^>]{0,80}>[^<]{0,80}(?:\brate\b|too many)/i)),
  pageSaysAddress,
);
export const callerRules: readonly Rule[] = [
  row("says-network", blockedNetwork, [200, 401, 403, 429], saysNetwork),
  row("says-program", blockedClient, [400, 403], saysProgram),
  row("says-country", blockedCountry, [200, 401, 403, 503], saysCountry),
  row("says-country-451", blockedCountry, [451], not(isPage), saysCountry),
  row("says-country-400", blockedCountry, [400], saysHere),
  row(
    "says-address",
    blockedAddress,
    [],
    ({ status }) => status < 300 || (status >= 400 && status !== 418 && status !== 429),
    not(isPage),
    saysAddress,
  ),
  row("error-says-address", blockedAddress, [200], errorSaysAddress),
];
