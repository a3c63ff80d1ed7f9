import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ciCommands, proofOf, readmeCommands } from "../../tools/readme-proofs.ts";
import { inlineCode, read, sectionWithin, tableRows } from "./markdown.ts";

const ci = ciCommands(readFileSync(".ci/run", "utf8"));

describe("README's commands", () => {
  it("are those of its blocks, its tables and its running text", () => {
    const readme =
      "Do `npm test`, not `npmlog`.\n```sh\nnpm ci && npm run demo # a page\n```\n| `npx holdfast status` | x |\n";
    expect(readmeCommands(readme)).toEqual(["npm ci", "npm run demo", "npm test", "npx holdfast status"]);
  });

  it("are left to .ci/run when it runs the very same, and run otherwise", () => {
    const script = "npm ci --no-audit || exit 1\ncheck demo npm run demo -- --headless\nsuite test npm test --\n";
    const there = ciCommands(script);
    const proofs = ["npm test", "npm run demo -- --headless", "npm run demo", "npm ci"].map((it) => proofOf(it, there));
    expect(proofs).toEqual(["ci", "ci", "run", "ci"]);
  });

  it("that need an account are known as such", () => {
    const needing = [
      "npx sst deploy --stage production",
      "npx sst refresh --stage production",
      "npx holdfast status",
      "npx holdfast console",
      "npx holdfast simulate --seeds 5",
    ];
    expect(needing.map((it) => proofOf(it, ci))).toEqual([
      "test:deploy",
      "test:deploy",
      "test:cli",
      "test:browser",
      "run",
    ]);
  });
});

describe("what README says was proven", () => {
  const rows = tableRows(sectionWithin(read("README.md"), "What has been proven where"));

  it("is proven by commands that .ci/run or test:readme runs", () => {
    const commands = rows.flatMap(([, , command = ""]) => inlineCode(command));
    expect(commands.length).toBeGreaterThan(3);
    expect(commands.filter((it) => !/^npm (test|run [\w:-]+)/.test(it))).toEqual([]);
    expect(ci).toContain("npm run test:readme");
  });

  it("names test files and folders that there are", () => {
    const trust = tableRows(sectionWithin(read("README.md"), "Can you trust it?"));
    const shown = trust.map(([, , place = ""]) => inlineCode(place));
    expect(shown.length).toBeGreaterThan(3);
    expect(shown).not.toContainEqual([]);
    const paths = [...rows, ...trust].flatMap((row) => row.flatMap(inlineCode)).filter((it) => it.startsWith("test/"));
    expect(paths.length).toBeGreaterThan(3);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe("what README has an application install", () => {
  const manifest = JSON.parse(readFileSync("package.json", "utf8"));
  const readme = read("README.md");
  const block = readme.blocks.find(({ text }) => text.includes('"devDependencies"'));
  const { devDependencies: shown } = JSON.parse(block?.text ?? "{}");

  it("is the archive that npm pack writes, and Pulumi in the versions that the component is built with", () => {
    const { name, version, devDependencies: own } = manifest;
    const pulumi = ["@pulumi/aws", "@pulumi/pulumi"].map((it) => [it, own[it]]);
    expect(shown).toEqual({ [name]: `file:../${name}/${name}-${version}.tgz`, ...Object.fromEntries(pulumi) });
    expect(readme.prose).toContain(`\`${name}-${version}.tgz\``);
    expect(readme.prose).toContain(`SST ${own.sst} `);
  });

  it("is not on a registry", () => {
    expect(manifest.private).toBe(true);
  });
});
