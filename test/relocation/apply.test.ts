import { EC2Client } from "@aws-sdk/client-ec2";
import { expect, it } from "vitest";
import type { AllocationId, NetworkInterfaceId, SubnetId } from "../../src/aws/identifiers.ts";
import { apply } from "../../src/relocation/apply.ts";
import { openScene, poolName } from "../../testing/deployment/relocation-scene.ts";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { quick } from "./stories.ts";

it("a foreign address that came after the plan is seen just before the write, and stays", async () => {
  const scene = await openScene({ delays: quick, consistent: true, holdfast: false, addresses: 1 });
  await scene.createFunction("orders", [0]);
  await scene.pass(60_000);
  const [found] = scene.region.world.networkInterfaces.values();
  const NetworkInterfaceId = found?.networkInterfaceId ?? "";
  const foreign = await scene.operator<{ AllocationId: string }>("ec2", "AllocateAddress", {});
  await scene.operator("ec2", "AssociateAddress", {
    AllocationId: foreign.AllocationId,
    NetworkInterfaceId,
    AllowReassociation: false,
  });
  const ec2 = new EC2Client(clientConfig(scene.region, scene.relocateRole, undefined));
  const target = {
    networkInterfaceId: NetworkInterfaceId as NetworkInterfaceId,
    subnetId: found?.subnetId as SubnetId,
  };
  const allocationId = scene.allocationIds[0] as AllocationId;
  const applied = apply(ec2, poolName, { kind: "associate", row: 2, ...target, allocationId }, 0);
  await scene.pass(10_000);
  expect(await applied).toMatchObject({ result: "conflict", reason: expect.stringContaining("foreign address") });
  expect(scene.region.world.addresses.get(foreign.AllocationId)?.networkInterfaceId).toBe(NetworkInterfaceId);
});

it("a spare that another caller takes between the check and the write stays where it is", async () => {
  const scene = await openScene({ delays: quick, consistent: true, holdfast: false, addresses: 1, zones: 2 });
  await scene.createFunction("orders", [0, 1]);
  await scene.pass(60_000);
  const [mine, theirs] = [...scene.region.world.networkInterfaces.values()];
  const allocationId = scene.allocationIds[0] as AllocationId;
  const stop = scene.region.calls.onCall(({ principal, operation, input }) => {
    if (
      principal !== scene.relocateRole ||
      operation !== "DescribeNetworkInterfaces" ||
      !("NetworkInterfaceIds" in input)
    )
      return;
    stop();
    const NetworkInterfaceId = theirs?.networkInterfaceId;
    scene.region.clock.after(100, () => {
      void scene.operator("ec2", "AssociateAddress", { AllocationId: allocationId, NetworkInterfaceId });
    });
  });
  const ec2 = new EC2Client(clientConfig(scene.region, scene.relocateRole, { latencyMs: { read: 20, write: 2000 } }));
  const target = {
    networkInterfaceId: mine?.networkInterfaceId as NetworkInterfaceId,
    subnetId: mine?.subnetId as SubnetId,
  };
  const applied = apply(ec2, poolName, { kind: "associate", row: 2, ...target, allocationId }, 0);
  await scene.pass(20_000);
  expect(await applied).toMatchObject({ result: "conflict", reason: expect.stringContaining("AlreadyAssociated") });
  expect(scene.region.world.addresses.get(allocationId)?.networkInterfaceId).toBe(theirs?.networkInterfaceId);
});

it("an address of the pool that only its own description shows on the interface yet is not displaced", async () => {
  const scene = await openScene({ delays: quick, consistent: true, holdfast: false, addresses: 2, direct: true });
  await scene.createFunction("orders", [0]);
  await scene.pass(60_000);
  const [found] = scene.region.world.networkInterfaces.values();
  const [spare, holder] = scene.allocationIds as AllocationId[];
  const NetworkInterfaceId = found?.networkInterfaceId ?? "";
  await scene.operator("ec2", "AssociateAddress", { AllocationId: holder, NetworkInterfaceId });
  const { call } = scene.region;
  scene.region.call = async (input, requestId) => {
    const output = await call(input, requestId);
    if (input.operation !== "DescribeNetworkInterfaces") return output;
    const { NetworkInterfaces = [] } = output as { NetworkInterfaces?: { Association?: object }[] };
    return { NetworkInterfaces: NetworkInterfaces.map(({ Association: _, ...lagging }) => lagging) };
  };
  const ec2 = new EC2Client(clientConfig(scene.region, scene.relocateRole, undefined));
  const target = {
    networkInterfaceId: NetworkInterfaceId as NetworkInterfaceId,
    subnetId: found?.subnetId as SubnetId,
  };
  const allocationId = spare as AllocationId;
  const applied = apply(ec2, poolName, { kind: "associate", row: 2, ...target, allocationId }, 0);
  await scene.pass(10_000);
  expect(await applied).toMatchObject({ result: "conflict", reason: expect.stringContaining("expected none") });
  expect(scene.region.world.addresses.get(holder as AllocationId)?.networkInterfaceId).toBe(NetworkInterfaceId);
});
