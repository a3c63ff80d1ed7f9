/** The proposed pools as a file for `holdfast.config.ts`. Pure. */
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { time } from "../support/style.ts";

/** Returns the file's text. */
export function configurationFile(input: HoldfastInput, region: string, nowMs: number): string {
  const pools = literal(input, 0)
    .replaceAll(
      /^( *)targets: /gm,
      "$1// Replace this by the partners' APIs, each with a URL that is cheap to ask.\n$&",
    )
    .replaceAll(
      /^( *)addresses: /gm,
      "$1// These are idle now. Take out what is kept for something else; partners must allow the rest.\n$&",
    );
  return `import { defineHoldfast } from "./src/config/holdfast.ts";

/**
 * For ${region}, by \`holdfast advise\` at ${time(nowMs)}. A function becomes a member when it has the pool's
 * subnets and security groups, and the tag holdfast:pool with the pool's name.
 */
export default defineHoldfast(${pools});
`;
}

/** Returns a value as it is written in TypeScript, in lines of at most 100 columns where it can be. */
function literal(value: unknown, depth: number): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const parts = Array.isArray(value)
    ? value.map((it) => literal(it, depth + 1))
    : Object.entries(value).map(([key, it]) => `${nameOf(key)}: ${literal(it, depth + 1)}`);
  const inner = parts.join(", ");
  const line = Array.isArray(value) ? `[${inner}]` : `{ ${inner} }`;
  if (!line.includes("\n") && line.length + 2 * depth <= 90 && depth > 2) return line;
  const indent = "  ".repeat(depth);
  return [open, ...parts.map((it) => `${indent}  ${it},`), `${indent}${close}`].join("\n");
}

function nameOf(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}
