import { describe, expect, it } from "vitest";
import { minuteMs, openScene, type RemovalScene } from "./scene.ts";

interface Crash {
  readonly skip: number;
  readonly when: "before" | "after";
}

interface Removal {
  readonly name: string;
  readonly part: string;
  begin(): Promise<RemovalScene>;
}

const removals: readonly Removal[] = [
  {
    name: "the teardown of a subnet",
    part: "zone-1",
    async begin() {
      const scene = await openScene();
      await scene.deleteMember();
      await scene.removeTriggers();
      return scene;
    },
  },
  {
    name: "the teardown of a fallback",
    part: "fallback",
    async begin() {
      const scene = await openScene({ standby: "cold" });
      await scene.override("fallback");
      await scene.region.clock.runUntil(() => scene.routes().every((it) => it === "nat"), 10 * minuteMs);
      await scene.removeTriggers();
      return scene;
    },
  },
];

/** Without ids, comparable across runs: what other parts tear down stays as it is. */
const finalState = (scene: RemovalScene) => ({
  associated: scene.associated().length,
  routes: scene.routes(),
  gateways: scene.gateways(),
  inVpc: [...scene.region.world.functions.values()]
    .filter(({ versions }) => versions.get("$LATEST")?.vpcConfig)
    .map(({ functionName }) => functionName),
});

/** Every point at which a run could crash, except those of looks that repeat one which found nothing to do. */
async function undisturbed({ part, begin }: Removal) {
  const scene = await begin();
  const calls: { readonly atMs: number; readonly writes: boolean }[] = [];
  scene.region.calls.onCall(({ principal, operation, atMs }) => {
    if (principal === scene.roleArn) calls.push({ atMs, writes: !/^(Describe|Get|List)/.test(operation) });
  });
  await scene.tearDown(part);
  const lastWriteMs = Math.max(...calls.filter(({ writes }) => writes).map(({ atMs }) => atMs));
  const points = calls.flatMap(({ atMs, writes }, skip): Crash[] =>
    atMs > lastWriteMs + 15_000
      ? []
      : [{ skip, when: "before" }, ...(writes ? [{ skip, when: "after" } as const] : [])],
  );
  return { points, state: finalState(scene) };
}

describe.each(removals)("$name", (removal) => {
  it("is the same when it is asked again after a crash at any call", async () => {
    const { points, state } = await undisturbed(removal);
    expect(points.filter(({ when }) => when === "after").length).toBeGreaterThan(1);
    for (const { skip, when } of points) {
      const scene = await removal.begin();
      const point = `crash ${when} call ${skip + 1}`;
      const disarm = scene.region.faults.inject({ principal: scene.roleArn, when, skip, crash: true });
      await expect(scene.tearDown(removal.part), point).rejects.toThrow("Runtime.ExitError");
      disarm();
      await scene.tearDown(removal.part);
      expect(finalState(scene), point).toEqual(state);
    }
  }, 600_000);
});
