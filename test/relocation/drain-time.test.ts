/** How long an address stays on an interface that a member has left: as long as a call of a member may take. */
import { describe, expect, it } from "vitest";
import { drainReason, drainTimeMs } from "../../src/relocation/drain-time.ts";
import { openScene, type Scene, type SceneOptions } from "../../testing/deployment/relocation-scene.ts";
import { member, version, world } from "./build.ts";
import { quick } from "./stories.ts";

const minuteMs = 60_000;
const taking = (timeoutSeconds: number, name?: string) => ({ ...version("settled", [], name), timeoutSeconds });
const longest = { drainMs: "longest call" } as const;

describe("drainTimeMs", () => {
  it.each([
    ["the longest call of all members", [member("a", taking(120)), member("b", taking(300))], 300],
    ["a live version that an alias pins", [member("a", taking(3), taking(900, "1"))], 900],
    ["a minute at least", [member("a", taking(3))], 60],
    ["a minute without members", [], 60],
  ])("is %s", (_, members, seconds) => {
    expect(drainTimeMs(world({ members }), longest)).toBe(seconds * 1000);
  });

  it.each([0, 30, 3600])("is %d s when the operator says so", (seconds) => {
    expect(drainTimeMs(world({ members: [member("a", taking(900))] }), { drainMs: seconds * 1000 })).toBe(
      seconds * 1000,
    );
  });
});

describe("drainReason", () => {
  const members = [member("a", taking(900))];
  it.each([
    ["longest call" as const, "a call of a may take 900 s"],
    [30_000, "schedule.drainSeconds is 30, though a call of a may take 900 s"],
    [900_000, "schedule.drainSeconds is 900"],
  ])("%s", (drainMs, expected) => {
    expect(drainReason(world({ members }), { drainMs })).toBe(expected);
  });
});

/** `orders` in the first zone, whose calls may take five minutes. */
async function openOrders(options: SceneOptions): Promise<Scene> {
  const scene = await openScene({ delays: quick, zones: 2, direct: true, ...options });
  await scene.createFunction("orders", [0]);
  await scene.pass(2 * minuteMs);
  await scene.operator("lambda", "UpdateFunctionConfiguration", { FunctionName: "orders", Timeout: 300 });
  await scene.pass(2 * minuteMs);
  return scene;
}

async function moveOrders(options: SceneOptions): Promise<Scene> {
  const scene = await openOrders(options);
  await scene.updateFunction("orders", [1]);
  return scene;
}

function shortenAndMove({ operator, network }: Scene): Promise<unknown> {
  const VpcConfig = {
    SubnetIds: network.subnetIds.slice(1, 2),
    SecurityGroupIds: network.securityGroupIds.slice(0, 1),
  };
  return operator("lambda", "UpdateFunctionConfiguration", { FunctionName: "orders", Timeout: 3, VpcConfig });
}

const isOld = (scene: Scene, id: string | undefined) =>
  id !== undefined && scene.region.world.networkInterfaces.get(id)?.subnetId === scene.network.subnetIds[0];
const drains = (scene: Scene) =>
  [...scene.region.world.addresses.values()].some(({ networkInterfaceId }) => isOld(scene, networkInterfaceId));

describe("in a region", () => {
  it("an old interface keeps its address until the longest call has ended", async () => {
    const scene = await moveOrders({ addresses: 2, drainSeconds: "longest call" });
    await scene.pass(4.5 * minuteMs);
    expect(drains(scene)).toBe(true);
    await scene.pass(3 * minuteMs);
    expect(drains(scene)).toBe(false);
  });

  it.each<[string, (scene: Scene) => Promise<unknown>]>([
    ["the deployment that moves a member shortens its timeout", shortenAndMove],
    ["the member is deleted", ({ operator }) => operator("lambda", "DeleteFunction", { FunctionName: "orders" })],
  ])("an old interface keeps its address for as long as calls of before may take when %s", async (_, change) => {
    const scene = await openOrders({ addresses: 2, drainSeconds: "longest call", members: ["orders", "billing"] });
    await change(scene);
    await scene.pass(4.5 * minuteMs);
    expect(drains(scene)).toBe(true);
    await scene.pass(3 * minuteMs);
    expect(drains(scene)).toBe(false);
  });

  it("an operator's shorter time wins", async () => {
    const scene = await moveOrders({ addresses: 2, drainSeconds: 60 });
    await scene.pass(4 * minuteMs);
    expect(drains(scene)).toBe(false);
  });

  it("without a spare the event says for how long an open call may lack its egress", async () => {
    const scene = await moveOrders({ addresses: 1, drainSeconds: "longest call" });
    await scene.pass(3 * minuteMs);
    const moved = scene.events.filter(({ type, detail }) => type === "AddressRelocated" && detail["row"] === 3);
    expect(moved.map(({ detail }) => detail)).toMatchObject([{ openCallSeconds: 300 }]);
  });
});
