import { beforeAll, describe, expect, it } from "vitest";
import { egressOf } from "../../twin/egress.ts";
import { type AttachScene, guardedName, openAttachScene, openedWithinMs, sharedRefused } from "./deployed-scene.ts";

const subnetsOf = (scene: AttachScene) => scene.latest().vpcConfig?.subnetIds ?? [];
const typesOf = ({ events }: AttachScene) => events.map(({ type }) => type);

/** By which addresses the guarded function leaves its subnets. */
const leavesBy = (scene: AttachScene) => egressOf(scene.region.world, scene.latest());

async function refuse(scene: AttachScene, minutes: number): Promise<void> {
  scene.partner.rules.push(sharedRefused);
  scene.environmentsPerMinute = 3;
  await scene.pass(minutes);
}

describe("a guarded function that a partner refuses on Lambda's shared addresses", () => {
  let scene: AttachScene;
  beforeAll(async () => {
    scene = await openAttachScene();
  }, openedWithinMs);

  it("is told, attached to the pool's network, given the pool's addresses, and accepted; in that order", async () => {
    await refuse(scene, 4);
    expect(await scene.alarmState("blocked")).toBe("ALARM");
    expect(typesOf(scene)).not.toContain("FunctionAttached");
    await scene.pass(15);
    const attached = scene.events.find(({ type }) => type === "FunctionAttached");
    expect(attached?.detail).toMatchObject({ pool: "orders", functionName: guardedName, row: 3 });
    expect(subnetsOf(scene)).toHaveLength(2);
    const own = [...scene.region.world.addresses.values()].flatMap(({ tags, publicIp }) =>
      tags["holdfast:pool"] === "orders" ? [publicIp] : [],
    );
    for (const { open, publicIps } of leavesBy(scene)) {
      expect(open).toBe(true);
      expect(own).toEqual(expect.arrayContaining([...publicIps]));
    }
    expect(await scene.alarmState("blocked")).toBe("OK");
    expect(scene.events.filter(({ type }) => type === "AttachFailed")).toEqual([]);
    for (const id of ["attach-problem", "attach-failing", "attach-silent"]) {
      expect(await scene.alarmState(id), id).toBe("OK");
    }
    await scene.pass(10);
    expect(typesOf(scene).filter((type) => type === "FunctionAttached")).toHaveLength(1);
  }, 60_000);

  it("is not attached again by what was measured before the operator detached it, but by what comes after", async () => {
    await scene.operator("lambda", "UpdateFunctionConfiguration", {
      FunctionName: guardedName,
      VpcConfig: { SubnetIds: [], SecurityGroupIds: [] },
    });
    await scene.pass(5);
    expect(subnetsOf(scene)).toEqual([]);
    await scene.pass(15);
    expect(subnetsOf(scene)).toHaveLength(2);
  }, 60_000);
});

describe("a guarded function is left alone", () => {
  it("while it is not refused, and while the pool is paused; then it is attached", async () => {
    const scene = await openAttachScene();
    scene.environmentsPerMinute = 3;
    await scene.pass(15);
    const [address] = scene.region.world.addresses.values();
    const tag = { Resources: [address?.allocationId], Tags: [{ Key: "holdfast:override", Value: "paused" }] };
    await scene.operator("ec2", "CreateTags", tag);
    await refuse(scene, 20);
    expect(subnetsOf(scene)).toEqual([]);
    expect(scene.events.filter(({ detail }) => detail["functionName"] === guardedName)).toMatchObject([
      { type: "OverrideSet", detail: { finding: "paused" } },
    ]);
    await scene.operator("ec2", "DeleteTags", tag);
    await scene.pass(2);
    expect(subnetsOf(scene)).toHaveLength(2);
  }, 60_000);

  it("without policy attach, though people are told", async () => {
    const scene = await openAttachScene({ guarded: { functions: [guardedName] } });
    await refuse(scene, 20);
    expect(await scene.alarmState("blocked")).toBe("ALARM");
    expect(subnetsOf(scene)).toEqual([]);
    expect([...scene.region.world.functions.keys()].filter((name) => name.endsWith("-attach"))).toEqual([]);
  }, 60_000);
});
