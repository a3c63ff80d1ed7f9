import { CreateRouteTableCommand, CreateSubnetCommand } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { egressOf, liveVersions } from "../../testing/twin/egress.ts";
import { createFunction, openPath, type PathScene, vpcOf } from "./path-scene.ts";
import { allocate, text } from "./scene.ts";

const MINUTE = 60_000;

/** A scene whose subnets all have a default route to the internet gateway, and a function with an address. */
async function open() {
  const scene = await openPath();
  const { subnetId, vpcId, internetGatewayId } = scene.network;
  const table = await scene.run(scene.ec2.send(new CreateRouteTableCommand({ VpcId: vpcId })));
  const RouteTableId = text(table.RouteTable?.RouteTableId);
  const made = await scene.run(scene.ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: "10.0.2.0/24" })));
  const other = text(made.Subnet?.SubnetId);
  for (const SubnetId of [subnetId, other]) await scene.call("ec2", "AssociateRouteTable", { RouteTableId, SubnetId });
  const route = { RouteTableId, DestinationCidrBlock: "0.0.0.0/0" };
  await scene.call("ec2", "CreateRoute", { ...route, GatewayId: internetGatewayId });
  const AllocationId = await allocate(scene);
  const publicIp = text(scene.region.world.addresses.get(AllocationId)?.publicIp);
  await createFunction(scene, "partner");
  await move(scene, AllocationId, subnetId);
  const version = scene.region.world.functions.get("partner")?.versions.get("$LATEST");
  if (!version) throw new Error("no function");
  return { scene, other, AllocationId, publicIp, route, egress: () => egressOf(scene.region.world, version) };
}

function move(scene: PathScene, AllocationId: string, subnetId: string): Promise<unknown> {
  const interfaces = [...scene.region.world.networkInterfaces.values()].filter((it) => it.subnetId === subnetId);
  const NetworkInterfaceId = interfaces.at(-1)?.networkInterfaceId;
  return scene.call("ec2", "AssociateAddress", { AllocationId, NetworkInterfaceId, AllowReassociation: true });
}

describe("egress", () => {
  it("is the address of the interface behind a route to the internet gateway", async () => {
    const { scene, egress, publicIp, route } = await open();
    expect(egress()).toEqual([{ subnetId: scene.network.subnetId, publicIps: [publicIp], open: true }]);
    await scene.call("ec2", "DeleteRoute", route);
    expect(egress()).toEqual([{ subnetId: scene.network.subnetId, publicIps: [], open: false }]);
  });

  it.each(["block-ingress", "block-bidirectional"])("is closed by VPC Block Public Access: %s", async (mode) => {
    const { scene, egress } = await open();
    const set = (InternetGatewayBlockMode: string) =>
      scene.call("ec2", "ModifyVpcBlockPublicAccessOptions", { InternetGatewayBlockMode });
    await set(mode);
    expect(egress()).toMatchObject([{ open: false }]);
    expect(scene.path.egress.gaps).toMatchObject([{}, { functionName: "partner", toMs: undefined }]);
    await set("off");
    expect(egress()).toMatchObject([{ open: true }]);
  });

  it("is closed while no interface is in use", async () => {
    const { scene, egress } = await open();
    const [id] = scene.region.world.networkInterfaces.keys();
    scene.region.ec2.deleteNetworkInterface(text(id));
    expect(egress()).toEqual([{ subnetId: scene.network.subnetId, publicIps: [], open: false }]);
  });

  it("is closed as long as one of several interfaces has no address", async () => {
    const { scene, egress, publicIp } = await open();
    scene.path.lambda.hyperplane.scale(scene.network.subnetId, [scene.network.groupId], 2);
    await scene.region.clock.advance(2 * MINUTE);
    expect(egress()).toMatchObject([{ publicIps: [publicIp], open: false }]);
  });

  it("belongs to what serves, not to what is being prepared", async () => {
    const { scene, egress, other, publicIp } = await open();
    await scene.call("lambda", "UpdateFunctionConfiguration", { FunctionName: "partner", ...vpcOf(scene, [other]) });
    expect(egress()).toMatchObject([{ subnetId: scene.network.subnetId, publicIps: [publicIp], open: true }]);
    await scene.region.clock.advance(2 * MINUTE);
    expect(egress()).toEqual([{ subnetId: other, publicIps: [], open: false }]);
  });

  it("is asked of every live version", async () => {
    const { scene } = await open();
    const fn = scene.region.world.functions.get("partner");
    if (!fn) throw new Error("no function");
    for (const Description of ["1", "2", "3", "4"]) {
      await scene.call("lambda", "PublishVersion", { FunctionName: "partner", Description });
    }
    const RoutingConfig = { AdditionalVersionWeights: { "3": 0.1 } };
    await scene.call("lambda", "CreateAlias", {
      FunctionName: "partner",
      Name: "live",
      FunctionVersion: "2",
      RoutingConfig,
    });
    const provisioned = { FunctionName: "partner", Qualifier: "4", ProvisionedConcurrentExecutions: 1 };
    await scene.call("lambda", "PutProvisionedConcurrencyConfig", provisioned);
    expect(liveVersions(fn).map(({ version }) => version)).toEqual(["$LATEST", "2", "3", "4"]);
  });
});

describe("egress through a NAT gateway", () => {
  const NAT_READY_MS = 130_000;

  /** The function's subnets, and a gateway that stands in a subnet of its own with a way out. */
  async function openNat() {
    const opened = await open();
    const { scene } = opened;
    const { vpcId, internetGatewayId } = scene.network;
    const made = await scene.run(scene.ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: "10.0.7.0/24" })));
    const SubnetId = text(made.Subnet?.SubnetId);
    const table = await scene.run(scene.ec2.send(new CreateRouteTableCommand({ VpcId: vpcId })));
    const RouteTableId = text(table.RouteTable?.RouteTableId);
    await scene.call("ec2", "AssociateRouteTable", { RouteTableId, SubnetId });
    const wayOut = { RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId: internetGatewayId };
    await scene.call("ec2", "CreateRoute", wayOut);
    const AllocationId = await allocate(scene);
    const natIp = text(scene.region.world.addresses.get(AllocationId)?.publicIp);
    const { NatGateway } = await scene.call<{ NatGateway: { NatGatewayId: string } }>("ec2", "CreateNatGateway", {
      SubnetId,
      AllocationId,
    });
    const { NatGatewayId } = NatGateway;
    const divert = () => scene.call("ec2", "ReplaceRoute", { ...opened.route, NatGatewayId });
    return { ...opened, natIp, NatGatewayId, divert, wayOut };
  }

  it("is the gateway's address once the gateway is available", async () => {
    const { scene, egress, natIp, divert } = await openNat();
    await divert();
    expect(egress()).toMatchObject([{ publicIps: [], open: false }]);
    await scene.region.clock.advance(NAT_READY_MS);
    expect(egress()).toMatchObject([{ publicIps: [natIp], open: true }]);
    // The record saw it open by itself, without any call.
    const gap = scene.path.egress.gaps.at(-1);
    expect((gap?.toMs ?? 0) - (gap?.fromMs ?? 0)).toBeGreaterThan(80_000);
  });

  it("needs a way out of the gateway's own subnet", async () => {
    const { scene, egress, natIp, divert, wayOut } = await openNat();
    await scene.region.clock.advance(NAT_READY_MS);
    await divert();
    expect(egress()).toMatchObject([{ publicIps: [natIp], open: true }]);
    await scene.call("ec2", "DeleteRoute", wayOut);
    expect(egress()).toMatchObject([{ publicIps: [], open: false }]);
  });

  it("ends with the gateway's deletion", async () => {
    const { scene, egress, divert, route, NatGatewayId, publicIp } = await openNat();
    await scene.region.clock.advance(NAT_READY_MS);
    await divert();
    await scene.call("ec2", "DeleteNatGateway", { NatGatewayId });
    expect(egress()).toMatchObject([{ open: false }]);
    await scene.call("ec2", "ReplaceRoute", { ...route, GatewayId: scene.network.internetGatewayId });
    expect(egress()).toMatchObject([{ publicIps: [publicIp], open: true }]);
  });

  it("leaves a regional gateway by the addresses of its own zone, else by any", async () => {
    const { scene, egress, route } = await open();
    const VpcId = scene.network.vpcId;
    const [a, b] = [await allocate(scene), await allocate(scene)];
    const ipOf = (id: string) => text(scene.region.world.addresses.get(id)?.publicIp);
    const divertTo = async (zones: object[]) => {
      const input = { AvailabilityMode: "regional", VpcId, AvailabilityZoneAddresses: zones };
      const made = await scene.call<{ NatGateway: { NatGatewayId: string } }>("ec2", "CreateNatGateway", input);
      await scene.region.clock.advance(NAT_READY_MS);
      await scene.call("ec2", "ReplaceRoute", { ...route, NatGatewayId: made.NatGateway.NatGatewayId });
    };
    await divertTo([
      { AvailabilityZone: "us-east-1a", AllocationIds: [a] },
      { AvailabilityZone: "us-east-1b", AllocationIds: [b] },
    ]);
    expect(egress()).toMatchObject([{ publicIps: [ipOf(a)], open: true }]);
    const c = await allocate(scene);
    await divertTo([{ AvailabilityZone: "us-east-1c", AllocationIds: [c] }]);
    expect(egress()).toMatchObject([{ publicIps: [ipOf(c)], open: true }]);
  });
});

describe("the record", () => {
  it("holds the gap of a naive subnet change, and the addresses seen", async () => {
    const { scene, other, AllocationId, publicIp } = await open();
    const { clock } = scene.region;
    const { egress } = scene.path;
    const beforeMs = egress.totalGapMs("partner");
    await scene.call("lambda", "UpdateFunctionConfiguration", { FunctionName: "partner", ...vpcOf(scene, [other]) });
    const updateMs = clock.now();
    await clock.advance(5 * MINUTE);
    await move(scene, AllocationId, other);
    await clock.advance(60 * MINUTE);
    // Served by the new subnet once its interface is in use (90 s) and the update has settled (5 s).
    expect(egress.gaps.at(-1)).toEqual({
      functionName: "partner",
      version: "$LATEST",
      subnetId: other,
      fromMs: updateMs + 95_000,
      toMs: updateMs + 5 * MINUTE,
    });
    expect(egress.totalGapMs("partner") - beforeMs).toBe(5 * MINUTE - 95_000);
    expect([...(egress.addresses.get("partner") ?? [])]).toEqual([publicIp]);
  });

  it("has no gap when the address comes before the break", async () => {
    const { scene, other, publicIp } = await open();
    const { egress } = scene.path;
    const beforeMs = egress.totalGapMs("partner");
    const spare = await allocate(scene);
    await scene.call("lambda", "UpdateFunctionConfiguration", { FunctionName: "partner", ...vpcOf(scene, [other]) });
    await scene.region.clock.advance(92_000);
    await move(scene, spare, other);
    await scene.region.clock.advance(60 * MINUTE);
    expect(egress.totalGapMs("partner")).toBe(beforeMs);
    const spareIp = scene.region.world.addresses.get(spare)?.publicIp;
    expect([...(egress.addresses.get("partner") ?? [])]).toEqual([publicIp, spareIp]);
  });

  it("sees a replaced interface as a gap that lasts", async () => {
    const { scene } = await open();
    const { egress, lambda } = scene.path;
    const [id] = [...scene.region.world.networkInterfaces.keys()];
    lambda.hyperplane.replace(text(id));
    await scene.region.clock.advance(10 * MINUTE);
    expect(egress.gaps.at(-1)?.toMs).toBeUndefined();
    expect(egress.totalGapMs("partner")).toBeGreaterThanOrEqual(8 * MINUTE);
  });
});
