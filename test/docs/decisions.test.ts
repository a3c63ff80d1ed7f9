import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allDocuments, read } from "./markdown.ts";

const files = readdirSync("docs/decisions").sort();
const numberOf = (file: string) => Number(file.slice(0, 4));

describe("decision records", () => {
  it("are numbered from 1 without gaps or doubles", () => {
    expect(files.map(numberOf)).toEqual(files.map((_, index) => index + 1));
  });

  it("carry the number and a title, and say context, decision and consequences", () => {
    for (const file of files) {
      expect(file).toMatch(/^\d{4}-[a-z0-9-]+\.md$/);
      const { text } = read(`docs/decisions/${file}`);
      expect(text, file).toMatch(new RegExp(`^# ${file.slice(0, 4)} \\S`));
      for (const part of ["**Context.**", "**Decision.**"]) expect(text, file).toContain(part);
    }
  });

  it("are each linked from somewhere else", () => {
    const documents = allDocuments();
    const unlinked = files.filter((file) =>
      documents.every((document) => document.file.endsWith(file) || !document.text.includes(`decisions/${file}`)),
    );
    expect(unlinked).toEqual([]);
  });

  it("that the code refers to are there", () => {
    const folders = ["src", "stacks", "testing", "cli", "functions", "test", "tools", "demo"].filter((it) =>
      existsSync(it),
    );
    const sources = folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => `${folder}/${path}`),
    );
    const missing = sources
      .filter((path) => /\.tsx?$/.test(path))
      .flatMap((path) =>
        [...readFileSync(path, "utf8").matchAll(/\bdecisions?[ /](\d{4})\b/g)].map(([, it]) => [path, it]),
      )
      .filter(([, number = ""]) => !files.some((file) => file.startsWith(number)));
    expect(missing).toEqual([]);
  });
});
