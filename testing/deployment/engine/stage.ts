/** A project with an account of its own, in which the real `sst` and the real Pulumi engine deploy, refresh and remove. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { dispatch } from "../../twin/dispatch.ts";
import { awsEnvironment, type Backend, startBackend } from "../stand-in/backend.ts";
import { createProject, sstEnvironment } from "../stand-in/project.ts";
import { type CliRun, runSst } from "../stand-in/sst-cli.ts";
import { Account, type AccountOptions } from "./account.ts";
import { buildEngine } from "./build.ts";
import { serveLanguage } from "./language-host.ts";
import { type Provider, serveProvider } from "./provider.ts";
import type { Operation } from "./provider-resources.ts";
import type { PluginServer } from "./wire.ts";

const modules = resolve(import.meta.dirname, "../../../node_modules");

/** Providers of SST that this model answers for: nothing of theirs exists in the account. */
const providers = ["aws", "random", "command", "tls"];

type Command = "deploy" | "diff" | "refresh" | "remove" | "unlock";

export interface Run extends CliRun {
  readonly operations: readonly Operation[];
}

export interface StageOptions extends AccountOptions {
  /** Folder of the example. */
  readonly example: string;
  readonly stage: string;
}

export class Stage {
  readonly account: Account;
  readonly folder: string;
  readonly #stage: string;
  readonly #home: string;
  #backend: Backend | undefined;
  #provider: Provider | undefined;
  #language: PluginServer | undefined;
  #programOutput = "";

  private constructor({ example, stage, ...options }: StageOptions) {
    this.account = new Account(options);
    this.#stage = stage;
    this.folder = createProject(example);
    this.#home = join(this.folder, ".home");
  }

  /** @throws Error when the engine can be neither found nor built */
  static async open(options: StageOptions): Promise<Stage> {
    const stage = new Stage(options);
    stage.#installEngine(buildEngine());
    stage.#backend = await startBackend();
    stage.#backend.serveEc2((request) => dispatch(stage.account.region, request));
    stage.#provider = await serveProvider(stage.account);
    stage.#language = await serveLanguage(
      () => stage.#engineEnvironment(),
      (text) => {
        stage.#programOutput += text;
      },
    );
    return stage;
  }

  close(): void {
    this.#backend?.close();
    this.#provider?.close();
    this.#language?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** SST looks for the engine in a folder of its own below the home directory. */
  #installEngine(engine: string): void {
    const bin = this.#bin();
    mkdirSync(bin, { recursive: true });
    // What SST sends to the engine is for the program too, which the engine does not start here: it is noted on the way.
    writeScript(join(bin, "pulumi"), `env -0 > "${this.#engineEnvironmentFile()}"\nexec "${engine}" "$@"`);
    // Resources that SST writes in JavaScript have a provider of their own, which comes with @pulumi/pulumi.
    const program = join(modules, "@pulumi/pulumi/cmd/dynamic-provider/index.js");
    writeScript(join(bin, "pulumi-resource-pulumi-nodejs"), `exec "${process.execPath}" "${program}" "$@"`);
  }

  #engineEnvironmentFile(): string {
    return join(this.#home, "engine-environment");
  }

  #engineEnvironment(): NodeJS.ProcessEnv {
    const entries = readFileSync(this.#engineEnvironmentFile(), "utf8").split("\0").filter(Boolean);
    return Object.fromEntries(entries.map((entry) => splitAt(entry, entry.indexOf("="))));
  }

  #bin(): string {
    return join(this.#home, ".config", "sst", "bin");
  }

  #environment(): NodeJS.ProcessEnv {
    const ports = providers.map((name) => `${name}:${this.#provider?.port}`);
    return {
      ...sstEnvironment(this.#home),
      PATH: `${this.#bin()}:${process.env["PATH"]}`,
      SST_PULUMI_PATH: join(this.#bin(), "pulumi"),
      PULUMI_DEBUG_PROVIDERS: ports.join(","),
      PULUMI_DEBUG_LANGUAGES: `nodejs:${this.#language?.port}`,
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...(this.#backend && awsEnvironment(this.#backend)),
    };
  }

  /** Changes a file of the project. @throws Error when it does not hold what is to be replaced */
  edit(file: string, from: string, to: string): void {
    const path = join(this.folder, file);
    const text = readFileSync(path, "utf8");
    if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
    writeFileSync(path, text.replace(from, to));
  }

  /** Replaces the operator's file: the pools as they are written in it, and what else stands beside them. */
  configure(pools: string, more = ""): void {
    const text = `import { defineHoldfast } from "./src/config/holdfast.ts";\nexport default defineHoldfast({ pools: { ${pools} }, ${more} });\n`;
    writeFileSync(join(this.folder, "holdfast.config.ts"), text);
  }

  /** Runs the real `sst`. Virtual time passes only while AWS makes the provider wait. */
  sst(command: Command): Promise<Run> {
    return this.#run(command, () => {});
  }

  /** Runs `sst`, and kills it and the engine when an operation on the resource that ends so begins. AWS finishes that operation. */
  async killed(command: Command, operation: Operation["operation"], nameEnds: string): Promise<Run> {
    try {
      return await this.#run(command, (pid) => {
        this.account.onOperation = (begun, name) => {
          if (begun === operation && name.endsWith(nameEnds)) killWithDescendants(pid);
        };
      });
    } finally {
      this.account.onOperation = undefined;
    }
  }

  async #run(command: Command, onStart: (pid: number) => void): Promise<Run> {
    this.#programOutput = "";
    this.#provider?.takeOperations();
    const options = { cwd: this.folder, env: this.#environment(), onStart };
    const { exitCode, output } = await runSst([command, "--stage", this.#stage], options);
    return { exitCode, output: output + this.#programOutput, operations: this.#provider?.takeOperations() ?? [] };
  }
}

/** SST starts the engine in a process group of its own, which outlives a signal to SST's. */
function killWithDescendants(pid: number): void {
  const rows = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const parentOf = new Map(rows.map((row) => row.trim().split(/\s+/).map(Number) as [number, number]));
  const descends = (it: number | undefined): boolean => it !== undefined && (it === pid || descends(parentOf.get(it)));
  for (const it of parentOf.keys()) {
    if (descends(it)) process.kill(it, "SIGKILL");
  }
}

function writeScript(path: string, command: string): void {
  writeFileSync(path, `#!/bin/sh\n${command}\n`);
  chmodSync(path, 0o755);
}

function splitAt(entry: string, index: number): [string, string] {
  return [entry.slice(0, index), entry.slice(index + 1)];
}
