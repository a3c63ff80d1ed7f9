/** Refusals that say in words or by a code what they are about: a robot, the rate, the network, the country, the law. */
import type { Rule, Seen } from "./answer.ts";
import { clausesOf, plainClauses } from "./clauses.ts";
import {
  blockedChallenge,
  blockedClient,
  blockedLegal,
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

const anyClause =
  (pattern: RegExp, isSure = false): Match =>
  (seen) =>
    clausesOf(seen, isSure).some((each) => pattern.test(each));
const refusals = [200, 400, 401, 403, 404, 451, 503];
const title = (words: string): Match => text(new RegExp(`<title[^>]{0,80}>[^<]{0,80}(?:${words})`, "i"));
/** What follows where a title's last words are these, and not a headline about them. */
const ends = "\\s*(?:by [^<]{0,60}|[^\\w\\s<][^<]{0,80})?<";

/** A page that is to be run by a browser, or read by a person. */
const robot =
  /\b(?:check\w*|verify\w*|prov\w{1,3}|confirm\w*|making sure|ensure)(?: that| if| whether)? (?:you are|you're|(?:your|the) (?:browser|(?:site )?connection|device)|the security of|humanity)|\bnot a (?:ro)?bot\b|\bare you (?:a )?(?:human|robot)|(?:unusual|automated) (?:traffic|activity)|(?<!\bip )security (?:check|verification)|enable javascript and cookies|using automation tools|anti ?robot|made by a human|bots use|(?:complet|solv|enter|pass|fill|requir)\w{0,4}.{0,40}captcha|captcha (?:is )?(?:challenge|verification|below|required|needed)|\b(?:captcha|challenge|checkpoint) required|не робот|no soy un robot|pas un robot|kein roboter|nao sou um robo|ロボットではありません|人机验证|验证码|风控|滑块/;
const robotTitle =
  "just a moment|security check|client challenge|challenge page|checking your browser|verifying|human verification|are you (?:a )?human|not a (?:ro)?bot|robot check|you are being redirected|ddos-guard";
const captchaJson = /sec-cp-challenge|"captcha/i;

/** How often a caller may call: what is counted, its limit, and that it is over. */
const counted =
  "(?:rate|ip|invocations?|quer(?:y|ies)|requests?|calls?|quota|count|daily|monthly|hourly|usage|volume|key|throughput|concurren\\w+|access|frequency|api|tps|qps)";
const over = "(?:exceed\\w*|reached|exhausted|over|hit|surpass\\w*|used up|depleted)";
const limit = "(?:(?:rate )?(?:limit|threshold|quota|frequency|allowance)s?)";
const rate = new RegExp(
  `\\b${counted} ?${limit}?(?: \\S+){0,2} ?${over}\\b|\\b${over} (?:\\S+ ){0,4}${counted} ?${limit}\\b|${over} (?:the|your) (?:\\S+ )?(?:limit|quota)\\b|^(?:\\S+ ){0,3}rate ?limit(?:ed|ing)?$|rate ?limited|rate limit is|\\b(?:access|daily|request) limit\\b|too ?many ?(?:requests?|calls|queries|attempts|(?:\\S+ ){1,2}attempts (?:from|for)\\b)|too (?:frequent|often|fast|quickly)|throttl(?:ed|ing)|slow ?down\\b|reduce your request rate|out of [a-z ]{0,20}quota|\\d{1,9} requests per (?:day|hour|minute|second)|wait (?:a few|\\d{1,9}) (?:minutes|seconds)|maximum number of (?:requests|calls|queries)|too much request|resource (?:has been )?exhausted|concurrent req|\\bflood\\b` +
    "|consumo indevido|(?:초당|분당|일일).{0,20}(?:초과|\\d ?(?:회|건))|流量(?:受控|控制|限制)|przekroczono limit|limit uberschritten|limite de (?:solicitudes|peticiones|consultas)|zu viele anfragen|trop de requetes|demasiadas (?:solicitudes|peticiones)|muitas (?:requisicoes|solicitacoes)|troppe richieste|слишком (?:много|часто)|превышен|cok fazla istek|terlalu banyak permintaan|요청이 (?:너무 )?많|频繁|频率|高频|次数过多|限流|(?:超过|超出).{0,10}(?:次数|限额|限制)",
);

/** Of something that is too large, and not of how often. */
const amount = /\b(?:size|length|amount|credit|payload|file)\b/;
const anyRate: Match = (seen) => clausesOf(seen).some((each) => rate.test(each) && !amount.test(each));

const certificate =
  /^(?=.*\b(?:client|ssl|tls|mtls|mutual)\b)(?=.*(?:\bcertificate\b|\bm?tls$)).*\b(?:required|missing|error|invalid|expired|untrusted|rejected|not)\b|\b(?:no|missing|invalid|expired)\b.{0,20}\b(?:client|ssl|tls) certificate|no se detecta certificado|certificate missing/;
/** Said of the caller's network or of what it has done, with advice about the user agent beside it. */
const policy = /blocked (?:due to|by) (?:a |our )?network (?:policy|security)/i;

/** What stands before an application, with what it did; what a caller may not do to one is another thing. */
const firewall =
  /\b(?:waf|web application firewall|imunify360)\b|\b(?:firewall|mod ?security|bot|security (?:polic(?:y|ies)|rules?|system|service|reasons?|checks?|filter|violation)|threat|malicious|suspicious|attack|abusive|automated (?:access|traffic|requests?|activity)|conditional access)\b.*\b(?:block\w*|detected|denied|rejected|triggered|violat\w*|flagged|protection)\b|\b(?:blocked|denied|rejected|violates?)\b.*\b(?:firewall|mod ?security|bots?|security|suspicious|malicious|abuse|conditional access)\b|\b(?:request|connection|traffic) (?:has been |was |is )?(?:blocked|filtered)\b|suspicious (?:activity|request)|you have been blocked from (?:accessing|using)|public (?:network )?access is disabled|network policy is required/;

const aDeed = /\bby the user\b|\baccount\b|access to (?:the )?firewall/;
const anyFirewall: Match = (seen) => clausesOf(seen).some((each) => firewall.test(each) && !aDeed.test(each));

const order =
  /blocked (?:as per|under|pursuant to|by|in accordance with)(?: an?| the)? (?:court |government |judicial )?(?:order|direction|instruction|decision)s? (?:of|from)|as per (?:the )?government rules|directions received from|by (?:a )?court order|единый реестр|решени[юя] суда|Роскомнадзор|149-ФЗ|5651 sayılı|mahkeme kararı|gerichtliche[rn]? (?:anordnung|entscheidung)|décision (?:judiciaire|de justice)|orde(?:n|m) judicial|decisão judicial|ordine dell'autorit|internet positif/i;

const maintenance =
  /\b(?:(?:under|in|down for|due to|scheduled|system|planned)(?: \S+)? maintenance|maintenance (?:mode|window|in progress)|mantenimiento|manutencao|wartung(?:sarbeiten)?|bakim)\b|технически\S+ работ|メンテナンス|维护|점검/;
const down = new RegExp(
  `${maintenance.source}|maintenance|\\b(?:service|system|ms|server|bank|gateway|upstream)(?: is)? (?:temporarily |currently )?(?:unavailable|busy|down)\\b|internal (?:server |system )?error|系统繁忙|系统错误`,
);

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
    either(anyClause(robot), text(/captcha|<script[^>]{0,200}(?:challenges?[./]|antibot)/i), title(robotTitle)),
  ),
  row("page-for-browsers-titled", blockedChallenge, [200, 202, 307, 405], title(robotTitle)),
  row("page-for-browsers-short", blockedChallenge, [200, 202, 405], ({ ...seen }) =>
    plainClauses(fewWordsOf(seen)).some((each) => robot.test(each)),
  ),
  row(
    "json-captcha",
    blockedChallenge,
    [200, 400, 401, 403, 428, 429],
    not(isPage),
    either(says(captchaJson), anyClause(robot)),
  ),
  row(
    "redirect-to-challenge",
    blockedChallenge,
    [301, 302, 303, 307, 308],
    header("location", /perfdrive\.com\/|captcha|\/sorry\/|\/blocked\b|\/punish\b|[/_-]challenge\b/i),
  ),
  row("rate-in-words-500", blockedRate, [500], either(isFault, isJson), anyRate),
  row("rate-in-words", blockedRate, [...refusals, 420, 430], anyRate),
  row("grpc-exhausted", blockedRate, [200], header("grpc-status", /^8$/)),
  row("client-certificate", blockedClient, [400, 401, 403, 495, 496], anyClause(certificate)),
  row("blocked-by-order", blockedLegal, [200, 403], isPage, text(order)),
];

/** A firewall that answers an application's way, and pages whose status says something else than they do. */
export const pageRules: readonly Rule[] = [
  row(
    "json-firewall",
    blockedUnknown,
    [200, 400, 401, 403, 405, 406, 418, 423, 503],
    not(isPage),
    // Of other text with status 403, a row that names the vendor says more.
    either(isJson, ({ status }) => status !== 403),
    either(anyFirewall, text(/"blocked_by"\s*:|"response"\s*:\s*"block"/)),
  ),
  row(
    "page-of-a-refusal",
    blockedUnknown,
    [200, 202, 404, 405, 406, 500, 502, 503],
    not(text(/<(?:form|input)\b/i)),
    fewWords(refusesInWords),
  ),
  row(
    "page-titled-refusal",
    blockedUnknown,
    [200, 202, 400, 404, 405, 406, 500, 503],
    title(
      `(?:access (?:to this site )?(?:is |was |has been )?(?:denied|blocked|limited|restricted|forbidden)|restricted access|request (?:rejected|blocked|denied)|(?:page|site|website|been) blocked|403 forbidden|not acceptable!|web application firewall|拦截|访问受限)${ends}`,
    ),
  ),
  row("json-error-down", targetDown, [200], anyClause(down, true)),
  row("says-maintenance", targetDown, [400, 401, 403, 404, 405, 418, 423, 429], not(isPage), anyClause(maintenance)),
];
