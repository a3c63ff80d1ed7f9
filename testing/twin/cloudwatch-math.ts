import { type Expression, parseExpression } from "./cloudwatch-expression.ts";
import type { Series, Window } from "./cloudwatch-metrics.ts";

/** A number, a time series, or several time series (what `METRICS()` gives). */
type Value = number | Series | readonly Series[];

/** One query of GetMetricData or of an alarm, by id: a metric's series, or an expression over the others. */
export type Queries = ReadonlyMap<string, { readonly series: Series } | { readonly expression: string }>;

/**
 * Returns the series of one query. A number becomes a series with that value in each period.
 * Throws `Error` for an expression that cannot be read, an unknown id or function, or ids that need each other.
 * Source: CloudWatch user guide, "Using math expressions with CloudWatch metrics".
 */
export function evaluateQuery(queries: Queries, id: string, window: Window): Series {
  const value = new Evaluation(queries, window).byId(id);
  if (typeof value === "number") return new Map(periodsOf(window).map((ms) => [ms, value]));
  if (!isList(value)) return value;
  const [only, ...more] = value;
  if (!only || more.length > 0) throw new Error(`${id} is not a single time series`);
  return only;
}

class Evaluation {
  readonly #queries: Queries;
  readonly #window: Window;
  /** Ids of the queries that are being evaluated, outermost first. */
  readonly #open: string[] = [];

  constructor(queries: Queries, window: Window) {
    this.#queries = queries;
    this.#window = window;
  }

  byId(name: string): Value {
    const query = this.#queries.get(name);
    if (!query) throw new Error(`no query has the id ${name}`);
    if ("series" in query) return query.series;
    if (this.#open.includes(name)) throw new Error(`${name} depends on itself`);
    this.#open.push(name);
    const value = this.#evaluate(parseExpression(query.expression));
    this.#open.pop();
    return value;
  }

  #evaluate(expression: Expression): Value {
    switch (expression.kind) {
      case "number":
        return expression.value;
      case "text":
        throw new Error(`unexpected text '${expression.value}'`);
      case "name":
        return this.byId(expression.name);
      case "list":
        return expression.items.flatMap((item) => asList(this.#evaluate(item)));
      case "call":
        return this.#call(expression.name, expression.arguments);
    }
  }

  #call(name: string, operands: readonly Expression[]): Value {
    if (name === "METRICS") return this.#metrics(operands[0]);
    const operand = (index: number): Value => {
      const found = operands[index];
      if (!found) throw new Error(`${name} needs more arguments`);
      return this.#evaluate(found);
    };
    const operator = OPERATORS[name];
    if (operator) return lift(operand(0), operand(1), operator);
    if (name === "IF") return choose(operand(0), operand(1), operands[2] && operand(2));
    if (name === "FILL") return this.#fill(operand(0), operands[1]);
    const one = SCALAR_FUNCTIONS[name];
    if (one) return lift(operand(0), 0, one);
    const fold = FOLDS[name];
    if (fold) return reduce(operand(0), fold);
    throw new Error(`the twin does not know the function ${name}`);
  }

  /** The series of the metrics whose ids contain a text. */
  #metrics(part: Expression | undefined): Value {
    const wanted = part?.kind === "text" ? part.value : "";
    return [...this.#queries].flatMap(([key, query]) =>
      "series" in query && key.includes(wanted) ? [query.series] : [],
    );
  }

  /** Fills each period of the window; a metric without any data too, which is assumed. */
  #fill(value: Value, by: Expression | undefined): Value {
    if (typeof value === "number") return value;
    if (isList(value)) return value.map((series) => this.#fill(series, by) as Series);
    const repeat = by?.kind === "name" && by.name.toUpperCase() === "REPEAT";
    if (!by || (by.kind === "name" && !repeat)) throw new Error("the twin fills with a number or REPEAT");
    const filler = repeat ? undefined : this.#evaluate(by);
    const filled = new Map<number, number>();
    let last: number | undefined;
    for (const ms of periodsOf(this.#window)) {
      last = value.get(ms) ?? last;
      const stand = filler === undefined ? last : typeof filler === "number" ? filler : (filler as Series).get(ms);
      const here = value.get(ms) ?? stand;
      if (here !== undefined) filled.set(ms, here);
    }
    return filled;
  }
}

type Operator = (a: number, b: number) => number;

const OPERATORS: Readonly<Record<string, Operator>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "^": (a, b) => a ** b,
  "==": (a, b) => Number(a === b),
  "!=": (a, b) => Number(a !== b),
  "<": (a, b) => Number(a < b),
  "<=": (a, b) => Number(a <= b),
  ">": (a, b) => Number(a > b),
  ">=": (a, b) => Number(a >= b),
  "&&": (a, b) => Number(a !== 0 && b !== 0),
  "||": (a, b) => Number(a !== 0 || b !== 0),
};

const SCALAR_FUNCTIONS: Readonly<Record<string, (a: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
};

const FOLDS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

function isList(value: Value): value is readonly Series[] {
  return Array.isArray(value);
}

function asList(value: Value): readonly Series[] {
  if (typeof value === "number") throw new Error("a list holds time series only");
  return isList(value) ? value : [value];
}

function periodsOf({ fromMs, toMs, periodMs }: Window): number[] {
  const count = Math.max(0, Math.ceil((toMs - fromMs) / periodMs));
  return Array.from({ length: count }, (_, index) => fromMs + index * periodMs);
}

/** Two series meet where both have data. What is no number (a division by zero) is no data. */
function lift(a: Value, b: Value, operator: Operator): Value {
  if (isList(a)) return a.map((series) => lift(series, b, operator) as Series);
  if (isList(b)) return b.map((series) => lift(a, series, operator) as Series);
  if (typeof a === "number" && typeof b === "number") return operator(a, b);
  const timeline = typeof a === "number" ? (b as Series) : a;
  const result = new Map<number, number>();
  for (const ms of timeline.keys()) {
    const [left, right] = [at(a, ms), at(b, ms)];
    if (left === undefined || right === undefined) continue;
    const value = operator(left, right);
    if (Number.isFinite(value)) result.set(ms, value);
  }
  return result;
}

function at(value: number | Series, ms: number): number | undefined {
  return typeof value === "number" ? value : value.get(ms);
}

/** `IF` without an alternative leaves out what does not pass. */
function choose(condition: Value, then: Value, otherwise: Value | undefined): Value {
  if (isList(condition) || isList(then) || (otherwise !== undefined && isList(otherwise))) {
    throw new Error("IF takes no lists of time series");
  }
  if (typeof condition === "number") return condition !== 0 ? then : (otherwise ?? new Map());
  const result = new Map<number, number>();
  for (const [ms, passes] of condition) {
    const chosen = passes !== 0 ? then : otherwise;
    const value = chosen === undefined ? undefined : at(chosen, ms);
    if (value !== undefined) result.set(ms, value);
  }
  return result;
}

/** Several series become one, over those with data at each time; one series becomes a number. */
function reduce(value: Value, fold: (values: readonly number[]) => number): Value {
  if (typeof value === "number") return value;
  if (!isList(value)) return value.size === 0 ? new Map() : fold([...value.values()]);
  const times = [...new Set(value.flatMap((series) => [...series.keys()]))].sort((a, b) => a - b);
  return new Map(times.map((ms) => [ms, fold(value.map((series) => series.get(ms)).filter((it) => it !== undefined))]));
}
