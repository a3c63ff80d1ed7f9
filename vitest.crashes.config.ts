import { defineConfig } from "vitest/config";

/** A crash at every single call of every story: exhaustive, so it takes minutes. */
export default defineConfig({
  test: { include: ["test/**/crashes.test.ts"], testTimeout: 600_000, maxWorkers: 2 },
});
