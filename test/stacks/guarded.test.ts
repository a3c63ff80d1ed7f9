import { beforeAll, describe, expect, it } from "vitest";
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { type DeployedRegion, openDeployedRegion } from "../../testing/deployment/deployed-region.ts";
import { wearGuard } from "../../testing/deployment/guarded-function.ts";
import { createPartner, type Partner, type PartnerRule } from "../../testing/twin/partners.ts";
import { deploy, smallest, targets } from "./deployment.ts";

const minuteMs = 60_000;
const withGuarded = (functions: string[]): HoldfastInput => ({
  pools: { orders: { network: { create: {} }, targets, fallback: { standby: "cold" }, guarded: { functions } } },
});
const blockedAlarms = async (input: HoldfastInput) =>
  (await deploy(input)).of("cloudwatch/metricAlarm:MetricAlarm").filter(({ name }) => name.includes("-blocked"));

describe("the alarm of a block", () => {
  it("is about the pool's addresses alone where no function is guarded", async () => {
    const [alarm, ...more] = await blockedAlarms({ ...smallest, monitoring: "full" });
    expect(more).toEqual([]);
    expect(alarm?.inputs).toMatchObject({ metricName: "AddressesBlocked", period: 60 });
    expect(alarm?.inputs).not.toHaveProperty("metricQueries");
  });

  it("names at most ten metrics, as CloudWatch allows, and every guarded function in one of several", async () => {
    const names = ["a", "b", "c", "d", "e"];
    const alarms = await blockedAlarms(withGuarded(names));
    const metrics = alarms.map(({ inputs }) =>
      (inputs["metricQueries"] as { metric?: { dimensions: Record<string, string> } }[]).flatMap((it) =>
        it.metric ? [it.metric.dimensions["function"]] : [],
      ),
    );
    expect(metrics.map((it) => it.length)).toEqual([9, 3]);
    expect([...new Set(metrics.flat())].filter(Boolean)).toEqual(names);
    expect(alarms.map(({ inputs }) => inputs["name"])).toEqual([
      "holdfast-test-orders-blocked",
      "holdfast-test-orders-blocked-guarded-2",
    ]);
  });
});

describe("guarded functions in the alarm of a block", () => {
  let scene: DeployedRegion;
  let partner: Partner;
  beforeAll(async () => {
    scene = await openDeployedRegion(withGuarded(["label-printer"]), { direct: true });
    partner = createPartner(scene.region.clock);
    for (const FunctionName of ["label-printer", "unlisted"]) {
      await scene.operator("lambda", "CreateFunction", {
        FunctionName,
        Role: "arn:aws:iam::123456789012:role/member",
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Code: { ZipFile: new Uint8Array() },
      });
      wearGuard(scene.region, scene.path, FunctionName, partner);
    }
    await scene.region.clock.advance(10 * minuteMs);
  }, 60_000);

  /** So many environments start within a minute; then, which alarms of blocks are raised two minutes later. */
  async function raisedAfter(environments: number, FunctionName: string, rules: readonly PartnerRule[]) {
    const { region, operator } = scene;
    partner.rules.splice(0, partner.rules.length, ...rules);
    await region.clock.advance(minuteMs - (region.clock.now() % minuteMs));
    for (let index = 0; index < environments; index++) {
      await operator("lambda", "Invoke", { FunctionName, InvocationType: "Event" });
    }
    await region.clock.advance(2.5 * minuteMs);
    const { MetricAlarms } = await operator<{ MetricAlarms: { AlarmName: string }[] }>("monitoring", "DescribeAlarms", {
      StateValue: "ALARM",
    });
    await region.clock.advance(8 * minuteMs);
    return MetricAlarms.map(({ AlarmName }) => AlarmName).filter((name) => /blocked|escalation/.test(name));
  }

  const all: PartnerRule = { kind: "block", ips: "all" };
  const third: PartnerRule = { kind: "block", ips: ["203.0.113.10"] };

  it("raises it when they are refused, and not the one that fallback obeys", async () => {
    expect(await raisedAfter(6, "label-printer", [all])).toEqual(["holdfast-production-orders-blocked"]);
  });

  it.each<[string, number, string, readonly PartnerRule[]]>([
    ["nothing is reported", 0, "label-printer", [all]],
    ["one environment is refused, however often it restarts", 4, "label-printer", [all]],
    ["two of three are accepted", 6, "label-printer", [third]],
    ["another address cures nothing", 6, "label-printer", [{ kind: "country" }]],
    ["the partner is down", 6, "label-printer", [{ kind: "outage", how: "error" }]],
    ["a function that is not listed is refused", 6, "unlisted", [all]],
  ])("does not when %s", async (_, environments, functionName, rules) => {
    expect(await raisedAfter(environments, functionName, rules)).toEqual([]);
  });
});
