import { describe, expect, it } from "vitest";
import { fallbackRole } from "../../testing/deployment/hand-wired/fallback.ts";
import {
  type FallbackScene,
  type FallbackSceneOptions,
  openFallbackScene,
} from "../../testing/deployment/hand-wired/fallback-scene.ts";
import { fixed } from "../../testing/twin/delays.ts";
import { AwsError } from "../../testing/twin/service.ts";
import { quick } from "../relocation/stories.ts";

const minuteMs = 60_000;
const creationMs = 100_000;
const delays = { ...quick, natGatewayCreation: fixed(creationMs), natGatewayDeletion: fixed(60_000) };
const open = (options: FallbackSceneOptions = {}) => openFallbackScene({ delays, addresses: 2, ...options });

/** Lets the partner refuse the pool's egress addresses, and time pass until the alarm says so. */
async function blockAll(scene: FallbackScene): Promise<number> {
  for (const ip of scene.publicIps) if (ip !== scene.fallbackIp) scene.refused.add(ip);
  return untilAlarm(scene, "ALARM");
}

async function untilAlarm({ operator, alarmName, pass, region }: FallbackScene, state: string): Promise<number> {
  for (let step = 0; step < 12 * 60; step++) {
    const input = { AlarmNames: [alarmName] };
    const output = await operator<{ MetricAlarms: { StateValue: string }[] }>("monitoring", "DescribeAlarms", input);
    if (output.MetricAlarms[0]?.StateValue === state) return region.clock.now();
    await pass(1000);
  }
  throw new Error(`never ${state}`);
}

const escaped = ({ leavesBy, fallbackIp }: FallbackScene) => leavesBy().every((ips) => ips.join() === fallbackIp);
const direct = (scene: FallbackScene) =>
  scene.leavesBy().every((ips) => ips.length === 1 && ips[0] !== scene.fallbackIp);
const alive = ({ region }: FallbackScene) =>
  [...region.world.natGateways.values()].filter(({ state }) => state !== "deleted" && state !== "failed");
const eventsOf = (scene: FallbackScene, type: string) => scene.events.filter((event) => event.type === type);
const lastOf = (scene: FallbackScene, name: string) =>
  scene.fallbackMeasurements.filter((it) => it.name === name).at(-1)?.value;

describe("going over", () => {
  it("a gateway that fails is deleted and made again, and the failure is told with its remedy", async () => {
    const scene = await open();
    scene.region.ec2.failNextNatGateway("InsufficientFreeAddressesInSubnet");
    await blockAll(scene);
    expect(await scene.until(() => escaped(scene), 10 * minuteMs)).toBe(true);
    const told = eventsOf(scene, "FallbackFailed").map(({ detail }) => detail);
    expect(told).toContainEqual(expect.objectContaining({ remedy: expect.stringContaining("free an IP address") }));
    expect(alive(scene)).toHaveLength(1);
  });
});

describe("the way back", () => {
  it("comes by itself, one table after the other, and leaves no gateway behind", async () => {
    const scene = await open();
    await blockAll(scene);
    await scene.until(() => escaped(scene), 10 * minuteMs);
    scene.refused.clear();
    await scene.pass(4 * 60 * minuteMs);
    expect(direct(scene)).toBe(true);
    expect(alive(scene)).toEqual([]);
    const returns = eventsOf(scene, "RouteReplaced").filter(({ detail }) => detail["row"] === 10);
    expect(returns).toHaveLength(2);
    expect((returns[1]?.timeMs ?? 0) - (returns[0]?.timeMs ?? 0)).toBeGreaterThanOrEqual(5 * minuteMs);
    expect(eventsOf(scene, "FallbackEntered")).toHaveLength(1);
    expect(eventsOf(scene, "FallbackLeft")[0]?.detail).toMatchObject({ because: "alarm quiet" });
    expect(lastOf(scene, "FallbackActive")).toBe(0);
    expect(eventsOf(scene, "FallbackCost").length).toBeGreaterThanOrEqual(1);
  }, 120_000);
});

describe("override", () => {
  it("fallback, direct and paused are honoured within a minute, by both actuators", async () => {
    const scene = await open({ fallback: { standby: "warm" } });
    await scene.pass(5 * minuteMs);
    await scene.override("fallback");
    await scene.pass(70_000);
    expect(escaped(scene)).toBe(true);
    await scene.override("direct");
    await scene.pass(70_000);
    expect(direct(scene)).toBe(true);
    await scene.override("paused");
    await scene.pass(70_000);
    const writes: string[] = [];
    scene.region.calls.onCall(({ principal, operation }) => {
      const isWrite = /^(Associate|Disassociate|Replace|CreateNat|DeleteNat|CreateTags)/.test(operation);
      if (principal && isWrite) writes.push(operation);
    });
    await blockAll(scene);
    await scene.updateFunction("orders", [0], [1]);
    await scene.pass(10 * minuteMs);
    expect(writes).toEqual([]);
    expect(eventsOf(scene, "OverrideSet").map(({ detail }) => detail["value"] ?? detail["finding"])).toEqual(
      expect.arrayContaining(["fallback", "direct", "paused"]),
    );
  });

  it("an unknown value changes nothing and is told", async () => {
    const scene = await open();
    await scene.override("drect");
    await blockAll(scene);
    await scene.pass(5 * minuteMs);
    expect(alive(scene)).toEqual([]);
    expect(eventsOf(scene, "FallbackFailed")[0]?.detail).toMatchObject({ finding: "unknown-override" });
  });
});

describe("a regional gateway", () => {
  it("is made with the fallback address in its zone, used, and left behind by nobody", async () => {
    const scene = await open({
      fallback: { nat: { mode: "regional", zone: "us-east-1a" }, holdMinutes: 5, graceMinutes: 5 },
    });
    await blockAll(scene);
    expect(await scene.until(() => escaped(scene), 10 * minuteMs)).toBe(true);
    scene.refused.clear();
    await scene.pass(60 * minuteMs);
    expect(direct(scene)).toBe(true);
    expect(alive(scene)).toEqual([]);
  });
});

describe("what is wrong with the pool", () => {
  const findings = (scene: FallbackScene) => eventsOf(scene, "FallbackFailed").map(({ detail }) => detail["finding"]);

  it("a NAT subnet without an internet route: told with the remedy, nothing is made", async () => {
    const scene = await open();
    const { routeTables } = scene.region.world;
    const table = [...routeTables.values()].find(({ subnetIds }) => subnetIds.includes(scene.natSubnetId));
    const route = { RouteTableId: table?.routeTableId, DestinationCidrBlock: "0.0.0.0/0" };
    await scene.operator("ec2", "DeleteRoute", route);
    await blockAll(scene);
    await scene.pass(10 * minuteMs);
    expect(findings(scene)).toEqual(["nat-subnet-unrouted"]);
    expect(eventsOf(scene, "NatGatewayCreated")).toEqual([]);
    expect(direct(scene)).toBe(true);
    expect(lastOf(scene, "FallbackProblems")).toBe(1);
    await scene.operator("ec2", "CreateRoute", {
      ...route,
      GatewayId: [...scene.region.world.internetGateways.keys()][0],
    });
    expect(await scene.until(() => escaped(scene), 10 * minuteMs)).toBe(true);
  });

  /** A subnet outside the pool, in the pool's VPC. */
  const makeSubnet = async ({ operator, network: { vpcId: VpcId } }: FallbackScene) => {
    const place = { VpcId, CidrBlock: "10.0.240.0/24", AvailabilityZone: "us-east-1a" };
    return (await operator<{ Subnet: { SubnetId: string } }>("ec2", "CreateSubnet", place)).Subnet.SubnetId;
  };

  it("a foreign subnet is associated with the pool's table after the deployment: that table is left alone and reported, the other goes to NAT", async () => {
    const scene = await open();
    const [RouteTableId, otherId] = scene.network.routeTableIds;
    const SubnetId = await makeSubnet(scene);
    const { AssociationId } = await scene.operator<{ AssociationId: string }>("ec2", "AssociateRouteTable", {
      RouteTableId,
      SubnetId,
    });
    await blockAll(scene);
    const hasLeft = () => eventsOf(scene, "RouteReplaced").length > 0;
    expect(await scene.until(hasLeft, 10 * minuteMs)).toBe(true);
    await scene.pass(5 * minuteMs);
    expect(eventsOf(scene, "RouteReplaced").map(({ detail }) => detail["routeTableId"])).toEqual([otherId]);
    expect(eventsOf(scene, "FallbackFailed").map(({ detail }) => detail)).toEqual([
      expect.objectContaining({
        ...{ finding: "shared-route-table", routeTableId: RouteTableId, otherSubnetIds: [SubnetId] },
        text: expect.stringContaining(`${SubnetId} outside the pool uses ${RouteTableId}`),
      }),
    ]);
    expect(lastOf(scene, "FallbackProblems")).toBe(1);
    await scene.operator("ec2", "DisassociateRouteTable", { AssociationId });
    expect(await scene.until(() => escaped(scene), 10 * minuteMs)).toBe(true);
  });

  it("the pool's table is the VPC's main one, and a subnet without an association comes: left alone and reported", async () => {
    const scene = await open();
    const [RouteTableId] = scene.network.routeTableIds;
    const main = [...scene.region.world.routeTables.values()].find((it) => it.main);
    const AssociationId = main?.routeTableId.replace("rtb-", "rtbassoc-");
    await scene.operator("ec2", "ReplaceRouteTableAssociation", { AssociationId, RouteTableId });
    await scene.pass(2 * minuteMs);
    expect(findings(scene)).toEqual([]);
    await makeSubnet(scene);
    await blockAll(scene);
    await scene.pass(5 * minuteMs);
    expect(findings(scene)).toEqual(["shared-route-table"]);
    const led = eventsOf(scene, "RouteReplaced").map(({ detail }) => detail["routeTableId"]);
    expect(led).toEqual(scene.network.routeTableIds.slice(1));
  });

  it("a route that leads nowhere from inside: told, and no further table is touched by the run", async () => {
    const scene = await open();
    scene.path.registerHandler("holdfast-probe-0", () => ({ answers: [] }));
    await blockAll(scene);
    const wentOver = () => eventsOf(scene, "RouteReplaced").length > 0;
    expect(await scene.until(wentOver, 10 * minuteMs)).toBe(true);
    expect(eventsOf(scene, "RouteReplaced")).toHaveLength(1);
    expect(eventsOf(scene, "FallbackFailed").at(-1)?.detail).toMatchObject({
      code: "Unverified",
      message: expect.stringContaining("zone-0 leaves by nothing"),
    });
  });

  it("a denied call is told with the permission that is missing", async () => {
    const scene = await open();
    scene.region.authorize = ({ operation, principal }) =>
      principal === fallbackRole && operation === "CreateNatGateway"
        ? new AwsError("UnauthorizedOperation", "You are not authorized.", 403)
        : undefined;
    await blockAll(scene);
    await scene.pass(2 * minuteMs);
    expect(eventsOf(scene, "FallbackFailed").at(-1)?.detail).toMatchObject({ permission: "ec2:CreateNatGateway" });
    scene.region.authorize = undefined;
    expect(await scene.until(() => escaped(scene), 10 * minuteMs)).toBe(true);
  });

  it("a gateway that somebody deletes under the routes: the way out is back within a minute", async () => {
    const scene = await open();
    await blockAll(scene);
    await scene.until(() => escaped(scene), 10 * minuteMs);
    await scene.operator("ec2", "DeleteNatGateway", { NatGatewayId: alive(scene)[0]?.natGatewayId });
    expect(await scene.until(() => direct(scene), minuteMs + 10_000)).toBe(true);
    expect(await scene.until(() => escaped(scene), 10 * minuteMs)).toBe(true);
  });
});
