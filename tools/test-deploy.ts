/**
 * `npm run test:deploy`: SST's types and platform, a type check of what is deployed, the real `sst deploy` and `sst diff` of
 * every example with a stand-in engine, and the lifecycle of a deployment with the real Pulumi engine, which is built from its Go
 * modules. Needs no account, and no network but the package registries.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildEngine, engineMissing, enginePath } from "../testing/deployment/engine/build.ts";
import { sstEnvironment } from "../testing/deployment/stand-in/project.ts";
import { nodeFolder } from "../testing/toolchain/node.ts";

const home = mkdtempSync(join(tmpdir(), "holdfast-home-"));
// The checks run in that home, where no engine is: a variable names the one in the user's cache.
const HOLDFAST_ENGINE = enginePath();

// SST starts several Node processes for each command, and what Node 24 has compiled it finds again.
const PATH = `${nodeFolder(24)}:${process.env["PATH"]}`;
const NODE_COMPILE_CACHE = join(home, "compiled");

function run(command: string, ...args: string[]): void {
  console.log(`> ${command} ${args.join(" ")}`);
  const env = { ...sstEnvironment(home), SST_STAGE: "test", HOLDFAST_ENGINE, PATH, NODE_COMPILE_CACHE };
  execFileSync(join("node_modules", ".bin", command), args, { stdio: "inherit", env });
}

if (!existsSync(".sst/platform/config.d.ts")) run("sst", "install");
run("tsx", "tools/build.ts");
const missing = engineMissing();
// The checks that need the engine say the same, and fail.
if (missing === undefined) buildEngine();
else console.error(missing);
run("tsc", "-p", "tsconfig.deploy.json");
run("vitest", "run", "--project", "deploy", ...process.argv.slice(2));
