import { describe, expect, it } from "vitest";
import { wayOut } from "../../testing/twin/partners.ts";
import type { FunctionVersion } from "../../testing/twin/world.ts";
import { createFunction, interfaceStates, openPath, type PathScene, vpcOf } from "./path-scene.ts";

const minuteMs = 60_000;

function latest({ region }: PathScene): FunctionVersion {
  const version = region.world.functions.get("partner")?.versions.get("$LATEST");
  if (!version) throw new Error("no function");
  return version;
}

const configuration = (scene: PathScene) =>
  scene.call("lambda", "GetFunctionConfiguration", { FunctionName: "partner" });
const updateCode = (scene: PathScene) =>
  scene.call("lambda", "UpdateFunctionCode", { FunctionName: "partner", ZipFile: Buffer.from("new") });

async function moveElsewhere(scene: PathScene): Promise<string> {
  const input = { VpcId: scene.network.vpcId, CidrBlock: "10.0.2.0/24" };
  const { Subnet } = await scene.call<{ Subnet: { SubnetId: string } }>("ec2", "CreateSubnet", input);
  const more = vpcOf(scene, [Subnet.SubnetId]);
  await scene.call("lambda", "UpdateFunctionConfiguration", { FunctionName: "partner", ...more });
  return Subnet.SubnetId;
}

describe("an update", () => {
  it("fails for a reason of its image, and the function runs on where it was", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner");
    scene.path.lambda.upsetNext("partner", { failure: "ImageDeleted" });
    await updateCode(scene);
    await scene.region.clock.advance(20_000);
    expect(await configuration(scene)).toMatchObject({
      State: "Active",
      LastUpdateStatus: "Failed",
      LastUpdateStatusReasonCode: "ImageDeleted",
    });
    expect(latest(scene).servedBy?.subnetIds).toEqual([scene.network.subnetId]);
  });

  it("hangs for hours, refuses others meanwhile, and succeeds at last", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner");
    scene.path.lambda.upsetNext("partner", { delayMs: 180 * minuteMs });
    await updateCode(scene);
    await scene.region.clock.advance(175 * minuteMs);
    expect(await configuration(scene)).toMatchObject({ LastUpdateStatus: "InProgress" });
    await expect(updateCode(scene)).rejects.toMatchObject({ code: "ResourceConflictException" });
    await scene.region.clock.advance(10 * minuteMs);
    expect(await configuration(scene)).toMatchObject({ LastUpdateStatus: "Successful" });
  });
});

it.each([undefined, "ImageDeleted" as const])(
  "a function that is idle while an update hangs is served by nothing, and keeps its network (%s)",
  async (failure) => {
    const scene = await openPath({ delays: { idleReclaimMs: 60 * minuteMs } });
    await createFunction(scene, "partner");
    scene.path.lambda.upsetNext("partner", { delayMs: 120 * minuteMs, ...(failure && { failure }) });
    await updateCode(scene);
    await scene.region.clock.advance(150 * minuteMs);
    expect(latest(scene)).toMatchObject({ state: "Inactive", servedBy: undefined });
    expect(latest(scene).vpcConfig?.subnetIds).toEqual([scene.network.subnetId]);
  },
);

it("a function that cannot be restored is Inactive again, with the reason", async () => {
  const scene = await openPath({ delays: { idleReclaimMs: 60 * minuteMs } });
  await createFunction(scene, "partner");
  await scene.region.clock.advance(70 * minuteMs);
  scene.path.lambda.upsetNext("partner", { failure: "SubnetOutOfIPAddresses" });
  const invoke = scene.call("lambda", "Invoke", { FunctionName: "partner" });
  await expect(invoke).rejects.toMatchObject({ code: "ResourceNotReadyException" });
  await scene.region.clock.advance(10 * minuteMs);
  expect(await configuration(scene)).toMatchObject({
    State: "Inactive",
    StateReasonCode: "SubnetOutOfIPAddresses",
    LastUpdateStatus: "Successful",
  });
});

it("an invocation stays where it began, and keeps the interface there until it ends", async () => {
  const scene = await openPath();
  const { region, path, network } = scene;
  await createFunction(scene, "partner", { ...vpcOf(scene), Timeout: 900 });
  const openFor = () => wayOut(region.world, latest(scene)).sourceIp;
  const asked: (string | undefined)[] = [];
  path.registerHandler("partner", async () => {
    await region.clock.sleep(14 * minuteMs);
    asked.push(openFor());
  });
  const { AllocationId } = await scene.call<{ AllocationId: string }>("ec2", "AllocateAddress", {});
  const [NetworkInterfaceId] = region.world.networkInterfaces.keys();
  await scene.call("ec2", "AssociateAddress", { AllocationId, NetworkInterfaceId });
  const main = [...region.world.routeTables.values()].find((it) => it.main);
  const route = { DestinationCidrBlock: "0.0.0.0/0", GatewayId: network.internetGatewayId };
  await scene.call("ec2", "CreateRoute", { RouteTableId: main?.routeTableId, ...route });
  await scene.call("lambda", "Invoke", { FunctionName: "partner", InvocationType: "Event" });
  await region.clock.advance(minuteMs);
  await moveElsewhere(scene);
  await region.clock.advance(10 * minuteMs);
  expect(openFor()).toBeUndefined();
  expect(path.lambda.hyperplane.running.size).toBe(1);
  await region.clock.advance(5 * minuteMs);
  expect(asked).toEqual([region.world.addresses.get(AllocationId)?.publicIp]);
  await region.clock.advance(16 * minuteMs);
  expect(interfaceStates(scene, network.subnetId)).toEqual(["in-use"]);
  await region.clock.advance(3 * minuteMs);
  expect(interfaceStates(scene, network.subnetId)).toEqual([]);
});
