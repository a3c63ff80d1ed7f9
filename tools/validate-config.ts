/** `npm run validate`: checks a configuration as far as the file alone shows. It asks AWS nothing and needs no credentials. */
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { ConfigError, type HoldfastConfig } from "../src/config/holdfast.ts";
import type { Pool } from "../src/config/pool.ts";

const usage = "npm run validate [-- FILE], by default holdfast.config.ts";

/** Ends with exit code 2 where the arguments are wrong. */
function readFileName(): string {
  try {
    const { values, positionals } = parseArgs({ options: { help: { type: "boolean" } }, allowPositionals: true });
    if (!values.help) return positionals[0] ?? "holdfast.config.ts";
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    process.exit(2);
  }
}

const file = readFileName();
// SST gives the file this global, by which names of pools may differ from stage to stage.
Object.assign(globalThis, { $app: { name: "holdfast", stage: "production" } });
try {
  const { default: config }: { default?: HoldfastConfig } = await import(pathToFileURL(resolve(file)).href);
  if (!config?.pools) throw new ConfigError(["(root): must be the file's default export, made by defineHoldfast"]);
  const pools = Object.entries(config.pools).map(([name, { addresses }]) => `\n  pool ${name}, ${countOf(addresses)}`);
  process.stdout.write(`${basename(file)} is valid${pools.join("")}\n`);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}

/** A file that cannot be loaded has a mistake too: a wrong path, a misspelt import, bad syntax. */
function messageOf(error: unknown): string {
  // The file may have loaded the class a second time.
  if (error instanceof Error && error.name === "ConfigError") {
    return error.message.replace("holdfast.config.ts", basename(file));
  }
  return `${file} cannot be loaded: ${error instanceof Error ? error.message : error}\nCheck the path and the imports; an example must be copied over holdfast.config.ts first.`;
}

/** Returns how many EIPs the pool takes. */
function countOf({ egress, fallback }: Pool["addresses"]): string {
  const extra = fallback.kind === "none" ? "" : ", 1 for the NAT gateway";
  if (egress.kind === "own") return `EIPs: ${egress.allocationIds.length} of your own${extra}`;
  return `EIPs: ${egress.count} serving, ${egress.spares} spare${extra}`;
}
