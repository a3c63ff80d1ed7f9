import type { CreateNatGatewayCommandInput, NatGateway } from "@aws-sdk/client-ec2";
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AssociateRouteTableCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteNatGatewayCommand,
  DescribeAddressesCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DisassociateAddressCommand,
  paginateDescribeNatGateways,
  ReplaceRouteCommand,
  waitUntilNatGatewayAvailable,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import { fixed } from "../../testing/twin/delays.ts";
import { addLambdaInterface, allocate, buildNetwork, type Network, openScene, type Scene, text } from "./scene.ts";

const MINUTE = 60_000;
const EVERYWHERE = "0.0.0.0/0";

let scene: Scene;
let network: Network;
let allocationId: string;

beforeEach(async () => {
  const delays = {
    natGatewayChecks: fixed(5_000),
    natGatewayCreation: fixed(100_000),
    natGatewayDeletion: fixed(MINUTE),
  };
  scene = openScene({ addressQuota: 20, delays, throttling: false });
  network = await buildNetwork(scene);
  allocationId = await allocate(scene);
});

async function create(more: Partial<CreateNatGatewayCommandInput> = {}): Promise<NatGateway> {
  const input = { SubnetId: network.subnetId, AllocationId: allocationId, ...more };
  return (await scene.run(scene.ec2.send(new CreateNatGatewayCommand(input)))).NatGateway ?? {};
}

async function look(id: string | undefined): Promise<NatGateway | undefined> {
  const command = new DescribeNatGatewaysCommand({ NatGatewayIds: [text(id)] });
  return (await scene.run(scene.ec2.send(command))).NatGateways?.[0];
}

function remove(id: string | undefined) {
  return scene.run(scene.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: text(id) })));
}

async function address() {
  const command = new DescribeAddressesCommand({ AllocationIds: [allocationId] });
  return (await scene.run(scene.ec2.send(command))).Addresses?.[0];
}

describe("a NAT gateway", () => {
  it("is pending, then available with its address on an interface of its own", async () => {
    const made = await create();
    expect(made).toMatchObject({
      State: "pending",
      SubnetId: network.subnetId,
      VpcId: network.vpcId,
      ConnectivityType: "public",
    });
    await scene.region.clock.advance(98_000);
    expect(await look(made.NatGatewayId)).toMatchObject({ State: "pending" });
    await scene.region.clock.advance(5_000);
    const { PublicIp, NetworkInterfaceId, AssociationId } = (await address()) ?? {};
    expect(await look(made.NatGatewayId)).toMatchObject({
      State: "available",
      AvailabilityMode: "zonal",
      NatGatewayAddresses: [
        {
          AllocationId: allocationId,
          PublicIp,
          NetworkInterfaceId,
          AssociationId,
          IsPrimary: true,
          Status: "succeeded",
        },
      ],
    });
    const found = await scene.run(
      scene.ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [text(NetworkInterfaceId)] })),
    );
    expect(found.NetworkInterfaces).toMatchObject([
      {
        InterfaceType: "nat_gateway",
        Description: `Interface for NAT Gateway ${made.NatGatewayId}`,
        RequesterManaged: true,
        SourceDestCheck: false,
        Status: "in-use",
        Attachment: { InstanceOwnerId: "amazon-aws" },
        Association: { AllocationId: allocationId },
      },
    ]);
  });

  it("takes 85 to 125 seconds unless set otherwise", async () => {
    const usual = openScene({ addressQuota: 20, natGatewayQuota: 20 });
    const { subnetId } = await buildNetwork(usual);
    for (let index = 0; index < 10; index++) {
      const input = { SubnetId: subnetId, AllocationId: await allocate(usual) };
      const id = text((await usual.run(usual.ec2.send(new CreateNatGatewayCommand(input)))).NatGateway?.NatGatewayId);
      const fromMs = usual.region.clock.now();
      await usual.region.clock.runUntil(
        () => usual.region.world.natGateways.get(id)?.state === "available",
        5 * MINUTE,
      );
      const tookMs = usual.region.clock.now() - fromMs;
      expect(tookMs).toBeGreaterThan(84_000);
      expect(tookMs).toBeLessThanOrEqual(125_000);
    }
  });

  it("satisfies the SDK's own waiter", async () => {
    const { NatGatewayId } = await create();
    await scene.region.clock.advance(2 * MINUTE);
    const waiting = { client: scene.ec2, maxWaitTime: 10, minDelay: 1, maxDelay: 1 };
    const input = { NatGatewayIds: [text(NatGatewayId)] };
    expect(await scene.run(waitUntilNatGatewayAvailable(waiting, input))).toMatchObject({ state: "SUCCESS" });
  });

  it("is deleted after a while, and only then gives its address back; the record stays for an hour", async () => {
    const { NatGatewayId } = await create();
    await scene.region.clock.advance(2 * MINUTE);
    const { NetworkInterfaceId } = (await address()) ?? {};
    expect(await remove(NatGatewayId)).toMatchObject({ NatGatewayId });
    await remove(NatGatewayId);
    await scene.region.clock.advance(50_000);
    expect(await look(NatGatewayId)).toMatchObject({ State: "deleting" });
    expect((await address())?.AssociationId).toBeDefined();
    await scene.region.clock.advance(20_000);
    expect(await look(NatGatewayId)).toMatchObject({ State: "deleted", DeleteTime: expect.any(Date) });
    expect((await address())?.AssociationId).toBeUndefined();
    const gone = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [text(NetworkInterfaceId)] });
    expect(await scene.failure(scene.ec2.send(gone))).toMatchObject({ name: "InvalidNetworkInterfaceID.NotFound" });
    await scene.region.clock.advance(58 * MINUTE);
    expect(await look(NatGatewayId)).toMatchObject({ State: "deleted" });
    await scene.region.clock.advance(2 * MINUTE);
    const command = new DescribeNatGatewaysCommand({ NatGatewayIds: [text(NatGatewayId)] });
    expect(await scene.failure(scene.ec2.send(command))).toMatchObject({ name: "NatGatewayNotFound" });
  });

  it("can be deleted before it has taken its address, which then stays whosesoever it is", async () => {
    const { NatGatewayId } = await create();
    await remove(NatGatewayId);
    const NetworkInterfaceId = addLambdaInterface(scene, network);
    await scene.run(scene.ec2.send(new AssociateAddressCommand({ AllocationId: allocationId, NetworkInterfaceId })));
    await scene.region.clock.advance(5 * MINUTE);
    expect(await look(NatGatewayId)).toMatchObject({ State: "deleted" });
    expect(await address()).toMatchObject({ NetworkInterfaceId });
  });

  it("keeps its address from being moved or taken off", async () => {
    await create();
    await scene.region.clock.advance(2 * MINUTE);
    const NetworkInterfaceId = addLambdaInterface(scene, network);
    const move = new AssociateAddressCommand({
      AllocationId: allocationId,
      NetworkInterfaceId,
      AllowReassociation: true,
    });
    expect(await scene.failure(scene.ec2.send(move))).toMatchObject({ name: "AuthFailure" });
    const { AssociationId } = (await address()) ?? {};
    const take = new DisassociateAddressCommand({ AssociationId });
    expect(await scene.failure(scene.ec2.send(take))).toMatchObject({ name: "AuthFailure" });
  });

  it("takes no other address onto its interface", async () => {
    await create();
    await scene.region.clock.advance(2 * MINUTE);
    const { NetworkInterfaceId } = (await address()) ?? {};
    const other = await scene.run(scene.ec2.send(new AllocateAddressCommand({})));
    const put = new AssociateAddressCommand({ AllocationId: other.AllocationId, NetworkInterfaceId });
    expect(await scene.failure(scene.ec2.send(put))).toMatchObject({ name: "AuthFailure" });
  });

  it("can be private: no address, never", async () => {
    const made = await create({ ConnectivityType: "private", AllocationId: undefined });
    await scene.region.clock.advance(2 * MINUTE);
    const seen = await look(made.NatGatewayId);
    expect(seen).toMatchObject({ State: "available", ConnectivityType: "private" });
    expect(seen?.NatGatewayAddresses?.[0]).toMatchObject({ PrivateIp: expect.stringMatching(/^10\.0\.1\./) });
    expect(seen?.NatGatewayAddresses?.[0]?.PublicIp).toBeUndefined();
  });

  it("can be regional: addresses by zone, no subnet and no interface to be seen", async () => {
    const other = await allocate(scene);
    const made = await create({
      AvailabilityMode: "regional",
      VpcId: network.vpcId,
      SubnetId: undefined,
      AllocationId: undefined,
      AvailabilityZoneAddresses: [
        { AvailabilityZone: "us-east-1a", AllocationIds: [allocationId] },
        { AvailabilityZone: "us-east-1b", AllocationIds: [other] },
      ],
    });
    await scene.region.clock.advance(2 * MINUTE);
    const seen = await look(made.NatGatewayId);
    expect(seen).toMatchObject({ State: "available", AvailabilityMode: "regional", AutoProvisionZones: "disabled" });
    expect(seen?.SubnetId).toBeUndefined();
    expect(seen?.NatGatewayAddresses).toMatchObject([
      { AllocationId: allocationId, AvailabilityZone: "us-east-1a" },
      { AllocationId: other, AvailabilityZone: "us-east-1b" },
    ]);
    expect((await address())?.AssociationId).toBeDefined();
    await remove(made.NatGatewayId);
    await scene.region.clock.advance(2 * MINUTE);
    expect((await address())?.AssociationId).toBeUndefined();
  });
});

describe("creation", () => {
  it("is idempotent by client token, and refuses the token for another request", async () => {
    const first = await create({ ClientToken: "episode-1" });
    const again = await create({ ClientToken: "episode-1" });
    expect(again.NatGatewayId).toBe(first.NatGatewayId);
    expect(scene.region.world.natGateways.size).toBe(1);
    const other = new CreateNatGatewayCommand({
      SubnetId: network.subnetId,
      AllocationId: await allocate(scene),
      ClientToken: "episode-1",
    });
    expect(await scene.failure(scene.ec2.send(other))).toMatchObject({ name: "IdempotentParameterMismatch" });
    expect((await create({ ClientToken: "episode-2" })).NatGatewayId).not.toBe(first.NatGatewayId);
  });

  it.each([
    ["an unknown subnet", { SubnetId: "subnet-0" }, "InvalidSubnetID.NotFound"],
    ["no subnet", { SubnetId: undefined }, "MissingParameter"],
    ["no address", { AllocationId: undefined }, "MissingParameter"],
    ["a private gateway with an address", { ConnectivityType: "private" as const }, "InvalidParameterCombination"],
    ["a regional gateway in a subnet", { AvailabilityMode: "regional" as const }, "InvalidParameterCombination"],
    ["a token too long", { ClientToken: "x".repeat(65) }, "InvalidParameterValue"],
  ])("refuses %s at once", async (_name, more, code) => {
    const input = { SubnetId: network.subnetId, AllocationId: allocationId, ...more };
    expect(await scene.failure(scene.ec2.send(new CreateNatGatewayCommand(input)))).toMatchObject({ name: code });
    expect(scene.region.world.natGateways.size).toBe(0);
  });

  it("is bounded by a quota for each zone, which deleted gateways do not count for", async () => {
    const ids: (string | undefined)[] = [];
    for (let index = 0; index < 5; index++)
      ids.push((await create({ AllocationId: await allocate(scene) })).NatGatewayId);
    const sixth = () =>
      scene.ec2.send(new CreateNatGatewayCommand({ SubnetId: network.subnetId, AllocationId: allocationId }));
    expect(await scene.failure(sixth())).toMatchObject({ name: "NatGatewayLimitExceeded" });
    const elsewhere = new CreateSubnetCommand({
      VpcId: network.vpcId,
      CidrBlock: "10.0.9.0/24",
      AvailabilityZone: "us-east-1b",
    });
    const SubnetId = (await scene.run(scene.ec2.send(elsewhere))).Subnet?.SubnetId;
    await create({ SubnetId });
    await remove(ids[0]);
    expect(await scene.failure(sixth())).toMatchObject({ name: "NatGatewayLimitExceeded" });
    await scene.region.clock.advance(2 * MINUTE);
    await scene.run(sixth());
  });
});

describe("a gateway that cannot be made fails some time later", () => {
  async function failed(more: Partial<CreateNatGatewayCommandInput>) {
    const { NatGatewayId, State } = await create(more);
    expect(State).toBe("pending");
    await scene.region.clock.advance(4_000);
    expect(await look(NatGatewayId)).toMatchObject({ State: "pending" });
    await scene.region.clock.advance(5 * MINUTE);
    return look(NatGatewayId);
  }

  it("without an internet gateway", async () => {
    const vpc = await scene.run(scene.ec2.send(new CreateVpcCommand({ CidrBlock: "10.1.0.0/16" })));
    const made = await scene.run(
      scene.ec2.send(new CreateSubnetCommand({ VpcId: vpc.Vpc?.VpcId, CidrBlock: "10.1.0.0/24" })),
    );
    expect(await failed({ SubnetId: made.Subnet?.SubnetId })).toMatchObject({
      State: "failed",
      FailureCode: "Gateway.NotAttached",
      FailureMessage: `Network ${vpc.Vpc?.VpcId} has no Internet gateway attached`,
    });
  });

  it("with an address that does not exist", async () => {
    expect(await failed({ AllocationId: "eipalloc-0" })).toMatchObject({ FailureCode: "InvalidAllocationID.NotFound" });
  });

  it("with an address that is in use", async () => {
    const NetworkInterfaceId = addLambdaInterface(scene, network);
    await scene.run(scene.ec2.send(new AssociateAddressCommand({ AllocationId: allocationId, NetworkInterfaceId })));
    expect(await failed({})).toMatchObject({
      FailureCode: "Resource.AlreadyAssociated",
      FailureMessage: `Elastic IP address ${allocationId} is already associated`,
      NatGatewayAddresses: [{ Status: "failed" }],
    });
    expect(await address()).toMatchObject({ NetworkInterfaceId });
  });

  it("in a subnet without free addresses", async () => {
    const tiny = new CreateSubnetCommand({ VpcId: network.vpcId, CidrBlock: "10.0.3.0/29" });
    const SubnetId = text((await scene.run(scene.ec2.send(tiny))).Subnet?.SubnetId);
    for (let index = 0; index < 3; index++) addLambdaInterface(scene, { ...network, subnetId: SubnetId });
    expect(await failed({ SubnetId })).toMatchObject({ FailureCode: "InsufficientFreeAddressesInSubnet" });
  });

  it("when asked to, once", async () => {
    scene.region.ec2.failNextNatGateway("InternalError");
    expect(await failed({})).toMatchObject({ FailureCode: "InternalError" });
    const { NatGatewayId } = await create();
    await scene.region.clock.advance(2 * MINUTE);
    expect(await look(NatGatewayId)).toMatchObject({ State: "available" });
  });

  it("and is forgotten after an hour, or can be deleted before", async () => {
    const first = await failed({ AllocationId: "eipalloc-0" });
    const second = await failed({ AllocationId: "eipalloc-0" });
    await remove(second?.NatGatewayId);
    await scene.region.clock.advance(2 * MINUTE);
    expect(await look(second?.NatGatewayId)).toMatchObject({ State: "deleted" });
    await scene.region.clock.advance(59 * MINUTE);
    expect([...scene.region.world.natGateways.keys()]).not.toContain(first?.NatGatewayId);
  });
});

describe("routes through a NAT gateway", () => {
  async function tableTo(NatGatewayId: string) {
    const made = await scene.run(scene.ec2.send(new CreateRouteTableCommand({ VpcId: network.vpcId })));
    const RouteTableId = text(made.RouteTable?.RouteTableId);
    await scene.run(scene.ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId: network.subnetId })));
    await scene.run(
      scene.ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: EVERYWHERE, NatGatewayId })),
    );
    return RouteTableId;
  }

  async function defaultRoute(RouteTableId: string) {
    const answer = await scene.run(scene.ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] })));
    return answer.RouteTables?.[0]?.Routes?.find((route) => route.DestinationCidrBlock === EVERYWHERE);
  }

  it("become black holes with its deletion, and can be replaced then", async () => {
    const id = text((await create()).NatGatewayId);
    await scene.region.clock.advance(2 * MINUTE);
    const table = await tableTo(id);
    expect(await defaultRoute(table)).toMatchObject({ NatGatewayId: id, State: "active" });
    await remove(id);
    expect(await defaultRoute(table)).toMatchObject({ NatGatewayId: id, State: "blackhole" });
    const back = { RouteTableId: table, DestinationCidrBlock: EVERYWHERE, GatewayId: network.internetGatewayId };
    await scene.run(scene.ec2.send(new ReplaceRouteCommand(back)));
    expect(await defaultRoute(table)).toMatchObject({ GatewayId: network.internetGatewayId, State: "active" });
  });

  it("become black holes when it fails", async () => {
    const id = text((await create({ AllocationId: "eipalloc-0" })).NatGatewayId);
    const table = await tableTo(id);
    await scene.region.clock.advance(MINUTE);
    expect(await defaultRoute(table)).toMatchObject({ State: "blackhole" });
  });

  it("are refused once it is gone", async () => {
    const id = text((await create()).NatGatewayId);
    const table = await tableTo(id);
    await remove(id);
    await scene.region.clock.advance(2 * MINUTE);
    const again = new ReplaceRouteCommand({ RouteTableId: table, DestinationCidrBlock: EVERYWHERE, NatGatewayId: id });
    expect(await scene.failure(scene.ec2.send(again))).toMatchObject({ name: "InvalidNatGatewayID.NotFound" });
  });
});

describe("descriptions", () => {
  it("are found by state, tag, network and id, in pages", async () => {
    const Tags = [{ Key: "pool", Value: "payments" }];
    const tagged = await create({ TagSpecifications: [{ ResourceType: "natgateway", Tags }] });
    for (let index = 0; index < 4; index++) await create({ AllocationId: await allocate(scene) });
    const other = await create({ ConnectivityType: "private", AllocationId: undefined, SubnetId: await subnetInB() });
    await scene.run(scene.ec2.send(new CreateTagsCommand({ Resources: [text(other.NatGatewayId)], Tags })));
    const find = async (Name: string, ...Values: string[]) => {
      const command = new DescribeNatGatewaysCommand({ Filter: [{ Name, Values }] });
      return (await scene.run(scene.ec2.send(command))).NatGateways?.map(({ NatGatewayId }) => NatGatewayId) ?? [];
    };
    expect((await find("tag:pool", "payments")).sort()).toEqual([tagged.NatGatewayId, other.NatGatewayId].sort());
    expect(await find("subnet-id", text(other.SubnetId))).toEqual([other.NatGatewayId]);
    expect(await find("nat-gateway-id", text(tagged.NatGatewayId))).toEqual([tagged.NatGatewayId]);
    expect(await find("vpc-id", network.vpcId)).toHaveLength(6);
    expect(await find("state", "available", "deleting")).toEqual([]);
    expect(await find("state", "pending")).toHaveLength(6);
    const seen: (string | undefined)[] = [];
    await scene.run(
      (async () => {
        for await (const page of paginateDescribeNatGateways({ client: scene.ec2, pageSize: 5 }, {})) {
          seen.push(...(page.NatGateways ?? []).map(({ NatGatewayId }) => NatGatewayId));
        }
      })(),
    );
    expect(new Set(seen).size).toBe(6);
    expect(seen).toHaveLength(6);
  });

  async function subnetInB() {
    const command = new CreateSubnetCommand({
      VpcId: network.vpcId,
      CidrBlock: "10.0.8.0/24",
      AvailabilityZone: "us-east-1b",
    });
    return (await scene.run(scene.ec2.send(command))).Subnet?.SubnetId;
  }
});
