import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rows as fallbackRows } from "../../src/fallback/rows.ts";
import type { Row } from "../../src/pool/row.ts";
import { rows, scoutRows } from "../../src/relocation/rows.ts";
import { read, sectionWithin, tableRows } from "./markdown.ts";

/** The table above a planner: cells are two spaces apart; a line without a number continues the row above it. */
function commentRows(file: string): string[][] {
  const [, comment = ""] = /\/\*\*([\s\S]*?)\*\//.exec(readFileSync(file, "utf8")) ?? [];
  const found: { readonly at: number; readonly text: string }[][] = [];
  for (const line of comment.split("\n").map((it) => it.replace(/^ \* ?/, ""))) {
    const cells = [...line.matchAll(/\S+(?: \S+)*/g)].map((it) => ({ at: it.index, text: it[0] }));
    const row = found.at(-1);
    if (/^ ?\d+ {2,}/.test(line)) found.push(cells);
    else if (row && line.startsWith("     ")) {
      for (const { at, text } of cells) {
        const index = row.findIndex((it) => it.at === at);
        if (index >= 0) row[index] = { at, text: `${row[index]?.text} ${text}` };
      }
    }
  }
  return found.map((row) => row.map(({ text }) => text));
}

const cellsOf = (of: Readonly<Record<number, Row>>) =>
  Object.entries(of).map(([number, { when, action }]) => [number, ...when, action]);

describe("the rows of a decision table", () => {
  it.each([
    ["relocation", rows, "src/relocation/plan.ts", "docs/how-it-works.md", "The decision table"],
    ["the scout", scoutRows, "src/relocation/scout.ts", "docs/how-it-works.md", "The scout"],
    ["fallback", fallbackRows, "src/fallback/plan.ts", "docs/fallback.md", "The decision table"],
  ])("are the same in the code, above the planner and in the documentation: %s", (_, of, file, page, heading) => {
    expect(commentRows(file)).toEqual(cellsOf(of));
    const listed = tableRows(sectionWithin(read(page), heading)).filter(([number = ""]) => /^\d+$/.test(number));
    expect(listed).toEqual(cellsOf(of));
    for (const { reason } of Object.values(of)) expect(reason).toMatch(/^[a-z].*[^.]$/);
  });
});
