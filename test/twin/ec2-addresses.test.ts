import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  DescribeAddressesCommand,
  DescribeNetworkInterfacesCommand,
  DisassociateAddressCommand,
  ReleaseAddressCommand,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import type { RegionOptions } from "../../testing/twin/region.ts";
import type { Address } from "../../testing/twin/world.ts";
import { addLambdaInterface, allocate, buildNetwork, type Network, openScene, type Scene, text } from "./scene.ts";

let scene: Scene;
let network: Network;
let one: string;
let two: string;
let allocationId: string;

async function open(options: Partial<RegionOptions> = {}): Promise<void> {
  scene = openScene(options);
  network = await buildNetwork(scene);
  one = addLambdaInterface(scene, network);
  two = addLambdaInterface(scene, network);
  allocationId = await allocate(scene);
}

beforeEach(() => open());

function associate(networkInterfaceId: string, more: { AllocationId?: string; AllowReassociation?: boolean } = {}) {
  return scene.ec2.send(
    new AssociateAddressCommand({ AllocationId: allocationId, NetworkInterfaceId: networkInterfaceId, ...more }),
  );
}

async function addressOf(networkInterfaceId: string): Promise<string | undefined> {
  const answer = await scene.run(
    scene.ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [networkInterfaceId] })),
  );
  return answer.NetworkInterfaces?.[0]?.Association?.AllocationId;
}

async function holderOf(id: string): Promise<string | undefined> {
  const answer = await scene.run(scene.ec2.send(new DescribeAddressesCommand({ AllocationIds: [id] })));
  return answer.Addresses?.[0]?.NetworkInterfaceId;
}

describe("AssociateAddress", () => {
  it("shows the association on the interface and on the address", async () => {
    const { AssociationId } = await scene.run(associate(one, { AllowReassociation: false }));
    expect(await addressOf(one)).toBe(allocationId);
    const { Addresses } = await scene.run(scene.ec2.send(new DescribeAddressesCommand({})));
    expect(Addresses).toMatchObject([
      { AllocationId: allocationId, AssociationId, NetworkInterfaceId: one, Domain: "vpc" },
    ]);
  });

  it("repeats without error and without a new association", async () => {
    const first = await scene.run(associate(one));
    const second = await scene.run(associate(one, { AllowReassociation: false }));
    expect(second.AssociationId).toBe(first.AssociationId);
  });

  it("refuses to move an address when reassociation is not allowed", async () => {
    await scene.run(associate(one));
    expect(await scene.failure(associate(two, { AllowReassociation: false }))).toMatchObject({
      name: "Resource.AlreadyAssociated",
    });
    expect(await addressOf(one)).toBe(allocationId);
  });

  it("moves an address when reassociation is allowed, under a new association", async () => {
    const first = await scene.run(associate(one));
    const second = await scene.run(associate(two, { AllowReassociation: true }));
    expect(second.AssociationId).not.toBe(first.AssociationId);
    expect([await addressOf(one), await addressOf(two)]).toEqual([undefined, allocationId]);
  });

  it("displaces another address on the same interface without a word, even without reassociation", async () => {
    const other = await allocate(scene);
    await scene.run(associate(one));
    await scene.run(associate(one, { AllocationId: other, AllowReassociation: false }));
    expect(await addressOf(one)).toBe(other);
    expect(await holderOf(allocationId)).toBeUndefined();
  });

  it.each([
    ["an unknown address", { AllocationId: "eipalloc-00000000000000000" }, "InvalidAllocationID.NotFound"],
    ["an unknown interface", { NetworkInterfaceId: "eni-00000000000000000" }, "InvalidNetworkInterfaceID.NotFound"],
    ["an instance as well", { InstanceId: "i-00000000000000000" }, "InvalidParameterCombination"],
    ["no address", { AllocationId: undefined }, "MissingParameter"],
    ["a private address that is not the interface's", { PrivateIpAddress: "10.9.9.9" }, "InvalidParameterValue"],
    ["a dry run", { DryRun: true }, "DryRunOperation"],
  ])("refuses %s", async (_name, change, code) => {
    const input = { AllocationId: allocationId, NetworkInterfaceId: one, ...change };
    expect(await scene.failure(scene.ec2.send(new AssociateAddressCommand(input)))).toMatchObject({ name: code });
    expect(await holderOf(allocationId)).toBeUndefined();
  });

  it("refuses a network without an internet gateway", async () => {
    for (const gateway of scene.region.world.internetGateways.values()) gateway.vpcId = undefined;
    expect(await scene.failure(associate(one))).toMatchObject({ name: "Gateway.NotAttached" });
  });

  it("gives an interface that is still pending its address", async () => {
    scene.region.ec2.setNetworkInterfaceStatus(one, "pending");
    await scene.run(associate(one));
    expect(await addressOf(one)).toBe(allocationId);
  });

  it("refuses an interface that is still pending, in a region that is made so", async () => {
    await open({ associatesPending: false });
    scene.region.ec2.setNetworkInterfaceStatus(one, "pending");
    expect(await scene.failure(associate(one))).toMatchObject({ name: "IncorrectState" });
  });
});

describe("DisassociateAddress", () => {
  it("frees the address and keeps it allocated", async () => {
    const { AssociationId } = await scene.run(associate(one));
    await scene.run(scene.ec2.send(new DisassociateAddressCommand({ AssociationId: text(AssociationId) })));
    expect([await addressOf(one), await holderOf(allocationId)]).toEqual([undefined, undefined]);
  });

  it("does not know an association that a move has ended", async () => {
    const { AssociationId } = await scene.run(associate(one));
    await scene.run(associate(two));
    const again = scene.ec2.send(new DisassociateAddressCommand({ AssociationId }));
    expect(await scene.failure(again)).toMatchObject({ name: "InvalidAssociationID.NotFound" });
    expect(await addressOf(two)).toBe(allocationId);
  });
});

describe("AllocateAddress and ReleaseAddress", () => {
  it("stops at the quota of five", async () => {
    for (let count = 1; count < 5; count++) await allocate(scene);
    const sixth = scene.ec2.send(new AllocateAddressCommand({}));
    expect(await scene.failure(sixth)).toMatchObject({ name: "AddressLimitExceeded" });
  });

  it("does not release an address in use", async () => {
    await scene.run(associate(one));
    const release = scene.ec2.send(new ReleaseAddressCommand({ AllocationId: allocationId }));
    expect(await scene.failure(release)).toMatchObject({ name: "InvalidIPAddress.InUse" });
    expect(await holderOf(allocationId)).toBe(one);
  });

  it("releases a free address for good", async () => {
    await scene.run(scene.ec2.send(new ReleaseAddressCommand({ AllocationId: allocationId })));
    const describe = scene.ec2.send(new DescribeAddressesCommand({ AllocationIds: [allocationId] }));
    expect(await scene.failure(describe)).toMatchObject({ name: "InvalidAllocationID.NotFound" });
  });
});

describe("addresses of another kind", () => {
  const call = (operation: string, input: object) =>
    scene.region.call({ service: "ec2", operation, input: { ...input }, principal: undefined });

  it("of a Local Zone's network border group serve no interface of the Region's zones", async () => {
    const NetworkBorderGroup = "us-east-1-bos-1";
    const { AllocationId } = (await call("AllocateAddress", { NetworkBorderGroup })) as { AllocationId: string };
    const refused = { code: "InvalidParameterValue", message: expect.stringContaining(NetworkBorderGroup) };
    await expect(call("AssociateAddress", { AllocationId, NetworkInterfaceId: one })).rejects.toMatchObject(refused);
    await expect(call("ReleaseAddress", { AllocationId })).rejects.toMatchObject({ code: "InvalidAddress.NotFound" });
    await call("ReleaseAddress", { AllocationId, NetworkBorderGroup });
  });

  it("of a service are shown as its own, refused, and beside the quota", async () => {
    for (let count = 0; count < 6; count++) scene.region.ec2.addManagedAddress("alb");
    const [{ allocationId: AllocationId }] = [...scene.region.world.addresses.values()].slice(-1) as [Address];
    const { Addresses } = await scene.run(scene.ec2.send(new DescribeAddressesCommand({})));
    expect(Addresses?.filter(({ ServiceManaged }) => ServiceManaged === "alb")).toHaveLength(6);
    for (const [operation, input] of [
      ["AssociateAddress", { AllocationId, NetworkInterfaceId: one }],
      ["ReleaseAddress", { AllocationId }],
    ] as const) {
      await expect(call(operation, input)).rejects.toMatchObject({ code: "AuthFailure" });
    }
    await allocate(scene);
  });

  it("that were released can be had again, once", async () => {
    const publicIp = scene.region.world.addresses.get(allocationId)?.publicIp;
    await call("ReleaseAddress", { AllocationId: allocationId });
    expect(await call("AllocateAddress", { Address: publicIp })).toMatchObject({ PublicIp: publicIp });
    const again = call("AllocateAddress", { Address: publicIp });
    await expect(again).rejects.toMatchObject({ code: "InvalidAddress.NotFound" });
  });
});

describe("DescribeAddresses", () => {
  it("filters by tag and by interface", async () => {
    const tagged = await scene.run(
      scene.ec2.send(
        new AllocateAddressCommand({
          TagSpecifications: [{ ResourceType: "elastic-ip", Tags: [{ Key: "pool", Value: "partners" }] }],
        }),
      ),
    );
    await scene.run(associate(one));
    const find = async (Name: string, Values: string[]) => {
      const answer = await scene.run(scene.ec2.send(new DescribeAddressesCommand({ Filters: [{ Name, Values }] })));
      return answer.Addresses?.map((address) => address.AllocationId);
    };
    expect(await find("tag:pool", ["partners", "others"])).toEqual([tagged.AllocationId]);
    expect(await find("network-interface-id", [one])).toEqual([allocationId]);
    expect(await find("tag-key", ["stage"])).toEqual([]);
  });
});

it("keeps the address of a deleted interface allocated", async () => {
  await scene.run(associate(one));
  scene.region.ec2.deleteNetworkInterface(one);
  const { Addresses } = await scene.run(scene.ec2.send(new DescribeAddressesCommand({})));
  expect(Addresses).toHaveLength(1);
  expect(Addresses?.[0]?.AssociationId).toBeUndefined();
});
