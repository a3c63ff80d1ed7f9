import { BlockList, isIP } from "node:net";

/**
 * What an event pattern may say of one value. Sources: see pattern.ts.
 */
export class InvalidPattern extends Error {
  override readonly name = "InvalidEventPatternException";

  constructor(reason: string) {
    super(`Event pattern is not valid. Reason: ${reason}`);
  }
}

/** Whether a leaf of an event is what a pattern asks for. */
export type Test = (value: unknown) => boolean;

export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Operator = (argument: unknown, path: string) => Test;

export const operators: Record<string, Operator> = {
  prefix: (argument, path) => affix("prefix", argument, path),
  suffix: (argument, path) => affix("suffix", argument, path),
  "equals-ignore-case": (argument, path) => {
    const wanted = text("equals-ignore-case", argument, path).toLowerCase();
    return onText((value) => value.toLowerCase() === wanted);
  },
  wildcard: (argument, path) => {
    const expression = wildcard(text("wildcard", argument, path), path);
    return onText((value) => expression.test(value));
  },
  "anything-but": anythingBut,
  numeric,
  cidr,
};

function text(name: string, argument: unknown, path: string): string {
  if (typeof argument !== "string") throw new InvalidPattern(`${name} match pattern must be a string at "${path}"`);
  return argument;
}

function onText(test: (value: string) => boolean): Test {
  return (value) => typeof value === "string" && test(value);
}

function affix(name: "prefix" | "suffix", argument: unknown, path: string): Test {
  const holds = (value: string, part: string) => (name === "prefix" ? value.startsWith(part) : value.endsWith(part));
  if (isFields(argument)) {
    const { "equals-ignore-case": ignoring, ...others } = argument;
    if (Object.keys(others).length > 0) throw new InvalidPattern(`Unsupported ${name} match pattern at "${path}"`);
    const wanted = text(name, ignoring, path).toLowerCase();
    return onText((value) => holds(value.toLowerCase(), wanted));
  }
  const wanted = text(name, argument, path);
  return onText((value) => holds(value, wanted));
}

/** `*` is any run of characters, none included; `\*` and `\\` are literal; two asterisks in a row are refused. */
function wildcard(pattern: string, path: string): RegExp {
  if (/(?<!\\)(?:\\\\)*\*\*/.test(pattern)) {
    throw new InvalidPattern(`Consecutive wildcard characters at "${path}"`);
  }
  if (/^(?:[^\\]|\\[*\\])*$/s.test(pattern) === false)
    throw new InvalidPattern(`Invalid escape character at "${path}"`);
  const source = pattern.replace(/\\([*\\])|(\*)|([.+?^${}()|[\]/-])/g, (_, escaped, any, special) =>
    any ? ".*" : `\\${escaped ?? special}`,
  );
  return new RegExp(`^${source}$`, "s");
}

/**
 * Anything but a value, some values, or what one of the operators accepts. The field must exist; of an array it is
 * enough that one element passes, since every element is a value of the field.
 */
function anythingBut(argument: unknown, path: string): Test {
  if (isFields(argument)) {
    const [name, ...more] = Object.keys(argument);
    const negatable = ["prefix", "suffix", "wildcard", "equals-ignore-case"];
    if (name === undefined || more.length > 0 || !negatable.includes(name)) {
      throw new InvalidPattern(`Unsupported anything-but pattern at "${path}"`);
    }
    const items = list(argument[name], path);
    if (items.includes("") && (name === "prefix" || name === "suffix")) {
      throw new InvalidPattern(`Null prefix/suffix not allowed at "${path}"`);
    }
    const refused = items.map((item) => operators[name]?.(text(`anything-but ${name}`, item, path), path));
    return (value) => !refused.some((test) => test?.(value));
  }
  const items = list(argument, path);
  const kinds = new Set(items.map((item) => typeof item));
  const [kind] = kinds;
  if (kinds.size !== 1 || (kind !== "string" && kind !== "number")) {
    throw new InvalidPattern(`anything-but takes strings only or numbers only at "${path}"`);
  }
  return (value) => !items.includes(value);
}

function list(argument: unknown, path: string): unknown[] {
  const items = Array.isArray(argument) ? argument : [argument];
  if (items.length === 0) throw new InvalidPattern(`Empty arrays are not allowed at "${path}"`);
  return items;
}

const comparisons: Record<string, (value: number, operand: number) => boolean> = {
  "=": (value, operand) => value === operand,
  "<": (value, operand) => value < operand,
  "<=": (value, operand) => value <= operand,
  ">": (value, operand) => value > operand,
  ">=": (value, operand) => value >= operand,
};

/** One comparison, or a range: a lower bound (`>` or `>=`) and then a greater upper bound (`<` or `<=`). Within ±5e9. */
function numeric(argument: unknown, path: string): Test {
  const refuse = (reason: string) => new InvalidPattern(`${reason} in numeric match at "${path}"`);
  if (!Array.isArray(argument) || (argument.length !== 2 && argument.length !== 4)) throw refuse("Invalid array");
  const [first, low, second, high] = argument as unknown[];
  const tests: Test[] = [];
  for (const [sign, operand] of argument.length === 2
    ? [[first, low]]
    : [
        [first, low],
        [second, high],
      ]) {
    const compare = typeof sign === "string" ? comparisons[sign] : undefined;
    if (!compare) throw refuse(`Unrecognized numeric range operator ${JSON.stringify(sign)}`);
    if (typeof operand !== "number" || Math.abs(operand) > 5e9) throw refuse("Value must be a number within ±5e9");
    tests.push((value) => typeof value === "number" && compare(value, operand));
  }
  if (argument.length === 4) {
    if (!String(first).startsWith(">") || !String(second).startsWith("<")) throw refuse("Bad range");
    if (Number(low) >= Number(high)) throw refuse("Bottom must be less than top");
  }
  return (value) => tests.every((test) => test(value));
}

function cidr(argument: unknown, path: string): Test {
  const [address = "", bits] = text("cidr", argument, path).split("/");
  const version = isIP(address);
  const prefix = Number(bits);
  if (version === 0 || !/^\d+$/.test(bits ?? "") || prefix > (version === 4 ? 32 : 128)) {
    throw new InvalidPattern(`Malformed CIDR at "${path}"`);
  }
  const family = version === 4 ? "ipv4" : "ipv6";
  const network = new BlockList();
  network.addSubnet(address, prefix, family);
  return onText((value) => isIP(value) === version && network.check(value, family));
}
