import { describe, expect, it } from "vitest";
import { allDocuments } from "./markdown.ts";

/** Words for which the design has another. */
const instead: readonly (readonly [RegExp, string])[] = [
  [/\b(?:white|black)-?list(?:s|ed|ing)?\b/i, "allow-list"],
  [/\bNAT GWs?\b|\bNATGW\b|\bIGWs?\b/, "NAT gateway, internet gateway"],
  [/\bendpoints? (?:of|for) partners?\b/i, "target"],
];

/** Code, quotations and addresses of pages keep their own words. */
function ownWords(prose: string): string {
  return prose
    .replace(/`[^`\n]*`/g, "")
    .replace(/"[^"\n]*"/g, "")
    .replace(/\]\([^)]*\)/g, "]");
}

describe("documentation", () => {
  it.each(allDocuments().map((it) => [it.file, it.prose] as const))("in %s uses the design's words", (_, prose) => {
    const lines = ownWords(prose).split("\n");
    const found = instead.flatMap(([word, better]) =>
      lines.flatMap((line) =>
        word.test(line) ? [`${word.exec(line)?.[0]} → ${better}: ${line.trim().slice(0, 80)}`] : [],
      ),
    );
    expect(found).toEqual([]);
  });
});
