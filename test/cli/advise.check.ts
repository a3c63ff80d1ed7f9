/** The built `holdfast advise`, in an account of two regions. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningServer, startServer } from "../../testing/twin/server.ts";
import { serve } from "./advise/account.ts";
import { accounts } from "./advise/accounts.ts";
import { runCommand } from "./scene.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-advice-"));
let server: RunningServer;
beforeAll(async () => {
  const { region } = serve(accounts["three NAT gateways and twelve functions"]);
  server = await startServer(region, 0, [serve(accounts.nothing, "eu-central-1").region]);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

it("says of each region what it costs, writes what there is to write, and overwrites nothing", async () => {
  const command = `advise --region us-east-1,eu-central-1 --out ${folder}`;
  const { code, stdout, stderr } = await runCommand(server, command);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/us-east-1 of account 123456789012\n.*: worth it\n.*eu-central-1 of account/s);
  expect(stdout).toContain("All regions: $122.28 a month today.");
  expect(stdout).not.toContain("defineHoldfast");
  expect(readdirSync(folder)).toEqual(["us-east-1"]);
  expect(readFileSync(join(folder, "us-east-1", "holdfast.config.ts"), "utf8")).toContain("defineHoldfast({");
  expect(readFileSync(join(folder, "us-east-1", "migration.md"), "utf8")).toContain("## Pool `partners`");
  const again = await runCommand(server, command);
  expect(again.code).toBe(2);
  expect(again.stderr).toMatch(/cannot be written \(EEXIST.*\n {2}→ give a folder/);
});

it("prints one document with --json, and refuses what is no region", async () => {
  const { stdout } = await runCommand(server, "advise --json");
  const { regions } = JSON.parse(stdout);
  expect(regions).toMatchObject([
    { region: "us-east-1", networks: [{ verdict: "worth-it" }], configuration: expect.any(String) },
  ]);
  expect((await runCommand(server, "--region us-east-1,eu-central-1 advise")).stdout).toContain("All regions:");
  expect(await runCommand(server, "advise --region us-east-1,")).toMatchObject({ code: 2, stdout: "" });
});
