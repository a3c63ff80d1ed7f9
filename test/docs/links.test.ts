import { existsSync, statSync } from "node:fs";
import { dirname, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { allDocuments, type Document } from "./markdown.ts";

const documents = allDocuments();
const byFile = new Map(documents.map((document) => [document.file, document]));

function linksOf({ prose }: Document): string[] {
  const text = prose.replace(/`[^`\n]*`/g, "");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
}

/** @returns what is wrong with a link, if anything */
function problemOf(from: Document, link: string): string | undefined {
  if (/^https:\/\//.test(link)) return undefined;
  if (/^\w+:/.test(link)) return `${link}: only https leads anywhere from here`;
  const [path = "", anchor] = link.split("#");
  const file = path === "" ? from.file : normalize(`${dirname(from.file)}/${path}`);
  if (!existsSync(file)) return `${link}: ${file} does not exist`;
  if (anchor === undefined) return undefined;
  const target = byFile.get(file);
  if (!target) return `${link}: ${file} has no anchors`;
  return target.sections.some((it) => it.anchor === anchor) ? undefined : `${link}: no such section in ${file}`;
}

describe("links", () => {
  it.each(documents.map((document) => [document.file, document] as const))("of %s lead somewhere", (_, document) => {
    expect(linksOf(document).flatMap((link) => problemOf(document, link) ?? [])).toEqual([]);
  });

  it("lead to every page of the documentation from README", () => {
    const readme = byFile.get("README.md");
    const linked = readme ? linksOf(readme).map((link) => normalize(link.replace(/#.*/, ""))) : [];
    const pages = documents.map(({ file }) => file).filter((file) => /^docs\/[^/]+\.md$/.test(file));
    expect(pages.filter((file) => !linked.includes(file))).toEqual([]);
  });

  it("lead to files, and to folders only where a folder is meant", () => {
    const targets = documents.flatMap((document) =>
      linksOf(document)
        .filter((link) => !/^\w+:|^#/.test(link))
        .map((link) => normalize(`${dirname(document.file)}/${link.replace(/#.*/, "")}`)),
    );
    const folders = targets.filter((file) => existsSync(file) && statSync(file).isDirectory());
    expect(folders.filter((file) => !/^(docs\/decisions|examples)/.test(file))).toEqual([]);
  });
});
