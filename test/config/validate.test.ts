/** `holdfast validate`, without credentials. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import { answers } from "../../cli/support/schemas.ts";
import { validate } from "../../cli/validate.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-validate-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the command says of a file with this configuration, and how it ends. */
async function run(configuration: string, { name = "holdfast.config.ts", json = false } = {}): Promise<Ended> {
  const file = join(folder, name);
  const source = JSON.stringify(resolve("src/config/holdfast.ts"));
  writeFileSync(file, `import { defineHoldfast } from ${source};\nexport default ${configuration};\n`);
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      said[stream] += text;
      return true;
    });
  }
  const code = await validate(file, { stage: "production", json });
  vi.restoreAllMocks();
  return { code, ...said };
}

const targets = '[{ name: "partner", url: "https://api.example.com/" }]';
const pool = `{ network: { create: { zones: 2 } }, targets: ${targets}, fallback: { standby: "cold" } }`;

it("says that a file is valid, and how many EIPs each pool takes", async () => {
  expect(await run(`defineHoldfast({ pools: { [\`a-\${$app.stage}\`]: ${pool} } })`)).toEqual({
    code: 0,
    stdout: "holdfast.config.ts is valid\n  pool a-production, EIPs: 2 serving, 2 spare, 1 for the NAT gateway\n",
    stderr: "",
  });
});

it.each([
  [`defineHoldfast({ pools: { a: { network: {}, targets: ${targets}, drain: 5 } } })`, "pools.a.network: must hold"],
  [`{ orders: { targets: ${targets} } }`, "made by defineHoldfast"],
])("names what is wrong with %s, without a stack", async (configuration, problem) => {
  const { code, stdout, stderr } = await run(configuration);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("holdfast: holdfast.config.ts is not valid, nothing was changed:\n");
  expect(stderr).toContain(problem);
  expect(stderr).not.toMatch(/\n\s+at /);
});

it.each([
  ["a name that the file does not import", "defineHoldfest({})", "defineHoldfest is not defined"],
  ["bad syntax", "defineHoldfast({", "Unexpected token"],
])("says of %s that the file cannot be loaded, without a stack", async (_, configuration, problem) => {
  const { code, stdout, stderr } = await run(configuration);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("holdfast.config.ts cannot be loaded: ");
  expect(stderr).toContain(problem);
  expect(stderr).not.toMatch(/\n\s+at /);
});

it("names the file that it was given", async () => {
  const { stderr } = await run("defineHoldfast({ pools: {} })", { name: "other.config.ts" });
  expect(stderr).toContain("other.config.ts is not valid, nothing was changed:\n  pools: must hold");
});

it("answers with one document under --json, valid or not", async () => {
  const documentOf = async (configuration: string) => {
    const { code, stdout, stderr } = await run(configuration, { json: true });
    return { code, stderr, ...answers.validate.parse(JSON.parse(stdout)) };
  };
  expect(await documentOf(`defineHoldfast({ pools: { a: ${pool} } })`)).toMatchObject({
    code: 0,
    valid: true,
    pools: [{ name: "a", addresses: { serving: 2, spares: 2, nat: 1, own: false } }],
  });
  expect(await documentOf("defineHoldfast({ pools: {} })")).toMatchObject({
    code: 1,
    stderr: "",
    valid: false,
    problems: [expect.stringContaining("pools: must hold")],
  });
});
