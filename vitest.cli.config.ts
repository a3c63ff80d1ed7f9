import { defineConfig } from "vitest/config";

/** The built command line as a process of its own, against the twin's HTTP server. */
export default defineConfig({
  test: {
    include: ["test/cli/**/*.check.ts"],
    globalSetup: "test/cli/setup.ts",
    testTimeout: 60_000,
    maxWorkers: 2,
    hookTimeout: 120_000,
  },
});
