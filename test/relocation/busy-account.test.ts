import { describe, expect, it } from "vitest";
import { countBusy } from "../../testing/deployment/busy-account.ts";
import { simulatePoolsDay } from "../../testing/deployment/pools-day.ts";

describe("five pools while a pipeline deploys fifty functions of others, each invocation in an environment of its own", () => {
  it("leave the account's rate of Lambda calls to others, fail nowhere, and heal as ever", async () => {
    const figures = await countBusy({ pools: 5 });
    expect(figures.worstSecond).toBeLessThanOrEqual(10);
    expect(figures.meanPerSecond).toBeLessThanOrEqual(5);
    expect(figures).toMatchObject({ throttled: 0, othersThrottled: 0, failedRuns: 0, gapSeconds: 0 });
    // The event of the new interface comes after five seconds.
    expect(figures.healSeconds).toBeLessThanOrEqual(7);
  });

  it("cost one invocation and two calls of EC2 in a quiet minute, together", async () => {
    expect(await countBusy({ pools: 5, strangers: 0 })).toMatchObject({ quietInvocations: 1, quietEc2Calls: 2 });
  });
});

it("an hour of twenty pools, in which Lambda replaces each one's interface: all heal within their bound", async () => {
  const hour = await simulatePoolsDay(20, 1);
  expect(hour).toMatchObject({ heals: 20, late: 0, failedRuns: 0, throttled: 0 });
}, 600_000);
