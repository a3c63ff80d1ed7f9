import { expect, it } from "vitest";
import { openScene, type SceneOptions } from "./scene.ts";

/** Which operations a rehearsal calls, its end included. */
async function operationsOf(options?: SceneOptions): Promise<string[]> {
  const scene = await openScene(options);
  const operations: string[] = [];
  scene.region.calls.onCall(({ operation }) => {
    operations.push(operation);
  });
  await scene.rehearse();
  return operations;
}

/** Ends a rehearsal's process after this many of its calls, and then cleans up. */
async function expectRemovedAfter(last: number, options?: SceneOptions): Promise<void> {
  const scene = await openScene(options);
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

it("leaves nothing that --clean does not remove, whichever call its process ends after", async () => {
  const operations = await operationsOf();
  // One invocation after the other leaves nothing more: the last one stands for them.
  const calls = [...operations.keys()].filter((at) => operations[at] !== "Invoke" || operations[at + 1] !== "Invoke");
  expect(calls.length).toBeGreaterThan(200);
  for (const at of calls) await expectRemovedAfter(at + 1);
});

it("does so too with a NAT gateway, whichever of its own calls that is", async () => {
  const options = { choices: { nat: true }, only: ["account", "role", "association", "egress", "nat"] };
  const operations = await operationsOf(options);
  const [from, to] = [operations.lastIndexOf("CreateRouteTable"), operations.indexOf("DeleteNatGateway") + 1];
  // Of a look that is repeated, the last one.
  const isLast = (at: number) => operations[at] !== operations[at + 1];
  const calls = [...operations.keys()].filter((at) => at >= from && at <= to && isLast(at));
  expect(calls.length).toBeGreaterThan(10);
  for (const at of calls) await expectRemovedAfter(at + 1, options);
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
