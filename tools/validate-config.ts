/** `npm run validate`: checks a configuration as far as the file alone shows. It asks AWS nothing and needs no credentials. */
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError, type HoldfastConfig } from "../src/config/holdfast.ts";
import type { Pool } from "../src/config/pool.ts";

const file = process.argv[2] ?? "holdfast.config.ts";
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
  if (error instanceof Error && error.name === "ConfigError") return error.message;
  return `${file} cannot be loaded: ${error instanceof Error ? error.message : error}\nCheck the path and the imports; an example must be copied over holdfast.config.ts first.`;
}

/** Returns how many EIPs the pool takes. */
function countOf({ egress, fallback }: Pool["addresses"]): string {
  const extra = fallback.kind === "none" ? "" : ", 1 for the NAT gateway";
  if (egress.kind === "own") return `EIPs: ${egress.allocationIds.length} of your own${extra}`;
  return `EIPs: ${egress.count} serving, ${egress.spares} spare${extra}`;
}
