/** Node.js 24, which Lambda runs the functions on, from npm: the tests themselves run on what is installed, simulations of many seeds on this. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { cached } from "./cache.ts";

const version = "24.21.0";

/** Returns the folder with its `node`, and downloads it the first time (some 50 MB). */
export function node24Folder(): string {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = cached(`${name}-${version}`, ["npm"], (prefix) => {
    const args = ["install", "--prefix", prefix, "--no-fund", "--no-audit", "--loglevel=error", `${name}@${version}`];
    execFileSync("npm", args, { stdio: "inherit" });
  });
  return join(folder, "node_modules", name, "bin");
}
