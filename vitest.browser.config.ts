import { defineConfig } from "vitest/config";

/** The demo's page in a headless Chromium: run by `npm run test:browser`. One browser and one region at a time. */
export default defineConfig({
  test: {
    include: ["test/browser/**/*.check.ts"],
    globalSetup: "test/browser/setup.ts",
    testTimeout: 300_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
