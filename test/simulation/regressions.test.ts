import { describe, expect, it } from "vitest";
import { runSeed } from "../../testing/simulation/run.ts";
import { faultKinds } from "../../testing/simulation/world-draw.ts";

/** The kinds of faults that there were when they failed: with more, a seed has another history. */
const faults = faultKinds.slice(0, faultKinds.indexOf("hung-update"));

/** Seeds that once failed, each by the rule that it broke. What broke them in Holdfast has a test of its own as well. */
const regressions = [
  {
    seed: 3,
    days: 0.25,
    broke:
      "converged: a manual change had put an address on a NAT gateway's interface, which AWS refuses (the twin's fault)",
  },
  {
    seed: 9,
    days: 1,
    broke:
      "spares restored: an address that a manual change had put on a scout was left there (the simulation's fault)",
  },
  {
    seed: 86,
    days: 0.67,
    broke: "drain: a run died between an association and its note, and the note of an earlier drain was believed",
  },
  {
    seed: 415,
    days: 1.6,
    broke: "reported by an event: a route whose answers got lost three times, and that the next round noted",
  },
  {
    seed: 323,
    days: 0.1,
    broke: "own functions: an update that had failed counted as done (the simulation's fault)",
  },
] as const;

describe("a seed that once failed", () => {
  it.each(regressions)(
    "$seed, by $broke",
    async ({ seed, days }) => {
      const { violations } = await runSeed({ seed, days, faults });
      expect(violations).toEqual([]);
    },
    120_000,
  );
});
