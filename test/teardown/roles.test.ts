import { beforeAll, describe, expect, it } from "vitest";
import type { AwsError } from "../../testing/twin/service.ts";
import { minuteMs, openedWithinMs, openScene, pool, type RemovalScene } from "./scene.ts";

/** What a pool's deployed teardown may do in an account where others have addresses, tables, gateways and functions. */
describe("the role of a teardown", () => {
  let scene: RemovalScene;
  const foreign = { association: "", associationElsewhere: "", gateway: "", otherPools: "", table: "" };
  const own = { associations: [] as string[], table: "", gateway: "", probe: "" };

  const operate = <Output>(operation: string, input: object) => scene.operator<Output>("ec2", operation, input);
  const tagsOf = (tags: Record<string, string>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

  /** Associates a new address with an interface in a subnet. */
  async function associate(part: string, tags: Record<string, string>): Promise<string> {
    const TagSpecifications = [{ ResourceType: "elastic-ip", Tags: tagsOf(tags) }];
    const { AllocationId } = await operate<{ AllocationId: string }>("AllocateAddress", {
      Domain: "vpc",
      ...(Object.keys(tags).length > 0 && { TagSpecifications }),
    });
    const { NetworkInterface } = await operate<{ NetworkInterface: { NetworkInterfaceId: string } }>(
      "CreateNetworkInterface",
      { SubnetId: scene.subnetId(part) },
    );
    const { NetworkInterfaceId } = NetworkInterface;
    const input = { AllocationId, NetworkInterfaceId, AllowReassociation: false };
    return (await operate<{ AssociationId: string }>("AssociateAddress", input)).AssociationId;
  }

  async function makeGateway(tags: Record<string, string>): Promise<string> {
    const { AllocationId } = await operate<{ AllocationId: string }>("AllocateAddress", { Domain: "vpc" });
    const { NatGateway } = await operate<{ NatGateway: { NatGatewayId: string } }>("CreateNatGateway", {
      SubnetId: scene.subnetId("nat"),
      AllocationId,
      TagSpecifications: [{ ResourceType: "natgateway", Tags: tagsOf(tags) }],
    });
    return NatGateway.NatGatewayId;
  }

  beforeAll(async () => {
    scene = await openScene({ standby: "cold" });
    const { routeTables, vpcs } = scene.region.world;
    const [VpcId] = vpcs.keys();
    own.associations = scene.associated().map(({ associationId }) => associationId ?? "");
    own.table = [...routeTables.values()].find(({ tags }) => tags["holdfast:pool"] === pool)?.routeTableId ?? "";
    own.gateway = await makeGateway({ "holdfast:pool": pool, "holdfast:role": "fallback" });
    own.probe = `holdfast-production-${pool}-zone-1`;
    foreign.association = await associate("zone-1", {});
    foreign.associationElsewhere = await associate("nat", { "holdfast:pool": pool, "holdfast:role": "egress" });
    foreign.gateway = await makeGateway({});
    foreign.otherPools = await makeGateway({ "holdfast:pool": "billing", "holdfast:role": "fallback" });
    const made = await operate<{ RouteTable: { RouteTableId: string } }>("CreateRouteTable", { VpcId });
    foreign.table = made.RouteTable.RouteTableId;
    await scene.region.clock.advance(2 * minuteMs);
  }, openedWithinMs);

  /** AWS's answer to a call in the role's name: `allowed` when it gets past IAM, whatever comes of it then. */
  async function ask(service: string, operation: string, input: object): Promise<string> {
    try {
      await scene.region.call({ service, operation, input: { ...input }, principal: scene.roleArn });
      return "allowed";
    } catch (error) {
      return /^(UnauthorizedOperation|AccessDenied)/.test((error as AwsError).code) ? "refused" : "allowed";
    }
  }

  const ec2 = (operation: string, input: object) => ask("ec2", operation, input);
  const disassociate = (AssociationId = "") => ec2("DisassociateAddress", { AssociationId });
  const point = (RouteTableId: string) => {
    const [GatewayId] = scene.region.world.internetGateways.keys();
    return ec2("ReplaceRoute", { RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId });
  };
  const update = (FunctionName: string) => ask("lambda", "UpdateFunctionConfiguration", { FunctionName, Timeout: 9 });

  it("touches no address, interface, table, gateway or function but its pool's", async () => {
    const asked = {
      "take off an address that is not the pool's": await disassociate(foreign.association),
      "take one off an interface outside the pool's subnets": await disassociate(foreign.associationElsewhere),
      "point a foreign table": await point(foreign.table),
      "delete a gateway without tags": await ec2("DeleteNatGateway", { NatGatewayId: foreign.gateway }),
      "delete another pool's gateway": await ec2("DeleteNatGateway", { NatGatewayId: foreign.otherPools }),
      "change a member": await update("payments-api"),
      "change the canary": await update("holdfast-production-canary"),
      "associate an address": await ec2("AssociateAddress", {
        AllocationId: "eipalloc-0",
        NetworkInterfaceId: "eni-0",
      }),
      "release an address": await ec2("ReleaseAddress", { AllocationId: "eipalloc-0" }),
      "allocate an address": await ec2("AllocateAddress", { Domain: "vpc" }),
      "make a gateway": await ec2("CreateNatGateway", { SubnetId: scene.subnetId("nat"), AllocationId: "eipalloc-0" }),
      "delete a route": await ec2("DeleteRoute", { RouteTableId: own.table, DestinationCidrBlock: "0.0.0.0/0" }),
      "delete a subnet": await ec2("DeleteSubnet", { SubnetId: scene.subnetId("zone-1") }),
      "write a tag": await ec2("CreateTags", { Resources: [own.table], Tags: tagsOf({ "holdfast:flips": "x" }) }),
    };
    expect(Object.entries(asked).filter(([, answer]) => answer !== "refused")).toEqual([]);
  });

  it("may do with its pool's what a teardown does", async () => {
    const asked = {
      "take off members' and the scout's addresses": await Promise.all(own.associations.map(disassociate)),
      "point the pool's table": [await point(own.table)],
      "delete the pool's gateway": [await ec2("DeleteNatGateway", { NatGatewayId: own.gateway })],
      "change a probe": [await update(own.probe)],
    };
    expect(Object.entries(asked).filter(([, answers]) => answers.some((it) => it !== "allowed"))).toEqual([]);
    expect(own.associations).toHaveLength(3);
  });
});
