/** An example with its file changed, deployed by the real CLI. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Account } from "../../testing/deployment/stand-in/account.ts";
import type { Backend } from "../../testing/deployment/stand-in/backend.ts";
import { createProject, type Run, sst } from "../../testing/deployment/stand-in/project.ts";

export async function deployWith(
  example: string,
  change: (file: string) => string,
  account: Account,
  backend: Backend,
  stage = "test",
): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-example-"));
  cpSync(`examples/${example}`, folder, { recursive: true });
  const file = join(folder, "holdfast.config.ts");
  writeFileSync(file, change(readFileSync(file, "utf8")));
  const project = createProject(folder);
  try {
    return await sst(project, "deploy", stage, account, backend);
  } finally {
    for (const made of [folder, project]) rmSync(made, { recursive: true, force: true });
  }
}

/** @throws Error when the example no longer has what is to be replaced */
export function replaced(file: string, from: string, to: string): string {
  if (!file.includes(from)) throw new Error(`the example does not hold ${from}`);
  return file.replace(from, to);
}
