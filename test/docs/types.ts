/** What types of the source say, for documentation to be compared with. */
import { readFileSync } from "node:fs";
import ts from "typescript";

/** The texts that a property may be in a declared type: of `interface Event { readonly type: "A" | "B" }`, A and B. */
export function textsOf(file: string, declaration: string, property: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const found = new Set<string>();
  const visit = (node: ts.Node, inside: boolean): void => {
    const declares = ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
    const within = inside || (declares && node.name.text === declaration);
    if (within && ts.isPropertySignature(node) && node.name.getText(source) === property && node.type) {
      for (const type of ts.isUnionTypeNode(node.type) ? node.type.types : [node.type]) {
        if (ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal)) found.add(type.literal.text);
      }
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
