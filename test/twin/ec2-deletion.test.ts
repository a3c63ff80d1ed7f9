import {
  AssociateAddressCommand,
  AssociateRouteTableCommand,
  CreateRouteTableCommand,
  DeleteInternetGatewayCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  DisassociateRouteTableCommand,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import { addLambdaInterface, allocate, buildNetwork, type Network, openScene, type Scene, text } from "./scene.ts";

let scene: Scene;
let network: Network;

beforeEach(async () => {
  scene = openScene();
  network = await buildNetwork(scene);
});

const violation = { name: "DependencyViolation" };

it("a network is taken down from its leaves to its VPC, and is gone", async () => {
  const { ec2, run, failure, region } = scene;
  const { vpcId: VpcId, subnetId: SubnetId, groupId: GroupId, internetGatewayId: InternetGatewayId } = network;
  expect(await failure(ec2.send(new DeleteVpcCommand({ VpcId })))).toMatchObject(violation);
  expect(await failure(ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId })))).toMatchObject(violation);
  await run(ec2.send(new DetachInternetGatewayCommand({ VpcId, InternetGatewayId })));
  await run(ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId })));
  await run(ec2.send(new DeleteSubnetCommand({ SubnetId })));
  await run(ec2.send(new DeleteSecurityGroupCommand({ GroupId })));
  await run(ec2.send(new DeleteVpcCommand({ VpcId })));
  expect((await run(ec2.send(new DescribeVpcsCommand({})))).Vpcs).toEqual([]);
  // The main route table and the default network ACL go with their VPC.
  expect([region.world.routeTables.size, region.world.networkAcls.size]).toEqual([0, 0]);
});

describe("what is in use stays", () => {
  it("a subnet and a security group while Lambda's interface is there", async () => {
    const { ec2, failure } = scene;
    addLambdaInterface(scene, network);
    expect(await failure(ec2.send(new DeleteSubnetCommand({ SubnetId: network.subnetId })))).toMatchObject(violation);
    expect(await failure(ec2.send(new DeleteSecurityGroupCommand({ GroupId: network.groupId })))).toMatchObject(
      violation,
    );
  });

  it("the attachment of a gateway while an address is mapped in its VPC", async () => {
    const { ec2, run, failure } = scene;
    const NetworkInterfaceId = addLambdaInterface(scene, network);
    const AllocationId = await allocate(scene);
    await run(ec2.send(new AssociateAddressCommand({ AllocationId, NetworkInterfaceId })));
    const { vpcId: VpcId, internetGatewayId: InternetGatewayId } = network;
    const refusal = await failure(ec2.send(new DetachInternetGatewayCommand({ VpcId, InternetGatewayId })));
    expect(refusal).toMatchObject({ ...violation, message: expect.stringContaining("mapped public address(es)") });
  });

  it("a route table while a subnet is associated with it", async () => {
    const { ec2, run, failure } = scene;
    const made = await run(ec2.send(new CreateRouteTableCommand({ VpcId: network.vpcId })));
    const RouteTableId = text(made.RouteTable?.RouteTableId);
    const association = await run(
      ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId: network.subnetId })),
    );
    expect(await failure(ec2.send(new DeleteRouteTableCommand({ RouteTableId })))).toMatchObject(violation);
    const { AssociationId } = association;
    await run(ec2.send(new DisassociateRouteTableCommand({ AssociationId: text(AssociationId) })));
    await run(ec2.send(new DeleteRouteTableCommand({ RouteTableId })));
    const again = ec2.send(new DisassociateRouteTableCommand({ AssociationId: text(AssociationId) }));
    expect(await failure(again)).toMatchObject({ name: "InvalidAssociationID.NotFound" });
  });
});
