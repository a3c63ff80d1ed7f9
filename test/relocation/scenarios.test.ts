import { describe, expect, it } from "vitest";
import type { SceneOptions } from "../../testing/deployment/relocation-scene.ts";
import { fixed } from "../../testing/twin/delays.ts";
import { begin, finalState, quick, restMs, stories } from "./stories.ts";

const named = (name: string) => {
  const found = stories.find((story) => story.name === name);
  if (!found) throw new Error(`no story ${name}`);
  return found;
};

/** Egress lost after the change, in milliseconds. */
async function gapAfter(name: string, options: SceneOptions = {}): Promise<number> {
  const story = named(name);
  const scene = await begin(story, options);
  const before = scene.path.egress.totalGapMs();
  await story.change(scene);
  await scene.pass(restMs);
  return scene.path.egress.totalGapMs() - before;
}

describe.each(stories)("$name", (story) => {
  it("ends with an address on every interface that serves, and all others spare", async () => {
    const scene = await begin(story);
    await story.change(scene);
    await scene.pass(restMs);
    const serving = finalState(scene).filter((it) => !it.startsWith("spare"));
    expect(serving).toHaveLength(story.serving);
    expect(serving.every((it) => it.endsWith("in-use"))).toBe(true);
    expect(scene.openNow("orders")).toBe(true);
    expect(scene.path.sqs.queueByName(scene.deadLetterQueueName).counts().visible).toBe(0);
  });

  it.each([
    ["events that come twice", { cloudTrailDuplicateRate: 1, eventBridgeDuplicateRate: 1 }],
    ["events out of order", { cloudTrail: { kind: "uniform", minMs: 0, maxMs: 60_000 } }],
    ["events that never come", { cloudTrailLossRate: 1 }],
  ] as const)("ends in the same state with %s", async (_, delays) => {
    const usual = await begin(story);
    await story.change(usual);
    await usual.pass(restMs);
    const other = await begin(story, { delays: { ...quick, ...delays } });
    await story.change(other);
    await other.pass(restMs);
    const shape = (states: string[]) => states.map((it) => it.split(" ").length);
    expect(shape(finalState(other))).toEqual(shape(finalState(usual)));
    expect(other.openNow("orders")).toBe(true);
  });
});

describe("time without egress", () => {
  it("is zero with a spare and an event that arrives while the update is in progress", async () => {
    expect(await gapAfter("subnet change with a spare")).toBe(0);
  });

  it("is at most 1 s without a spare when the event arrives while the update is in progress", async () => {
    expect(await gapAfter("subnet change without a spare")).toBeLessThanOrEqual(1000);
  });

  it.each([["subnet change with a spare"], ["subnet change without a spare"]])(
    "is CloudTrail's delay less the update's own time plus at most 1 s: %s",
    async (name) => {
      const delayMs = 20_000;
      const updateMs = 6_000 + 2_000;
      const deliveryMs = 200 + 50;
      const gapMs = await gapAfter(name, { sweeps: false, delays: { ...quick, cloudTrail: fixed(delayMs) } });
      expect(gapMs).toBeGreaterThan(0);
      expect(gapMs).toBeLessThanOrEqual(delayMs - updateMs + deliveryMs + 1000);
    },
  );

  it("is at most one sweep when the event never comes", async () => {
    const gapMs = await gapAfter("subnet change without a spare", { delays: { ...quick, cloudTrailLossRate: 1 } });
    expect(gapMs).toBeLessThanOrEqual(60_000 + 2_000);
  });

  it("does not depend on what Lambda shows during an update, but for the head start of a spare", async () => {
    const shown = { showsDuringUpdate: "old" } as const;
    expect(await gapAfter("subnet change with a spare", shown)).toBeLessThanOrEqual(1000);
    expect(await gapAfter("subnet change without a spare", shown)).toBeLessThanOrEqual(1000);
  });

  it("lasts for good without Holdfast", async () => {
    const story = named("subnet change with a spare");
    const scene = await begin(story, { holdfast: false });
    await story.change(scene);
    await scene.pass(restMs);
    expect(scene.openNow("orders")).toBe(false);
  });
});

describe("determinism", () => {
  it("gives the same calls in the same order for the same seed", async () => {
    const trace = async (seed: number) => {
      const story = named("subnet change with a spare");
      const scene = await begin(story, { seed, delays: {} });
      await story.change(scene);
      await scene.pass(restMs);
      return scene.region.calls.recent.map(({ atMs, operation, input }) => JSON.stringify([atMs, operation, input]));
    };
    const first = await trace(11);
    expect(await trace(11)).toEqual(first);
    expect(await trace(12)).not.toEqual(first);
  });
});
