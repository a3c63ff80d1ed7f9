import { describe, expect, it } from "vitest";
import { type Pass, runPasses } from "../../src/actuator/run.ts";
import { AwsCallError, type ErrorClass } from "../../src/aws/errors.ts";

const deadlineMs = 60_000;
const pass: Pass = { observed: {}, plan: { actions: [], findings: [], waits: [] }, outcomes: [], unverified: [] };

/** Runs passes of which the first ones fail; the clock moves by sleeping alone. */
async function runFailing(times: number, errorClass: ErrorClass) {
  let nowMs = 0;
  let begun = 0;
  const clock = {
    now: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
  };
  const doPass = async () => {
    begun++;
    if (begun <= times) throw new AwsCallError("ec2:DescribeAddresses", "Failed", errorClass, "failed");
    return pass;
  };
  const { passes, failure, endedMs } = await runPasses("payments", clock, deadlineMs, doPass, async () => false);
  return { begun, passes: passes.length, failure: failure?.errorClass, endedMs };
}

describe("a run", () => {
  it.each(["transient", "throttled"] as const)(
    "begins again after %s failures, until its deadline",
    async (errorClass) => {
      expect(await runFailing(10, errorClass)).toMatchObject({ begun: 11, passes: 1, failure: undefined });
      const lasting = await runFailing(100, errorClass);
      expect(lasting).toMatchObject({ passes: 0, failure: errorClass });
      expect(lasting.endedMs).toBeGreaterThan(deadlineMs - 10_000);
      expect(lasting.endedMs).toBeLessThanOrEqual(deadlineMs);
    },
  );

  it.each(["denied", "invalid", "quota"] as const)("ends at the first %s failure", async (errorClass) => {
    expect(await runFailing(1, errorClass)).toMatchObject({ begun: 1, passes: 0, failure: errorClass });
  });
});
