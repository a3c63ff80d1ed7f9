import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcEndpointCommand,
  DeleteRouteCommand,
  DeleteTagsCommand,
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcsCommand,
  DisassociateRouteTableCommand,
  ReplaceRouteCommand,
  ReplaceRouteTableAssociationCommand,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import { ec2Asks } from "../../testing/twin/iam-ec2.ts";
import { allocate, buildNetwork, type Network, openScene, type Scene, text } from "./scene.ts";

const EVERYWHERE = "0.0.0.0/0";

let scene: Scene;
let network: Network;

beforeEach(async () => {
  scene = openScene();
  network = await buildNetwork(scene);
});

it("describes a network by id and by filter", async () => {
  const { ec2, run } = scene;
  const { vpcId, subnetId, groupId, internetGatewayId } = network;
  const inVpc = [{ Name: "vpc-id", Values: [vpcId] }];
  expect((await run(ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] })))).Vpcs).toMatchObject([
    { CidrBlock: "10.0.0.0/16" },
  ]);
  expect((await run(ec2.send(new DescribeSubnetsCommand({ Filters: inVpc })))).Subnets).toMatchObject([
    { SubnetId: subnetId },
  ]);
  expect((await run(ec2.send(new DescribeSecurityGroupsCommand({ Filters: inVpc })))).SecurityGroups).toMatchObject([
    { GroupId: groupId, GroupName: "fn" },
  ]);
  const attached = [{ Name: "attachment.vpc-id", Values: [vpcId] }];
  expect(
    (await run(ec2.send(new DescribeInternetGatewaysCommand({ Filters: attached })))).InternetGateways,
  ).toMatchObject([{ InternetGatewayId: internetGatewayId }]);
});

describe("set-up", () => {
  it("refuses what does not exist or exists already", async () => {
    const { ec2, failure } = scene;
    const { vpcId, internetGatewayId } = network;
    expect(
      await failure(ec2.send(new CreateSubnetCommand({ VpcId: "vpc-0", CidrBlock: "10.0.0.0/24" }))),
    ).toMatchObject({
      name: "InvalidVpcID.NotFound",
    });
    const group = new CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: "fn", Description: "again" });
    expect(await failure(ec2.send(group))).toMatchObject({ name: "InvalidGroup.Duplicate" });
    for (const CidrBlock of ["10.0.1.0/24", "10.0.1.128/25", "10.0.0.0/20"]) {
      const subnet = new CreateSubnetCommand({ VpcId: vpcId, CidrBlock });
      expect(await failure(ec2.send(subnet))).toMatchObject({ name: "InvalidSubnet.Conflict" });
    }
    const gateway = new AttachInternetGatewayCommand({ VpcId: vpcId, InternetGatewayId: internetGatewayId });
    expect(await failure(ec2.send(gateway))).toMatchObject({ name: "Resource.AlreadyAssociated" });
  });
});

describe("routes", () => {
  let routeTableId: string;

  beforeEach(async () => {
    const answer = await scene.run(scene.ec2.send(new CreateRouteTableCommand({ VpcId: network.vpcId })));
    routeTableId = text(answer.RouteTable?.RouteTableId);
  });

  const toGateway = () => ({
    RouteTableId: routeTableId,
    DestinationCidrBlock: EVERYWHERE,
    GatewayId: network.internetGatewayId,
  });
  const toNat = () => ({ RouteTableId: routeTableId, DestinationCidrBlock: EVERYWHERE, NatGatewayId: "nat-0a" });
  const addNat = () =>
    scene.region.world.natGateways.set("nat-0a", {
      natGatewayId: "nat-0a",
      vpcId: network.vpcId,
      subnetId: network.subnetId,
      connectivityType: "public",
      state: "available",
      failureCode: undefined,
      failureMessage: undefined,
      addresses: [],
      createdMs: 0,
      deletedMs: undefined,
      tags: {},
    });

  async function table() {
    const command = new DescribeRouteTablesCommand({ RouteTableIds: [routeTableId] });
    return (await scene.run(scene.ec2.send(command))).RouteTables?.[0];
  }

  it("start with the local one and take others", async () => {
    await scene.run(scene.ec2.send(new CreateRouteCommand(toGateway())));
    expect((await table())?.Routes).toMatchObject([
      { DestinationCidrBlock: "10.0.0.0/16", GatewayId: "local", Origin: "CreateRouteTable" },
      { DestinationCidrBlock: EVERYWHERE, GatewayId: network.internetGatewayId, State: "active" },
    ]);
  });

  it("of a gateway endpoint lead to the prefix list of its service, and are in no other's way", async () => {
    const { vpcId: VpcId, internetGatewayId } = network;
    const ServiceName = "com.amazonaws.us-east-1.s3";
    const input = { VpcId, ServiceName, VpcEndpointType: "Gateway" as const, RouteTableIds: [routeTableId] };
    const made = await scene.run(scene.ec2.send(new CreateVpcEndpointCommand(input)));
    const removal = { RouteTableId: routeTableId, DestinationCidrBlock: EVERYWHERE };
    await scene.run(scene.ec2.send(new CreateRouteCommand(toGateway())));
    await scene.run(scene.ec2.send(new DeleteRouteCommand(removal)));
    await scene.run(scene.ec2.send(new CreateRouteCommand(toGateway())));
    const GatewayId = made.VpcEndpoint?.VpcEndpointId;
    expect(GatewayId).toMatch(/^vpce-0/);
    const routes = (await table())?.Routes;
    expect(routes?.[1]).toMatchObject({ DestinationPrefixListId: "pl-63a5400a", GatewayId, State: "active" });
    expect(routes?.[1]?.DestinationCidrBlock).toBeUndefined();
    expect(routes?.[2]).toMatchObject({ DestinationCidrBlock: EVERYWHERE, GatewayId: internetGatewayId });
    const wrong = new CreateVpcEndpointCommand({ ...input, ServiceName: "com.amazonaws.us-east-1.s4" });
    expect(await scene.failure(scene.ec2.send(wrong))).toMatchObject({ name: "InvalidServiceName" });
  });

  it("change their target in place", async () => {
    addNat();
    await scene.run(scene.ec2.send(new CreateRouteCommand(toGateway())));
    await scene.run(scene.ec2.send(new ReplaceRouteCommand(toNat())));
    const routes = (await table())?.Routes ?? [];
    expect(routes[1]).toMatchObject({ NatGatewayId: "nat-0a" });
    expect(routes[1]?.GatewayId).toBeUndefined();
    expect(routes).toHaveLength(2);
  });

  it("are a subnet's no more once it is disassociated, and another table can become the main one", async () => {
    const { ec2, run, failure } = scene;
    const VpcId = network.vpcId;
    const { Subnet } = await run(ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: "10.0.9.0/24" })));
    const association = { RouteTableId: routeTableId, SubnetId: Subnet?.SubnetId };
    const { AssociationId } = await run(ec2.send(new AssociateRouteTableCommand(association)));
    await run(ec2.send(new DisassociateRouteTableCommand({ AssociationId })));
    expect((await table())?.Associations).toEqual([]);
    const again = await failure(ec2.send(new DisassociateRouteTableCommand({ AssociationId })));
    expect(again).toMatchObject({ name: "InvalidAssociationID.NotFound" });
    const ofMain = [{ Name: "association.main", Values: ["true"] }];
    const main = async () => (await run(ec2.send(new DescribeRouteTablesCommand({ Filters: ofMain })))).RouteTables;
    const change = { AssociationId: (await main())?.[0]?.Associations?.[0]?.RouteTableAssociationId };
    await run(ec2.send(new ReplaceRouteTableAssociationCommand({ ...change, RouteTableId: routeTableId })));
    expect(await main()).toMatchObject([{ RouteTableId: routeTableId, Associations: [{ Main: true }] }]);
  });

  it("answer as the live API does when there is nothing to replace", async () => {
    expect(await scene.failure(scene.ec2.send(new ReplaceRouteCommand(toGateway())))).toMatchObject({
      name: "InvalidParameterValue",
      message: expect.stringMatching(
        /^There is no route defined for '0\.0\.0\.0\/0' in the route table.*Use CreateRoute instead\.$/,
      ),
    });
  });

  it("can be deleted, once", async () => {
    const command = () => new DeleteRouteCommand({ RouteTableId: routeTableId, DestinationCidrBlock: EVERYWHERE });
    await scene.run(scene.ec2.send(new CreateRouteCommand(toGateway())));
    await scene.run(scene.ec2.send(command()));
    expect((await table())?.Routes).toHaveLength(1);
    expect(await scene.failure(scene.ec2.send(command()))).toMatchObject({ name: "InvalidRoute.NotFound" });
  });

  it.each([
    ["a second default route", {}, "RouteAlreadyExists"],
    ["two targets", { NatGatewayId: "nat-0a" }, "InvalidParameterCombination"],
    ["no target", { GatewayId: undefined }, "MissingParameter"],
    ["an unknown gateway", { GatewayId: "igw-0" }, "InvalidGatewayID.NotFound"],
    ["an unknown NAT gateway", { GatewayId: undefined, NatGatewayId: "nat-0" }, "InvalidNatGatewayID.NotFound"],
    ["an unknown table", { RouteTableId: "rtb-0" }, "InvalidRouteTableID.NotFound"],
  ])("refuse %s", async (_name, change, code) => {
    await scene.run(scene.ec2.send(new CreateRouteCommand(toGateway())));
    const error = await scene.failure(scene.ec2.send(new CreateRouteCommand({ ...toGateway(), ...change })));
    expect(error).toMatchObject({ name: code });
  });

  it("belong to the subnets of their table, one table per subnet", async () => {
    const { ec2, run, failure } = scene;
    const associate = (RouteTableId: string) =>
      ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId: network.subnetId }));
    await run(associate(routeTableId));
    const bySubnet = [{ Name: "association.subnet-id", Values: [network.subnetId] }];
    const found = await run(ec2.send(new DescribeRouteTablesCommand({ Filters: bySubnet })));
    expect(found.RouteTables?.map((one) => one.RouteTableId)).toEqual([routeTableId]);
    const other = await run(ec2.send(new CreateRouteTableCommand({ VpcId: network.vpcId })));
    expect(await failure(associate(text(other.RouteTable?.RouteTableId)))).toMatchObject({
      name: "Resource.AlreadyAssociated",
    });
  });

  it("come with a main table for each VPC", async () => {
    const main = [{ Name: "association.main", Values: ["true"] }];
    const { RouteTables } = await scene.run(scene.ec2.send(new DescribeRouteTablesCommand({ Filters: main })));
    expect(RouteTables).toHaveLength(1);
    expect(RouteTables?.[0]?.RouteTableId).not.toBe(routeTableId);
  });
});

describe("tags", () => {
  const POOL = { Key: "holdfast:pool", Value: "partners" };

  async function tagsOf(id: string) {
    const Filters = [{ Name: "resource-id", Values: [id] }];
    return (await scene.run(scene.ec2.send(new DescribeTagsCommand({ Filters })))).Tags;
  }

  it("are put on several resources, overwritten and described with their type", async () => {
    const { ec2, run } = scene;
    const allocationId = await allocate(scene);
    const resources = [allocationId, network.subnetId];
    await run(ec2.send(new CreateTagsCommand({ Resources: resources, Tags: [POOL] })));
    await run(ec2.send(new CreateTagsCommand({ Resources: [allocationId], Tags: [{ ...POOL, Value: "others" }] })));
    expect(await tagsOf(allocationId)).toEqual([
      { ...POOL, Value: "others", ResourceId: allocationId, ResourceType: "elastic-ip" },
    ]);
    expect(await tagsOf(network.subnetId)).toMatchObject([{ ...POOL, ResourceType: "subnet" }]);
  });

  it("are put on all resources or on none", async () => {
    const command = new CreateTagsCommand({ Resources: [network.subnetId, "eni-0"], Tags: [POOL] });
    expect(await scene.failure(scene.ec2.send(command))).toMatchObject({ name: "InvalidNetworkInterfaceID.NotFound" });
    expect(await tagsOf(network.subnetId)).toEqual([]);
  });

  it("go by key, or by key and value", async () => {
    const { ec2, run } = scene;
    const Resources = [network.subnetId];
    await run(ec2.send(new CreateTagsCommand({ Resources, Tags: [POOL, { Key: "stage", Value: "dev" }] })));
    await run(ec2.send(new DeleteTagsCommand({ Resources, Tags: [{ ...POOL, Value: "others" }, { Key: "stage" }] })));
    expect(await tagsOf(network.subnetId)).toMatchObject([POOL]);
  });
});

const call = (operation: string, input: object, principal?: string) =>
  scene.region.call({ service: "ec2", operation, input: { ...input }, principal });

describe("a VPC that another account shares", () => {
  const owner = "999988887777";
  beforeEach(() => scene.region.ec2.shareVpc(network.vpcId, owner));

  it("is shown as the owner's, with its subnets and route tables", async () => {
    expect(await call("DescribeSubnets", {})).toMatchObject({ Subnets: [{ OwnerId: owner }] });
    expect(await call("DescribeVpcs", {})).toMatchObject({ Vpcs: [{ OwnerId: owner }] });
    expect(await call("DescribeRouteTables", {})).toMatchObject({ RouteTables: [{ OwnerId: owner }] });
    expect(await call("DescribeSecurityGroups", {})).toMatchObject({ SecurityGroups: [{ OwnerId: "123456789012" }] });
  });

  it("takes no route and no NAT gateway from a participant", async () => {
    const [RouteTableId] = scene.region.world.routeTables.keys();
    const route = { DestinationCidrBlock: EVERYWHERE, GatewayId: network.internetGatewayId };
    const refused = { code: "UnauthorizedOperation" };
    await expect(call("CreateRoute", { RouteTableId, ...route })).rejects.toMatchObject(refused);
    const gateway = { SubnetId: network.subnetId, ConnectivityType: "private" };
    await expect(call("CreateNatGateway", gateway)).rejects.toMatchObject(refused);
  });

  it("is named by the owner's ARN in policies", () => {
    const asks = ec2Asks(scene.region.world, {
      service: "ec2",
      operation: "CreateNetworkInterface",
      input: { SubnetId: network.subnetId },
      principal: undefined,
    });
    expect(asks.map(({ resource }) => resource)).toContain(`arn:aws:ec2:us-east-1:${owner}:subnet/${network.subnetId}`);
  });
});

it("shows a dual-stack subnet by its IPv6 block", async () => {
  const input = { VpcId: network.vpcId, CidrBlock: "10.0.9.0/24", Ipv6CidrBlock: "2001:db8:0:9::/64" };
  expect(await call("CreateSubnet", input)).toMatchObject({
    Subnet: { Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: input.Ipv6CidrBlock }] },
  });
});

it("shows VPC Block Public Access by the account and by each subnet", async () => {
  await call("ModifyVpcBlockPublicAccessOptions", { InternetGatewayBlockMode: "block-ingress" });
  expect(await call("DescribeVpcBlockPublicAccessOptions", {})).toMatchObject({
    VpcBlockPublicAccessOptions: { InternetGatewayBlockMode: "block-ingress" },
  });
  expect(await call("DescribeSubnets", {})).toMatchObject({
    Subnets: [{ BlockPublicAccessStates: { InternetGatewayBlockMode: "block-ingress" } }],
  });
});
