import { describe, expect, it } from "vitest";
import { textsInCode } from "./code-texts.ts";
import { allDocuments } from "./markdown.ts";
import { replacedWords } from "./words.ts";

/** Folders whose texts reach users (errors, remediations, alarms, dashboards, output) and readers of the code. */
const folders = ["cli", "demo", "functions", "src", "stacks"];

describe("replaced words", () => {
  it("are found, but not in code, quotations and addresses of pages", () => {
    const found = replacedWords('Somebody is `told`, as "the news" says ([page](told.md)).');
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^"Somebody" → /);
  });

  it.each(allDocuments().map((it) => [it.file, it.prose] as const))("are not in %s", (_, prose) => {
    expect(replacedWords(prose)).toEqual([]);
  });

  it.each(folders)("are not in the texts and comments of %s", (folder) => {
    const texts = textsInCode(folder);
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.flatMap(({ place, text }) => replacedWords(text).map((it) => `${place}: ${it}`))).toEqual([]);
  });
});
