/** Refusals that say in words or by a code what they are about: a robot, the rate, the network, the country, the law. */
import type { Rule, Seen } from "./answer.ts";
import {
  blockedChallenge,
  blockedClient,
  blockedCountry,
  blockedLegal,
  blockedNetwork,
  blockedRate,
  blockedUnknown,
  either,
  header,
  isFault,
  isJson,
  isPage,
  type Match,
  not,
  row,
  targetDown,
  text,
} from "./rule.ts";
import { says } from "./said.ts";

const refusals = [200, 400, 401, 403, 404, 451, 503];
const title = (words: string): Match => text(new RegExp(`<title[^>]{0,80}>[^<]{0,80}(?:${words})`, "i"));
/** What follows where a title's last words are these, and not a headline about them. */
const ends = "\\s*(?:by [^<]{0,60}|[^\\w\\s<][^<]{0,80})?<";

/** A page that is to be run by a browser, or read by a person. */
const robot =
  /(?:checking|verify(?:ing)?) (?:that |if )?(?:you are|you're|your browser|your connection|the security of)|not a (?:ro)?bot\b|are you (?:a )?(?:human|robot)|unusual traffic|enable javascript and cookies to continue|using automation tools|anti-?robot|made by a human|bots use|(?:complete|solve|enter|pass|fill)\w{0,4}[^<]{0,40}captcha|captcha (?:challenge|verification|below|required)/i;
const robotTitle =
  "just a moment|security check|client challenge|challenge page|checking your browser|verifying|human verification|are you (?:a )?human|not a (?:ro)?bot|robot check|you are being redirected|ddos-guard";
const captchaJson =
  /captcha[_ -]?(?:is )?(?:required|needed|challenge)|(?:challenge|checkpoint)_required|sec-cp-challenge|(?:solve|complete|require)\w{0,4}[^"<>]{0,20}captcha|"captcha|风控|人机验证|滑块/i;

/** `userRateLimitExceeded`, `OVER_QUERY_LIMIT`, `EAPI:Rate limit exceeded`, `ThrottlingException`, `SlowDown` ... */
const rate =
  /(?:rate|\bip|_ip|invocations?|quer(?:y|ies)|requests?|calls?|quota|count|daily|monthly|usage|volume|key)[ _-]?(?:rate[ _-]?)?(?:limit|threshold|quota|frequency)?s?[ _-]?(?:has been |have been |was |is )?(?:exceed\w*|reached)|(?:exceed(?:ed|s|ing)?|reached|\bover|\bhit)[^"<>]{0,40}(?:rate|request|quer[yi]|call)\w*[ _-]?(?:limit|quota)|reached (?:the|your) \w+ limit|(?:^|[\n"])[a-z_]*rate_limit(?:$|\n|"(?!\s*:))|rate[ _-]?limited|too[ _-]?many[ _-]?(?:requests?|calls|queries)|too_many_attempts|too frequent|throttl(?:ed|ing)|slow ?down\b|reduce your request rate|out of [a-z ]{0,20}quota|rate limit is|\d{1,9} requests per (?:day|hour|minute|second)|wait (?:a few|\d{1,9}) (?:minutes|seconds)|concurrent[_ ]req|consumo indevido|(?:초당|분당|일일)[^"<>]{0,20}(?:초과|\d ?(?:회|건))|流量(?:受控|控制|限制)|blocked by flood|flood[ _](?:wait|control|protection)|przekroczono limit|limit überschritten|límite de (?:solicitudes|peticiones|consultas)|zu viele anfragen|trop de requêtes|demasiadas (?:solicitudes|peticiones)|muitas (?:requisições|solicitações)|troppe richieste|слишком (?:много|часто)|çok fazla istek|terlalu banyak permintaan|요청이 (?:너무 )?많|频繁|频率|高频|次数过多|限流/i;

const place = "(?:countr(?:y|ies)|regions?|territor(?:y|ies)|locations?|area|jurisdiction)";
const country = new RegExp(
  `(?:from|in|for|to|outside) (?:your|this|a restricted|an unsupported|a sanctioned|an embargoed) ${place}|(?:unsupported|restricted|sanctioned|embargoed|blocked)[ _]${place}|${place}(?: or territory)?(?: is| are)? (?:not (?:supported|allowed|permitted)|blocked|restricted|banned)|not (?:allowed|available|permitted|accessible) (?:in|for|from) (?:a |this |certain )?countr|geo[ _-]?(?:block|restrict|fenc)|:\\s*"geo[_-]?location"|所在(?:的)?(?:地区|国家)|ваше(?:й|м|го) (?:стран|регион)|votre (?:pays|région)|ihre[rm] (?:land|region)|se?ua? país|su regi[óo]n|sua região|vostr[oa] (?:paese|regione)|ülkeniz|bölgeniz|お住まいの|해당 (?:국가|지역)`,
  "i",
);

/** With status 400 a country may be a field of the request: this one is where the caller is. */
const here =
  /(?:user|client|caller|request)(?:'s)? (?:location|country|region) is not (?:supported|allowed)|not (?:available|supported|allowed) (?:in|from) your (?:country|region|location)/i;

/** What a partner asks of the program that calls it. */
const userAgent =
  /(?:set|declar|send|provid|make sure|missing|requir|invalid|updat|identif|must (?:have|contain|include)|empty|no)[^<>"]{0,80}user[ -]?agent|user[ -]?agent[^<>"]{0,40}(?:required|missing|empty|invalid|not allowed|blocked|denied|forbidden)|undeclared automated tool|unsupported (?:browser|client)/i;
const certificate =
  /No required SSL certificate was sent|The SSL certificate error|certificate_missing|ssl\)? client certificate|client certificate (?:is |was )?(?:required|missing|not (?:provided|presented))|no se detecta certificado/i;
/** Who calls by program is not wanted; what an account of a bot may not do, or who has blocked it, is another thing. */
const bots =
  /\b(?:bots|crawlers|scrapers|automated (?:requests|clients|tools))(?: (?:and|or) \w+)?(?: are)? (?:not (?:permitted|allowed|welcome)|forbidden|prohibited)\b(?! to\b)|\b(?:forbidden|no) (?:bots|crawlers|scrapers)\b|violates the automated access/i;
/** Refused for the range, or the provider, that the address belongs to. */
const network =
  /(?:ip|address) (?:is |falls )?(?:in|within|part of) an? (?:ip )?(?:range|network|subnet)\b[^<>"]{0,40}(?:block(?:ed|list)|bann|denied|restrict)|\b(?:your (?:network|isp|internet provider|hosting provider)|the network you(?: are|'re) (?:connected to|using)|your asn)(?: \([^)]{0,30}\))? (?:is|was|has been) (?:\w{3,12}ly )?(?:block|bann|denied|black-?list)/i;
/** The same, said of what programs call from. */
const rented =
  /\b(?:hosting providers?|data ?cent(?:er|re)s?|cloud providers?|vpns?|prox(?:y|ies)|tor)\b[^"<>.{}]{0,40}(?:not (?:allowed|permitted|supported)|blocked|denied|prohibited|forbidden|detected)/i;
/** Said of the caller's network or of what it has done, with advice about the user agent beside it. */
const policy = /blocked (?:due to|by) (?:a |our )?network (?:policy|security)/i;

const order =
  /blocked (?:as per|under|pursuant to|by|in accordance with)(?: an?| the)? (?:court |government |judicial )?(?:order|direction|instruction|decision)s? (?:of|from)|as per (?:the )?government rules|directions received from|by (?:a )?court order|единый реестр|решени[юя] суда|Роскомнадзор|149-ФЗ|5651 sayılı|mahkeme kararı|gerichtliche[rn]? (?:anordnung|entscheidung)|décision (?:judiciaire|de justice)|orde(?:n|m) judicial|decisão judicial|ordine dell'autorit|internet positif/i;

/** Not of what would be refused if: content that speaks of refusals does. */
const refusesInWords =
  /(?<!\b(?:if|when|unless|once)\b[^.<]{0,60})(?:is|was|been|fue|foi|wurde|è stat[ao]|été) (?:blocked|rejected|denied|forbidden|bloque\w+|rechazad\w|gesperrt|blockiert|bloccat\w)|access (?:is )?(?:denied|forbidden|restricted)(?! (?:errors?|messages?))|blocked!|request (?:rejected|blocked)|support id|malicious|拦截|阻断/i;
/** Most characters of a page that says one thing. */
const fewCharacters = 400;

/** Returns the words of a page that has few; content that speaks of refusals, and a form to log in, have more. */
function fewWordsOf({ text: page, headers }: Seen): string {
  if (!/^\s*<(?!\?xml)/.test(page) || /xml|json/.test(headers["content-type"] ?? "")) return "";
  if (/<(?:input[^>]{0,80}password|main|nav|article)\b/i.test(page)) return "";
  const words = page.replace(/<(script|style)[^>]{0,200}>[\s\S]*?<\/\1>|<[^>]{0,300}>/gi, " ").replace(/\s+/g, " ");
  return words.length < fewCharacters ? words : "";
}
const fewWords =
  (pattern: RegExp): Match =>
  (seen) =>
    pattern.test(fewWordsOf(seen));

export const wordRules: readonly Rule[] = [
  row("network-policy", blockedUnknown, [403], text(policy)),
  row(
    "page-for-browsers",
    blockedChallenge,
    [403, 429, 498, 503],
    isPage,
    either(text(robot), text(/captcha|<script[^>]{0,200}(?:challenges?[./]|antibot)/i), title(robotTitle)),
  ),
  row("page-for-browsers-titled", blockedChallenge, [200, 202, 307, 405], title(robotTitle)),
  row("page-for-browsers-short", blockedChallenge, [200, 202, 405], fewWords(robot)),
  row("json-captcha", blockedChallenge, [200, 400, 401, 403, 428, 429], not(isPage), says(captchaJson)),
  row(
    "redirect-to-challenge",
    blockedChallenge,
    [301, 302, 303, 307, 308],
    header("location", /perfdrive\.com\/|captcha|\/sorry\/|\/blocked\b|\/punish\b|[/_-]challenge\b/i),
  ),
  row("network-in-words", blockedNetwork, [200, 401, 403, 429], says(network)),
  row("rate-in-words-500", blockedRate, [500], either(isFault, isJson), text(rate)),
  row("rate-in-words", blockedRate, [...refusals, 420, 430], says(rate)),
  row("grpc-exhausted", blockedRate, [200], header("grpc-status", /^8$/)),
  row("client-certificate", blockedClient, [400, 401, 403, 495, 496], text(certificate)),
  row("client-bots", blockedClient, [403], text(bots)),
  row("client-user-agent", blockedClient, [400, 403], text(userAgent)),
  row("country-in-words", blockedCountry, [200, 401, 403, 451, 503], says(country)),
  row("country-of-the-caller", blockedCountry, [400], says(here)),
  row("blocked-by-order", blockedLegal, [200, 403], isPage, text(order)),
];

/** A firewall that answers an application's way, and pages whose status says something else than they do. */
export const pageRules: readonly Rule[] = [
  row("network-of-programs", blockedNetwork, [401, 403], text(rented)),
  row(
    "json-firewall",
    blockedUnknown,
    [200, 400, 401, 403, 405, 406, 503],
    not(isPage),
    says(
      /blocked (?:by|due to|for) (?:our |the |a |your organi[sz]ation's )?(?:waf|web application|firewall|security|bot|suspicious)|\bwaf\b|web application firewall|imunify360|bot (?:detected|protection)|automated (?:access|traffic|requests?) detected|you have been blocked from (?:accessing|using)|blocked by conditional access|public (?:network )?access is disabled|network policy is required|"blocked_by"\s*:|"response"\s*:\s*"block"|suspicious (?:activity|request)/i,
    ),
  ),
  row(
    "page-of-a-refusal",
    blockedUnknown,
    [200, 202, 404, 405, 406, 500, 503],
    not(text(/<(?:form|input)\b/i)),
    fewWords(refusesInWords),
  ),
  row(
    "page-titled-refusal",
    blockedUnknown,
    [200, 202, 400, 404, 405, 406, 500, 503],
    title(
      `(?:access (?:to this site )?(?:is |was |has been )?(?:denied|blocked|limited|restricted|forbidden)|access to this site has been limited|restricted access|request (?:rejected|blocked|denied)|(?:page|site|website|been) blocked|403 forbidden|not acceptable!|web application firewall|拦截|访问受限)${ends}`,
    ),
  ),
  row(
    "json-error-down",
    targetDown,
    [200],
    says(
      /maintenance|(?:service|\bms)[:_ ]?(?:temporarily )?(?:unavailable|busy)|system[_ ](?:busy|maintenance)|internal (?:server )?error|维护|系统繁忙/i,
      true,
    ),
  ),
];
