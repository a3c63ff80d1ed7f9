import { expect, it } from "vitest";
import { countHeal } from "../../testing/deployment/heal-calls.ts";

/** What a heal may cost, whatever the number of members. */
const mostCalls = 30;

it.each([
  [1, 21],
  [10, 21],
])(
  "the replacement of an interface costs a pool of %i members %i calls within five minutes, and no egress",
  async (members, calls) => {
    const heal = await countHeal({ members });
    expect(heal).toEqual({ calls, gapSeconds: 0 });
    expect(heal.calls).toBeLessThanOrEqual(mostCalls);
  },
);

it("where EC2 gives no address to an interface that Lambda is still making, the interface has it a second after it is in use", async () => {
  const { gapSeconds } = await countHeal({ members: 1, associatesPending: false });
  expect(gapSeconds).toBeGreaterThan(0);
  expect(gapSeconds).toBeLessThan(2);
});
