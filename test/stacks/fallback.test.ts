import { describe, expect, it, vi } from "vitest";
import { loadFallbackSettings } from "../../src/config/fallback-settings.ts";
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { concerns, parseChange } from "../../src/fallback/changes.ts";
import { emptyAccount } from "../../testing/deployment/stand-in/account.ts";
import { compilePattern } from "../../testing/twin/pattern.ts";
import { type Deployment, deploy, one, smallest, targets } from "./deployment.ts";

/** When messages are read here. */
const nowMs = Date.UTC(2026, 0, 1, 0, 5);
const read = (body: string) => parseChange(body, nowMs);

type Fallback = NonNullable<HoldfastInput["pools"][string]["fallback"]>;

const cold: HoldfastInput = {
  pools: { orders: { network: { create: { zones: 2 } }, targets, fallback: { standby: "cold" } } },
};
const existing = {
  ...emptyAccount,
  subnets: ["subnet-0a", "subnet-0n"].map((subnetId) => ({ subnetId, vpcId: "vpc-0a" })),
  routeTables: [
    {
      routeTableId: "rtb-0a",
      vpcId: "vpc-0a",
      main: false,
      subnetIds: ["subnet-0a"],
      defaultRoute: "igw-0a",
    },
    {
      routeTableId: "rtb-0n",
      vpcId: "vpc-0a",
      main: true,
      subnetIds: [],
      defaultRoute: "igw-0a",
    },
  ],
};
const inExisting = (fallback: Fallback): HoldfastInput => ({
  pools: {
    orders: {
      network: {
        existing: {
          vpcId: "vpc-0a",
          subnetIds: ["subnet-0a"],
          securityGroupIds: ["sg-0a"],
          routeTableIds: ["rtb-0a"],
          natSubnetId: "subnet-0n",
        },
      },
      targets,
      fallback,
    },
  },
});

async function settingsOf(deployment: Deployment) {
  const { variables } = one(deployment, "lambda/function:Function", "-fallback-function").inputs["environment"] as {
    variables: Record<string, string>;
  };
  return loadFallbackSettings(variables["HOLDFAST_SETTINGS"], async () => undefined);
}

const named = ({ of }: Deployment, type: string, part: RegExp) => of(type).filter(({ name }) => part.test(name));

describe("without a fallback", () => {
  it("nothing of it is deployed, and no pool has an alarm that asks for it", async () => {
    const { resources } = await deploy(smallest);
    expect(resources.filter(({ name }) => /fallback|escalation/.test(name))).toEqual([]);
  });

  it("another pool of the deployment is not in its settings, schedules or alarms", async () => {
    const pools = { ...cold.pools, plain: { network: { create: {} }, targets } };
    const deployment = await deploy({ pools }, "test", { ...emptyAccount, addressQuota: 20 });
    expect((await settingsOf(deployment)).pools.map(({ name }) => name)).toEqual(["orders"]);
    expect(named(deployment, "scheduler/schedule:Schedule", /-fallback-plain-/)).toEqual([]);
    expect(named(deployment, "cloudwatch/metricAlarm:MetricAlarm", /plain-(fallback|escalation|override)/)).toEqual([]);
  });
});

describe("fallback", () => {
  it("gets its settings from the configuration and the deployment", async () => {
    const deployment = await deploy(cold);
    const { pools, deadLetterQueueUrl } = await settingsOf(deployment);
    const zones = named(deployment, "ec2/subnet:Subnet", /zone/);
    const probes = zones.map(({ id }, index) => ({
      functionArn: one(deployment, "lambda/function:Function", `-zone-${index + 1}-function`).outputs["arn"],
      vantage: `zone-${index + 1}`,
      subnetId: id,
    }));
    expect(pools).toEqual([
      {
        name: "orders",
        alarmName: "holdfast-test-orders-escalation",
        standby: "cold",
        poolRefusal: "escalate",
        probes,
        vpcId: one(deployment, "ec2/vpc:Vpc").id,
        subnetIds: zones.map(({ id }) => id),
        nat: { mode: "zonal", subnetId: one(deployment, "ec2/subnet:Subnet", "-nat-subnet").id },
        holdMinutes: 30,
        maxHoldMinutes: 480,
        cleanRounds: 5,
        blockedRounds: 3,
        graceMinutes: 60,
        flipsPerDay: 4,
        swapSeconds: 300,
        maxFallbackHours: 24,
      },
    ]);
    expect(deadLetterQueueUrl).toBe(one(deployment, "sqs/queue:Queue", "-fallback-dead-letters").outputs["url"]);
  });

  it("puts a regional gateway into the zone of the first members", async () => {
    const { pools } = await settingsOf(
      await deploy(inExisting({ standby: "warm", mode: "regional" }), "test", existing),
    );
    expect(pools[0]?.nat).toEqual({ mode: "regional", zone: "us-east-1a" });
  });

  describe("a regional gateway's service-linked role", () => {
    const regional = (mode: "zonal" | "regional"): HoldfastInput => ({
      pools: { orders: { network: { create: {} }, targets, fallback: { standby: "cold", mode } } },
    });
    const withRole = (stage: string) => {
      const path = "/aws-service-role/ec2-nat-gateway.amazonaws.com/";
      return {
        ...emptyAccount,
        roles: [{ name: "AWSServiceRoleForNATGateway", path, tags: stage ? { "holdfast:stage": stage } : {} }],
      };
    };
    const roles = async (...what: Parameters<typeof deploy>) =>
      (await deploy(...what)).of("iam/serviceLinkedRole:ServiceLinkedRole");

    it("is created, tagged and retained where the account has none", async () => {
      const [role, ...others] = await roles(regional("regional"));
      expect(others).toEqual([]);
      expect(role?.inputs).toMatchObject({
        awsServiceName: "ec2-nat-gateway.amazonaws.com",
        tags: { "holdfast:stage": "holdfast-test" },
      });
      expect(role?.options.retainOnDelete).toBe(true);
    });

    it("stays declared by the stage that created it", async () => {
      expect(await roles(regional("regional"), "test", withRole("holdfast-test"))).toHaveLength(1);
    });

    it("is not declared where another stage, or no stage, has created it", async () => {
      expect(await roles(regional("regional"), "test", withRole("holdfast-production"))).toEqual([]);
      expect(await roles(regional("regional"), "test", withRole(""))).toEqual([]);
    });

    it("is not created for a zonal gateway", async () => {
      expect(await roles(regional("zonal"))).toEqual([]);
    });

    it("is named in a warning where the caller may not look it up", async () => {
      const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
      expect(await roles(regional("regional"), "test", { ...emptyAccount, denied: ["getRoles"] })).toEqual([]);
      expect(warned.mock.calls.join()).toContain("AWSServiceRoleForNATGateway");
      warned.mockRestore();
    });
  });

  it("obeys its own alarm, which is deployed and notifies no topic", async () => {
    const deployment = await deploy(cold);
    const alarm = one(deployment, "cloudwatch/metricAlarm:MetricAlarm", "-orders-escalation").inputs;
    expect(alarm).toMatchObject({
      name: "holdfast-test-orders-escalation",
      metricName: "BlockedRate",
      treatMissingData: "notBreaching",
      dimensions: { service: "holdfast", pool: "orders" },
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      datapointsToAlarm: 1,
      evaluationPeriods: 1,
    });
    expect(alarm).not.toHaveProperty("alarmActions");
    const rule = one(deployment, "cloudwatch/eventRule:EventRule", "-fallback-alarms");
    const { pools } = await settingsOf(deployment);
    const listensTo = compilePattern(String(rule.inputs["eventPattern"]));
    const event = (alarmName: unknown) => ({
      source: "aws.cloudwatch",
      "detail-type": "CloudWatch Alarm State Change",
      detail: { alarmName },
    });
    expect(listensTo(event(alarm["name"]))).toBe(true);
    expect(listensTo(event("holdfast-test-orders-blocked"))).toBe(false);
    expect(listensTo(event("holdfast-other-orders-escalation"))).toBe(false);
    const change = { kind: "alarm", timeMs: 0, alarmName: String(alarm["name"]) } as const;
    expect(pools.map((pool) => concerns(pool, change))).toEqual([true]);
  });

  it("sweeps every minute, however rarely relocation does, with its own queue", async () => {
    const [[name, pool]] = Object.entries(cold.pools) as [[string, HoldfastInput["pools"][string]]];
    const deployment = await deploy({ pools: { [name]: { ...pool, schedule: { sweepMinutes: 5 } } } });
    const { inputs } = one(deployment, "scheduler/schedule:Schedule", "-fallback-every-minute-sweep");
    const target = inputs["target"] as { arn: string; input: string };
    expect(inputs["scheduleExpression"]).toBe("rate(1 minute)");
    expect(target).toMatchObject({ sqsParameters: { messageGroupId: "orders" } });
    expect(target.arn).toBe(one(deployment, "sqs/queue:Queue", "-fallback-queue").outputs["arn"]);
    expect(read(target.input.replace("<aws.scheduler.scheduled-time>", "2026-01-01T00:01:00Z")).kind).toBe("sweep");
  });

  it("finds the members' route tables, and no others, by their tag; a deployment does not change the tag that it writes", async () => {
    const deployment = await deploy(cold);
    const tables = deployment.of("ec2/routeTable:RouteTable");
    const tagged = tables.filter(({ inputs }) => "holdfast:pool" in (inputs["tags"] as object));
    expect(tagged.map(({ name }) => name.split("-orders-")[1])).toEqual(["zone-1-routes", "zone-2-routes"]);
    for (const { options } of tagged) expect(options.ignoreChanges).toContain('tags["holdfast:flips"]');
  });

  it("tags the route tables of an existing network, and changes nothing else of it", async () => {
    const deployment = await deploy(inExisting({ standby: "warm" }), "test", existing);
    const tableTags = (all: typeof deployment) =>
      all.of("ec2/tag:Tag").filter(({ inputs }) => String(inputs["resourceId"]).startsWith("rtb-"));
    expect(tableTags(deployment).map(({ inputs }) => inputs)).toEqual([
      { resourceId: "rtb-0a", key: "holdfast:pool", value: "orders" },
    ]);
    expect(tableTags(await deploy(inExisting({ standby: "off" }), "test", existing))).toEqual([]);
  });

  it("has its price in the alarms' descriptions", async () => {
    const deployment = await deploy({ ...cold, monitoring: "full" });
    for (const id of ["active", "too-long"]) {
      const alarm = one(deployment, "cloudwatch/metricAlarm:MetricAlarm", `-orders-fallback-${id}`).inputs;
      expect(alarm["alarmDescription"]).toMatch(/\$0\.045/);
    }
  });

  it("shows state, hours, cost and override on the dashboard", async () => {
    const bodyOf = async (input: HoldfastInput) =>
      String(one(await deploy(input), "cloudwatch/dashboard:Dashboard").inputs["dashboardBody"]);
    const shown = [
      "FallbackActive",
      "OverrideActive",
      "FallbackHours",
      "FallbackCostUsd",
      "/aws/lambda/holdfast-test-fallback",
    ];
    const [withIt, without] = [await bodyOf(cold), await bodyOf(smallest)];
    expect(shown.filter((part) => !withIt.includes(part))).toEqual([]);
    expect(shown.filter((part) => without.includes(part))).toEqual([]);
  });
});
