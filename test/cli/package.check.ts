import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { build as esbuild } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import webpack from "webpack";
import packageJson from "../../package.json" with { type: "json" };
import { nodeFolder, otherMajors } from "../../testing/toolchain/node.ts";
import { environmentOf } from "./scene.ts";

const minuteMs = 60_000;

describe("the package, as npm packs it", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-package-"));
  let archive: string;
  const inside = (path: string) => join(folder, "package", path);

  beforeAll(() => {
    // What `npm pack` would build first; not by it, since others use the command line meanwhile.
    execFileSync("node_modules/.bin/tsx", ["tools/types.ts"]);
    const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
    const [{ filename }] = JSON.parse(execFileSync("npm", args, { encoding: "utf8" }));
    archive = join(folder, filename);
    execFileSync("tar", ["-xzf", archive, "-C", folder]);
  });

  it("has everything that it promises to export", () => {
    const promised = Object.values(packageJson.exports).flatMap((it) =>
      typeof it === "string" ? it : Object.values(it).flatMap((conditions) => Object.values(conditions)),
    );
    expect(promised.length).toBeGreaterThan(8);
    expect(promised.filter((path) => !existsSync(inside(path.replace("*", "status"))))).toEqual([]);
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

  describe("installed in an app, with what it depends on from the registry", () => {
    const app = mkdtempSync(join(tmpdir(), "holdfast-app-"));
    const versions = [
      [process.version, process.execPath],
      ...otherMajors.map((major) => [`v${major}`, join(nodeFolder(major), "node")] as const),
    ] as const;
    const run = (node: string, ...args: string[]) =>
      execFileSync(node, args, { cwd: app, encoding: "utf8", env: environmentOf("http://127.0.0.1:9"), stdio: "pipe" });

    beforeAll(() => {
      const dependencies = { holdfast: `file:${archive}` };
      writeFileSync(
        join(app, "package.json"),
        JSON.stringify({ name: "app", private: true, type: "module", dependencies }),
      );
      execFileSync("npm", ["install", "--no-fund", "--no-audit", "--loglevel=error"], { cwd: app, stdio: "inherit" });
      const code = `
        import { withEgressGuard } from "holdfast/guard";
        import { fetchWithRetry } from "holdfast/retry";
        console.log(typeof withEgressGuard, typeof fetchWithRetry);`;
      writeFileSync(join(app, "app.mjs"), code);
    }, 4 * minuteMs);

    it.each(versions)("its command line and what it exports run on Node %s", (_, node) => {
      const command = join("node_modules", "holdfast", packageJson.bin.holdfast);
      expect(run(node, command, "--version").trim()).toBe(packageJson.version);
      expect(run(node, command, "--help")).toContain("status");
      expect(run(node, command, "--help")).not.toContain("simulate");
      expect(run(node, command, "simulate", "--help")).toContain("Usage");
      run(node, command, "init", "--url", "https://api.example.com/", "--force");
      expect(run(node, command, "validate")).toBe(
        "holdfast.config.ts is valid\n  pool partners, EIPs: 1 serving, 1 spare\n",
      );
      expect(run(node, command, "runbook", "shortage", "--json")).toContain('"section": "shortage"');
      expect(run(node, "app.mjs").trim()).toBe("function function");
    });

    it("its lock file pins the archive's bytes, and no tool of ours was installed", () => {
      const { packages } = JSON.parse(readFileSync(join(app, "package-lock.json"), "utf8"));
      expect(packages["node_modules/holdfast"].integrity).toMatch(/^sha512-/);
      const tools = ["vitest", "esbuild", "sst", "@cloud-copilot/iam-simulate"];
      expect(tools.filter((name) => existsSync(join(app, "node_modules", name)))).toEqual([]);
    });

    it("a deployment can be bundled from it, with Pulumi's packages of the app", async () => {
      const entryPoints = [join(app, "sst.mjs")];
      writeFileSync(join(app, "sst.mjs"), 'import { Holdfast } from "holdfast/sst";\nconsole.log(typeof Holdfast);');
      const external = ["@pulumi/*"];
      const { errors, warnings } = await esbuild({
        ...{ entryPoints, external, bundle: true, write: false, format: "esm", platform: "node", logLevel: "silent" },
      });
      expect([errors, warnings]).toEqual([[], []]);
    });
  });

  describe("as a dependency", () => {
    const handler = `withEgressGuard(async (event) => ({ got: event }), {
      url: "http://127.0.0.1:9/", statePath: "./state.json", timeoutMs: 1000,
    })`;
    const call = 'handler("event").then(({ got }) => console.log(got, typeof fetchWithRetry));';
    const commonJs = `
      const { withEgressGuard } = require("holdfast/guard");
      const { fetchWithRetry } = require("holdfast/retry");
      const handler = ${handler};
      ${call}`;
    const modules = `
      import { withEgressGuard } from "holdfast/guard";
      import { fetchWithRetry } from "holdfast/retry";
      const handler = ${handler};
      ${call}`;
    /** What the handler says; the guard's line of metrics stands before it. */
    const run = (file: string) =>
      execFileSync(process.execPath, [file], { cwd: folder, encoding: "utf8" }).trim().split("\n").at(-1);
    const write = (file: string, text: string) => {
      writeFileSync(join(folder, file), text);
      return join(folder, file);
    };

    beforeAll(() => {
      mkdirSync(join(folder, "node_modules"));
      symlinkSync(inside(""), join(folder, "node_modules", "holdfast"));
      write("package.json", '{ "type": "commonjs" }');
    });

    it.each([
      ["require", "plain.cjs", commonJs],
      ["import", "plain.mjs", modules],
    ])("is loaded with %s", (_, file, text) => {
      expect(run(write(file, text))).toBe("event function");
    });

    it.each(["node16", "nodenext", "bundler"])("has types for moduleResolution %s", (moduleResolution) => {
      const typed = `
        import { withEgressGuard } from "holdfast/guard";
        import { fetchWithRetry } from "holdfast/retry";
        export const handler = withEgressGuard(async (event: { readonly id: string }) => event.id.length, {
          url: "https://api.example.com/",
          exitOn: ["address", "silence"],
        });
        export const length: Promise<number> = handler({ id: "one" });
        export const ready: Promise<void> = handler.ready;
        export const answer: Promise<Response> = fetchWithRetry("https://api.example.com/", {}, { alsoRetry: [500] });
        // @ts-expect-error: no such option
        withEgressGuard(async () => {}, { url: "https://api.example.com/", nothing: 1 });`;
      const files = ["typed.cts", "typed.mts"].map((file) => write(file, typed));
      const bundler = moduleResolution === "bundler";
      const module = bundler ? "preserve" : moduleResolution;
      const options = ["--module", module, "--moduleResolution", moduleResolution, "--target", "es2022", "--noEmit"];
      const types = ["--strict", "--types", "node", "--typeRoots", resolve("node_modules/@types")];
      const tsc = () =>
        execFileSync(resolve("node_modules/.bin/tsc"), ["--ignoreConfig", ...options, ...types, ...files], {
          cwd: folder,
          encoding: "utf8",
          stdio: "pipe",
        });
      expect(tsc()).toBe("");
    });

    it.each(["esm", "cjs"] as const)("is bundled by esbuild to %s", async (format) => {
      const outfile = join(folder, `esbuild.${format === "esm" ? "mjs" : "cjs"}`);
      const entryPoints = [write("entry.mjs", modules)];
      await esbuild({ entryPoints, outfile, format, bundle: true, minify: true, platform: "node" });
      expect(run(outfile)).toBe("event function");
    });

    it.each([
      ["import", "packed-entry.mjs", modules],
      ["require", "packed-entry.cjs", commonJs],
    ])("is bundled by webpack from %s", async (_, file, text) => {
      const entry = write(file, text);
      const output = { path: folder, filename: `webpack-${file}.cjs` };
      const compiler = webpack({ entry, output, mode: "production", target: "node20", context: folder });
      const stats = await promisify(compiler.run.bind(compiler))();
      expect(stats?.toJson({ errors: true, warnings: true })).toMatchObject({ errors: [], warnings: [] });
      expect(run(join(folder, output.filename))).toBe("event function");
    });
  });
});
