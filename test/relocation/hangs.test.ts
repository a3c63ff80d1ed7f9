import { describe, expect, it } from "vitest";
import { openScene } from "../../testing/deployment/relocation-scene.ts";
import { fixed } from "../../testing/twin/delays.ts";
import { invocationDurations } from "../invocation-durations.ts";
import { begin, quick, restMs, stories } from "./stories.ts";

const subnetChange = stories[1] as (typeof stories)[number];
const functionName = "holdfast-production-relocate";

/** A pool at rest, and how each invocation of relocation has ended. */
async function open() {
  const { around, endedAfterMs, begun } = invocationDurations(functionName);
  const scene = await begin(subnetChange, { around });
  return { scene, endedAfterMs, begun };
}

/** What relocation calls when a member moves. */
async function calledOperations(): Promise<string[]> {
  const { scene } = await open();
  const called = new Set<string>();
  scene.region.calls.onCall(({ principal, operation }) => {
    if (principal === scene.relocateRole) called.add(operation);
  });
  await subnetChange.change(scene);
  await scene.pass(restMs);
  return [...called];
}

describe("a call that AWS never answers", async () => {
  it.each(await calledOperations())(
    "%s: no run takes longer than its function may, and the next goes on",
    async (operation) => {
      const { scene, begun, endedAfterMs } = await open();
      const withdraw = scene.region.faults.inject({
        principal: scene.relocateRole,
        operation,
        when: "before",
        times: Number.POSITIVE_INFINITY,
        error: "timeout",
      });
      await subnetChange.change(scene);
      await scene.pass(restMs);
      withdraw();
      await scene.pass(restMs);
      expect(Math.max(...endedAfterMs)).toBeLessThan(85_000);
      expect(begun() - endedAfterMs.length).toBeLessThanOrEqual(1);
      expect(scene.openNow("orders")).toBe(true);
    },
  );
});

describe("tags that AWS never writes", () => {
  it("of many addresses at once: the run ends in time, and each address is reported", async () => {
    const { around, endedAfterMs } = invocationDurations(functionName);
    const delays = { ...quick, interfaceCreation: fixed(58_000) };
    const members = ["first", "second", "third"];
    const scene = await openScene({ delays, zones: 3, addresses: 9, members, around });
    const withdraw = scene.region.faults.inject({
      principal: scene.relocateRole,
      operation: "CreateTags",
      when: "before",
      times: Number.POSITIVE_INFINITY,
      error: "timeout",
    });
    await scene.createFunction("first", [0, 1, 2], [0]);
    await scene.createFunction("second", [0, 1, 2], [1]);
    await scene.createFunction("third", [0, 1, 2], [0, 1]);
    await scene.pass(restMs);
    withdraw();
    await scene.pass(restMs);
    expect(Math.max(...endedAfterMs)).toBeLessThan(85_000);
    expect(scene.events.filter(({ type }) => type === "AddressRelocated")).toHaveLength(9);
  });
});
