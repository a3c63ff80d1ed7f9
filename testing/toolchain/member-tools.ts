/** Deployment tools from npm that the examples of docs/members.md are for. They are of no use to the project itself. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { cached } from "./cache.ts";

/** osls is the open continuation of version 3 of the Serverless Framework. */
const versions = { "aws-cdk-lib": "2.276.0", constructs: "10.8.1", osls: "4.3.1" } as const;

/** Returns the `node_modules` with the tools, and downloads them the first time (some 280 MB). */
export function memberTools(): string {
  const specs = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  const folder = cached(`member-tools-${Object.values(versions).join("-")}`, ["npm"], (prefix) => {
    const args = ["install", "--prefix", prefix, "--no-fund", "--no-audit", "--ignore-scripts", "--loglevel=error"];
    execFileSync("npm", [...args, ...specs], { stdio: "inherit" });
  });
  return join(folder, "node_modules");
}
