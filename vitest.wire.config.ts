import { defineConfig } from "vitest/config";

/** One emulator for all, so one file at a time. */
export default defineConfig({
  test: {
    include: ["test/wire/**/*.test.ts"],
    globalSetup: "test/wire/setup.ts",
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
