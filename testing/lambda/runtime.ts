/**
 * What Lambda runs functions with: Node.js 24, AWS's runtime client for Node (npm, with a native part that is built here)
 * and AWS's runtime interface emulator (a Go module). All are kept in the user's cache, by what they are made from.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cached } from "../toolchain/cache.ts";
import { nodeFolder } from "../toolchain/node.ts";

/** The emulator has no released versions in Go's sense: a commit of October 2026. */
const emulator = "github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie";
const emulatorVersion = "v0.0.0-20261030222936-bef5c4ba774d";
const pins = join(import.meta.dirname, "pins");

export interface LambdaRuntime {
  /** Paths of Node.js, of the client's module and of the emulator's program. */
  readonly node: string;
  readonly client: string;
  readonly emulator: string;
}

/**
 * Makes all of them unless they are there; the first time it takes minutes.
 *
 * @throws Error that names the tools that are missing
 */
export function buildLambdaRuntime(): LambdaRuntime {
  const hash = createHash("sha256")
    .update(readFileSync(join(pins, "package-lock.json")))
    .digest("hex");
  const bin = nodeFolder(24);
  const name = `lambda-runtime-${hash.slice(0, 8)}-node-24`;
  const client = cached(name, ["cmake", "c++", "make", "xz"], (folder) => installClient(folder, bin));
  const runner = cached(`lambda-emulator-${emulatorVersion}`, ["go"], (folder) => {
    const env = { ...process.env, GOBIN: folder, GOFLAGS: "-p=2" };
    execFileSync("go", ["install", `${emulator}@${emulatorVersion}`], { stdio: "inherit", env });
  });
  return {
    node: join(bin, "node"),
    client: join(client, "node_modules", "aws-lambda-ric", "index.mjs"),
    emulator: join(runner, "aws-lambda-rie"),
  };
}

function installClient(folder: string, bin: string): void {
  cpSync(pins, folder, { recursive: true });
  console.log("building Lambda's runtime client, which takes minutes");
  const args = ["ci", "--no-fund", "--no-audit", "--loglevel=error"];
  // For the Node.js that is to load it, whose headers lie beside it: node-gyp would download them.
  const env = { ...process.env, PATH: `${bin}:${process.env["PATH"]}`, npm_config_nodedir: dirname(bin) };
  execFileSync("npm", args, { cwd: folder, stdio: "inherit", env });
}
