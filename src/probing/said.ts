/** What an answer says of a request that failed: partners put their errors into JSON of status 200 as well. Pure. */
import type { Seen } from "./answer.ts";
import type { Match } from "./rule.ts";

/** Where the error lies, if not at the top. */
const envelope =
  /^(?:error(?:s|wrappers)?|headers?|meta|fault|details?|(?:error_)?response(?:_?status)?|status|messages?|answer)$/i;
/** Where it lies beside a sign that the call has failed; else it is what the partner was asked for. */
const content = /^(?:data|result|body)$/i;
const errorKey =
  /^(?:err(?:ors?)?|fault|err_?no|\w*err(?:or)?[_-]?(?:message|msg|code|text|description|type|wrappers))$/i;
const verdictKey = /^(?:ok|\w*succe(?:ss(?:ful)?|ed(?:ed)?))$/i;
const statusKey = /^(?:status|stat|result|flag)$/i;
const codeKey = /^(?:(?:err|re?t|rtn|rsp|resp|return|biz|api|sub|status|result|response|info)\w{0,6}_?)?code$|^rc$/i;
/** Codes of success are 0, 1, 200 to 206, and 2000 or with more zeros. */
const failureCode = /^(?:-\d+|(?!0*$|1$|20[0-6]?0*$)\d+)$/;
const failureStatus =
  /^(?:error|fail\w*|nok|not_ok|gagal|\w*maintenance|(?:access|permission|request)_denied|over_\w+)$/i;
/** Codes of failure that are words or have letters: `ERR-104`, `E112`, `IP_NOT_ALLOWED`. */
const failureWord =
  /^(?:e|f|err\w*|fail)[_-]?\d+$|err|fail|invalid|denied|(?:^|_)not_|forbid|unauth|exceed|restrict|illegal|reject|expired/i;
/** Most fields, or characters, of an answer that is no more than a sentence. */
const fewFields = 5;
const fewCharacters = 400;
/** An element of XML in which a partner reports an error, with something in it; XML-RPC has names, Brazil's tax offices a reason. */
const xmlError =
  /<(?:\w+:)?(?:(?:err|fault|exception|returnAuthMsg)\w*>\s*(?!(?:0+|ok|success|none)\s*<)[^<\s]|(?:return|result|response|status)[_-]?code(?: [^>]{0,200})?>\s*(?!(?:0*|1|2\d\d|ok|success\w*)\s*<)\w|name>\w*code<\/name>\s*<value><\w+>(?!0*<|1|200)\d|xMotivo>\s*Rejei)|^\s*(?:<\?xml[^>]{0,80}>\s*)?<errors?>/i;
/** Lines that report an error: `ERR: 001, ...`, `Status=INVALID`, `ACK=Failure&...`. */
const lineError =
  /^\W{0,3}(?:err|error|fail|failed|failure)\b|(?:^|[&\r\n])(?:status|ack|result|\w*code|error\w*) ?= ?(?:fail|invalid|err|not|denied|-\d|[345]\d\d\b)/i;

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});
const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value);

/** A thing of the partner's, which may have failed or be blocked itself; a call of JSON-RPC has an id too. */
const isResource = (root: Fields): boolean => root["id"] != null && !("jsonrpc" in root);

/** One key around everything, as where XML was made into JSON; not around a list or a thing of the partner's. */
function isWrapper(part: Fields): boolean {
  const [only, ...others] = Object.values(part);
  const isMany =
    Array.isArray(only) && (only.length !== 1 || !Object.entries(fieldsOf(only[0])).slice(0, 1).some(isFailure));
  return others.length === 0 && !isMany && !isResource(fieldsOf(only));
}

const isFailureCode = (value: unknown): boolean => failureCode.test(String(value));

function isFailure([key, value]: [string, unknown]): boolean {
  if (errorKey.test(key))
    return typeof value === "object" ? Object.keys(value ?? {}).length > 0 : !/^0?$/.test(`${value || ""}`);
  if (verdictKey.test(key)) return value === false || value === "false" || (key === "ok" && value === 0);
  if (statusKey.test(key))
    return value === false || value === "false" || failureStatus.test(String(value)) || isFailureCode(value);
  return (
    codeKey.test(key) && (isFailureCode(value) || failureStatus.test(String(value)) || failureWord.test(String(value)))
  );
}

const isSuccess = ([key, value]: [string, unknown]): boolean =>
  (verdictKey.test(key) && value === true) || (statusKey.test(key) && /^(?:ok|success\w*|true)$/i.test(String(value)));

/** Returns an object and those within it, down to the third, in which partners put an error. */
function partsOf(value: unknown, depth = 3): readonly Fields[] {
  const part = fieldsOf(firstOf(value));
  const all = Object.entries(part);
  const hasFailed = all.some(isFailure);
  const isAround = !Array.isArray(value) && isWrapper(part);
  const inner = all.filter(([key]) => envelope.test(key) || (hasFailed && content.test(key)) || isAround);
  return [part, ...(depth > 1 ? inner.flatMap(([, within]) => partsOf(within, depth - 1)) : [])];
}

const textsOf = (parts: readonly Fields[]): string =>
  parts
    .flatMap((part) => [...Object.values(part), ...Object.values(fieldsOf(part["extensions"]))])
    .map(firstOf)
    .filter((value) => typeof value === "string")
    .join("\n");

const isSentence = (root: Fields): boolean =>
  Object.keys(root).length <= fewFields && Object.values(root).every((value) => typeof value !== "object" || !value);

/** What the attributes of an element say. */
const valuesOf = (element: string): string => `\n${(element.match(/"[^"]*"/g) ?? []).join("\n").replaceAll('"', "")}\n`;

/**
 * Returns what an answer of status 200 says of its error, a field a line; empty where it reports none. Reads the error
 * alone and nothing of the partner's data, which may speak of blocked orders, addresses and lists.
 *
 * @param isSure Whether a few fields without any sign of an error are left out.
 */
export function errorIn(text: string, isSure: boolean): string {
  const xml = text.replace(/<!\[CDATA\[|\]\]>/g, "");
  if (xmlError.test(xml)) return xml.replace(/<[^>]{0,300}>/g, valuesOf);
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    const lines = text.replace(/<br ?\/?>/gi, "\n").replace(/%20|%2f/gi, " ");
    const isError = lineError.test(lines);
    return (isSure && !isError) || lines.length > fewCharacters || /[<{}]/.test(lines) ? "" : lines;
  }
  const parts = partsOf(value);
  const root = parts[0] ?? {};
  if (isResource(root)) return "";
  const isReported = parts.some((part) => Object.entries(part).some(isFailure));
  return isReported || (!isSure && isSentence(root) && !Object.entries(root).some(isSuccess)) ? textsOf(parts) : "";
}

/** The refusal says that: an error status anywhere in its first 4 KiB, a status 2xx in the error that it reports. */
export const says =
  (pattern: RegExp, isSure = false): Match =>
  (seen: Seen) =>
    pattern.test(seen.status < 300 ? errorIn(seen.text, isSure) : seen.text);
