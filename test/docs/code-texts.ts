/** The texts in code that people read: errors, remediations, descriptions, output, and comments. */
import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";

export interface CodeText {
  /** File and line. */
  readonly place: string;
  /** With `…` for each expression in a template. */
  readonly text: string;
}

/** Returns the texts of a folder's TypeScript: string literals of several words, templates, JSX and comments. */
export function textsInCode(folder: string): CodeText[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => /\.tsx?$/.test(path));
  return files.flatMap((path) => textsIn(`${folder}/${path}`));
}

function textsIn(file: string): CodeText[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const found = commentsIn(source).map(({ pos, end }) => textAt(source, pos, source.text.slice(pos, end)));
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    if (text !== undefined && /\s/.test(text.trim())) {
      found.push(textAt(source, node.getStart(source), text));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function textAt(source: ts.SourceFile, position: number, text: string): CodeText {
  return { place: `${source.fileName}:${source.getLineAndCharacterOfPosition(position).line + 1}`, text };
}

/** Returns the comments between the tokens of a file, each once. */
function commentsIn(source: ts.SourceFile): ts.CommentRange[] {
  const found = new Map<number, ts.CommentRange>();
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(source);
    // A comment stands before a token; JSX text is no place for one.
    if (children.length === 0 && !ts.isJsxText(node)) {
      for (const it of ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? []) found.set(it.pos, it);
      for (const it of ts.getTrailingCommentRanges(source.text, node.getEnd()) ?? []) found.set(it.pos, it);
    }
    for (const child of children) visit(child);
  };
  visit(source);
  return [...found.values()];
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node) || ts.isJsxText(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join("…");
}
