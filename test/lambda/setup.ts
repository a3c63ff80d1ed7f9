/** Before the tests under Lambda's runtime: the guard as it is shipped, and what runs it. */
import { execFileSync } from "node:child_process";
import type { TestProject } from "vitest/node";
import { buildLambdaRuntime } from "../../testing/lambda/runtime.ts";

declare module "vitest" {
  interface ProvidedContext {
    runtimeClient: string;
    runtimeEmulator: string;
  }
}

export default function setup(project: TestProject): void {
  execFileSync("npm", ["run", "--silent", "build"], { stdio: ["ignore", "ignore", "inherit"] });
  const { client, emulator } = buildLambdaRuntime();
  project.provide("runtimeClient", client);
  project.provide("runtimeEmulator", emulator);
}
