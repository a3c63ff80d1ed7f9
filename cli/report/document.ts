/** A text in parts, and its two forms: Markdown for a ticket, plain lines for an e-mail. Pure. */
import { wrap } from "../support/style.ts";

export type Part =
  | { readonly kind: "heading"; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** What fits in a terminal, and in an e-mail that is quoted in the answer (RFC 5322, 2.1.1, and RFC 3676, 4.2). */
const columns = { markdown: 80, email: 72 } as const;

export function toMarkdown(parts: readonly Part[]): string {
  return joined(parts, (part) => {
    if (part.kind === "heading") return [`${"#".repeat(part.level)} ${part.text}`];
    if (part.kind !== "table") return lines(part, columns.markdown);
    const [head = "", ...rows] = aligned(part, " | ");
    const rule = widthsOf(part).map((width) => "-".repeat(width));
    return [head, rule.join(" | "), ...rows].map((line) => `| ${line} |`);
  });
}

export function toPlainText(parts: readonly Part[]): string {
  return joined(parts, (part) => {
    if (part.kind === "heading") return [part.text, (part.level < 3 ? "=" : "-").repeat(part.text.length)];
    return part.kind === "table" ? aligned(part, "  ").map((line) => line.trimEnd()) : lines(part, columns.email);
  });
}

const joined = (parts: readonly Part[], render: (part: Part) => string[]): string =>
  parts.map((part) => render(part).join("\n")).join("\n\n");

/** Texts in lines that fit, except where a word alone does not. */
function lines(part: Extract<Part, { kind: "text" | "list" }>, width: number): string[] {
  if (part.kind === "text") return [wrap(part.text, "", width)];
  return part.items.map((item) => `- ${wrap(item, "  ", width)}`);
}

type Table = Extract<Part, { kind: "table" }>;

function aligned(table: Table, between: string): string[] {
  const widths = widthsOf(table);
  return [table.head, ...table.rows].map((cells) =>
    cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(between),
  );
}

function widthsOf({ head, rows }: Table): number[] {
  return head.map((title, index) => Math.max(title.length, ...rows.map((cells) => cells[index]?.length ?? 0)));
}
