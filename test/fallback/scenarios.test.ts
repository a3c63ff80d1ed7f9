import { describe, expect, it } from "vitest";
import { refuseCalls } from "../../testing/deployment/deployed-region.ts";
import { AwsError } from "../../testing/twin/service.ts";
import { type DeployedScene, gatewaysAlive, member, minuteMs, onNat, openScene, raised } from "./deployed-scene.ts";

const cold = { standby: "cold" } as const;

/** Lets the partner refuse the pool's egress addresses, and time pass until the alarm says so. */
async function untilBlocked(scene: DeployedScene): Promise<void> {
  scene.blockAll();
  await raised(scene);
}

const untilOnNat = (scene: DeployedScene) =>
  scene.when("all leave by the fallback address", () => onNat(scene), 10 * minuteMs);
const isDirect = (scene: DeployedScene) => scene.leavesBy().every((ip) => ip !== undefined && ip !== scene.fallbackIp);
const eventsOf = (scene: DeployedScene, type: string) => scene.events.filter((event) => event.type === type);
const lastOf = (scene: DeployedScene, name: string) =>
  scene.measurements.filter((it) => it.name === name).at(-1)?.value;

describe("failover", () => {
  it("a gateway that fails is deleted and made again, and the failure is reported with its remediation", async () => {
    const scene = await openScene({ fallback: cold });
    scene.region.ec2.failNextNatGateway("InsufficientFreeAddressesInSubnet");
    await untilBlocked(scene);
    await untilOnNat(scene);
    const reported = eventsOf(scene, "FallbackFailed").map(({ detail }) => detail);
    expect(reported).toContainEqual(
      expect.objectContaining({ remediation: expect.stringContaining("free an IP address") }),
    );
    expect(gatewaysAlive(scene)).toHaveLength(1);
  });
});

describe("failback", () => {
  it("comes by itself, one table after the other, and leaves no gateway behind", async () => {
    const scene = await openScene({ fallback: { ...cold, holdMinutes: 60 } });
    await untilBlocked(scene);
    await untilOnNat(scene);
    scene.partner.rules.length = 0;
    await scene.pass(4 * 60);
    expect(isDirect(scene)).toBe(true);
    expect(gatewaysAlive(scene)).toEqual([]);
    const returns = eventsOf(scene, "RouteReplaced").filter(({ detail }) => detail["row"] === 10);
    expect(returns).toHaveLength(2);
    expect((returns[1]?.atMs ?? 0) - (returns[0]?.atMs ?? 0)).toBeGreaterThan(4 * minuteMs);
    expect(eventsOf(scene, "FallbackEntered")).toHaveLength(1);
    expect(eventsOf(scene, "FallbackLeft")[0]?.detail).toMatchObject({ because: "alarm quiet" });
    expect(lastOf(scene, "FallbackActive")).toBe(0);
    expect(eventsOf(scene, "FallbackCost").length).toBeGreaterThanOrEqual(1);
  }, 120_000);
});

describe("override", () => {
  it("fallback, direct and paused are honoured within a minute, by both actuators", async () => {
    const scene = await openScene({ fallback: { standby: "warm" } });
    await scene.pass(5);
    await scene.override("fallback");
    await scene.region.clock.advance(70_000);
    expect(onNat(scene)).toBe(true);
    await scene.override("direct");
    await scene.region.clock.advance(70_000);
    expect(isDirect(scene)).toBe(true);
    await scene.override("paused");
    await scene.region.clock.advance(70_000);
    const writes: string[] = [];
    scene.region.calls.onCall(({ principal, operation }) => {
      const isWrite = /^(Associate|Disassociate|Replace|CreateNat|DeleteNat|CreateTags)/.test(operation);
      if (/-(?:relocate|fallback)-role/.test(principal ?? "") && isWrite) writes.push(operation);
    });
    await untilBlocked(scene);
    const { subnetIds: SubnetIds, vpcId: VpcId } = scene.network;
    const group = { VpcId, GroupName: "members-next", Description: "members-next" };
    const { GroupId } = await scene.operator<{ GroupId: string }>("ec2", "CreateSecurityGroup", group);
    const VpcConfig = { SubnetIds, SecurityGroupIds: [GroupId] };
    await scene.operator("lambda", "UpdateFunctionConfiguration", { FunctionName: member, VpcConfig });
    await scene.pass(10);
    expect(writes).toEqual([]);
    expect(eventsOf(scene, "OverrideSet").map(({ detail }) => detail["value"] ?? detail["finding"])).toEqual(
      expect.arrayContaining(["fallback", "direct", "paused"]),
    );
  });
});

describe("a regional gateway", () => {
  it("is made with the fallback address in its zone, used, and deleted after failback", async () => {
    const scene = await openScene({ fallback: { ...cold, mode: "regional", holdMinutes: 5, graceMinutes: 5 } });
    await untilBlocked(scene);
    await untilOnNat(scene);
    scene.partner.rules.length = 0;
    await scene.pass(60);
    expect(isDirect(scene)).toBe(true);
    expect(gatewaysAlive(scene)).toEqual([]);
  });
});

describe("what is wrong with the pool", () => {
  const findings = (scene: DeployedScene) => eventsOf(scene, "FallbackFailed").map(({ detail }) => detail["finding"]);

  /** A subnet outside the pool, in the pool's VPC. */
  const makeSubnet = async ({ operator, network: { vpcId: VpcId } }: DeployedScene) => {
    const place = { VpcId, CidrBlock: "10.97.240.0/24", AvailabilityZone: "us-east-1a" };
    return (await operator<{ Subnet: { SubnetId: string } }>("ec2", "CreateSubnet", place)).Subnet.SubnetId;
  };

  it("a foreign subnet is associated with the pool's table after the deployment: that table is left alone and reported, the other goes to NAT", async () => {
    const scene = await openScene({ fallback: cold });
    const [RouteTableId, otherId] = scene.network.routeTableIds;
    const SubnetId = await makeSubnet(scene);
    const { AssociationId } = await scene.operator<{ AssociationId: string }>("ec2", "AssociateRouteTable", {
      RouteTableId,
      SubnetId,
    });
    await untilBlocked(scene);
    await scene.when("one table leads to NAT", () => eventsOf(scene, "RouteReplaced").length > 0);
    await scene.pass(5);
    expect(eventsOf(scene, "RouteReplaced").map(({ detail }) => detail["routeTableId"])).toEqual([otherId]);
    expect(eventsOf(scene, "FallbackFailed").map(({ detail }) => detail)).toEqual([
      expect.objectContaining({
        finding: "shared-route-table",
        routeTableId: RouteTableId,
        otherSubnetIds: [SubnetId],
        text: expect.stringContaining(`${SubnetId} outside the pool uses ${RouteTableId}`),
      }),
    ]);
    expect(lastOf(scene, "FallbackProblems")).toBe(1);
    await scene.operator("ec2", "DisassociateRouteTable", { AssociationId });
    await untilOnNat(scene);
  });

  it("the pool's table is the VPC's main one, and a subnet without an association comes: left alone and reported", async () => {
    const scene = await openScene({ fallback: cold });
    const [RouteTableId] = scene.network.routeTableIds;
    const main = [...scene.region.world.routeTables.values()].find((it) => it.main);
    const AssociationId = main?.routeTableId.replace("rtb-", "rtbassoc-");
    await scene.operator("ec2", "ReplaceRouteTableAssociation", { AssociationId, RouteTableId });
    await scene.pass(2);
    expect(findings(scene)).toEqual([]);
    await makeSubnet(scene);
    await untilBlocked(scene);
    await scene.pass(10);
    expect(findings(scene)).toEqual(["shared-route-table"]);
    const replaced = eventsOf(scene, "RouteReplaced").map(({ detail }) => detail["routeTableId"]);
    expect(replaced).toEqual(scene.network.routeTableIds.slice(1));
  });

  it("a members' subnet loses its association and uses the VPC's main table: reported, the others go to NAT", async () => {
    const scene = await openScene({ fallback: cold });
    const { routeTableIds, subnetIds } = scene.network;
    const [SubnetId = "", other] = subnetIds;
    const AssociationId = SubnetId.replace("subnet-", "rtbassoc-");
    await scene.operator("ec2", "DisassociateRouteTable", { AssociationId });
    await scene.pass(2);
    expect(eventsOf(scene, "FallbackFailed").map(({ detail }) => detail)).toEqual([
      expect.objectContaining({
        finding: "subnet-uncovered",
        subnetId: SubnetId,
        remediation: expect.stringContaining("associate"),
      }),
    ]);
    scene.blockAll();
    await scene.when(
      "the other goes to NAT",
      () => scene.leavesBy()[subnetIds.indexOf(other ?? "")] === scene.fallbackIp,
    );
    await scene.pass(10);
    expect(findings(scene)).toEqual(["subnet-uncovered"]);
    await scene.operator("ec2", "AssociateRouteTable", { RouteTableId: routeTableIds[0], SubnetId });
    await untilOnNat(scene);
  });

  it("a route that leads nowhere from inside is reported, and no further table is touched by the run", async () => {
    const scene = await openScene({ fallback: cold });
    await untilBlocked(scene);
    for (const zone of [1, 2]) {
      scene.path.registerHandler(`holdfast-production-payments-zone-${zone}`, () => ({ answers: [] }));
    }
    await scene.when("a route is replaced", () => eventsOf(scene, "RouteReplaced").length > 0);
    expect(eventsOf(scene, "RouteReplaced")).toHaveLength(1);
    expect(eventsOf(scene, "FallbackFailed").at(-1)?.detail).toMatchObject({
      code: "Unverified",
      message: expect.stringMatching(/zone-[12] leaves by nothing/),
    });
  });

  it("a probe that cannot be asked is reported with the reason, not as a route that leads nowhere", async () => {
    const scene = await openScene({ fallback: cold });
    scene.path.registerHandler("holdfast-production-payments-zone-1", () => {
      throw new TypeError("a defect");
    });
    await untilBlocked(scene);
    await scene.when("a route is replaced", () => eventsOf(scene, "RouteReplaced").length > 0);
    const [failed] = eventsOf(scene, "FallbackFailed").filter(({ detail }) => detail["code"] === "Unverified");
    expect(failed?.detail["message"]).toContain("but its probe cannot be asked (Unhandled error)");
  });

  it("a denied call is reported with the permission that is missing", async () => {
    const scene = await openScene({ fallback: cold });
    const grant = refuseCalls(scene.region, ({ operation, principal }) =>
      principal === scene.fallbackRole && operation === "CreateNatGateway"
        ? new AwsError("UnauthorizedOperation", "You are not authorized.", 403)
        : undefined,
    );
    await untilBlocked(scene);
    await scene.pass(7);
    expect(eventsOf(scene, "FallbackFailed").at(-1)?.detail).toMatchObject({ permission: "ec2:CreateNatGateway" });
    grant();
    await untilOnNat(scene);
  });

  it("a gateway that is deleted while routes lead to it: the way out is back within a minute", async () => {
    const scene = await openScene({ fallback: cold });
    await untilBlocked(scene);
    await untilOnNat(scene);
    await scene.operator("ec2", "DeleteNatGateway", { NatGatewayId: gatewaysAlive(scene)[0] });
    await scene.when("the way out is back", () => isDirect(scene), minuteMs + 10_000);
    await untilOnNat(scene);
  });
});
