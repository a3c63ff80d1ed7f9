import { defineConfig } from "vitest/config";

/** What mutation testing runs: the tests of the planner alone, which call it directly. */
export default defineConfig({
  test: { include: ["test/relocation/plan*.test.ts"], testTimeout: 30_000 },
});
