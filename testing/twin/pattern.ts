/**
 * EventBridge event patterns.
 *
 * Source of every operator: EventBridge user guide, "Comparison operators for use in event patterns"; where the guide
 * is silent (arrays, absent and intermediate fields, what is refused), the README of aws/event-ruler, the engine that
 * EventBridge runs on, and the cases that localstack recorded against AWS (tests/aws/services/events). `npm run test:judges`
 * compares this with aws/event-ruler itself.
 */
import { type Fields, InvalidPattern, isFields, operators, type Test } from "./pattern-operators.ts";

/** Returns whether an event (parsed JSON) matches. */
export type EventPattern = (event: unknown) => boolean;

/** One alternative of a field: a test of any leaf, or the demand that the event has no leaf there at all. */
type Alternative = { readonly test: Test } | { readonly absent: true };

/**
 * What must hold together: the path of a field → its alternatives. A pattern with `$or` is several of them, one for each
 * combination of branches. A field that stands in a branch and outside of it counts where it stands last, as in event-ruler.
 */
type Rule = ReadonlyMap<string, Leaf>;

interface Leaf {
  readonly path: readonly string[];
  readonly alternatives: readonly Alternative[];
}

/** Whether the fields of an object match; the event as a whole tells what is absent. */
type Matcher = (fields: Fields, event: unknown) => boolean;

/**
 * Reads a pattern, as JSON text or parsed.
 * Throws `InvalidPattern` with the path of what is wrong.
 */
export function compilePattern(source: string | object): EventPattern {
  const pattern = typeof source === "string" ? parse(source) : source;
  if (!isFields(pattern)) throw new InvalidPattern("Filter is not an object");
  if (Object.keys(pattern).length === 0) throw new InvalidPattern("Empty patterns are not allowed");
  const matchers = rulesOf(pattern, []).map((rule) => matcherOf([...rule.values()], 0));
  return (event) => matchers.some((matches) => objectsIn(event).some((fields) => matches(fields, event)));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidPattern("Filter is not valid JSON");
  }
}

function rulesOf(pattern: Fields, path: readonly string[]): Rule[] {
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw new InvalidPattern(`Empty objects are not allowed at "${path.join(".")}"`);
  const ofFields = entries.map(([key, value]) => rulesOfField(key, value, path));
  return ofFields.reduce(
    (rules, more) => rules.flatMap((rule) => more.map((it) => new Map([...rule, ...it]))),
    [new Map()],
  );
}

function rulesOfField(key: string, value: unknown, parent: readonly string[]): Rule[] {
  if (key === "$or" && isOr(value)) return value.flatMap((branch) => rulesOf(branch, parent));
  const path = [...parent, key];
  const at = path.join(".");
  if (isFields(value)) return rulesOf(value, path);
  if (!Array.isArray(value)) throw new InvalidPattern(`"${at}" must be an object or an array`);
  if (value.length === 0) throw new InvalidPattern(`Empty arrays are not allowed at "${at}"`);
  return [new Map([[at, { path, alternatives: value.map((item) => compileAlternative(item, at)) }]])];
}

/** `$or` is a relationship only over two or more objects none of whose fields is an operator; else it is a field's name. */
function isOr(value: unknown): value is Fields[] {
  return (
    Array.isArray(value) &&
    value.length >= 2 &&
    value.every((branch) => isFields(branch) && !Object.keys(branch).some((key) => Object.hasOwn(operators, key)))
  );
}

/** All leaves must match. Objects inside an array are alternatives: all that is below it must match within one of them. */
function matcherOf(leaves: readonly Leaf[], depth: number): Matcher {
  const keys = [...new Set(leaves.map(({ path }) => path[depth] ?? ""))];
  const matchers = keys.map((key): Matcher => {
    const ofKey = leaves.filter(({ path }) => path[depth] === key);
    const here = ofKey.filter(({ path }) => path.length === depth + 1);
    const below = ofKey.filter((it) => !here.includes(it));
    const deeper = below.length > 0 ? matcherOf(below, depth + 1) : undefined;
    return (fields, event) =>
      here.every((leaf) => holds(leaf, leavesOf(fields[key]), event)) &&
      (deeper === undefined || objectsIn(fields[key]).some((inner) => deeper(inner, event)));
  });
  return (fields, event) => matchers.every((matches) => matches(fields, event));
}

/** Absent is what no element of any array on the way has. */
function holds({ path, alternatives }: Leaf, values: readonly unknown[], event: unknown): boolean {
  return alternatives.some((it) => ("absent" in it ? leavesAt(path, event).length === 0 : values.some(it.test)));
}

/**
 * Returns the objects that a nested pattern looks into: nested arrays are flattened. A value that is no object counts as
 * an empty one, so that `exists: false` below it holds.
 */
function objectsIn(value: unknown): Fields[] {
  if (Array.isArray(value)) {
    const inside = value.flatMap(objectsIn);
    return inside.length > 0 ? inside : [{}];
  }
  return [isFields(value) ? value : {}];
}

/** Comparison works on leaves only: an object has none, an array those of its elements. */
function leavesOf(value: unknown): unknown[] {
  if (value === undefined || isFields(value)) return [];
  return Array.isArray(value) ? value.flatMap(leavesOf) : [value];
}

function leavesAt([key, ...rest]: readonly string[], value: unknown): unknown[] {
  if (key === undefined) return leavesOf(value);
  return objectsIn(value).flatMap((fields) => leavesAt(rest, fields[key]));
}

function compileAlternative(item: unknown, path: string): Alternative {
  if (!isFields(item)) {
    if (Array.isArray(item)) throw new InvalidPattern(`Match value must be a scalar or an operator at "${path}"`);
    return { test: (value) => value === item };
  }
  const [name, ...more] = Object.keys(item);
  if (name === undefined || more.length > 0)
    throw new InvalidPattern(`Only one key allowed in match expression at "${path}"`);
  const argument = item[name];
  if (name === "exists") {
    if (typeof argument !== "boolean")
      throw new InvalidPattern(`exists match pattern must be true or false at "${path}"`);
    return argument ? { test: () => true } : { absent: true };
  }
  const operator = operators[name];
  if (!operator) throw new InvalidPattern(`Unrecognized match type ${name} at "${path}"`);
  return { test: operator(argument, path) };
}
