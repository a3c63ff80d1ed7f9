/** README's glossary against the pages and the code that use its words. */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allDocuments, inlineCode, read, sectionWithin, tableRows } from "./markdown.ts";
import { textsOfAlias } from "./types.ts";

const rows = tableRows(sectionWithin(read("README.md"), "Glossary"));
const terms = rows.flatMap(([term = ""]) => term.split(", "));

describe("README's glossary", () => {
  it("defines each term once, with one line", () => {
    expect(terms.length).toBeGreaterThan(15);
    expect(new Set(terms).size).toBe(terms.length);
    expect(rows.filter((row) => row.length !== 2 || row.includes(""))).toEqual([]);
  });

  it("defines no term that the other pages do not use", () => {
    const pages = allDocuments()
      .filter(({ file }) => file !== "README.md")
      .map(({ prose }) => prose.toLowerCase());
    const used = (term: string) => pages.filter((prose) => new RegExp(`\\b${term}s?\\b`, "i").test(prose)).length;
    expect(terms.filter((term) => used(term) === 0)).toEqual([]);
  });

  it("defines every state that an address may be in, but those that say what they mean", () => {
    const plain = ["elsewhere"];
    const states = textsOfAlias("src/pool/address-state.ts", "AddressState");
    expect(states.length).toBeGreaterThan(5);
    expect(states.filter((state) => !terms.includes(state) && !plain.includes(state))).toEqual([]);
  });

  it("says what every function is, and so does docs/how-it-works.md", () => {
    const functions = readdirSync("functions")
      .map((file) => file.replace(".ts", ""))
      .sort();
    const defined = rows.flatMap(([term = "", meaning = ""]) => [term, ...inlineCode(meaning)]);
    const parts = tableRows(sectionWithin(read("docs/how-it-works.md"), "The parts")).map(([name = ""]) => name);
    expect(functions.filter((name) => !defined.includes(name))).toEqual([]);
    expect(parts.map((name) => name.replaceAll("`", "")).sort()).toEqual(functions);
  });
});
