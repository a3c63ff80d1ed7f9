import { describe, expect, it } from "vitest";
import { watchAnswers } from "../../testing/simulation/invariant.ts";
import { VirtualClock } from "../../testing/twin/clock.ts";
import {
  currentInvocation,
  type Environment,
  type Invocation,
  type InvocationContext,
  runInvocation,
} from "../../testing/twin/lambda-invocation.ts";
import type { Region } from "../../testing/twin/region.ts";

const role = "relocate";
const environment = { version: { settings: { timeoutSeconds: 90 } } } as unknown as Environment;

/** A region whose one interface shows what was associated last, and invocations that look at it. */
function scene() {
  const clock = new VirtualClock();
  const state: { AllocationId?: string } = {};
  const region = {
    call: async () => ({ NetworkInterfaces: [{ NetworkInterfaceId: "eni-1", Association: { ...state } }] }),
  } as unknown as Region;
  const answers = watchAnswers(region, role);
  const invocation = async (looks: boolean): Promise<Invocation | undefined> => {
    let its: Invocation | undefined;
    const body = async () => {
      its = currentInvocation();
      const call = { service: "ec2", operation: "DescribeNetworkInterfaces", input: {}, principal: role };
      if (looks) await region.call(call, "");
    };
    await runInvocation(clock, body, {}, {} as InvocationContext, environment);
    return its;
  };
  return { state, answers, invocation };
}

describe("what an invocation can know of an association", () => {
  it("is its own latest answer, and not what another one is answered after that", async () => {
    const { state, answers, invocation } = scene();
    const first = await invocation(true);
    state.AllocationId = "eipalloc-1";
    const second = await invocation(true);
    expect(answers.isKnown("eni-1", "eipalloc-1", first)).toBe(false);
    expect(answers.isKnown("eni-1", "eipalloc-1", second)).toBe(true);
  });

  it("is the latest answer to any, where it has not looked", async () => {
    const { state, answers, invocation } = scene();
    state.AllocationId = "eipalloc-1";
    await invocation(true);
    expect(answers.isKnown("eni-1", "eipalloc-1", await invocation(false))).toBe(true);
  });
});
