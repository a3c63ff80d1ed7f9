import { describe, expect, it } from "vitest";
import { egressOf } from "../../testing/twin/egress.ts";
import { type AttachScene, openAttachScene, sharedRefused } from "./deployed-scene.ts";

/** Calls this near the update belong to the run that attaches; all others are sweeps that repeat earlier ones. */
const nearMs = 5_000;
/** Evidence takes a quarter of an hour, and a crash the visibility timeout. */
const storyMinutes = 25;

async function play(scene: AttachScene): Promise<void> {
  scene.partner.rules.push(sharedRefused);
  scene.environmentsPerMinute = 2;
  await scene.pass(storyMinutes);
}

/** The function's network, whether every subnet of it is open, and how many interfaces there are: comparable across runs. */
function finalState(scene: AttachScene) {
  const { vpcConfig } = scene.latest();
  const { world } = scene.region;
  return {
    subnets: vpcConfig?.subnetIds.length,
    open: egressOf(world, scene.latest()).map(({ open }) => open),
    interfaces: world.networkInterfaces.size,
  };
}

interface Crash {
  readonly skip: number;
  readonly when: "before" | "after";
}

async function undisturbed() {
  const scene = await openAttachScene();
  const calls: { readonly skip: number; readonly atMs: number; readonly operation: string }[] = [];
  scene.region.calls.onCall(({ principal, operation, atMs }) => {
    if (principal === scene.roleArn) calls.push({ skip: calls.length, atMs, operation });
  });
  await play(scene);
  const updates = calls.filter(({ operation }) => operation === "UpdateFunctionConfiguration");
  const points = calls
    .filter(({ atMs }) => updates.some((it) => Math.abs(it.atMs - atMs) <= nearMs))
    .flatMap(({ skip, operation }): Crash[] => [
      { skip, when: "before" },
      ...(/^(Describe|Get|List)/.test(operation) ? [] : [{ skip, when: "after" } as const]),
    ]);
  return { points, updates: updates.length, state: finalState(scene) };
}

describe("a guarded function that is refused", () => {
  it("is attached once and has its addresses after a crash at any call", async () => {
    const { points, updates, state } = await undisturbed();
    expect(updates).toBe(1);
    expect(state).toMatchObject({ subnets: 2, open: [true, true] });
    expect(points.some(({ when }) => when === "after")).toBe(true);
    for (const { skip, when } of points) {
      const scene = await openAttachScene();
      let crashes = 0;
      let accepted = 0;
      scene.region.faults.onCrash(() => crashes++);
      scene.region.faults.inject({ principal: scene.roleArn, when, skip, crash: true });
      scene.region.calls.onCall(({ principal, operation, reached, error }) => {
        const isUpdate = principal === scene.roleArn && operation === "UpdateFunctionConfiguration";
        if (isUpdate && reached && !error) accepted++;
      });
      await play(scene);
      const point = `crash ${when} call ${skip + 1}`;
      expect(crashes, point).toBe(1);
      expect(accepted, point).toBe(1);
      expect(finalState(scene), point).toEqual(state);
      expect(scene.misdeeds, point).toEqual([]);
    }
  });
});
