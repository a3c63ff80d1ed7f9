/** What types of the source say, for documentation to be compared with. */
import { readFileSync } from "node:fs";
import ts from "typescript";

/** The texts that a type alias of literals allows: of `type State = "a" | "b"`, a and b. */
export function textsOfAlias(file: string, alias: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const found = source.statements.find((it) => ts.isTypeAliasDeclaration(it) && it.name.text === alias);
  return found && ts.isTypeAliasDeclaration(found) ? literalTexts(found.type) : [];
}

/** The texts that a property may be in a declared type: of `interface Event { readonly type: "A" | "B" }`, A and B. */
export function textsOf(file: string, declaration: string, property: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const found = new Set<string>();
  const visit = (node: ts.Node, inside: boolean): void => {
    const declares = ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
    const within = inside || (declares && node.name.text === declaration);
    if (within && ts.isPropertySignature(node) && node.name.getText(source) === property && node.type) {
      for (const text of literalTexts(node.type)) found.add(text);
    }
    ts.forEachChild(node, (child) => visit(child, within));
  };
  visit(source, false);
  return [...found];
}

/** All string literals of a file. */
export function literalsOf(file: string): Set<string> {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node)) found.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function literalTexts(type: ts.TypeNode): string[] {
  const types = ts.isUnionTypeNode(type) ? type.types : [type];
  return types.flatMap((it) => (ts.isLiteralTypeNode(it) && ts.isStringLiteral(it.literal) ? [it.literal.text] : []));
}
