/** A pool with a fallback: what the doctor finds of it, and the way there and back by the operator's word. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { exactly, networkOf, onePool, openScene, type Scene, target } from "./scene.ts";

let scene: Scene;
beforeAll(async () => {
  const pool = {
    ...onePool.pools["partners"],
    network: { create: {} },
    targets: [target],
    fallback: { standby: "cold" as const },
  };
  scene = await openScene({ input: { pools: { partners: pool } } });
});
afterAll(() => scene.close());

const ids = async () => {
  const { stdout, stderr } = await scene.run("doctor --json");
  expect(stderr).toBe("");
  return (JSON.parse(stdout) as { findings: { id: string }[] }).findings.map(({ id }) => id);
};

/** The pool as `status` shows it. */
const shown = async () => {
  const { stdout } = await scene.run("status --json");
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what is tested.
  return (JSON.parse(stdout) as { pools: any[] }).pools[0];
};

it("is healthy, says the doctor, and direct, says status", async () => {
  expect(await ids()).toEqual([]);
  expect((await shown()).fallback).toMatchObject({ state: "direct", alarm: "quiet", natGateways: [], hours: 0 });
});

it("has route tables of its own: the doctor finds others' subnets on them, and members' subnets on others'", async () => {
  const { operator, region } = scene;
  const { subnetIds, vpcId: VpcId } = networkOf(region);
  const table = exactly(region.world.routeTables, (it) => it.subnetIds.includes(subnetIds[0] ?? ""));
  const { routeTableId: RouteTableId } = table;
  const { Subnet } = await operator<{ Subnet: { SubnetId: string } }>("ec2", "CreateSubnet", {
    VpcId,
    CidrBlock: "10.97.240.0/24",
  });
  const use = { RouteTableId, SubnetId: Subnet.SubnetId };
  const { AssociationId } = await operator<{ AssociationId: string }>("ec2", "AssociateRouteTable", use);
  expect(await ids()).toEqual(["shared-route-table"]);
  await operator("ec2", "DisassociateRouteTable", { AssociationId });

  const own = subnetIds[0]?.replace("subnet-", "rtbassoc-");
  await operator("ec2", "DisassociateRouteTable", { AssociationId: own });
  expect(await ids()).toEqual(["route-not-to-internet", "subnet-uncovered"]);
  await operator("ec2", "AssociateRouteTable", { RouteTableId, SubnetId: subnetIds[0] });
  expect(await ids()).toEqual([]);
});

it("could not do without its address, its subnet's route, its alarm, its rule and its sweep", async () => {
  const { operator, region } = scene;
  const { world } = region;
  const address = exactly(world.addresses, ({ tags }) => tags["holdfast:role"] === "fallback");
  const natSubnet = exactly(world.subnets, ({ tags }) => tags["Name"]?.endsWith("-nat") === true);
  const table = exactly(world.routeTables, ({ subnetIds }) => subnetIds.includes(natSubnet.subnetId));

  const { tags } = address;
  address.tags = {};
  expect(await ids()).toEqual(["address-lost", "address-missing"]);
  address.tags = tags;

  const { routes } = table;
  table.routes = [];
  expect(await ids()).toEqual(["nat-subnet-unrouted"]);
  table.routes = routes;

  const AlarmNames = ["holdfast-production-partners-escalation"];
  const { MetricAlarms } = await operator<{ MetricAlarms: object[] }>("monitoring", "DescribeAlarms", { AlarmNames });
  await operator("monitoring", "DeleteAlarms", { AlarmNames });
  expect(await ids()).toEqual(["alarm-missing"]);
  await operator("monitoring", "PutMetricAlarm", { ...MetricAlarms[0] });

  const TargetArn = "arn:aws:sqs:us-east-1:123456789012:holdfast-production-fallback.fifo";
  const { RuleNames } = await operator<{ RuleNames: string[] }>("events", "ListRuleNamesByTarget", { TargetArn });
  await operator("events", "DisableRule", { Name: RuleNames[0] });
  expect(await ids()).toEqual(["rule-disabled"]);
  await operator("events", "EnableRule", { Name: RuleNames[0] });

  const sweep = { Name: "every-minute-sweep", GroupName: "holdfast-production-fallback" };
  const schedule = await operator<object>("scheduler", "GetSchedule", sweep);
  await operator("scheduler", "UpdateSchedule", { ...schedule, State: "DISABLED" });
  expect(await ids()).toEqual(["sweep-disabled"]);
  await operator("scheduler", "UpdateSchedule", schedule);
  expect(await ids()).toEqual([]);
});

it("reports a route table that a subnet outside the pool uses, with the remediation", async () => {
  const { operator, region } = scene;
  const { subnetIds, vpcId: VpcId } = networkOf(region);
  const table = exactly(region.world.routeTables, (it) => it.subnetIds.includes(subnetIds[0] ?? ""));
  const place = { VpcId, CidrBlock: "10.97.224.0/24" };
  const { Subnet } = await operator<{ Subnet: { SubnetId: string } }>("ec2", "CreateSubnet", place);
  const association = { RouteTableId: table.routeTableId, SubnetId: Subnet.SubnetId };
  const { AssociationId } = await operator<{ AssociationId: string }>("ec2", "AssociateRouteTable", association);
  const { findings } = JSON.parse((await scene.run("doctor --json")).stdout) as { findings: object[] };
  expect(findings).toEqual([
    expect.objectContaining({
      id: "shared-route-table",
      severity: "error",
      pool: "partners",
      remediation: expect.stringContaining("with another route table, each with its own"),
    }),
  ]);
  await operator("ec2", "DisassociateRouteTable", { AssociationId });
  expect(await ids()).toEqual([]);
});

it("is entered by the operator's word, planned first, and left again at once", async () => {
  const dry = await scene.run("fallback enter --dry-run");
  expect(dry).toMatchObject({ code: 0, stderr: "" });
  expect(dry.stdout).toMatch(/override none → fallback\. Within a minute .* NAT gateway .* \$0\.045 an hour/);
  expect((await shown()).override).toBe("none");

  expect((await scene.run("fallback enter --yes")).code).toBe(0);
  const planned = JSON.parse((await scene.run("plan --json")).stdout);
  expect(planned.pools[0].fallback.actions).toMatchObject([{ kind: "create", row: 3 }]);
  await scene.advance(8 * 60_000);
  const entered = await shown();
  expect(entered.override).toBe("fallback");
  expect(entered.fallback).toMatchObject({ state: "fallback", natGateways: [{ state: "available" }] });
  // The alarms that say that it is in fallback, and by whose will.
  expect(new Set(await ids())).toEqual(new Set(["alarm-raised", "override"]));
  expect((await scene.run("resume --yes")).code).toBe(2);

  expect((await scene.run("fallback leave --yes")).code).toBe(0);
  await scene.advance(3 * 60_000);
  expect((await shown()).fallback).toMatchObject({ state: "direct" });

  expect((await scene.run("fallback auto --yes")).code).toBe(0);
  const left = await shown();
  expect(left).toMatchObject({ override: "none", findings: [] });
  const explained = await scene.run(`explain ${left.fallback.publicIp}`);
  expect(explained.stdout).toContain("the pool's fallback address");
});
