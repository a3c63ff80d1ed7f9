import { beforeEach, describe, expect, it } from "vitest";
import { type DeployedScene, minuteMs, openedWithinMs, openScene } from "../fallback/deployed-scene.ts";

/** What breaks in probing itself, on a whole deployment: each raises the alarm that names it, and none is taken for a block. */
describe("probing that is broken", () => {
  let scene: DeployedScene;
  beforeEach(async () => {
    scene = await openScene({ fallback: { standby: "cold" } });
  }, openedWithinMs);

  /** Alarms of the pool that are raised. */
  async function raised(): Promise<string[]> {
    const { MetricAlarms } = await scene.operator<{ MetricAlarms: { AlarmName: string }[] }>(
      "monitoring",
      "DescribeAlarms",
      { StateValue: "ALARM", AlarmNamePrefix: "holdfast-production-payments-" },
    );
    return MetricAlarms.map(({ AlarmName }) => AlarmName.replace("holdfast-production-payments-", "")).sort();
  }
  const blocks = () => scene.events.filter(({ type }) => /Blocked|Refused|Fallback|AddressRelocated/.test(type));
  const off = (FunctionName: string) =>
    scene.operator("lambda", "PutFunctionConcurrency", { FunctionName, ReservedConcurrentExecutions: 0 });

  it("is well before", async () => {
    expect(await raised()).toEqual([]);
  });

  it("a canary that does not run is known by its silence alone", async () => {
    const before = blocks().length;
    await off("holdfast-production-canary");
    await scene.region.clock.advance(10 * minuteMs);
    expect(await raised()).toEqual(["egress-problem"]);
    expect(blocks()).toHaveLength(before);
  });

  it("a dead probe is reported as that", async () => {
    const before = blocks().length;
    await off("holdfast-production-payments-zone-2");
    await scene.region.clock.advance(12 * minuteMs);
    expect(await raised()).toEqual(["probing-problem"]);
    expect(blocks()).toHaveLength(before);
  });

  it("a vantage that cannot get out is reported as that", async () => {
    const before = blocks().length;
    const { world } = scene.region;
    const table = [...world.routeTables.values()].find(({ tags }) => tags["Name"]?.endsWith("-zone-1"));
    const [RouteTableId, DestinationCidrBlock] = [table?.routeTableId, "0.0.0.0/0"];
    await scene.operator("ec2", "DeleteRoute", { RouteTableId, DestinationCidrBlock });
    await scene.region.clock.advance(12 * minuteMs);
    // Fallback misses the route as well, and says so. What asks for a page is in the alarms for tickets too.
    expect(await raised()).toEqual(["egress-problem", "fallback-active", "fallback-problem", "probing-problem"]);
    expect(
      blocks()
        .slice(before)
        .filter(({ type }) => type !== "FallbackFailed"),
    ).toEqual([]);
  });
});
