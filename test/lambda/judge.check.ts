import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resultOf } from "./deployment.ts";
import { LambdaFunction } from "./lambda-function.ts";

/** Mistakes that only Lambda would notice, planted: this judge notices them. */
describe("Lambda's runtime client refuses", () => {
  let folder: string;
  let lambda: LambdaFunction | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "judged-"));
    cpSync("dist/functions/teardown/index.mjs", join(folder, "index.mjs"));
  });
  afterEach(async () => {
    await lambda?.stop();
    lambda = undefined;
    rmSync(folder, { recursive: true });
  });

  const tf = { action: "create", prev_input: null };
  const created = { kind: "fallback", pool: "partners", vpcId: "vpc-0a1b2c3d4e5f60718", routeTableIds: [], tf };

  /** @throws Error as the deployment's functions report one */
  async function invoke(handler = "index.handler"): Promise<unknown> {
    lambda = await LambdaFunction.start(folder, handler);
    return resultOf((await lambda.invoke(created)).text);
  }

  it("nothing of a bundle as it is built", async () => {
    expect(await invoke()).toMatchObject({ kind: "fallback", did: [] });
  });

  it("a bundle that needs a file that is not deployed", async () => {
    const code = readFileSync(join(folder, "index.mjs"), "utf8");
    writeFileSync(join(folder, "index.mjs"), `import "./left-out.mjs";\n${code}`);
    await expect(invoke()).rejects.toThrow(/left-out\.mjs/);
  });

  it("a bundle that needs a package of this repository", async () => {
    writeFileSync(join(folder, "index.mjs"), 'import "zod";\nexport const handler = async () => null;');
    await expect(invoke()).rejects.toThrow(/zod/);
  });

  it("the name of a handler that the bundle does not export", async () => {
    await expect(invoke("index.handle")).rejects.toThrow(/index\.handle/);
  });

  it("a handler that reads a setting that is not deployed", async () => {
    cpSync("dist/functions/relocate/index.mjs", join(folder, "index.mjs"));
    await expect(invoke()).rejects.toThrow(/HOLDFAST_SETTINGS/);
  });
});
