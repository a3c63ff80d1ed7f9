import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { environmentOf } from "./scene.ts";

describe("the package, as npm packs it", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-package-"));
  const inside = (path: string) => join(folder, "package", path);

  beforeAll(() => {
    // What `npm pack` would build first; not by it, since others use the command line meanwhile.
    execFileSync("node_modules/.bin/tsc", ["-p", "tsconfig.types.json"]);
    const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
    const [{ filename }] = JSON.parse(execFileSync("npm", args, { encoding: "utf8" }));
    execFileSync("tar", ["-xzf", join(folder, filename), "-C", folder]);
  });

  it("has everything that it promises to export", () => {
    const promised = Object.values(packageJson.exports).flatMap((it) =>
      typeof it === "string" ? it : Object.values(it),
    );
    expect(promised.filter((path) => !existsSync(inside(path)))).toEqual([]);
  });

  it("has the bundles that a deployment needs", () => {
    const bundles = ["relocate", "probe", "canary", "fallback"].map((name) => `dist/functions/${name}/index.mjs`);
    expect(bundles.filter((path) => !existsSync(inside(path)))).toEqual([]);
  });

  it("has a command line that runs by itself, and says what it does not bring", () => {
    const holdfast = (...args: string[]) =>
      execFileSync(process.execPath, [inside(packageJson.bin.holdfast), ...args], {
        encoding: "utf8",
        env: environmentOf("http://127.0.0.1:9"),
        stdio: "pipe",
      });
    expect(holdfast("--version").trim()).toBe(packageJson.version);
    expect(holdfast("console", "--help")).toContain("--port");
    expect(() => holdfast("demo")).toThrow(/not part of this installation.*repository/s);
  });
});
