import { beforeAll, describe, expect, it } from "vitest";
import type { AwsError } from "../../testing/twin/service.ts";
import { type DeployedScene, gatewaysAlive, openedWithinMs, openScene } from "./deployed-scene.ts";

/** What fallback's deployed role may do in an account where others have gateways, tables and addresses as well. */
describe("the role of fallback", () => {
  let scene: DeployedScene;
  let role: string;
  const foreign = { gateway: "", otherPools: "", table: "", natTable: "", address: "", subnet: "" };
  let own: { table: string; subnet: string; address: string; gateway: string };

  const operate = <Output>(operation: string, input: object) => scene.operator<Output>("ec2", operation, input);
  const tagsOf = (tags: Record<string, string>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const makeGateway = async (SubnetId: string, tags: Record<string, string>) => {
    const { AllocationId } = await operate<{ AllocationId: string }>("AllocateAddress", { Domain: "vpc" });
    const { NatGateway } = await operate<{ NatGateway: { NatGatewayId: string } }>("CreateNatGateway", {
      SubnetId,
      AllocationId,
      TagSpecifications: [{ ResourceType: "natgateway", Tags: tagsOf(tags) }],
    });
    return NatGateway.NatGatewayId;
  };

  beforeAll(async () => {
    scene = await openScene({ fallback: { standby: "warm" } });
    const { subnets, routeTables, addresses, vpcs } = scene.region.world;
    const [VpcId] = vpcs.keys();
    const subnet = (part: string) =>
      [...subnets.values()].find(({ tags }) => tags["Name"]?.endsWith(part))?.subnetId ?? "";
    const tableOf = (id: string) =>
      [...routeTables.values()].find(({ subnetIds }) => subnetIds.includes(id))?.routeTableId ?? "";
    const address = [...addresses.values()].find(({ tags }) => tags["holdfast:role"] === "fallback");
    const FunctionName = "holdfast-production-fallback";
    role = (await scene.operator<{ Role: string }>("lambda", "GetFunctionConfiguration", { FunctionName })).Role;
    own = {
      table: tableOf(subnet("-zone-1")),
      subnet: subnet("-nat"),
      address: address?.allocationId ?? "",
      gateway: gatewaysAlive(scene)[0] ?? "",
    };
    const made = await operate<{ RouteTable: { RouteTableId: string } }>("CreateRouteTable", { VpcId });
    foreign.table = made.RouteTable.RouteTableId;
    foreign.natTable = tableOf(own.subnet);
    foreign.subnet = subnet("-scout");
    foreign.address = (await operate<{ AllocationId: string }>("AllocateAddress", { Domain: "vpc" })).AllocationId;
    foreign.gateway = await makeGateway(own.subnet, {});
    foreign.otherPools = await makeGateway(own.subnet, { "holdfast:pool": "billing", "holdfast:role": "fallback" });
    await scene.pass(5);
  }, openedWithinMs);

  /** AWS's answer to a call in the role's name: `allowed` when it gets past IAM, whatever comes of it then. */
  async function ask(operation: string, input: object): Promise<string> {
    try {
      await scene.region.call({ service: "ec2", operation, input: { ...input }, principal: role });
      return "allowed";
    } catch (error) {
      const { code } = error as AwsError;
      return code === "UnauthorizedOperation" ? "refused" : "allowed";
    }
  }

  const gatewayOf = (pool: string, more: Record<string, string> = {}) => ({
    SubnetId: own.subnet,
    AllocationId: own.address,
    TagSpecifications: [
      {
        ResourceType: "natgateway",
        Tags: tagsOf({ "holdfast:pool": pool, "holdfast:role": "fallback", "holdfast:episode": "tried", ...more }),
      },
    ],
  });
  const lead = (RouteTableId: string) => ({
    RouteTableId,
    DestinationCidrBlock: "0.0.0.0/0",
    NatGatewayId: own.gateway,
  });
  const note = (id: string, key = "holdfast:flips") => ({ Resources: [id], Tags: tagsOf({ [key]: "x" }) });

  it("touches no gateway, table, address or subnet but the pool's", async () => {
    const asked = {
      "delete a gateway without tags": await ask("DeleteNatGateway", { NatGatewayId: foreign.gateway }),
      "delete another pool's gateway": await ask("DeleteNatGateway", { NatGatewayId: foreign.otherPools }),
      "lead a foreign table": await ask("ReplaceRoute", lead(foreign.table)),
      "lead the NAT subnet's table": await ask("ReplaceRoute", lead(foreign.natTable)),
      "note on a foreign table": await ask("CreateTags", note(foreign.table)),
      "tag the pool's table otherwise": await ask("CreateTags", note(own.table, "holdfast:pool")),
      "tag a gateway that is there": await ask("CreateTags", note(foreign.gateway, "holdfast:pool")),
      "tag an address": await ask("CreateTags", note(own.address)),
      "make a gateway with a foreign address": await ask("CreateNatGateway", {
        ...gatewayOf("payments"),
        AllocationId: foreign.address,
      }),
      "make a gateway in a foreign subnet": await ask("CreateNatGateway", {
        ...gatewayOf("payments"),
        SubnetId: foreign.subnet,
      }),
      "make a gateway for another pool": await ask("CreateNatGateway", gatewayOf("billing")),
      "make a gateway without tags": await ask("CreateNatGateway", { SubnetId: own.subnet, AllocationId: own.address }),
      "allocate an address": await ask("AllocateAddress", { Domain: "vpc" }),
      "release the fallback address": await ask("ReleaseAddress", { AllocationId: own.address }),
      "move an address": await ask("AssociateAddress", { AllocationId: foreign.address, NetworkInterfaceId: "eni-0a" }),
      "delete a route": await ask("DeleteRoute", { RouteTableId: own.table, DestinationCidrBlock: "0.0.0.0/0" }),
    };
    expect(Object.entries(asked).filter(([, answer]) => answer !== "refused")).toEqual([]);
  });

  it("may do with its own what fallback does", async () => {
    const asked = {
      "lead the pool's table": await ask("ReplaceRoute", lead(own.table)),
      "note on the pool's table": await ask("CreateTags", note(own.table)),
      "make the pool's gateway": await ask("CreateNatGateway", gatewayOf("payments")),
      "delete the pool's gateway": await ask("DeleteNatGateway", { NatGatewayId: own.gateway }),
    };
    expect(Object.entries(asked).filter(([, answer]) => answer !== "allowed")).toEqual([]);
  });
});
