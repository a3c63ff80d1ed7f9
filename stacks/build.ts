/** Builds the functions as part of a deployment, so that one command is enough. */
import { execFileSync } from "node:child_process";

/** @throws Error when the build fails or a function is over its size limit */
export function buildFunctions(): void {
  execFileSync("npm", ["run", "--silent", "build", "--", "functions"], { stdio: ["ignore", "ignore", "inherit"] });
}
