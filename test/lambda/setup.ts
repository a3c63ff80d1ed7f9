/** Before the tests under Lambda's runtime: what is deployed and what users import, and what runs it. */
import { execFileSync } from "node:child_process";
import type { TestProject } from "vitest/node";
import { buildLambdaRuntime, type LambdaRuntime } from "../../testing/lambda/runtime.ts";

declare module "vitest" {
  interface ProvidedContext {
    lambdaRuntime: LambdaRuntime;
  }
}

export default function setup(project: TestProject): void {
  execFileSync("npm", ["run", "--silent", "build"], { stdio: ["ignore", "ignore", "inherit"] });
  project.provide("lambdaRuntime", buildLambdaRuntime());
}
