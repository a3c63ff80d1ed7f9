import { beforeAll, describe, expect, it } from "vitest";
import { egressOf } from "../../testing/twin/egress.ts";
import { AwsError } from "../../testing/twin/service.ts";
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

  it("is reported, attached to the pool's network, given the pool's addresses, and accepted; in that order", async () => {
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
    expect(await scene.alarmState("attach-problem")).toBe("OK");
    await scene.pass(10);
    expect(typesOf(scene).filter((type) => type === "FunctionAttached")).toHaveLength(1);
    expect(scene.misdeeds).toEqual([]);
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
    expect(scene.misdeeds).toEqual([]);
  }, 60_000);

  it("without policy attach, though it is reported", async () => {
    const scene = await openAttachScene({ guarded: { functions: [guardedName] } });
    await refuse(scene, 20);
    expect(await scene.alarmState("blocked")).toBe("ALARM");
    expect(subnetsOf(scene)).toEqual([]);
    expect([...scene.region.world.functions.keys()].filter((name) => name.endsWith("-attach"))).toEqual([]);
  }, 60_000);
});

describe("what hinders attaching is reported with its remediation, and attaching goes on when it is mended", () => {
  let scene: AttachScene;
  /** The troubles of one function that were reported since, each once. */
  const troublesOf = (functionName: string) =>
    scene.events.flatMap(({ type, detail }) =>
      type === "AttachFailed" && detail["functionName"] === functionName ? [detail] : [],
    );
  beforeAll(async () => {
    scene = await openAttachScene({ guarded: { functions: [guardedName, "gone", "elsewhere"], policy: "attach" } });
    const { world } = scene.region;
    const [vpcId] = world.vpcs.keys();
    const made = await scene.operator<{ Subnet: { SubnetId: string } }>("ec2", "CreateSubnet", {
      VpcId: vpcId,
      CidrBlock: "10.97.240.0/24",
    });
    const group = [...world.securityGroups.values()].find(({ groupName }) => groupName.includes("members"));
    await scene.makeFunction("gone");
    await scene.makeFunction("elsewhere", {
      VpcConfig: { SubnetIds: [made.Subnet.SubnetId], SecurityGroupIds: [group?.groupId] },
    });
    scene.partner.rules.push(sharedRefused);
    scene.environmentsPerMinute = 3;
  }, openedWithinMs);

  it("an execution role that may make no interfaces, which holds up nobody else", async () => {
    const refusal = new AwsError(
      "InvalidParameterValueException",
      "The provided execution role does not have permissions to call CreateNetworkInterface on EC2",
    );
    const mend = scene.region.faults.inject({
      operation: "UpdateFunctionConfiguration",
      principal: scene.roleArn,
      when: "before",
      times: 1000,
      error: refusal,
    });
    await scene.pass(20);
    expect(subnetsOf(scene)).toEqual([]);
    expect(troublesOf(guardedName)).toMatchObject([
      {
        finding: "refused",
        code: "InvalidParameterValueException",
        reason: expect.stringContaining("CreateNetworkInterface"),
        remediation: expect.stringContaining("AWSLambdaVPCAccessExecutionRole"),
      },
    ]);
    expect(await scene.alarmState("attach-problem")).toBe("ALARM");
    mend();
  }, 60_000);

  it("an update by another caller, which is waited for", async () => {
    const before = troublesOf(guardedName).length;
    await scene.operator("lambda", "UpdateFunctionCode", { FunctionName: guardedName, ZipFile: new Uint8Array([1]) });
    await scene.pass(2);
    expect(subnetsOf(scene)).toEqual([]);
    expect(troublesOf(guardedName)).toHaveLength(before);
    await scene.pass(18);
    expect(subnetsOf(scene)).toHaveLength(2);
  }, 60_000);

  it("a function that is gone, and one in another network, which is left there", async () => {
    await scene.operator("lambda", "DeleteFunction", { FunctionName: "gone" });
    await scene.pass(2);
    expect(troublesOf("gone").at(-1)).toMatchObject({ finding: "missing-function" });
    expect(troublesOf("elsewhere")).toMatchObject([{ finding: "other-network" }]);
    expect(scene.latest("elsewhere").vpcConfig?.subnetIds).toHaveLength(1);
    expect(scene.misdeeds).toEqual([]);
  });

  it("a permission that was taken away, which is named", async () => {
    const { region } = scene;
    const denied = new AwsError("AccessDeniedException", "not authorized", 403);
    const mend = region.faults.inject({
      service: "monitoring",
      operation: "GetMetricData",
      principal: scene.roleArn,
      when: "before",
      times: 1000,
      error: denied,
    });
    await scene.pass(6);
    expect(scene.events.at(-1)).toMatchObject({
      type: "AttachFailed",
      detail: { permission: "cloudwatch:GetMetricData", code: "AccessDeniedException" },
    });
    expect(await scene.alarmState("attach-problem")).toBe("ALARM");
    mend();
  }, 60_000);
});

describe("a guarded function whose traffic goes to a published version", () => {
  it("is attached, and it is reported that this does not reach the version", async () => {
    const scene = await openAttachScene();
    const FunctionName = guardedName;
    const { Version } = await scene.operator<{ Version: string }>("lambda", "PublishVersion", { FunctionName });
    await scene.operator("lambda", "CreateAlias", { FunctionName, Name: "live", FunctionVersion: Version });
    await refuse(scene, 20);
    expect(subnetsOf(scene)).toHaveLength(2);
    expect(scene.events.filter(({ type }) => type === "AttachFailed")).toMatchObject([
      { detail: { finding: "published-version", aliases: ["live"], remediation: expect.stringContaining("publish") } },
    ]);
  }, 60_000);
});

describe("a guarded function that is moved at the last moment", () => {
  it("stays where it was moved to", async () => {
    const scene = await openAttachScene();
    const [scout] = [...scene.region.world.subnets.values()].filter(({ tags }) => tags["Name"]?.endsWith("-scout"));
    const elsewhere = { vpcId: scout?.vpcId ?? "", subnetIds: [scout?.subnetId ?? ""], securityGroupIds: [] };
    scene.region.calls.onCall(({ principal, operation }) => {
      if (principal !== scene.roleArn || operation !== "ListAliases") return;
      Object.assign(scene.latest(), { vpcConfig: elsewhere, revisionId: "moved" });
    });
    await refuse(scene, 20);
    expect(subnetsOf(scene)).toEqual(elsewhere.subnetIds);
    expect(typesOf(scene)).not.toContain("FunctionAttached");
    expect(scene.misdeeds).toEqual([]);
  }, 60_000);
});

describe("a guarded function of a pool whose own addresses a partner refuses", () => {
  it("is not attached, since it would gain nothing, and it is reported", async () => {
    const scene = await openAttachScene({ addresses: { count: 2, spares: 0 } });
    const { world } = scene.region;
    const zones = [...world.subnets.values()].filter(({ tags }) => /-zone-\d$/.test(tags["Name"] ?? ""));
    const group = [...world.securityGroups.values()].find(({ groupName }) => groupName.includes("members"));
    await scene.makeFunction("orders-api", {
      Tags: { "holdfast:pool": "orders" },
      VpcConfig: { SubnetIds: zones.map(({ subnetId }) => subnetId), SecurityGroupIds: [group?.groupId] },
    });
    await scene.pass(6);
    const [way] = egressOf(world, scene.latest("orders-api"));
    scene.partners.get("carrier")?.rules.push({ kind: "block", ips: way?.publicIps ?? [] });
    await refuse(scene, 20);
    expect(subnetsOf(scene)).toEqual([]);
    const troubles = scene.events.filter(({ type }) => type === "AttachFailed").map(({ detail }) => detail);
    expect(troubles).toMatchObject([{ finding: "pool-blocked", functionName: guardedName }]);
  }, 60_000);
});
