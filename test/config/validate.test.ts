/** `npm run validate`, as a process of its own without credentials. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "holdfast-validate-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the command says of a file with this configuration, and how it ends. */
function validate(configuration: string, name = "holdfast.config.ts"): Promise<Ended> {
  const file = join(folder, name);
  const source = JSON.stringify(resolve("src/config/holdfast.ts"));
  writeFileSync(file, `import { defineHoldfast } from ${source};\nexport default ${configuration};\n`);
  return run(file);
}

interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

function run(argument: string): Promise<Ended> {
  const env = { HOME: folder };
  return new Promise((done) => {
    execFile(
      process.execPath,
      ["--import", "tsx", "tools/validate-config.ts", argument],
      { env },
      (error, stdout, stderr) => {
        done({ code: error?.code ?? 0, stdout, stderr });
      },
    );
  });
}

const targets = '[{ name: "partner", url: "https://api.example.com/" }]';

it("says that a file is valid, and how many EIPs each pool takes", async () => {
  const pool = `{ network: { create: { zones: 2 } }, targets: ${targets}, fallback: { standby: "cold" } }`;
  expect(await validate(`defineHoldfast({ pools: { [\`a-\${$app.stage}\`]: ${pool} } })`)).toEqual({
    code: 0,
    stdout: "holdfast.config.ts is valid\n  pool a-production, EIPs: 2 serving, 2 spare, 1 for the NAT gateway\n",
    stderr: "",
  });
});

it.each([
  [`defineHoldfast({ pools: { a: { network: {}, targets: ${targets}, drain: 5 } } })`, "pools.a.network: must hold"],
  [`{ orders: { targets: ${targets} } }`, "made by defineHoldfast"],
])("names what is wrong with %s, without a stack", async (configuration, problem) => {
  const { code, stdout, stderr } = await validate(configuration);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("holdfast.config.ts is not valid, nothing was changed:\n");
  expect(stderr).toContain(problem);
  expect(stderr).not.toMatch(/\n\s+at /);
});

it.each([
  ["a name that the file does not import", "defineHoldfest({})", "defineHoldfest is not defined"],
  ["bad syntax", "defineHoldfast({", "ERROR: "],
])("says of %s that the file cannot be loaded, without a stack", async (_, configuration, problem) => {
  const { code, stdout, stderr } = await validate(configuration);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("holdfast.config.ts cannot be loaded: ");
  expect(stderr).toContain(problem);
  expect(stderr).not.toMatch(/\n\s+at /);
});

it("names the file that it was given", async () => {
  const { stderr } = await validate("defineHoldfast({ pools: {} })", "other.config.ts");
  expect(stderr).toContain("other.config.ts is not valid, nothing was changed:\n  pools: must hold");
});

it.each([
  ["--help", 0, /^npm run validate/, /^$/],
  ["--bogus", 2, /^$/, /Unknown option '--bogus'[\s\S]*npm run validate/],
])("takes %s for no file", async (argument, code, stdout, stderr) => {
  expect(await run(argument)).toEqual({
    code,
    stdout: expect.stringMatching(stdout),
    stderr: expect.stringMatching(stderr),
  });
});
