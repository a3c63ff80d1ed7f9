/** `holdfast runbook`: the section of docs/runbook.md that an alarm or a finding stands for, without AWS. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { findingTable as attachTable } from "../src/attach/finding-table.ts";
import { findingTable as fallbackTable } from "../src/fallback/finding-table.ts";
import { findingTable as probingTable } from "../src/probing/finding-table.ts";
import { findingTable as relocationTable } from "../src/relocation/finding-table.ts";
import { findingTable as partTable } from "../src/telemetry/finding-table.ts";
import { findingTable as doctorTable } from "./doctor/finding-table.ts";
import { jsonDocument } from "./support/json.ts";
import { packageRoot } from "./support/package-root.ts";
import { type Style, styleFor, wrap } from "./support/style.ts";
import { UsageError } from "./support/usage-error.ts";

interface Section {
  /** The heading, which is its anchor too. */
  readonly id: string;
  /** Markdown below the heading. */
  readonly text: string;
}

const tables: readonly Readonly<Record<string, { readonly section: string }>>[] = [
  relocationTable,
  fallbackTable,
  attachTable,
  partTable,
  probingTable,
  doctorTable,
];

/** @throws UsageError for a name that is no section's, with those that are like it */
export async function runbook(name: string, { json }: { readonly json?: boolean }): Promise<void> {
  const file = join(packageRoot, "docs", "runbook.md");
  const section = findSection(sectionsOf(await readFile(file, "utf8")), name);
  const url = `${pathToFileURL(file)}#${section.id}`;
  process.stdout.write(
    json
      ? jsonDocument({ section: section.id, url, text: section.text })
      : `${render(styleFor(process.stdout, process.env), section, process.stdout.columns)}\n\n${url}\n`,
  );
}

/** Returns the runbook's sections. Pure. */
export function sectionsOf(markdown: string): Section[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const [id = "", ...lines] = part.split("\n");
      return { id: id.trim(), text: lines.join("\n").trim() };
    });
}

/**
 * Returns the section of an alarm (`shortage`, or whole: `shop-production-partners-shortage`) or of a finding (`no-spare`).
 * Pure.
 */
export function findSection(sections: readonly Section[], name: string): Section {
  const named = sections.find(({ id }) => id === name) ?? sectionWithin(sections, name);
  if (named) return named;
  const id = tables.find((table) => name in table)?.[name]?.section;
  const found = sections.find((it) => it.id === id);
  if (found) return found;
  const words = name.toLowerCase().split("-");
  const all = [...sections.map((it) => it.id), ...tables.flatMap((table) => Object.keys(table))];
  const near = [...new Set(all)].filter((it) => it.split("-").some((word) => words.includes(word)));
  throw new UsageError(
    `the runbook has no section ${name}`,
    `give an alarm's name or a finding's: ${(near.length > 0 ? near : sections.map((it) => it.id)).join(", ")}`,
  );
}

/** The part of an alarm's name that says what it is about stands last: a pool may be named as an alarm is. */
function sectionWithin(sections: readonly Section[], name: string): Section | undefined {
  const endOf = ({ id }: Section) => {
    const at = `-${name}-`.lastIndexOf(`-${id}-`);
    return at < 1 ? -1 : at + id.length;
  };
  const [best] = [...sections].sort((a, b) => endOf(b) - endOf(a) || b.id.length - a.id.length);
  return best && endOf(best) > 0 ? best : undefined;
}

/** Returns the section without Markdown's signs for links and strength, in lines that fit. */
function render(style: Style, { id, text }: Section, columns: number | undefined): string {
  const paragraphs = text.split(/\n{2,}/).map((paragraph) => {
    if (/^(?:```|\||- |\d+\. )/.test(paragraph)) return said(style, paragraph);
    return said(style, wrap(paragraph.replaceAll("\n", " "), "", columns));
  });
  return [style("bold", id), ...paragraphs].join("\n\n");
}

function said(style: Style, markdown: string): string {
  return markdown
    .replace(/\[([^\]]+)\]\([^)]+\)/g, "$1")
    .replace(/\*\*([^*]+)\*\*/g, (_, strong: string) => style("bold", strong));
}
