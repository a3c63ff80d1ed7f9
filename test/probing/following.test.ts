/** Probes follow members whose security groups change in every zone, on a whole deployment. */
import { expect, it } from "vitest";
import { openDeployedRegion } from "../../testing/deployment/deployed-region.ts";
import { networkOf } from "../../testing/deployment/pool-network.ts";

const minuteMs = 60_000;
const seconds = 1000;
const pool = "payments";

/** `orders` in all zones of a pool, settled and probed, and a second security group. */
async function open(zones: number, spares: number, seed: number) {
  const deployed = await openDeployedRegion(
    {
      pools: {
        [pool]: {
          members: { names: ["orders"] },
          network: { create: { zones } },
          addresses: { spares },
          targets: [{ name: "bank", url: "https://bank.example/" }],
        },
      },
    },
    { seed, direct: true },
  );
  const { region, operator, events } = deployed;
  const network = networkOf(region.world, pool, zones);
  const group = { VpcId: network.vpcId, GroupName: "next", Description: "next" };
  const { GroupId } = await operator<{ GroupId: string }>("ec2", "CreateSecurityGroup", group);
  const VpcConfig = { SubnetIds: network.subnetIds, SecurityGroupIds: network.securityGroupIds };
  await operator("lambda", "CreateFunction", {
    FunctionName: "orders",
    Role: "arn:aws:iam::123456789012:role/member",
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Code: { ZipFile: new Uint8Array() },
    VpcConfig,
  });
  await region.clock.advance(12 * minuteMs);
  const raised = async () => {
    const asked = { StateValue: "ALARM", AlarmNamePrefix: `holdfast-production-${pool}-` };
    const { MetricAlarms } = await operator<{ MetricAlarms: { AlarmName: string }[] }>(
      "monitoring",
      "DescribeAlarms",
      asked,
    );
    return MetricAlarms.map(({ AlarmName }) => AlarmName);
  };
  const groupsOf = (name: string) =>
    region.world.functions.get(name)?.versions.get("$LATEST")?.vpcConfig?.securityGroupIds ?? [];
  const isSettled = () =>
    region.world.functions.get("orders")?.versions.get("$LATEST")?.lastUpdateStatus === "Successful";
  const probes = Array.from({ length: zones }, (_, index) => `holdfast-production-${pool}-zone-${index + 1}`);
  return {
    region,
    events,
    raised,
    lambda: deployed.path.lambda,
    isSettled,
    haveFollowed: () => probes.every((name) => groupsOf(name).join() === GroupId),
    change: () =>
      operator("lambda", "UpdateFunctionConfiguration", {
        FunctionName: "orders",
        VpcConfig: { ...VpcConfig, SecurityGroupIds: [GroupId] },
      }),
  };
}

it.each([
  [2, 2, 1],
  [2, 1, 2],
  [2, 0, 3],
  [3, 3, 1],
  [3, 1, 2],
  [3, 0, 3],
])(
  "in %d zones with %d spares, all together and without an alarm (seed %d)",
  async (zones, spares, seed) => {
    const scene = await open(zones, spares, seed);
    const { clock } = scene.region;
    expect(await scene.raised()).toEqual([]);
    await scene.change();
    expect(await clock.runUntil(scene.isSettled, 10 * minuteMs)).toBe(true);
    const before = scene.events.length;
    await clock.advance(2 * minuteMs + 30 * seconds);
    expect(scene.haveFollowed()).toBe(true);
    const alarms: string[] = [];
    for (let minute = 0; minute < 12; minute++) {
      await clock.advance(minuteMs);
      alarms.push(...(await scene.raised()));
    }
    expect(alarms).toEqual([]);
    const types = scene.events.slice(before).map(({ type }) => type);
    expect(types.filter((type) => type === "EgressLost" || type === "UnprobedInterfaces")).toEqual([]);
  },
  minuteMs,
);

it("one whose own update takes eight minutes is not cut off meanwhile, though the interface that it leaves has no address", async () => {
  const scene = await open(2, 2, 10);
  const before = scene.events.length;
  scene.lambda.upsetNext(`holdfast-production-${pool}-zone-1`, { delayMs: 8 * minuteMs });
  await scene.change();
  const alarms: string[] = [];
  for (let minute = 0; minute < 15; minute++) {
    await scene.region.clock.advance(minuteMs);
    alarms.push(...(await scene.raised()));
  }
  expect(alarms).toEqual([]);
  expect(scene.events.slice(before).filter(({ type }) => type === "EgressLost")).toEqual([]);
  expect(scene.haveFollowed()).toBe(true);
});
