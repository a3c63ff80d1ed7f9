/**
 * What Lambda runs functions with: AWS's runtime client for Node (npm, with a native part that is built here) and AWS's
 * runtime interface emulator (a Go module). Both are kept in the user's cache, by what they are made from.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** The emulator has no released versions in Go's sense: a commit of October 2026. */
const emulator = "github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie";
const emulatorVersion = "v0.0.0-20261030222936-bef5c4ba774d";
const pins = join(import.meta.dirname, "pins");

interface LambdaRuntime {
  /** Paths of the client's module and of the emulator's program. */
  readonly client: string;
  readonly emulator: string;
}

/**
 * Builds both unless they are there; the first time it takes minutes.
 *
 * @throws Error that names the tools that are missing
 */
export function buildLambdaRuntime(): LambdaRuntime {
  const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "holdfast");
  const hash = createHash("sha256")
    .update(readFileSync(join(pins, "package-lock.json")))
    .digest("hex");
  const client = join(cache, `lambda-runtime-${hash.slice(0, 8)}-node-${process.versions.modules}`);
  const runner = join(cache, `lambda-emulator-${emulatorVersion}`);
  make(client, ["cmake", "c++", "make", "xz"], installClient);
  make(runner, ["go"], (folder) => {
    const env = { ...process.env, GOBIN: folder, GOFLAGS: "-p=2" };
    execFileSync("go", ["install", `${emulator}@${emulatorVersion}`], { stdio: "inherit", env });
  });
  return {
    client: join(client, "node_modules", "aws-lambda-ric", "index.mjs"),
    emulator: join(runner, "aws-lambda-rie"),
  };
}

/** Makes a folder unless it is there; under another name until it is whole. */
function make(folder: string, tools: readonly string[], fill: (folder: string) => void): void {
  if (existsSync(folder)) return;
  const missing = tools.filter((tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0);
  if (missing.length > 0) throw new Error(`npm run test:lambda needs ${missing.join(", ")}: install it and try again`);
  const unfinished = `${folder}-unfinished-${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    fill(unfinished);
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function installClient(folder: string): void {
  cpSync(pins, folder, { recursive: true });
  // Node's own headers, where they lie beside it: node-gyp would download them.
  const prefix = dirname(dirname(process.execPath));
  const headers = existsSync(join(prefix, "include", "node", "node.h")) ? { npm_config_nodedir: prefix } : {};
  console.log("building Lambda's runtime client, which takes minutes");
  const args = ["ci", "--no-fund", "--no-audit", "--loglevel=error"];
  execFileSync("npm", args, { cwd: folder, stdio: "inherit", env: { ...process.env, ...headers } });
}
