/** What `holdfast init` writes deploys as it is. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { init } from "../../cli/init.ts";
import { emptyAccount } from "../../testing/deployment/stand-in/account.ts";
import { startBackend } from "../../testing/deployment/stand-in/backend.ts";
import { createProject, sst } from "../../testing/deployment/stand-in/project.ts";

it("the files of holdfast init deploy in an application that has the package", async () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-init-"));
  await init({ url: "https://api.example.com/", app: "shop", zones: 2, fallback: "cold" }, folder);
  const backend = await startBackend();
  try {
    const { exitCode, output, records } = await sst(createProject(folder), "deploy", "trial", emptyAccount, backend);
    expect(exitCode, output).toBe(0);
    expect(records.filter(({ type }) => type === "aws:ec2/eip:Eip")).toHaveLength(5);
  } finally {
    await backend.close();
  }
});
