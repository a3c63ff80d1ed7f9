/** The text of an answer as plain words, so that one list of words fits prose, codes, keys, pages and XML alike. Pure. */
import type { Seen } from "./answer.ts";
import { errorIn } from "./said.ts";

const entities: Readonly<Record<string, string>> = { amp: "&", apos: "'", nbsp: " ", quot: '"', lt: "<", gt: ">" };
const stringOfJson = /"((?:[^"\\]|\\.)*)"\s*(:)?\s*(true\b)?/g;

/** Returns the strings of JSON, also where it is cut off: its values, and the keys of what is `true`. */
function valuesIn(json: string): string {
  return [...json.matchAll(stringOfJson)]
    .filter(
      ([, value = "", isKey, isTrue]) =>
        (!isKey || isTrue) && !/^(?:https?:\/)?\/(?!\S*\berrors?\/[\w-]+$)\S*$/.test(value),
    )
    .map(([, value = ""]) =>
      value
        .replace(/\\u([0-9a-f]{4})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
        .replace(/\\./g, " "),
    )
    .join("\n");
}

/** Returns text without what a reader of the page does not see; an element ends a clause, one within a sentence does not. */
const textOfPage = (page: string): string =>
  page
    .replace(/<!--[\s\S]*?(?:-->|$)|<(script|style)\b[\s\S]*?(?:<\/\1>|$)/gi, " ")
    .replace(/<\/?(?:a|b|i|em|strong|span|code|u|font|small|big)\b[^>]{0,300}>/gi, " ")
    .replace(/<[^>]{0,300}>/g, "\n");

/** Returns words in lower case, without accents; `IP_NOT_ALLOWED` and `ipNotAllowed` are `ip not allowed`. */
const plain = (text: string): string =>
  text
    .replace(/&(?:#(\d{1,5})|(\w{2,6}));/g, (all, code, name) =>
      code ? String.fromCharCode(code) : (entities[name] ?? all),
    )
    .replace(/\b\p{Lu}{2,}s\b/gu, (plural) => plural.toLowerCase())
    .replace(/(\p{Ll})(\p{Lu})|(\p{Lu})(?=\p{Lu}\p{Ll})/gu, "$1$3 $2")
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(/[’`´]/g, "'")
    .replace(/[_-]+|[^\S\n]+/g, " ");

/** A sentence goes on where the next begins so. */
const ends = /\n+|[!?。！;|]|\.(?=\s+(?!this\b|it\b)|$)/;

/** What another mail server has answered (RFC 3463), and the path of what was asked for. */
const quoted = /^(?:\d{3}[ -])?[45]\.\d{1,3}\.\d{1,3} .*$|'[^'\s/]+\/[^'\s]*'/gm;

export const plainClauses = (said: string): readonly string[] =>
  plain(said.replace(quoted, ""))
    .split(ends)
    .map((clause) => clause.trim())
    .filter((clause) => clause !== "");

/** Many rules read the clauses of one answer. */
const allClauses = /* @__PURE__ */ new WeakMap<Seen, readonly string[]>();
const sureClauses = /* @__PURE__ */ new WeakMap<Seen, readonly string[]>();

/**
 * Returns what an answer says, a sentence, a field or a code each; of status 2xx only of the error that it reports.
 * @param isSure Whether a few fields of status 2xx without any sign of an error are left out.
 */
export function clausesOf(seen: Seen, isSure = false): readonly string[] {
  const known = isSure ? sureClauses : allClauses;
  const clauses = known.get(seen) ?? plainClauses(saidIn(seen, isSure));
  known.set(seen, clauses);
  return clauses;
}

function saidIn({ status, headers, text }: Seen, isSure: boolean): string {
  const isJson = /\bjson\b/.test(headers["content-type"] ?? "") || /^\s*[{[]/.test(text);
  const isXml = /^\s*<(?:\?xml|\w+:Envelope)/.test(text);
  if (status < 300) return errorIn(text, isSure) || (isXml && !isSure ? textOfPage(text) : "");
  return isJson ? valuesIn(text) : /^\s*</.test(text) ? textOfPage(text) : text;
}
