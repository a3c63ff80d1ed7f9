import { beforeAll, describe, expect, it } from "vitest";
import { readEvents } from "../../cli/console/history.ts";
import { measure } from "../../cli/console/measure.ts";
import { consoleClients } from "../../demo/clients.ts";
import { type DeployedRegion, openDeployedRegion } from "../../testing/deployment/deployed-region.ts";
import type { CallRecord } from "../../testing/twin/call-log.ts";
import { everything, long } from "../stacks/long-names.ts";

const minuteMs = 60_000;
const prefix = `${long.app}-${long.stage}`;
const pools = Object.keys(everything.pools);

describe("a deployment whose names are all too long", () => {
  let deployed: DeployedRegion;
  let calls: readonly CallRecord[];
  beforeAll(async () => {
    deployed = await openDeployedRegion(everything, { stage: long.stage, names: { app: long.app }, addressQuota: 50 });
    const { operator, region } = deployed;
    // What attaching may act on.
    for (const FunctionName of ["orders-guarded", "billing-guarded"]) {
      await operator("lambda", "CreateFunction", {
        FunctionName,
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Code: { ZipFile: new Uint8Array() },
        Role: "arn:aws:iam::123456789012:role/member",
      });
    }
    const heard: CallRecord[] = [];
    region.calls.onCall((record) => heard.push(record));
    await region.clock.advance(6 * minuteMs);
    calls = heard;
  }, 120_000);

  it("runs, and no call is denied or leads to something that is not there", () => {
    const own = calls.filter(({ principal }) => principal?.includes(":role/"));
    const failed = own.filter(({ error }) => error !== undefined);
    expect(failed.map(({ service, operation, error }) => `${service}:${operation}: ${error?.message}`)).toEqual([]);
    expect(new Set(own.map(({ service, operation }) => `${service}:${operation}`))).toContain(
      "monitoring:DescribeAlarms",
    );
  });

  it("fallback reads the alarm that the deployment made", () => {
    const asked = calls.filter(({ operation }) => operation === "DescribeAlarms");
    const found = asked.map(({ output }) => (output as { MetricAlarms?: object[] }).MetricAlarms?.length);
    expect(new Set(found)).toEqual(new Set([1]));
  });

  it("the page finds alarms, dashboards and logs by their names", async () => {
    const clients = consoleClients(deployed.region);
    const nowMs = deployed.region.clock.now();
    const named = pools.map((name) => ({ name }));
    const measures = await measure(clients.cloudWatch, { stage: prefix, pools: named } as never, nowMs);
    expect(measures.pools.map(({ dashboard }) => dashboard?.widgets.length ?? 0).every((count) => count > 5)).toBe(
      true,
    );
    const events = await readEvents(clients, prefix, 0);
    expect(new Set(events.map(({ detail }) => detail.pool))).toEqual(new Set(pools));
  });
});
