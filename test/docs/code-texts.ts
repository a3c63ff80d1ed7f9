/** The texts in code that people read: errors, remedies, descriptions, output. */
import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";

export interface CodeText {
  /** File and line. */
  readonly place: string;
  /** With `…` for each expression in a template. */
  readonly text: string;
}

/** Returns the texts of a folder's TypeScript: string literals of several words, templates and JSX. */
export function textsInCode(folder: string): CodeText[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => /\.tsx?$/.test(path));
  return files.flatMap((path) => textsIn(`${folder}/${path}`));
}

function textsIn(file: string): CodeText[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const found: CodeText[] = [];
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    if (text !== undefined && /\s/.test(text.trim())) {
      found.push({ place: `${file}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`, text });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node) || ts.isJsxText(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join("…");
}
