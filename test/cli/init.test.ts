import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type InitOptions, init } from "../../cli/init.ts";
import { validate } from "../../cli/validate.ts";

let folder: string;
let said = "";
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "holdfast-init-")), "shop");
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  symlinkSync(resolve("."), join(folder, "node_modules", "holdfast"));
  said = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

const url = "https://api.carrier.example/v1/ping";
const file = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(file(name), "utf8");

const wanted: [string, InitOptions, string][] = [
  ["the partner alone", { url }, "pool partners, EIPs: 1 serving, 1 spare"],
  [
    "everything",
    { url, pool: "pay-eu", zones: 3, fallback: "warm", email: "ops@example.com", trail: "create" },
    "pool pay-eu, EIPs: 3 serving, 3 spare, 1 for the NAT gateway",
  ],
];
it.each(wanted)("writes files from %s that are valid and explain themselves", async (_, options, words) => {
  await init(options, folder);
  expect(said).toContain("Wrote holdfast.config.ts and sst.config.ts.");
  expect(read("holdfast.config.ts").match(/^ +\/\/ /gm)?.length).toBeGreaterThan(5);
  expect(read("sst.config.ts")).toContain('name: "shop"');
  said = "";
  expect(await validate(file("holdfast.config.ts"), { stage: "production" })).toBe(0);
  expect(said).toContain(words);
});

it("prints what it would write", async () => {
  await init({ url, dryRun: true }, folder);
  expect(said).toMatch(/^\/\/ holdfast\.config\.ts\n[\s\S]*\/\/ sst\.config\.ts\n/);
  expect(existsSync(file("holdfast.config.ts"))).toBe(false);
});

it("overwrites nothing without --force", async () => {
  writeFileSync(file("holdfast.config.ts"), "mine");
  await expect(init({ url }, folder)).rejects.toMatchObject({
    message: expect.stringContaining("holdfast.config.ts exists"),
    remediation: expect.stringContaining("--force"),
  });
  expect(read("holdfast.config.ts")).toBe("mine");
  expect(existsSync(file("sst.config.ts"))).toBe(false);
  await init({ url, force: true }, folder);
  expect(read("holdfast.config.ts")).toContain("defineHoldfast");
});

it("leaves an application as it is, --force or not, and says what to add to it", async () => {
  writeFileSync(file("sst.config.ts"), "mine");
  await init({ url, force: true }, folder);
  expect(read("sst.config.ts")).toBe("mine");
  expect(said).toContain("Add this to run() of sst.config.ts:\n  const { Holdfast }");
});

it("writes into a clone of the repository what imports its sources", async () => {
  writeFileSync(file("package.json"), '{ "name": "holdfast" }');
  writeFileSync(file("sst.config.ts"), "its own");
  await init({ url }, folder);
  expect(read("holdfast.config.ts")).toContain('from "./src/config/holdfast.ts"');
  expect(said).not.toContain("Add this");
});

it.each([
  [{}, "no partner is given", "--url"],
  [{ url: "http://api.example.com/" }, "url", "--help"],
  [{ url, pool: "Payments!" }, "pool", "--help"],
  [{ url, email: "nobody" }, "email", "--help"],
] as const)("refuses %o before it writes", async (options, message, remediation) => {
  await expect(init(options, folder)).rejects.toMatchObject({
    message: expect.stringContaining(message),
    remediation: expect.stringContaining(remediation),
  });
  expect(existsSync(file("holdfast.config.ts"))).toBe(false);
});
