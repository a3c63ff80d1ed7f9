import { describe, expect, it } from "vitest";
import type { Choices } from "../../../cli/rehearse/choices.ts";
import { type Action, policyDocument, rehearsalPermissions } from "../../../cli/rehearse/policy.ts";
import type { Rehearsal } from "../../../cli/rehearse/run.ts";
import { createAuthorizer } from "../../../testing/twin/iam.ts";
import type { PolicyDocument } from "../../../testing/twin/iam-policy.ts";
import { caller, minuteMs, openScene, outcomes, type RehearsalScene } from "./scene.ts";

const place = { partition: "aws", region: "us-east-1", accountId: "*" };
/** The widest. */
const permissions = rehearsalPermissions(place, { nat: true });
const policy = policyDocument(permissions) as PolicyDocument;

/** One rehearsal to its end, and one that Ctrl-C ends while an address is on an interface. */
async function rehearseTwice(scene: RehearsalScene): Promise<Rehearsal> {
  const whole = await scene.rehearse();
  const untilMs = scene.region.clock.now() + 3 * minuteMs;
  await scene.rehearse({ interrupted: () => scene.region.clock.now() > untilMs });
  return whole;
}

/** Rehearsals by a role with the printed policy and nothing else. Answers what it was asked for. */
async function rehearseUnderPolicy(choices: Choices): Promise<{ scene: RehearsalScene; asked: Set<string> }> {
  const scene = await openScene(choices.existing ? { groups: choices.existing.groupIds.length } : { choices });
  const policy = policyDocument(rehearsalPermissions(place, choices)) as PolicyDocument;
  const asked = new Set<string>();
  createAuthorizer(scene.region, [{ roleArn: caller, policies: [policy] }], ({ roleName, ask }) => {
    if (roleName === "rehearser") asked.add(ask.action);
  });
  const rehearsal = await rehearseTwice(scene);
  const { nat, ...others } = outcomes(rehearsal);
  expect(nat).toBe(choices.nat ? "pass" : "skipped");
  expect(Object.values(others).filter((it) => it !== "pass")).toEqual([]);
  return { scene, asked };
}

describe("the policy that is printed", () => {
  const existing = { subnetId: "subnet-1", groupIds: ["sg-1", "sg-2"] };
  it.each<Choices>([{ nat: false }, { nat: true }, { nat: false, existing }])(
    "suffices, and holds nothing that no call needs: %j",
    async (choices) => {
      const { scene, asked } = await rehearseUnderPolicy(choices);
      expect(scene.contents()).toBe(scene.before);
      // Lambda's own reads with the caller's permissions, which the twin does not ask for (Lambda developer guide, VPC).
      const byLambda = ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets"];
      const actions = rehearsalPermissions(place, choices).flatMap((it) => it.actions);
      expect(new Set(actions)).toEqual(new Set([...asked, ...byLambda]));
    },
  );

  it.each(permissions)("cannot do without $sid", async ({ sid }) => {
    const scene = await openScene({ choices: { nat: true } });
    const rest = policyDocument(permissions.filter((it) => it.sid !== sid)) as PolicyDocument;
    createAuthorizer(scene.region, [{ roleArn: caller, policies: [rest] }]);
    const outcome = await rehearseTwice(scene).then(
      (it) => ({ ...outcomes(it), left: it.left.length }),
      ({ code }: { code?: string }) => ({ code }),
    );
    // An address that is not taken off stays until Lambda has deleted its interface, and that is said.
    const waited = scene.said.some((line) => line.includes("UnauthorizedOperation"));
    expect(waited || Object.values(outcome).some((it) => it !== "pass" && it !== 0)).toBe(true);
  });

  it("fits into one managed policy", () => {
    expect(JSON.stringify(policy).length).toBeLessThanOrEqual(6_144);
  });
});

describe("what has no tag of a rehearsal", () => {
  const natGatewayId = "nat-0badcafe0badcafe0";
  const stranger = async () => {
    const scene = await openScene();
    createAuthorizer(scene.region, [{ roleArn: caller, policies: [policy] }]);
    const { vpcs, subnets, securityGroups, addresses, routeTables, natGateways } = scene.region.world;
    const [vpc, subnet, group, address, table] = [vpcs, subnets, securityGroups, addresses, routeTables].map(
      (it) => [...it.keys()][0] ?? "",
    );
    natGateways.set(natGatewayId, {
      natGatewayId,
      vpcId: vpc ?? "",
      subnetId: subnet,
      connectivityType: "public",
      state: "available",
      failureCode: undefined,
      failureMessage: undefined,
      addresses: [],
      createdMs: 0,
      deletedMs: undefined,
      tags: {},
    });
    return { scene, before: scene.contents(), ids: { vpc, subnet, group, address, table } };
  };

  type Ids = Awaited<ReturnType<typeof stranger>>["ids"];
  const run = [{ Key: "holdfast:rehearsal", Value: "0badcafe" }];
  const attempts: readonly (readonly [string, Action, (ids: Ids) => object])[] = [
    ["ec2", "ec2:DeleteVpc", ({ vpc }) => ({ VpcId: vpc })],
    ["ec2", "ec2:DeleteSubnet", ({ subnet }) => ({ SubnetId: subnet })],
    ["ec2", "ec2:DeleteSecurityGroup", ({ group }) => ({ GroupId: group })],
    ["ec2", "ec2:ReleaseAddress", ({ address }) => ({ AllocationId: address })],
    [
      "ec2",
      "ec2:CreateNatGateway",
      ({ subnet, address }) => ({
        SubnetId: subnet,
        AllocationId: address,
        TagSpecifications: [{ ResourceType: "natgateway", Tags: run }],
      }),
    ],
    ["ec2", "ec2:DeleteNatGateway", () => ({ NatGatewayId: natGatewayId })],
    [
      "ec2",
      "ec2:ReplaceRoute",
      ({ table }) => ({
        RouteTableId: table,
        DestinationCidrBlock: "0.0.0.0/0",
        NatGatewayId: "nat-0badcafe0badcafe0",
      }),
    ],
    ["ec2", "ec2:CreateTags", ({ address }) => ({ Resources: [address], Tags: run })],
    ["ec2", "ec2:CreateVpc", () => ({ CidrBlock: "10.9.0.0/24" })],
    ["ec2", "ec2:AllocateAddress", () => ({})],
    [
      "ec2",
      "ec2:CreateSubnet",
      ({ vpc }) => ({
        VpcId: vpc,
        CidrBlock: "10.0.9.0/24",
        TagSpecifications: [{ ResourceType: "subnet", Tags: run }],
      }),
    ],
    [
      "ec2",
      "ec2:CreateNetworkInterface",
      ({ subnet }) => ({
        SubnetId: subnet,
        TagSpecifications: [{ ResourceType: "network-interface", Tags: run }],
      }),
    ],
    ["lambda", "lambda:DeleteFunction", () => ({ FunctionName: "orders" })],
    ["lambda", "lambda:InvokeFunction", () => ({ FunctionName: "orders" })],
    ["lambda", "lambda:UpdateFunctionConfiguration", () => ({ FunctionName: "orders" })],
    ["lambda", "lambda:TagResource", () => ({ Resource: "orders", Tags: { "holdfast:rehearsal": "0badcafe" } })],
    ["iam", "iam:DeleteRole", () => ({ RoleName: "orders" })],
    ["iam", "iam:PutRolePolicy", () => ({ RoleName: "orders", PolicyName: "all", PolicyDocument: "{}" })],
    ["sts", "sts:AssumeRole", () => ({ RoleArn: "arn:aws:iam::123456789012:role/orders" })],
  ];

  it.each(attempts)("%s: %s is denied", async (service, action, inputOf) => {
    const { scene, before, ids } = await stranger();
    const operation = action.split(":")[1]?.replace("InvokeFunction", "Invoke") ?? "";
    const input = inputOf(ids) as Record<string, unknown>;
    await expect(scene.region.call({ service, operation, input, principal: caller })).rejects.toThrow("not authorized");
    expect(scene.contents()).toBe(before);
  });
});
