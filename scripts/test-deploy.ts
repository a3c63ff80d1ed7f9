/**
 * `npm run test:deploy`: SST's types and platform, a type check of what is deployed, and the real `sst deploy` and
 * `sst diff` of every example with a stand-in engine. Needs no account, and no network but the package registry.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sstEnvironment } from "./stand-in/project.ts";

function run(command: string, ...args: string[]): void {
  console.log(`> ${command} ${args.join(" ")}`);
  const env = { ...sstEnvironment(mkdtempSync(join(tmpdir(), "holdfast-home-"))), SST_STAGE: "test" };
  execFileSync(join("node_modules", ".bin", command), args, { stdio: "inherit", env });
}

if (!existsSync(".sst/platform/config.d.ts")) run("sst", "install");
run("tsx", "scripts/build.ts");
run("tsc", "-p", "tsconfig.deploy.json");
run("vitest", "run", "--config", "vitest.deploy.config.ts", ...process.argv.slice(2));
