/**
 * The real Pulumi engine, built from its Go modules: SST downloads it from a place of its own, the checks build the same
 * version from source. Nothing of it is in this repository but the pins in go/.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { cached, cachePath } from "../../toolchain/cache.ts";

/** The version that SST 4.17.1 asks for. */
export const engineVersion = "v3.215.0";

const pins = join(import.meta.dirname, "go");

/** Where the built engine is kept: a folder of the user's cache, by what it was built from, or what HOLDFAST_ENGINE says. */
export function enginePath(): string {
  const given = process.env["HOLDFAST_ENGINE"];
  if (given) return given;
  const hash = createHash("sha256")
    .update(readFileSync(join(pins, "go.sum")))
    .digest("hex");
  return join(cachePath(`pulumi-${engineVersion}-${hash.slice(0, 8)}`), "pulumi");
}

/** What keeps the engine from being built here, for people; nothing if it is there or can be built. */
export function engineMissing(): string | undefined {
  if (existsSync(enginePath())) return undefined;
  const { status } = spawnSync("go", ["version"], { stdio: "ignore" });
  if (status === 0) return undefined;
  return "Go is not installed, so the Pulumi engine cannot be built: install Go 1.24 or later (https://go.dev/dl) and run npm run test:deploy again";
}

/**
 * Builds the engine unless it is there. The first time, it takes minutes and downloads about 1.7 GB of modules.
 *
 * @returns the path of the engine
 * @throws Error when Go is missing or the build fails
 */
export function buildEngine(): string {
  const path = enginePath();
  if (existsSync(path)) return path;
  const missing = engineMissing();
  if (missing !== undefined) throw new Error(missing);
  const version = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${engineVersion}`;
  const target = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
  cached(basename(dirname(path)), ["go"], (folder) => {
    const args = ["-p=2", "-buildvcs=false", "-ldflags", `-s -w ${version}`, "-o", join(folder, "pulumi"), target];
    execFileSync("go", ["build", ...args], { cwd: pins, stdio: "inherit" });
  });
  return path;
}
