/** SST projects in a temporary folder, deployed with the real `sst` and the stand-in engine. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Account } from "./account.ts";
import { awsEnvironment, type Backend } from "./backend.ts";
import { answerEc2 } from "./ec2.ts";
import type { RecordedResource } from "./recorder.ts";
import { type CliRun, runSst } from "./sst-cli.ts";

const repository = resolve(import.meta.dirname, "../../..");

export interface Run extends CliRun {
  readonly records: readonly RecordedResource[];
}

/** What `holdfast` consists of, for deployments. */
const parts = ["stacks", "src", "functions", "cli", "tools", "package.json", "tsconfig.json", "tsconfig.deploy.json"];

/**
 * A project in a temporary folder. An example with an sst.config.ts of its own is an application that has `holdfast`
 * installed; any other is this repository with the example's files in their places.
 *
 * @param example folder of the example
 * @param builds whether its deployments build the functions, as an operator's do. Else they take those that are built
 * here, which saves half of the time.
 */
export function createProject(example: string, { builds = false } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-"));
  const modules = join(folder, "node_modules");
  if (existsSync(join(example, "sst.config.ts"))) {
    mkdirSync(modules);
    for (const name of readdirSync(join(repository, "node_modules"))) {
      symlinkSync(join(repository, "node_modules", name), join(modules, name));
    }
    installHoldfast(join(modules, "holdfast"));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "app", type: "module" }));
  } else {
    copyParts(folder, [...parts, "sst.config.ts"]);
    symlinkSync(join(repository, "node_modules"), modules);
    if (!builds) bringFunctions(folder);
  }
  cpSync(resolve(example), folder, { recursive: true });
  installPlatform(folder);
  return folder;
}

function bringFunctions(folder: string): void {
  cpSync(join(repository, "dist", "functions"), join(folder, "dist", "functions"), { recursive: true });
  const file = join(folder, "package.json");
  const described = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...described, scripts: { ...described.scripts, build: "true" } }));
}

function copyParts(folder: string, names: readonly string[]): void {
  for (const name of names) cpSync(join(repository, name), join(folder, name), { recursive: true });
}

/** As an installation of the archive would: with the functions built, and `holdfast/sst` to import. */
function installHoldfast(folder: string): void {
  mkdirSync(folder);
  copyParts(folder, [...parts, "dist"]);
  const described = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  const exports = { "./sst": "./stacks/main.ts" };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ exports, ...described }));
}

/** SST's platform once per checkout: installing it takes half a minute. */
function installPlatform(folder: string): void {
  const platform = join(repository, ".sst", "platform");
  if (!existsSync(platform)) throw new Error(`${platform} does not exist: run sst install first`);
  cpSync(join(repository, ".sst", "provider-lock.json"), join(folder, ".sst", "provider-lock.json"));
  const modules = join(platform, "node_modules");
  const own = join(folder, ".sst", "platform");
  cpSync(platform, own, { recursive: true, filter: (path) => path !== modules });
  symlinkSync(modules, join(own, "node_modules"));
}

/** Environment in which `sst` finds neither an engine nor an account but ours, and nothing to download. */
export function sstEnvironment(home: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    HOME: home,
    SST_SKIP_DEPENDENCY_CHECK: "1",
    SST_NO_BUN: "1",
    SST_TELEMETRY_DISABLED: "1",
    CI: "1",
  };
}

/** Runs `sst deploy` or `sst diff` in a project. */
export async function sst(
  folder: string,
  command: "deploy" | "diff",
  stage: string,
  account: Account,
  backend: Backend,
): Promise<Run> {
  const home = join(folder, ".home");
  const engine = join(home, ".config", "sst", "bin", "pulumi");
  const recordsFile = join(folder, `${command}-${stage}.json`);
  const accountFile = join(folder, ".account.json");
  mkdirSync(join(home, ".config", "sst", "bin"), { recursive: true });
  const tsx = join(repository, "node_modules", "tsx", "dist", "esm", "index.mjs");
  const program = join(import.meta.dirname, "engine.ts");
  writeFileSync(engine, `#!/bin/sh\nexec "${process.execPath}" --import "file://${tsx}" "${program}" "$@"\n`);
  chmodSync(engine, 0o755);
  writeFileSync(accountFile, JSON.stringify(account));
  backend.serveEc2((request) => answerEc2(account, request));
  const environment = {
    ...sstEnvironment(home),
    SST_PULUMI_PATH: engine,
    STAND_IN_RECORDS: recordsFile,
    STAND_IN_ACCOUNT: accountFile,
    ...awsEnvironment(backend),
  };
  const run = await runSst([command, "--stage", stage], { cwd: folder, env: environment });
  const records = existsSync(recordsFile) ? JSON.parse(readFileSync(recordsFile, "utf8")) : [];
  return { ...run, records };
}
