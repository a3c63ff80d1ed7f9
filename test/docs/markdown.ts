/** The documentation as its checks read it: headings, links, code, tables. Enough of Markdown for what is written here. */
import { readdirSync, readFileSync } from "node:fs";

export interface CodeBlock {
  readonly file: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** What stands behind the fence; nothing for a picture. */
  readonly language: string;
  readonly text: string;
}

export interface Section {
  readonly heading: string;
  readonly depth: number;
  readonly anchor: string;
  /** Until the next heading, whatever its depth. */
  readonly text: string;
}

export interface Document {
  readonly file: string;
  readonly text: string;
  /** The text without code blocks. */
  readonly prose: string;
  readonly blocks: readonly CodeBlock[];
  readonly sections: readonly Section[];
}

export function read(file: string): Document {
  const text = readFileSync(file, "utf8");
  const blocks: CodeBlock[] = [];
  const prose: string[] = [];
  let open: { line: number; language: string; lines: string[] } | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const fence = /^```(\S*)/.exec(line);
    if (open && fence) {
      blocks.push({ file, line: open.line, language: open.language, text: open.lines.join("\n") });
      open = undefined;
    } else if (fence) open = { line: index + 1, language: fence[1] ?? "", lines: [] };
    else if (open) open.lines.push(line);
    else prose.push(line);
  }
  const joined = prose.join("\n");
  return { file, text, prose: joined, blocks, sections: sectionsOf(joined) };
}

/** The pages at the top, and everything under docs. */
export function allDocuments(): Document[] {
  const docs = readdirSync("docs", { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".md"));
  const pages = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    ...docs.sort().map((path) => `docs/${path}`),
  ];
  return pages.map(read);
}

function sectionsOf(prose: string): Section[] {
  const seen = new Map<string, number>();
  const parts = prose.split(/^(?=#{1,6} )/m).filter((part) => part.startsWith("#"));
  return parts.map((part) => {
    const [first = "", ...rest] = part.split("\n");
    const [, marks = "", heading = ""] = /^(#+) +(.*?)\s*$/.exec(first) ?? [];
    const plain = anchorOf(heading);
    const count = seen.get(plain) ?? 0;
    seen.set(plain, count + 1);
    const anchor = count === 0 ? plain : `${plain}-${count}`;
    return { heading, depth: marks.length, anchor, text: rest.join("\n") };
  });
}

/** As GitHub makes it: lower case, without punctuation, a dash for each space. */
function anchorOf(heading: string): string {
  const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
  return plain
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}

/** The section of this heading, with everything below it. @throws Error when there is none */
export function sectionWithin({ file, sections }: Document, heading: string): string {
  const start = sections.findIndex((it) => it.heading === heading);
  const found = sections[start];
  if (!found) throw new Error(`${file} has no section "${heading}"`);
  const rest = sections.slice(start + 1);
  const end = rest.findIndex(({ depth }) => depth <= found.depth);
  const below = end === -1 ? rest : rest.slice(0, end);
  return [found, ...below].map(({ text }) => text).join("\n");
}

/** Cells of every table row, headers apart. */
export function tableRows(text: string): string[][] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    const isHeader = /^\|[\s:|-]+\|$/.test(lines[index + 1] ?? "");
    if (!line.startsWith("|") || isHeader || /^\|[\s:|-]+\|$/.test(line)) return [];
    return [
      line
        .slice(1, line.lastIndexOf("|"))
        .split(" | ")
        .map((cell) => cell.trim()),
    ];
  });
}

/** Everything in backquotes. */
export function inlineCode(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
}

/** How a table of settings writes a default: numbers plain, everything else as code. */
export function written(value: unknown): string {
  if (typeof value === "number") return String(value);
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}
