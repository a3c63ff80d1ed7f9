import { describe, expect, it } from "vitest";
import { begin, finalState, restMs, type Story, stories } from "./stories.ts";

/** Crashes are placed in this time after the change; later calls are sweeps that repeat earlier ones. */
const crashWithinMs = 3 * 60_000;

interface Crash {
  readonly skip: number;
  readonly when: "before" | "after";
}

/**
 * Where the story ends without a crash, and every point at which it could: before each call, and after each write. A
 * crash after a read leaves the same world as one before the next call.
 */
async function undisturbed(story: Story): Promise<{ points: Crash[]; state: string[] }> {
  const scene = await begin(story);
  const points: Crash[] = [];
  let skip = 0;
  let over = false;
  scene.region.calls.onCall(({ principal, operation }) => {
    if (over || principal !== scene.relocateRole) return;
    points.push({ skip, when: "before" });
    if (!/^(Describe|Get|List)/.test(operation)) points.push({ skip, when: "after" });
    skip++;
  });
  await story.change(scene);
  await scene.pass(crashWithinMs);
  over = true;
  await scene.pass(restMs);
  return { points, state: finalState(scene) };
}

describe.each(stories)("$name", (story) => {
  it("converges to the same state after a crash at any call", async () => {
    const { points, state } = await undisturbed(story);
    expect(points.some(({ when }) => when === "after")).toBe(true);
    for (const { skip, when } of points) {
      const scene = await begin(story);
      let crashes = 0;
      scene.region.faults.onCrash(() => crashes++);
      scene.region.faults.inject({ principal: scene.relocateRole, when, skip, crash: true });
      await story.change(scene);
      await scene.pass(crashWithinMs + restMs);
      const point = `crash ${when} call ${skip + 1}`;
      expect(crashes, point).toBe(1);
      expect(finalState(scene), point).toEqual(state);
      expect(scene.openNow("orders"), point).toBe(true);
    }
  });
});
