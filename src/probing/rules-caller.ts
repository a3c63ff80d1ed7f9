/**
 * Refusals that say in words, or by a code, what about the caller is unwanted: its address, network, country or program.
 * Each is a subject and a refusal within one clause; the status says how much of the refusal has to be in the words.
 */
import type { Rule, Seen } from "./answer.ts";
import { clausesOf } from "./clauses.ts";
import { negated, withheld } from "./refusal-words.ts";
import { checksAddress, refusedAddressIn } from "./refused-address.ts";
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

/** The status says that the caller was refused. */
const isRefused = ({ status }: Seen) => status === 401 || status === 403;

/** What would be so says nothing of what is. */
const hypothetical =
  /(?:^|,? )(?:if|unless|when(?:ever)?|in case|should (?:your?|it|the)|(?:will|would|might|could)(?! not))\b.*$/;
const allowList = /(?:white|allow|trusted) ?list|白名/;
/** `client_ip is ...` in a sentence: a field of the request. */
const field = /(?:[a-z]_ip|["'`]ip\\?["'`])\\?["'`]? (?:is|must|should|cannot|has)\b/;
const code = /(?:^|\W)(?:invalid|illegal) ip(?: address)?[\W\d]*$|^(?:allow ?list(?:ing)? (?:access )?required)/;

/** Some clause of the answer is like that. */
const says =
  (fits: (said: string, seen: Seen) => boolean, isSure = false): Match =>
  (seen) =>
    clausesOf(seen, isSure).some((said) => fits(said.replace(hypothetical, ""), seen));

/** Where the status says that the caller was refused, the words need not; elsewhere it has to be the caller's address. */
function saysCallersAddress(said: string, seen: Seen): boolean {
  const whose = refusedAddressIn(said);
  if (isRefused(seen))
    return !!whose || checksAddress(said) || code.test(said) || refusedAddressIn(said, negated) === "caller";
  if (!whose || (!allowList.test(said) && field.test(seen.text))) return false;
  return whose === "caller" || (seen.status !== 404 && (allowList.test(said) || said.split(" ").length <= 5));
}
const saysAddress: Match = says(saysCallersAddress);
const errorSaysAddress: Match = says((said) => !!refusedAddressIn(said) || checksAddress(said), true);
/** Another page than a firewall's has more to say. */
const pageSaysAddress: Match = says((said) => said.length < 300 && !!refusedAddressIn(said));
/** It is about what may be done, or about what has been bought. */
const ofThings =
  /\b(?:to|can(?:not|'t)?|may|not|permission) (?:add|allocate|associate|assign|attach|ban|block|change|configure|create|delete|edit|enable|export|manage|modify|perform|read|release|remove|reserve|set|update|view|use an?)\b|\b(?:payment|card|plan|subscription)\b/;

const place =
  /\bcountr(?:y|ies)\b|(?<!to (?:this|that|the) )\bregion(?:s|al)?\b(?! [^.]{0,12}\d)|\bterritor|\bjurisdiction|\b(?:your|current) area\b|(?<!network )\blocation\b(?! [^.]{0,12}\d)|\bgeo(?:graph\w*|location|block\w*|restrict\w*|fenc\w*)?\b|所在(?:的)?(?:地区|国家)|ваш\p{L}{0,3} (?:стран|регион)|из (?:вашеи )?стран|votre (?:pays|region)|ihre[rm] (?:land|region)|se?ua? pais|su region|sua regiao|vostr[oa] (?:paese|regione)|ulkeniz|bolgeniz|お住まいの|해당 (?:국가|지역)/u;
const here =
  /\b(?:user|client|caller|request|(?:in|from) (?:your|this))(?:'s)? (?:current )?(?:location|country|region|territory)/;
const unavailable = /\bunavailable\b|\blimited\b/;
const provider =
  /\b(?:hosting|isp|internet provider|asn|as\d{2,}|autonomous system|data ?cent(?:er|re)s?|cloud (?:hosting|provider|service)s?|vpns?|prox(?:y|ies)(?! your)|tor|anonymi[sz]\w*|the network you|(?<!from )your network(?! (?:zone|policy))|(?:from|by) (?:aws|amazon|azure|google cloud|digital ?ocean|hetzner|ovh))\b|(?:ip|address) (?:is |falls |belongs )?(?:in|within|part of|to) an? (?:\S+ )?(?:range|network|subnet)\b/;
const program = /\buser ?agents?\b|\b(?:bots|crawlers|scrapers|automated (?:requests|clients|tools|access)|browser)\b/;
const asked =
  /\b(?:bad|set|declare|send|provide|specif\w+|customi[sz]e|missing|requir\w+|invalid|update|identify|empty|no|must|undeclared|unsupported)\b/;

const saysCountry: Match = says(
  (said, seen) =>
    (place.test(said) &&
      (isRefused(seen) || here.test(said) ? negated().test(said) || unavailable.test(said) : withheld().test(said)) &&
      !ofThings.test(said)) ||
    /^geo ?\w*$/.test(said),
);
const saysHere: Match = says((said) => here.test(said) && withheld().test(said));
const saysNetwork: Match = says(
  (said) =>
    provider.test(said) &&
    (withheld().test(said) || /\bdetected\b/.test(said)) &&
    said.length < 300 &&
    !ofThings.test(said),
);
const saysProgram: Match = says(
  (said) => program.test(said) && (withheld().test(said) || asked.test(said)) && !ofThings.test(said),
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
    ({ status }) => status < 300 || (status >= 400 && ![409, 418, 429].includes(status)),
    not(isPage),
    saysAddress,
  ),
  row("error-says-address", blockedAddress, [200], errorSaysAddress),
];
