/** A metric math expression as a tree. Source: CloudWatch user guide, "Using math expressions with CloudWatch metrics". */
export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "call"; readonly name: string; readonly arguments: readonly Expression[] }
  | { readonly kind: "list"; readonly items: readonly Expression[] };

/** Weakest first. Operators become calls of their own name. */
const LEVELS: readonly (readonly string[])[] = [
  ["||", "OR"],
  ["&&", "AND"],
  ["==", "!=", "<=", ">=", "<", ">"],
  ["+", "-"],
  ["*", "/"],
  ["^"],
];

const TOKEN = /\s*(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|"[^"]*"|'[^']*'|\|\||&&|[=!<>]=|[-+*/^<>(),[\]])/y;

/** Reads an expression. Throws `Error` with what is wrong. */
export function parseExpression(text: string): Expression {
  const tokens = tokenize(text);
  let position = 0;
  const peek = () => tokens[position];
  const take = () => tokens[position++] ?? "";
  const expect = (token: string) => {
    if (take() !== token) throw new Error(`expected '${token}' in ${text}`);
  };

  function operation(level: number): Expression {
    const operators = LEVELS[level];
    if (!operators) return unary();
    let left = operation(level + 1);
    for (let token = peek(); token !== undefined && operators.includes(token.toUpperCase()); token = peek()) {
      take();
      left = { kind: "call", name: canonical(token), arguments: [left, operation(level + 1)] };
    }
    return left;
  }

  function unary(): Expression {
    if (peek() !== "-") return primary();
    take();
    return { kind: "call", name: "-", arguments: [{ kind: "number", value: 0 }, unary()] };
  }

  function primary(): Expression {
    const token = take();
    if (/^\d/.test(token)) return { kind: "number", value: Number(token) };
    if (/^["']/.test(token)) return { kind: "text", value: token.slice(1, -1) };
    if (token === "(") {
      const inside = operation(0);
      expect(")");
      return inside;
    }
    if (token === "[") return { kind: "list", items: sequence("]") };
    if (!/^[A-Za-z_]/.test(token)) throw new Error(`unexpected '${token}' in ${text}`);
    if (peek() !== "(") return { kind: "name", name: token };
    take();
    return { kind: "call", name: token.toUpperCase(), arguments: sequence(")") };
  }

  function sequence(end: string): Expression[] {
    const items: Expression[] = [];
    if (peek() === end) {
      take();
      return items;
    }
    for (;;) {
      items.push(operation(0));
      const token = take();
      if (token === end) return items;
      if (token !== ",") throw new Error(`expected ',' or '${end}' in ${text}`);
    }
  }

  const tree = operation(0);
  if (position < tokens.length) throw new Error(`unexpected '${peek()}' in ${text}`);
  return tree;
}

function canonical(operator: string): string {
  const upper = operator.toUpperCase();
  return upper === "OR" ? "||" : upper === "AND" ? "&&" : upper;
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new Error(`unexpected '${text.slice(from).trim()[0]}' in ${text}`);
    tokens.push(token);
  }
  return tokens;
}
