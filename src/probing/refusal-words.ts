/** Words of refusals, for what about a caller is unwanted: its address, network, country or program. Lower case, no accents. */
/** Returns what gives the pattern of these parts. Most environments of a function never read a refusal. */
export function pattern(...parts: readonly string[]): () => RegExp {
  let made: RegExp | undefined;
  return () => {
    made ??= new RegExp(parts.join("|"), "u");
    return made;
  };
}

/** Stems of what is granted, in languages that put a negation before it. */
export const granted =
  "al+ow|permi|aut[oh]|accept|access|white|safe|regist|recogni[sz]|trust|verif|approv|includ|privileg|part of .*(?:list|range)|match\\w*(?= *$| (?:\\S+ ){0,3}(?:ip|\\S*list|allowed|permit|valid|regist|authori|one|range))|known|belongs? to (?:an?|the|any) |grant|bound|eligib|enabled|used|valid (?:for (?:this|your)|from)|reach|within|come from|(?:in|on) (?:\\S+ ){0,3}(?:\\S*list|ranges?\\b|acl)" +
  "|reconn|reconoc|reconhec|riconosc|erkannt|bekannt|habilit|abilit|liberad|cadastr|enregistr|declar|inscri|figura|dans|en la|na lista|auf der|in de[rn]? (?:\\S+ )*\\S*list|op de|freige|erlaub|gestattet|zugelassen|dozwol|phep|đang ky|hop le|toegestaan|geregistr|terdaftar|dikenal|diizinkan|diperboleh|till?[ae][dt]|povolen|godk|sallit|engedely|consent|разреш|зарегистр|соответств|входит|в ";
export const negationAbroad = "non|pas|nicht|nao|niet?|khong|chua|tidak|belum|neni|inte|ikke|ei|nu|nem|не";
export const negation = `(?:(?<!\\p{L})(?:not?|never|cannot|unable|${negationAbroad})(?!\\p{L})|n't)`;
export const ungranted =
  "un ?(?:authori|permit|regist|recogni|trust|match|known|list|declar|accept|approv|verif|allow|support)";
export const wrong = "(?:invalid|illegal|incorrect|wrong)";
/** Stems of refusals that need no negation. */
export const stems =
  `\\b${ungranted}|(?<!un)block(?!chain)|\\bban(?:ned|ning|nie?)?\\b|\\bden(?:y|ied|ies)\\b|forbid|\\breject|refus|restrict|prohibit|violat|disallow|black ?list|deny ?list|mis ?match|(?<!un)locked|flagged|suspended|prevented|\\boutside\\b|disabled|\\bmay not\\b|exclu[ds]|sanctioned|embargo|\\bdropped` +
  "|inconn|desconocid|desconhecid|unbekannt|onbekend|sconosciut|bloque|bloc+at|sperr[et]|zablok|zbanow|zabronion|blo[ck]k?er[ae][dt]|interdit|denegad|nega[dt][oa]|proibid|vietat|verweigert|verboten|abgelehnt|geweigerd|geblokkeerd|odmowion|\\bni?e ?(?:autor|upraw|povol|znam)|yetkisiz|otillat|obehorig|reddedil|ditolak|diblokir|engellen|degil|verilmi|m[ae]mis\\b|\\bfora d|(?:izni|yetkiniz) yok|заборонен|заблокир|запрещ|огранич|غير م(?:سموح|صرح)|محظور|مجاز نیست" +
  "|不在|未在|未被|不允|未授|没有(?:被|访问|权限)|非法|不合法|未加入|无效|拒[绝絕]|禁止|受限|限制|封禁|封锁|锁定|屏蔽|失败|异常|黑名[单單]|許可されてい|されていない|拒否|制限され|않은|없는|차단|없습니다|ません";
const refusal = `${negation} (?:\\S+ ){0,2}(?:${granted})|(?<!\\b(?:not|never|no longer) (?:\\S+ )?)(?:${stems})`;
export const refused = pattern(refusal);
/** The same of what is offered in a place, or to a kind of caller. */
export const withheld = pattern(
  refusal,
  `${negation} (?:\\S+ ){0,2}(?:support|available|enabled|welcome|possible|offered)`,
);
/** Where the status refuses already, any negation is enough. */
export const negated = pattern(negation, stems, "\\binvalid|incorrect|\\bonly\\b|\\bmust\\b|wrong|detected|\\bfails? ");
