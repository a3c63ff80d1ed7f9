import { describe, expect, it } from "vitest";
import { createAuthorizer } from "../../testing/twin/iam.ts";
import { arn, attempt, type Draft, type Ids, ofPool, openWorld, POOL, role } from "./iam-scene.ts";

describe("EC2", () => {
  const associate = (ids: Ids) => ({ AllocationId: ids.own, NetworkInterfaceId: ids.eni });
  const move: Draft = { Action: "ec2:AssociateAddress", Resource: arn("ec2", "elastic-ip/*"), Condition: ofPool };
  const onto = (subnet: string): Draft => ({
    Action: ["ec2:AssociateAddress", "ec2:DisassociateAddress"],
    Resource: arn("ec2", "network-interface/*"),
    Condition: { ArnEquals: { "ec2:Subnet": arn("ec2", `subnet/${subnet}`) } },
  });
  const createNat = (ids: Ids) => ({
    SubnetId: ids.subnetId,
    AllocationId: ids.own,
    TagSpecifications: [{ ResourceType: "natgateway", Tags: [POOL] }],
  });
  const natParts: Draft[] = [
    {
      Action: "ec2:CreateNatGateway",
      Resource: arn("ec2", "natgateway/*"),
      Condition: { StringEquals: { "aws:RequestTag/pool": "payments" } },
    },
    { Action: "ec2:CreateNatGateway", Resource: arn("ec2", "subnet/*") },
    { Action: "ec2:CreateNatGateway", Resource: arn("ec2", "elastic-ip/*"), Condition: ofPool },
    {
      Action: "ec2:CreateTags",
      Resource: arn("ec2", "natgateway/*"),
      Condition: { StringEquals: { "ec2:CreateAction": "CreateNatGateway" } },
    },
  ];
  const tagOnly = (key: string): Draft => ({
    Action: "ec2:CreateTags",
    Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": [key] }, ...ofPool },
  });
  const routes: Draft = {
    Action: "ec2:ReplaceRoute",
    Resource: arn("ec2", "route-table/*"),
    Condition: { StringEquals: { "ec2:ResourceTag/pool": "payments" } },
  };
  const replace = ({ rtb, igw }: Ids) => ({ RouteTableId: rtb, DestinationCidrBlock: "0.0.0.0/0", GatewayId: igw });

  it.each<[string, string, (ids: Ids) => object, (ids: Ids) => Draft[], "allowed" | "refused"]>([
    ["anything without a policy", "DescribeAddresses", () => ({}), () => [], "refused"],
    ["a describe of everything", "DescribeAddresses", () => ({}), () => [{ Action: "ec2:Describe*" }], "allowed"],
    [
      "a describe by ARN only",
      "DescribeAddresses",
      () => ({}),
      () => [{ Action: "ec2:*", Resource: arn("ec2", "elastic-ip/*") }],
      "refused",
    ],
    ["an association", "AssociateAddress", associate, (ids) => [move, onto(ids.subnetId)], "allowed"],
    ["an association without the interface", "AssociateAddress", associate, () => [move], "refused"],
    ["an association without the address", "AssociateAddress", associate, (ids) => [onto(ids.subnetId)], "refused"],
    ["an association in another subnet", "AssociateAddress", associate, () => [move, onto("subnet-0")], "refused"],
    [
      "an association of another's address",
      "AssociateAddress",
      (ids) => ({ ...associate(ids), AllocationId: ids.foreign }),
      (ids) => [move, onto(ids.subnetId)],
      "refused",
    ],
    [
      "an association with an interface that is gone",
      "AssociateAddress",
      (ids) => ({ ...associate(ids), NetworkInterfaceId: "eni-0" }),
      (ids) => [move, onto(ids.subnetId)],
      "allowed",
    ],
    [
      "a disassociation",
      "DisassociateAddress",
      ({ AssociationId }) => ({ AssociationId }),
      (ids) => [{ ...move, Action: "ec2:DisassociateAddress" }, onto(ids.subnetId)],
      "allowed",
    ],
    [
      "a disassociation by address only",
      "DisassociateAddress",
      ({ AssociationId }) => ({ AssociationId }),
      () => [{ ...move, Action: "ec2:DisassociateAddress" }],
      "refused",
    ],
    [
      "a disassociation of nothing",
      "DisassociateAddress",
      () => ({ AssociationId: "eipassoc-0" }),
      (ids) => [{ ...move, Action: "ec2:DisassociateAddress" }, onto(ids.subnetId)],
      "allowed",
    ],
    [
      "a disassociation of nothing without the action",
      "DisassociateAddress",
      () => ({ AssociationId: "eipassoc-0" }),
      () => [move],
      "refused",
    ],
    [
      "a release",
      "ReleaseAddress",
      ({ own }) => ({ AllocationId: own }),
      () => [{ Action: "ec2:*Associate*" }],
      "refused",
    ],
    [
      "a tag by its key",
      "CreateTags",
      ({ own }) => ({ Resources: [own], Tags: [{ Key: "use", Value: "1" }] }),
      () => [tagOnly("use")],
      "allowed",
    ],
    [
      "another tag",
      "CreateTags",
      ({ own }) => ({ Resources: [own], Tags: [{ Key: "use", Value: "1" }, POOL] }),
      () => [tagOnly("use")],
      "refused",
    ],
    [
      "a tag on one of another's",
      "CreateTags",
      ({ own, foreign }) => ({ Resources: [own, foreign], Tags: [{ Key: "use", Value: "1" }] }),
      () => [tagOnly("use")],
      "refused",
    ],
    ["a route", "ReplaceRoute", replace, () => [routes], "allowed"],
    [
      "a route in a table without the tag",
      "ReplaceRoute",
      replace,
      () => [{ ...routes, Condition: { StringEquals: { "ec2:ResourceTag/pool": "x" } } }],
      "refused",
    ],
    [
      "a route in the table's network",
      "ReplaceRoute",
      replace,
      ({ vpcId }) => [{ ...routes, Condition: { ArnEquals: { "ec2:Vpc": arn("ec2", `vpc/${vpcId}`) } } }],
      "allowed",
    ],
    ["a gateway", "CreateNatGateway", createNat, () => natParts, "allowed"],
    [
      "a gateway without its tags",
      "CreateNatGateway",
      (ids) => ({ ...createNat(ids), TagSpecifications: undefined }),
      () => natParts,
      "refused",
    ],
    ["a gateway, its tags not allowed", "CreateNatGateway", createNat, () => natParts.slice(0, 3), "refused"],
    [
      "a gateway, its address not allowed",
      "CreateNatGateway",
      createNat,
      () => [...natParts.slice(0, 2), ...natParts.slice(3)],
      "refused",
    ],
    [
      "a gateway, its subnet not allowed",
      "CreateNatGateway",
      createNat,
      () => [...natParts.slice(0, 1), ...natParts.slice(2)],
      "refused",
    ],
    ["a gateway, itself not allowed", "CreateNatGateway", createNat, () => natParts.slice(1), "refused"],
    [
      "a deletion of a gateway without the tag",
      "DeleteNatGateway",
      ({ nat }) => ({ NatGatewayId: nat }),
      () => [{ Action: "ec2:DeleteNatGateway", Condition: ofPool }],
      "refused",
    ],
    [
      "a deletion of a gateway",
      "DeleteNatGateway",
      ({ nat }) => ({ NatGatewayId: nat }),
      () => [{ Action: "ec2:DeleteNatGateway", Resource: arn("ec2", "natgateway/*") }],
      "allowed",
    ],
  ])("%s", async (_name, operation, input, statements, expected) => {
    const { scene, ids } = await openWorld();
    createAuthorizer(scene.region, [role(statements(ids))]);
    expect(await attempt(scene, "ec2", operation, input(ids))).toBe(expected);
  });
});
