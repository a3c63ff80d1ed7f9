import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

it.each([
  ["--seed x", "sim: x is not a number"],
  ["--faults frost", "sim: there is no fault frost"],
  ["--sede 7", "sim: Unknown option '--sede'"],
])(
  "%s ends with 2, what is wrong, and what there is",
  (args, problem) => {
    const { status, stdout, stderr } = spawnSync("npx", ["tsx", "testing/simulation/main.ts", ...args.split(" ")], {
      encoding: "utf8",
    });
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(problem);
    expect(stderr).toContain("npm run sim -- [--seed N");
    expect(stderr).not.toContain("    at ");
  },
  60_000,
);
