import { defineConfig } from "vitest/config";

/** Real deployments with a stand-in engine: run by `npm run test:deploy`, which prepares SST's platform first. */
export default defineConfig({
  test: { include: ["test/deploy/**/*.check.ts"], testTimeout: 420_000, hookTimeout: 420_000, maxWorkers: 2 },
});
