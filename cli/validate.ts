/** `holdfast validate`: checks a configuration as far as the file alone shows. It asks AWS nothing and needs no credentials. */
import { basename, resolve } from "node:path";
import { createJiti } from "jiti";
import { ConfigError, type HoldfastConfig } from "../src/config/holdfast.ts";
import type { Pool } from "../src/config/pool.ts";
import { type ExitCode, exitCodes } from "./support/exit-codes.ts";
import { jsonDocument } from "./support/json.ts";

export interface ValidateOptions {
  readonly stage: string;
  readonly json?: boolean;
}

/** Writes what the file is, and returns the exit code: 1 for one that cannot be deployed. */
export async function validate(file: string, { stage, json }: ValidateOptions): Promise<ExitCode> {
  const name = basename(file);
  try {
    const { pools } = await load(file, stage);
    const list = Object.entries(pools).map(([pool, { addresses }]) => ({ name: pool, addresses: countOf(addresses) }));
    const lines = list.map((it) => `  pool ${it.name}, EIPs: ${wordsOf(it.addresses)}`);
    if (json) process.stdout.write(jsonDocument({ file, valid: true, pools: list, problems: [] }));
    else process.stdout.write(`${[`${name} is valid`, ...lines].join("\n")}\n`);
    return exitCodes.fine;
  } catch (error) {
    const problems = problemsOf(error, file);
    if (json) process.stdout.write(jsonDocument({ file, valid: false, pools: [], problems }));
    else process.stderr.write(`holdfast: ${name} is not valid, nothing was changed:\n${listed(problems)}\n`);
    return exitCodes.attention;
  }
}

/** @throws ConfigError, or whatever loading it throws */
async function load(file: string, stage: string): Promise<HoldfastConfig> {
  // SST gives the file this global, by which names of pools may differ from stage to stage.
  Object.assign(globalThis, { $app: { name: "holdfast", stage } });
  const jiti = createJiti(import.meta.url, { fsCache: false, moduleCache: false });
  const config = await jiti.import<HoldfastConfig | undefined>(resolve(file), { default: true });
  if (config?.pools) return config;
  throw new ConfigError(["(root): must be the file's default export, made by defineHoldfast"]);
}

/** A file that cannot be loaded has a mistake too: a wrong path, a misspelt import, bad syntax. */
function problemsOf(error: unknown, file: string): readonly string[] {
  // The file may have loaded the class a second time.
  if (error instanceof Error && error.name === "ConfigError") return (error as ConfigError).problems;
  const [reason = ""] = String(error instanceof Error ? error.message : error).split("\n");
  return [`${file} cannot be loaded: ${reason}`, "check the path and the imports; an example must be copied first"];
}

function listed(problems: readonly string[]): string {
  return problems.map((it) => `  ${it}`).join("\n");
}

/** How many EIPs a pool takes. */
interface Count {
  readonly serving: number;
  readonly spares: number;
  readonly nat: number;
  /** Brought along rather than allocated. */
  readonly own: boolean;
}

function countOf({ egress, fallback }: Pool["addresses"]): Count {
  const nat = fallback.kind === "none" ? 0 : 1;
  if (egress.kind === "own") return { serving: egress.allocationIds.length, spares: 0, nat, own: true };
  return { serving: egress.count, spares: egress.spares, nat, own: false };
}

function wordsOf({ serving, spares, nat, own }: Count): string {
  const extra = nat > 0 ? ", 1 for the NAT gateway" : "";
  return own ? `${serving} of your own${extra}` : `${serving} serving, ${spares} spare${extra}`;
}
