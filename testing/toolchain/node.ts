/**
 * Versions of Node.js from npm, beside the one that is installed: 24, which Lambda runs the functions on, and 22, on which
 * people run the tools too.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { cached } from "./cache.ts";

const versions = { 22: "22.23.5", 24: "24.21.0" } as const;

/** What is tested beside the installed version. */
export const otherMajors = [22, 24] as const satisfies readonly (keyof typeof versions)[];

/** Returns the folder with its `node`, and downloads it the first time (some 50 MB). */
export function nodeFolder(major: keyof typeof versions): string {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = cached(`${name}-${versions[major]}`, ["npm"], (prefix) => {
    const spec = `${name}@${versions[major]}`;
    const args = ["install", "--prefix", prefix, "--no-fund", "--no-audit", "--loglevel=error", spec];
    execFileSync("npm", args, { stdio: "inherit" });
  });
  return join(folder, "node_modules", name, "bin");
}
