import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkLayers } from "../../tools/layer-rules.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "layers-"));
  symlinkSync(resolve("node_modules"), join(root, "node_modules"));
  write("tsconfig.json", JSON.stringify({ compilerOptions: { module: "ESNext", moduleResolution: "Bundler" } }));
  // Used by each other, so that neither is an orphan.
  write("src/relocation/plan.ts", 'import type { A } from "./model.ts";\nexport const a = (it: A) => it;\n');
  write("src/relocation/model.ts", "export type A = number;\n");
});

afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const check = async () => (await checkLayers(root, ["src"])).violations;

describe("the layers", () => {
  it("have nothing against what keeps them", async () => {
    expect(await check()).toEqual([]);
  });

  it.each([
    [
      "a decision file of any name that imports an SDK client",
      "src/relocation/which-first.ts",
      'import { EC2Client } from "@aws-sdk/client-ec2";\nimport "./plan.ts";\nexport const it = EC2Client;\n',
      "decisions-are-pure",
    ],
    [
      "a decision file that reaches the SDK by way of a file that observes",
      "src/relocation/which-first.ts",
      'import { observe } from "./observe.ts";\nexport const it = observe;\n',
      "decisions-are-pure",
    ],
    [
      "a decision file that reads files",
      "src/fallback/demand.ts",
      'import { readFileSync } from "node:fs";\nimport "../relocation/plan.ts";\nexport const it = readFileSync;\n',
      "decisions-use-no-node-modules",
    ],
    [
      "a decision file that reads the clock",
      "src/attach/refusals.ts",
      'import "../relocation/plan.ts";\nexport const it = () => Date.now();\n',
      "decisions-have-no-clock",
    ],
    [
      "files that need each other's types",
      "src/relocation/model.ts",
      'import type { a } from "./plan.ts";\nexport type A = number;\nexport type B = typeof a;\n',
      "no-circular",
    ],
    [
      "a folder that imports one above it",
      "src/pool/tags.ts",
      'import "../relocation/plan.ts";\nexport const it = 1;\n',
      "src/pool-imports-only-what-stands-below",
    ],
    [
      "a folder without a place in the order",
      "src/novelty/plan.ts",
      'import "../relocation/plan.ts";\nexport const it = 1;\n',
      "every-folder-has-its-place",
    ],
  ])("object to %s", async (_, path, text, rule) => {
    write(
      "src/relocation/observe.ts",
      'import { EC2Client } from "@aws-sdk/client-ec2";\nexport const observe = EC2Client;\n',
    );
    write("src/relocation/reconcile.ts", 'import "./observe.ts";\n');
    write(path, text);
    const violations = await check();
    expect(violations.join("\n")).toContain(`${rule}: ${path}`);
  });
});
