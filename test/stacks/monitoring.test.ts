import { describe, expect, it } from "vitest";
import { defineHoldfast, type HoldfastInput } from "../../src/config/holdfast.ts";
import { countMetrics } from "../../src/cost/metric-count.ts";
import { emptyAccount } from "../../testing/deployment/stand-in/account.ts";
import { deploy, one, smallest, targets } from "./deployment.ts";

describe("monitoring by default, of a pool in two zones with a fallback", () => {
  const pools = ["orders", "payments"].map((name, index): [string, HoldfastInput["pools"][string]] => [
    name,
    {
      members: { names: [name] },
      network: { create: { zones: 2, cidr: `10.${90 + index}.0.0/16` } },
      targets,
      fallback: { standby: "cold" },
    },
  ]);
  const input: HoldfastInput = { pools: Object.fromEntries(pools) };

  it("has at most seven metrics and six alarms, and a deployment at most six more and one dashboard", async () => {
    const config = defineHoldfast(input);
    for (const pool of Object.values(config.pools)) expect(countMetrics(config, pool)).toBeLessThanOrEqual(7);
    const { of } = await deploy(input, "test", { ...emptyAccount, addressQuota: 99, vpcQuota: 99 });
    const alarms = of("cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => String(inputs["name"]));
    const perScope = ["orders", "payments", "all"].map(
      (scope) => alarms.filter((name) => name.startsWith(`holdfast-test-${scope}-`)).length,
    );
    expect(perScope.reduce((sum, it) => sum + it)).toBe(alarms.length);
    expect(Math.max(...perScope)).toBeLessThanOrEqual(6);
    expect(of("cloudwatch/dashboard:Dashboard")).toHaveLength(1);
  });
});

describe("alarms", () => {
  it("notify an e-mail address or an existing topic", async () => {
    const own = "arn:aws:sns:us-east-1:123456789012:on-call";
    const mine = await deploy({ ...smallest, notifications: { topicArn: own } });
    expect(mine.of("sns/topic:Topic")).toEqual([]);
    expect(
      new Set(mine.of("cloudwatch/metricAlarm:MetricAlarm").flatMap(({ inputs }) => inputs["alarmActions"])),
    ).toEqual(new Set([own]));
    const mailed = await deploy({ ...smallest, notifications: { email: "on-call@example.com" } });
    expect(one(mailed, "sns/topicSubscription:TopicSubscription").inputs).toMatchObject({
      protocol: "email",
      endpoint: "on-call@example.com",
    });
  });

  it("for pages and for tickets go to topics of their own where tickets have one", async () => {
    const [pages, tickets] = ["on-call", "backlog"].map((it) => `arn:aws:sns:us-east-1:123456789012:${it}`);
    const input = { ...smallest, notifications: { topicArn: pages ?? "", tickets: { topicArn: tickets ?? "" } } };
    const told = (await deploy(input)).of("cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => {
      return [String(inputs["name"]).replace("holdfast-test-", ""), inputs["alarmActions"]] as const;
    });
    expect(Object.fromEntries(told)).toEqual({
      "all-dead-letters": [tickets],
      "all-undelivered": [tickets],
      "all-queue-stuck": [pages],
      "all-crashing": [pages],
      "orders-relocation-problem": [pages],
      "orders-egress-problem": [pages],
      "orders-probing-problem": [tickets],
    });
    const made = await deploy({ ...smallest, notifications: { tickets: { email: "team@example.com" } } });
    expect(
      made
        .of("sns/topic:Topic")
        .map(({ inputs }) => inputs["name"])
        .sort(),
    ).toEqual(["holdfast-test-alarms", "holdfast-test-tickets"]);
  });
});
