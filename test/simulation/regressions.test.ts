import { describe, expect, it } from "vitest";
import { runSeed } from "../../testing/simulation/run.ts";
import { faultKinds } from "../../testing/simulation/world-draw.ts";

/** The kinds of faults that there were when a seed failed: with more, it has another history. */
const first = faultKinds.slice(0, faultKinds.indexOf("hung-update"));
const withPartners = faultKinds.slice(0, faultKinds.indexOf("innocent") + 1);

/** Seeds that once failed, each by the rule that it broke. What broke them in Holdfast has a test of its own as well. */
const regressions = [
  {
    seed: 3,
    days: 0.25,
    faults: first,
    broke:
      "converged: a manual change had put an address on a NAT gateway's interface, which AWS refuses (the twin's fault)",
  },
  {
    seed: 9,
    days: 1,
    faults: first,
    broke:
      "spares restored: an address that a manual change had put on a scout was left there (the simulation's fault)",
  },
  {
    seed: 86,
    days: 0.67,
    faults: first,
    broke: "drain: a run died between an association and its note, and the note of an earlier drain was believed",
  },
  {
    seed: 415,
    days: 1.6,
    faults: first,
    broke: "reported by an event: a route whose answers got lost three times, and that the next round noted",
  },
  {
    seed: 323,
    days: 0.1,
    faults: first,
    broke: "own functions: an update that had failed counted as done (the simulation's fault)",
  },
  {
    seed: 211,
    days: 0.045,
    faults: withPartners,
    broke: "nothing taken without need: one AuthFailure of the only spare cut off a published version",
  },
  {
    seed: 104,
    days: 0.041,
    faults: withPartners,
    broke: "bounded: an address that AWS refuses everywhere was tried on each interface, and on the scout every second",
  },
  {
    seed: 227,
    days: 0.37,
    faults: withPartners,
    broke:
      "healed within two sweeps: an address that AWS refused for two reasons counted as a spare after the first (the simulation's fault)",
  },
  {
    seed: 245,
    days: 0.21,
    faults: withPartners,
    broke: "no false blame: a block while another address was refused for a cause of its own (the simulation's fault)",
  },
  {
    seed: 253,
    days: 0.6,
    faults: withPartners,
    broke: "no false blame: a block while the application refused all others (the simulation's fault)",
  },
] as const;

describe("a seed that once failed", () => {
  it.each(regressions)(
    "$seed, by $broke",
    async ({ seed, days, faults }) => {
      const { violations } = await runSeed({ seed, days, faults });
      expect(violations).toEqual([]);
    },
    120_000,
  );
});
