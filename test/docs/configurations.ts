/** Configurations that stand in code, as objects. */
import ts from "typescript";

/** The object that a piece of TypeScript gives to a function of this name; undefined when it calls none. */
export function objectGivenTo(name: string, text: string): unknown {
  const source = ts.createSourceFile("code.ts", text, ts.ScriptTarget.Latest);
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText(source) === name) found = node.arguments[0];
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found && new Function(`return (${found.getText(source)})`)();
}
