/**
 * Whose address a clause refuses, if it refuses one: where it names an address that can be its caller's, and a refusal
 * stands beside the name.
 *
 * | beside the name stands                                    | example                                    |
 * |-----------------------------------------------------------|--------------------------------------------|
 * | after it, a predicate that refuses                        | `your IP 203.0.113.9 is not allowed`       |
 * | in it, an adjective that refuses                          | `unregistered IP address`                  |
 * | before it, a refusal and `from`, `for`, `by` or the like  | `access denied for IP 203.0.113.9`         |
 * | before or after it, `only`; in it, something granted      | `only from whitelisted IPs`                |
 * | before it, advice to have it granted                      | `an admin must whitelist your IP`          |
 * | after it, what checks it, all in a few words              | `IP_WHITELIST`, `blocked by the IP filter` |
 *
 * It can be the caller's if every word of its name can stand in such a name, and the words before and after it can stand
 * beside one. So `webhook IP`, `IP camera`, `IP of the customer`, `to edit the IP` and `requests to the IP` are not, and
 * no list has to know them. In another language than English the words beside a name are not known, but for some of the
 * commonest: there it is enough that both stand in one clause. Pure.
 */
import { granted, negation, negationAbroad, pattern, refused, stems, ungranted, wrong } from "./refusal-words.ts";

/** `caller`: it is said to be the caller's. `any`: it is not said whose. */
type Whose = "caller" | "any";

const quad = "[[('\"]{0,2}(?:::ffff:)?\\d{1,3}(?:\\.\\d{1,3}){3}(?::\\d+)?[\\])'\"]{0,2}";
const value = pattern(`^(?:[ :=]{0,3}${quad})?(?: ipv6 \\S+)?`);
/** Words of a name: of who calls, of what refuses, and others, in English and in other languages. */
const caller =
  "(?:your|this|client|source|remote|caller|request(?:or|er|ing|ed)?|origin(?:ating)?|incoming|connecting|calling|sender(?='s)|user|login|current)(?:'s)?";
const unwanted = `(?:${ungranted}\\w*|unknown|(?:block|bann|reject|restrict|prohibit|disallow|black ?list|deny ?list|flagg|suspend)(?:ed|ing)|denied|forbidden|(?:non|not) ?(?:white|allow)? ?listed)`;
const neutral =
  "the|that|these|an?|any|its|no|peer|machine|inbound|server|host|static|egress|outbound|partner|merchant|(?<=your |client |source )public|app|api|access|permission|auth|policy|network|gw|endpoints?|message|e(?:rr(?:or)?)?|white(?:listed)?|allow(?:ed|listed)?|listed|known|given|following|real|actual|registered|verified|trusted|valid|authori[sz]ed|approved|permitted";
const yours = "votre|ihre?[rn]?|deine?[rn]?|tu|tuo|su|seu|sua|vostro|twoj\\p{L}*|ваш\\p{L}*|uw|je|din";
const names = pattern(`(?<![\\p{L}'])(?:(?:${caller}|${unwanted}|${wrong}|${neutral})(?:'s)?[ .]+){0,6}$`);
const isForeign = pattern(
  "\\P{ASCII}",
  `(?<!\\p{L})(?:${yours}|adres\\p{L}*|direccion|endereco|indirizzo|${negationAbroad}|ist|autoriz\\p{L}+|desde|acces|ac?ces+o|bu|de|da|la|el)(?!\\p{L})`,
);
/** An IP address; an `address`, a network or a server, where that can be nothing else; and an address alone. */
const address = new RegExp(
  `(?<![a-z/@\\d]|(?<!err(?:or)?|fail\\w*|denied|\\d):)(?:(?:public|external) (?=ip (?:address )?\\d))?ips?(?![a-z]|:[a-z])(?: ?ad+r\\p{L}*)?|(?<=\\b(?:client|source|remote|caller|your) )(?:network )?(?:addr\\b|address(?=.* (?:${quad}|ranges?\\b|networks?\\b|cidr)))` +
    "|(?<=(?<!banned )from (?:your|this|the current) |to (?:authori[sz]ed|allowed|trusted|approved) |unauthori[sz]ed )networks?(?: (?:address|location))?\\b|network (?:address|location)\\b|(?<=\\byour )(?:server|host|machine)(?= .*list)" +
    `|(?<=(?:^|[:(] ?|\\b(?:access|traffic|requests?|connections?|calls?|used|reached)(?: (?!for\\b)\\S+){0,4} (?:from|for|at) (?:client )?|\\b(?:client|caller|host|your) ))${quad}`,
  "gu",
);
const canPrecede =
  /^$|[^\p{L}\s'/] ?$|\P{ASCII} ?$|(?<![\p{L}'])(?:from|for|at|by|with|via|through|per|because|due to|since|as|that|have|not|only|using|but|of|(?:denied|access|limited|restricted) to|(?:depuis|desde|dal?|von|z|s)(?: \p{L}+){0,2}) $|\b(?:block|bann|reject|deni|refus|restrict|recogni[sz]|know|allow|accept|permit|trust|authori[sz])\p{L}* $/u;
const canFollow = pattern(
  `^$|^[^\\p{L}:=]|^(?:(?:${stems})(?!\\p{L}* ?list|ion\\b|(?<=block) \\p{L})|${unwanted})`,
  "^(?:(?:is|are|was|were|has|have|had|does|do|did)(?:n't)?|not|no|non|never|cannot|can(?:'t)?|could|will|may|must|should|fail(?:s|ed)|comes?|came|needs?|lacks?|in|on|at|for|from|by|to|with|without|which|that|only|against|or|and|as|due|because|access|error|ranges)(?!\\p{L})",
);
const isVerb = /^(?:is|was|has|does|did|cannot|can't|may|must)(?:n't)?\b/;
/** `the IP you are calling from`, `the IP of the client`. */
const ofCaller =
  /^(?:(?:from which )?(?:you(?:'re| are)|this request)|of (?:the |this |your )?(?:client|server|sender|caller|request|call|browsing|machine))\b/;
const ofAnother =
  /^(?:of|in|on) (?!(?:\S+ ){0,3}\S*list)|^(?:\S+ ?)?list\S* (?:is (?!on|en|act|re)|cannot|must|entry|feature|change)|^that you|^(?:is |was )?already|\bto be\b|\bby (?:the )?(?:receiver|destination|\d)|\b(?:logged|recorded|reported)\b/;
const checks =
  /^ ?(?:white ?|allow ?|access ?)?(?:list(?:ing|ed)?|lockdown|restrict\w*|policy|filter\w*|match|check|security|constraint|binding|lock|limit|acl|validation)\b/;
/** Only some addresses, or this one still to be granted. */
const asks =
  /\b(?:only|must) (?:\S+ ){0,6}from (?:\S+ ){0,4}$|\b(?:restricted|locked|limited|bound) to (?:(?!an?\b|another|one|\d)\S+ ){1,3}$|(?<!\b(?:not|cannot|denied|may)\b[^,;:]*)(?:add|register|declare|authori[sz]e|(?:white|allow) ?list|(?:make sure|ensure)(?: that)?) (?:this |your |the new |the )?$/;
const isUnwanted = pattern(
  `(?:${unwanted}|${caller} ${wrong}|${wrong} ${caller}|from (?:an? )?${wrong}|${negation} (?:an? )?(?:${granted})\\p{L}*) (?:(?:the|${caller}) )?$`,
);
const isGranted = pattern(granted);
/** In Chinese, Japanese and Korean no space parts a name from what stands before it. */
const callerEast = "(?:[您你]的|[本此该源元]の?|客户端|请求|当前|访问|この|ない|해당|귀하의|요청|접속|않은|된)";
const isAnotherEast =
  /(?:查看|修改|删除|添加|更新|管理|目标|目的|回调|内网|公网|弹性|宛先|送信先|대상|상대방)[的の의]? ?$/;
const isCaller = pattern(`\\b${caller}(?!\\p{L})|${ungranted}`);
const isCallerAbroad = pattern(`(?<!\\p{L})(?:${yours})(?: \\p{L}{5,9})? ?ip|ip (?:adresiniz|anda)|${callerEast} ?ip`);
const isCallerAfter = /^\D*(?:for this (?:api )?key|to (?:access|call|connect|use)\b)/;

/** Where a thing is named: what stands before its name, the words of the name before it, and what stands after it. */
interface Mention {
  readonly before: string;
  readonly name: string;
  readonly isPlural: boolean;
  readonly after: string;
}

/** How many characters before and after a name are read, and how many names of a clause. */
const nearby = 200;
const mostNames = 20;

const mentionsIn = (said: string): readonly Mention[] =>
  [...said.matchAll(address)].slice(0, mostNames).map(({ index, 0: found }) => {
    const all = said.slice(Math.max(0, index - nearby), index);
    const name = names().exec(all)?.[0] ?? "";
    const before = all.slice(0, all.length - name.length);
    const after = said.slice(index + found.length).slice(0, nearby);
    return { before, name, isPlural: /^ips|sses$/.test(found), after };
  });

/** Returns whose it is; nothing where it is another's, or a thing that has it in its name. */
function whose(said: string, { before, name, after }: Mention): Whose | undefined {
  const isBeside = /[(,;-] ?$/.test(before) && /^[:=]/.test(after);
  if (/\p{L} (?:or|oder|ou|o|u) $|[^\])]\/$/u.test(before) || isBeside || isAnotherEast.test(before)) return undefined;
  const rest = after.replace(value(), "").trimStart();
  const isOfCaller = ofCaller.test(rest) || (!ofAnother.test(rest) && (canFollow().test(rest) || checks.test(rest)));
  const isSubject = /\b(?:your|this) /.test(name) && isVerb.test(rest) && !/(?:to|of|in|on) $/.test(before);
  if (!isForeign().test(said) && !(isOfCaller && (isSubject || canPrecede.test(before)))) return undefined;
  const isSaid = isCaller().test(name) || /\bfrom (?:the |an? )?$/.test(before + name) || isCallerAbroad().test(said);
  return isSaid || (!/host/.test(name) && isCallerAfter.test(after)) ? "caller" : "any";
}

function isRefused({ before, name, isPlural, after }: Mention, refusal: () => RegExp): boolean {
  const rest = after.replace(value(), "");
  const [predicate = ""] = rest.split(/;|,(?! \S+ or | \P{ASCII})| but /u);
  const [premise = ""] = before.split(/[,;:(]| (?:after|before|when|while) /).slice(-1);
  return (
    (refusal().test(predicate) && !/(?<!access )\bfor (?:\S+ )?$/.test(before)) ||
    (refused().test(premise) && !/\d $/.test(premise) && canPrecede.test(before)) ||
    (!isPlural && isUnwanted().test(before + name) && !/^ (?:is|was|must|has)\b(?!:? ?\d)/.test(rest)) ||
    (isGranted().test(name) &&
      (/(?:only|(?:restrict|limit)\w* (?:access )?to) $/.test(before) || /^ only\b/.test(rest)))
  );
}

/** Returns whose address the clause refuses; nothing if it refuses none. @param refusal what counts as a refusal after the name */
export function refusedAddressIn(said: string, refusal = refused): Whose | undefined {
  for (const mention of mentionsIn(said)) {
    if (asks.test(mention.before + mention.name)) return "caller";
    const owner = whose(said, mention);
    if (owner && isRefused(mention, refusal)) return owner;
  }
  return undefined;
}

/** Returns whether a few words, as of a code, name what checks an address. */
export const checksAddress = (said: string): boolean =>
  said.split(" ").length <= 6 &&
  !/\w:\w/.test(said) &&
  mentionsIn(said).some((mention) => whose(said, mention) && checks.test(mention.after));
