import { AllocateAddressCommand, AssociateAddressCommand, DescribeAddressesCommand } from "@aws-sdk/client-ec2";
import { expect, it } from "vitest";
import { addLambdaInterface, allocate, buildNetwork, openScene, type Scene, text } from "./scene.ts";

function addresses({ ec2, run }: Scene) {
  return run(ec2.send(new DescribeAddressesCommand({}))).then(({ Addresses }) => Addresses ?? []);
}

it("does not find a resource right after its creation, and finds it seconds later", async () => {
  let misses = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const scene = openScene({ consistent: false, seed });
    const { AllocationId } = await scene.run(scene.ec2.send(new AllocateAddressCommand({})));
    const command = () => scene.ec2.send(new DescribeAddressesCommand({ AllocationIds: [text(AllocationId)] }));
    const early = await scene.run(command().catch((error: Error) => error.name));
    if (early === "InvalidAllocationID.NotFound") misses++;
    await scene.region.clock.advance(60_000);
    expect((await scene.run(command())).Addresses).toHaveLength(1);
  }
  expect(misses).toBeGreaterThan(5);
  expect(misses).toBeLessThan(20);
});

it("acts on the truth while describes still show the past", async () => {
  const scene = openScene({ consistent: false });
  const network = await buildNetwork(scene);
  const networkInterfaceId = addLambdaInterface(scene, network);
  const allocationId = await allocate(scene);
  await scene.region.clock.advance(60_000);
  expect(await addresses(scene)).toMatchObject([{ AllocationId: allocationId }]);

  await scene.run(
    scene.ec2.send(new AssociateAddressCommand({ AllocationId: allocationId, NetworkInterfaceId: networkInterfaceId })),
  );
  expect(scene.region.world.addresses.get(allocationId)?.networkInterfaceId).toBe(networkInterfaceId);
  expect((await addresses(scene))[0]?.NetworkInterfaceId).toBeUndefined();
  await scene.region.clock.advance(60_000);
  expect((await addresses(scene))[0]?.NetworkInterfaceId).toBe(networkInterfaceId);
});

it("never goes back: once seen, a change stays seen", async () => {
  const scene = openScene({ consistent: false, throttling: false });
  const network = await buildNetwork(scene);
  const holders = [addLambdaInterface(scene, network), addLambdaInterface(scene, network)];
  const allocationId = await allocate(scene);
  await scene.region.clock.advance(60_000);
  await addresses(scene);
  const order: string[] = [];
  // Straight to the region, so that changes follow each other faster than their lags differ.
  for (let turn = 0; turn < 12; turn++) {
    const input = { AllocationId: allocationId, NetworkInterfaceId: text(holders[turn % 2]) };
    const call = { service: "ec2", operation: "AssociateAddress", input, principal: undefined };
    order.push(((await scene.region.call(call)) as { AssociationId: string }).AssociationId);
    await scene.region.clock.advance(50);
  }
  let latest = -1;
  for (let look = 0; look < 100; look++) {
    const [address] = await addresses(scene);
    if (!address?.AssociationId) continue;
    const position = order.indexOf(address.AssociationId);
    expect(position).toBeGreaterThanOrEqual(latest);
    latest = position;
  }
  expect(latest).toBe(order.length - 1);
});

it("shows what was put into the world beforehand at once, and lags from the first look on", async () => {
  const scene = openScene({ consistent: false });
  const { region } = scene;
  const address = {
    allocationId: "eipalloc-1",
    publicIp: "198.18.0.1",
    networkBorderGroup: "us-east-1",
    associationId: undefined,
    networkInterfaceId: undefined,
  };
  region.world.addresses.set("eipalloc-1", { ...address, tags: {} });
  expect(await addresses(scene)).toMatchObject([{ PublicIp: "198.18.0.1" }]);
  region.world.addresses.delete("eipalloc-1");
  region.ec2.changed("addresses", "eipalloc-1");
  await region.clock.advance(60_000);
  expect(await addresses(scene)).toEqual([]);
});

it("shows nothing that happens while it stalls", async () => {
  const scene = openScene({ consistent: false });
  const { region, ec2, run } = scene;
  region.ec2.stallViews(180_000);
  await run(ec2.send(new AllocateAddressCommand({})));
  await region.clock.advance(170_000);
  expect(await addresses(scene)).toEqual([]);
  await region.clock.advance(10_000);
  expect(await addresses(scene)).toHaveLength(1);
});
