import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { type Runner, runBatch } from "../../testing/simulation/batch.ts";
import type { SeedResult } from "../../testing/simulation/run.ts";

/** Seed 3 crashes, seed 5 violates an invariant. */
const run: Runner = async (seed) => {
  await new Promise((resolve) => setTimeout(resolve, seed % 2));
  if (seed === 3) throw new Error("Rate exceeded");
  return { seed, violations: seed === 5 ? [{ invariant: "drain", atMs: 0, text: "" }] : [] } as unknown as SeedResult;
};

describe("a batch of seeds", () => {
  it("goes on when one crashes, and says which and why", async () => {
    const { results, crashed } = await runBatch([1, 2, 3, 4, 5, 6], [run, run]);
    expect(results.map(({ seed }) => seed)).toEqual([1, 2, 4, 5, 6]);
    expect(crashed).toEqual([{ seed: 3, error: expect.stringContaining("Error: Rate exceeded\n    at ") }]);
  });

  it("until a failure ends with the one that crashes", async () => {
    const { results, crashed } = await runBatch([1, 2, 3, 4, 5], [run], { untilFailure: true });
    expect([results.map(({ seed }) => seed), crashed.map(({ seed }) => seed)]).toEqual([[1, 2], [3]]);
  });
});

it("the command counts seeds that crash, and ends with 1", () => {
  // No world can be drawn without pools.
  const args = "--seeds 2 --pools 0 --days 0.01 --workers 2 --json".split(" ");
  const { status, stdout, stderr } = spawnSync("npx", ["tsx", "testing/simulation/main.ts", ...args], {
    encoding: "utf8",
  });
  const { results, failed, crashed } = JSON.parse(stdout);
  expect([status, results, failed]).toEqual([1, [], []]);
  expect(crashed).toMatchObject([
    { seed: 1, error: expect.stringContaining("must hold at least one pool") },
    { seed: 2, error: expect.stringContaining("must hold at least one pool") },
  ]);
  expect(stderr).toContain("2 of 2 seeds, 0 failed, 2 crashed");
}, 60_000);
