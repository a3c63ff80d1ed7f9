import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, "test/wire/**", "test/**/crashes.test.ts"],
    testTimeout: 30_000,
    maxWorkers: 2,
  },
});
