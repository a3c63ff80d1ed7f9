import { expect, it } from "vitest";
import { openScene } from "./scene.ts";

/** How often a rehearsal calls AWS, its end included. */
async function countCalls(): Promise<number> {
  const scene = await openScene();
  let count = 0;
  scene.region.calls.onCall(() => {
    count++;
  });
  await scene.rehearse();
  return count;
}

it("leaves nothing that --clean does not remove, whichever call its process ends after", async () => {
  const calls = await countCalls();
  expect(calls).toBeGreaterThan(200);
  for (let last = 1; last <= calls; last++) {
    const scene = await openScene();
    let made = 0;
    const stop = scene.region.calls.onCall(() => {
      made++;
      if (made === last) scene.kill();
    });
    expect(await scene.rehearseUntilKilled(), `call ${last}`).toBe(true);
    stop();
    expect(await scene.clean(), `call ${last}`).toEqual([]);
    expect(await scene.listeners(), `call ${last}`).toEqual([]);
    expect(scene.contents(), `call ${last}`).toBe(scene.before);
  }
});

it("can itself be ended after any call, and be run again", async () => {
  const begun = async () => {
    const scene = await openScene();
    const stop = scene.region.calls.onCall(({ operation }) => {
      if (operation === "UpdateFunctionConfiguration") scene.kill();
    });
    await scene.rehearseUntilKilled();
    stop();
    return scene;
  };
  const whole = await begun();
  let calls = 0;
  whole.region.calls.onCall(() => {
    calls++;
  });
  await whole.clean();
  expect(calls).toBeGreaterThan(50);
  for (let last = 1; last <= calls; last++) {
    const scene = await begun();
    let made = 0;
    const stop = scene.region.calls.onCall(() => {
      made++;
      if (made === last) scene.kill();
    });
    await scene.cleanUntilKilled();
    stop();
    expect(await scene.clean(), `call ${last}`).toEqual([]);
    expect(await scene.listeners(), `call ${last}`).toEqual([]);
    expect(scene.contents(), `call ${last}`).toBe(scene.before);
  }
});
