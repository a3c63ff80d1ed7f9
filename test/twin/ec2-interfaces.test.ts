import {
  AssociateAddressCommand,
  CreateNetworkInterfaceCommand,
  DeleteNetworkInterfaceCommand,
  DescribeNetworkInterfacesCommand,
  type DescribeNetworkInterfacesRequest,
  type Filter,
  paginateDescribeNetworkInterfaces,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import { addLambdaInterface, allocate, buildNetwork, type Network, openScene, type Scene, text } from "./scene.ts";

let scene: Scene;
let network: Network;

beforeEach(async () => {
  scene = openScene();
  network = await buildNetwork(scene);
});

const describeWith = (input: DescribeNetworkInterfacesRequest) =>
  scene.ec2.send(new DescribeNetworkInterfacesCommand(input));

async function find(...filters: Filter[]): Promise<(string | undefined)[]> {
  const answer = await scene.run(describeWith({ Filters: filters, IncludeManagedResources: true }));
  return (answer.NetworkInterfaces ?? []).map((one) => one.NetworkInterfaceId);
}

async function addPlainInterface(): Promise<string> {
  const input = { SubnetId: network.subnetId, Groups: [network.groupId], Description: "by hand" };
  const answer = await scene.run(scene.ec2.send(new CreateNetworkInterfaceCommand(input)));
  return text(answer.NetworkInterface?.NetworkInterfaceId);
}

it("shows a Hyperplane interface as AWS does", async () => {
  const id = addLambdaInterface(scene, network);
  const { NetworkInterfaces } = await scene.run(describeWith({ NetworkInterfaceIds: [id] }));
  expect(NetworkInterfaces).toMatchObject([
    {
      InterfaceType: "lambda",
      Status: "in-use",
      RequesterManaged: false,
      Attachment: { InstanceOwnerId: "amazon-aws", Status: "attached", DeviceIndex: 1 },
      Groups: [{ GroupId: network.groupId, GroupName: "fn" }],
      PrivateIpAddress: "10.0.1.4",
    },
  ]);
  expect(NetworkInterfaces?.[0]?.Attachment?.AttachmentId).toMatch(/^ela-attach-/);
  expect(NetworkInterfaces?.[0]?.Attachment?.InstanceId).toBeUndefined();
});

describe("filters", () => {
  it("pass what matches any value of every filter", async () => {
    const hyperplane = addLambdaInterface(scene, network);
    const plain = await addPlainInterface();
    const address = await allocate(scene);
    await scene.run(
      scene.ec2.send(new AssociateAddressCommand({ AllocationId: address, NetworkInterfaceId: hyperplane })),
    );
    const both = [hyperplane, plain].sort();
    expect(await find({ Name: "interface-type", Values: ["lambda"] })).toEqual([hyperplane]);
    expect(await find({ Name: "interface-type", Values: ["lambda", "interface"] })).toEqual(both);
    expect(
      await find({ Name: "subnet-id", Values: [network.subnetId] }, { Name: "status", Values: ["available"] }),
    ).toEqual([plain]);
    expect(
      await find({ Name: "group-id", Values: [network.groupId] }, { Name: "vpc-id", Values: [network.vpcId] }),
    ).toEqual(both);
    expect(await find({ Name: "association.allocation-id", Values: [address] })).toEqual([hyperplane]);
    expect(await find({ Name: "attachment.instance-owner-id", Values: ["amazon-aws"] })).toEqual([hyperplane]);
    expect(await find({ Name: "operator.managed", Values: ["true"] })).toEqual([]);
  });

  it("take wildcards unless escaped, and dots literally", async () => {
    const hyperplane = addLambdaInterface(scene, network);
    await addPlainInterface();
    expect(await find({ Name: "description", Values: ["AWS Lambda VPC ENI-partner-*"] })).toEqual([hyperplane]);
    expect(await find({ Name: "private-ip-address", Values: ["10.0.1.?"] })).toHaveLength(2);
    expect(await find({ Name: "description", Values: ["AWS Lambda VPC ENI-partner-\\*"] })).toEqual([]);
    expect(await find({ Name: "private-ip-address", Values: ["10.001.4"] })).toEqual([]);
  });

  it("refuse an unknown name and more than 200 values", async () => {
    const unknown = describeWith({ Filters: [{ Name: "colour", Values: ["red"] }] });
    expect(await scene.failure(unknown)).toMatchObject({ name: "InvalidParameterValue" });
    const values = Array.from({ length: 201 }, (_, index) => `eni-${index}`);
    const many = describeWith({ Filters: [{ Name: "network-interface-id", Values: values }] });
    expect(await scene.failure(many)).toMatchObject({ name: "FilterLimitExceeded" });
    expect(await find({ Name: "network-interface-id", Values: values.slice(1) })).toEqual([]);
  });
});

describe("pages", () => {
  it("bring every interface once, through the SDK's paginator", async () => {
    const ids = Array.from({ length: 12 }, () => addLambdaInterface(scene, network));
    const seen: (string | undefined)[][] = [];
    const walk = async () => {
      for await (const page of paginateDescribeNetworkInterfaces({ client: scene.ec2, pageSize: 5 }, {})) {
        seen.push((page.NetworkInterfaces ?? []).map((one) => one.NetworkInterfaceId));
      }
    };
    await scene.run(walk());
    expect(seen.map((page) => page.length)).toEqual([5, 5, 2]);
    expect(seen.flat()).toEqual([...ids].sort());
  });

  it("end without a token when the last one is full", async () => {
    for (let count = 0; count < 5; count++) addLambdaInterface(scene, network);
    expect((await scene.run(describeWith({ MaxResults: 5 }))).NextToken).toBeUndefined();
  });

  it.each([
    [{ MaxResults: 4 }, "InvalidParameterValue"],
    [{ MaxResults: 1001 }, "InvalidParameterValue"],
    [{ MaxResults: 5, NetworkInterfaceIds: ["eni-00000000000000000"] }, "InvalidParameterCombination"],
    [{ NextToken: "nonsense" }, "InvalidNextToken"],
  ])("refuse %j with %s", async (input, name) => {
    expect(await scene.failure(describeWith(input))).toMatchObject({ name });
  });
});

describe("DeleteNetworkInterface", () => {
  it("removes an interface that is available", async () => {
    const id = await addPlainInterface();
    await scene.run(scene.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id })));
    const gone = describeWith({ NetworkInterfaceIds: [id] });
    expect(await scene.failure(gone)).toMatchObject({ name: "InvalidNetworkInterfaceID.NotFound" });
  });

  it("refuses one in use", async () => {
    const id = addLambdaInterface(scene, network);
    const error = await scene.failure(scene.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id })));
    expect(error).toMatchObject({
      name: "InvalidParameterValue",
      message: expect.stringContaining("currently in use"),
    });
  });
});

it("runs out of private addresses where a subnet ends", () => {
  const subnet = scene.region.world.subnets.get(network.subnetId);
  if (subnet) subnet.cidrBlock = "10.0.1.0/28";
  for (let count = 0; count < 11; count++) addLambdaInterface(scene, network);
  expect(() => addLambdaInterface(scene, network)).toThrow(
    expect.objectContaining({ code: "InsufficientFreeAddressesInSubnet" }),
  );
});
