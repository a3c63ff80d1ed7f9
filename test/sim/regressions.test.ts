import { describe, expect, it } from "vitest";
import { runSeed } from "../../sim/run.ts";
import { faultKinds } from "../../sim/world-draw.ts";

/** Seeds that once failed, each by the rule that it broke. What broke them has a test of its own as well. */
const regressions = [
  { seed: 21, broke: "no displacement: a swap repeated while the replaced address was still described" },
  { seed: 61, broke: "no displacement: a pool address that a hand had just put there" },
  { seed: 3001, broke: "told by an event: a move whose verification failed was forgotten" },
  { seed: 19, broke: "spares restored: an idle version's interface counted as nobody's (the checker's fault)" },
] as const;

describe("a seed that once failed", () => {
  it.each(regressions)(
    "$seed, by $broke",
    async ({ seed }) => {
      const { violations } = await runSeed({ seed, days: 1, faults: faultKinds });
      expect(violations).toEqual([]);
    },
    60_000,
  );
});
