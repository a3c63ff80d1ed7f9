/** Condition key (in lower case) → values; most keys have one. */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

/** Operator → condition key → one value or several. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | boolean | readonly string[]>>>>;

type Compare = (value: string, expected: string) => boolean;

/** Source of the operators: IAM user guide, "IAM JSON policy elements: Condition operators". */
const COMPARISONS: Readonly<Record<string, Compare>> = {
  StringEquals: (value, expected) => value === expected,
  StringEqualsIgnoreCase: (value, expected) => value.toLowerCase() === expected.toLowerCase(),
  StringLike: like,
  ArnEquals: arnLike,
  ArnLike: arnLike,
  Bool: (value, expected) => value.toLowerCase() === expected.toLowerCase(),
};

/** By pattern: policies have few, and each is asked at every call. */
const expressions = new Map<string, RegExp>();

/** `*` is any run of characters, `?` any one. */
export function like(value: string, pattern: string): boolean {
  let expression = expressions.get(pattern);
  if (!expression) {
    const source = pattern.replace(/[*?]|[.+^${}()|[\]\\]/g, (token) =>
      token === "*" ? ".*" : token === "?" ? "." : `\\${token}`,
    );
    expression = new RegExp(`^${source}$`, "s");
    expressions.set(pattern, expression);
  }
  return expression.test(value);
}

/** Each of the six parts is matched by itself, so that a `*` does not reach over a colon. */
function arnLike(value: string, pattern: string): boolean {
  const [parts, patterns] = [splitArn(value), splitArn(pattern)];
  return parts.length === patterns.length && parts.every((part, index) => like(part, patterns[index] ?? ""));
}

function splitArn(arn: string): string[] {
  const parts = arn.split(":");
  return [...parts.slice(0, 5), parts.slice(5).join(":")];
}

/** Returns whether all conditions hold. Throws for an operator that is not known here, rather than to allow or deny wrongly. */
export function conditionsHold(conditions: Conditions | undefined, context: RequestContext): boolean {
  return Object.entries(conditions ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, expected]) =>
      holds(operator, context.get(key.toLowerCase()), [expected].flat().map(String)),
    ),
  );
}

function holds(operator: string, values: readonly string[] | undefined, expected: readonly string[]): boolean {
  const present = values !== undefined && values.length > 0;
  if (operator === "Null") return expected.includes(String(!present));
  const [, set, negated, base = "", optional] = readOperator(operator);
  if (!present && (optional || set === "ForAllValues")) return true;
  if (!present) return negated && set !== "ForAnyValue";
  // An operator without a set is for keys with one value (IAM user guide, "Multivalued context keys").
  if (set === undefined && values.length > 1) return false;
  const compare = COMPARISONS[base] as Compare;
  const passes = (value: string) => expected.some((one) => compare(value, one)) !== negated;
  return set === "ForAnyValue" ? values.some(passes) : values.every(passes);
}

type ReadOperator = [string, string | undefined, boolean, string, boolean];

/** By operator: policies have few, and each is asked at every call. */
const operators = new Map<string, ReadOperator>();

/** `ForAllValues:StringNotEqualsIfExists` → its set, whether it negates, what it compares, whether the key may be absent. */
function readOperator(operator: string): ReadOperator {
  const known = operators.get(operator);
  if (known) return known;
  const read = parseOperator(operator);
  operators.set(operator, read);
  return read;
}

function parseOperator(operator: string): ReadOperator {
  const [, set, name = ""] = /^(?:(ForAllValues|ForAnyValue):)?(\w+)$/.exec(operator) ?? [];
  const optional = name.endsWith("IfExists");
  const plain = optional ? name.slice(0, -"IfExists".length) : name;
  const base = plain.replace(/^(String|Arn)Not/, "$1");
  if (!COMPARISONS[base]) throw new Error(`the twin does not know the condition operator ${operator}`);
  return [operator, set, base !== plain, base, optional];
}
