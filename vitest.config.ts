import { defineConfig } from "vitest/config";

const minute = 60_000;

/** One project for each suite; `npm test` runs `unit`, and each `npm run test:<name>` the one of its name. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/wire/**", "test/**/crashes.test.ts"],
          testTimeout: minute,
          hookTimeout: minute,
          // No module keeps what one file's tests do to it; to load them for each file took a quarter of the time.
          isolate: false,
        },
      },
      {
        // A crash at every single call of every story: exhaustive, so it takes minutes.
        test: { name: "crashes", include: ["test/**/crashes.test.ts"], testTimeout: 10 * minute },
      },
      {
        // The built command line as a process of its own, against the twin's HTTP server.
        test: {
          name: "cli",
          include: ["test/cli/**/*.check.ts"],
          globalSetup: "test/cli/setup.ts",
          testTimeout: minute,
          hookTimeout: 2 * minute,
        },
      },
      {
        // The demo's page in a headless Chromium.
        test: {
          name: "browser",
          include: ["test/browser/**/*.check.ts"],
          globalSetup: "test/browser/setup.ts",
          testTimeout: 5 * minute,
          hookTimeout: 2 * minute,
          fileParallelism: false,
        },
      },
      {
        // One emulator for all, so one file at a time.
        test: {
          name: "wire",
          include: ["test/wire/**/*.test.ts"],
          globalSetup: "test/wire/setup.ts",
          testTimeout: minute / 2,
          hookTimeout: minute / 2,
          fileParallelism: false,
        },
      },
      {
        // The guard under Lambda's runtime client and emulator, which are built before.
        test: {
          name: "lambda",
          include: ["test/lambda/**/*.check.ts"],
          globalSetup: "test/lambda/setup.ts",
          testTimeout: minute,
        },
      },
      {
        // Whole deployments in LocalEmu, an emulator of AWS, on the wall's clock.
        test: {
          name: "chain",
          include: ["test/chain/**/*.check.ts"],
          globalSetup: "test/chain/setup.ts",
          testTimeout: 5 * minute,
          hookTimeout: 3 * minute,
        },
      },
      {
        // What is deployed, and the twin, against AWS's event matcher and IAM's data and an IAM simulator.
        test: {
          name: "judges",
          include: ["test/judges/**/*.check.ts"],
          testTimeout: 2 * minute,
          hookTimeout: 2 * minute,
        },
      },
      {
        // Deployments with the real SST and a stand-in or the real engine; `npm run test:deploy` prepares them.
        test: {
          name: "deploy",
          include: ["test/deploy/**/*.check.ts"],
          testTimeout: 7 * minute,
          hookTimeout: 7 * minute,
        },
      },
      {
        // What mutation testing runs: the tests of the planner alone, which call it directly.
        test: { name: "planner", include: ["test/relocation/plan*.test.ts"], testTimeout: minute / 2 },
      },
    ],
  },
});
