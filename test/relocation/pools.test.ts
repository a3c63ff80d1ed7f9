import { describe, expect, it } from "vitest";
import { deploy, relocateRole } from "../../sim/deployment.ts";
import { allocateAddresses, buildNetwork } from "../../sim/network.ts";
import { operatorOf } from "../../sim/operator.ts";
import { addEventPath } from "../../twin/event-path.ts";
import { createRegion } from "../../twin/region.ts";
import { quick } from "./stories.ts";

/** One deployment for two pools, each with a network, an address and a member of its own. */
async function openPools(sweeps: boolean) {
  const region = createRegion({ seed: 1, consistent: true, throttling: true, addressQuota: 50 });
  const path = addEventPath(region, { delays: quick });
  const operator = operatorOf(region);
  const networks = { payments: await buildNetwork(operator, 2), reports: await buildNetwork(operator, 2) };
  type Name = keyof typeof networks;
  for (const name of Object.keys(networks)) await allocateAddresses(operator, name, 1);
  const pools = Object.entries(networks).map(([name, { vpcId, subnetIds }]) => ({
    ...{ name, members: { names: [name], arns: [], tags: {} }, drainSeconds: 30 },
    network: { vpcId, subnetIds: [...subnetIds] },
  }));
  await deploy(region, path, { settings: { pools, eventBusName: "default", metricsNamespace: "Holdfast" }, sweeps });
  const vpcConfig = (pool: Name) => ({
    SubnetIds: networks[pool].subnetIds.slice(0, 1),
    SecurityGroupIds: networks[pool].securityGroupIds.slice(0, 1),
  });
  const create = (pool: Name) =>
    operator("lambda", "CreateFunction", {
      FunctionName: pool,
      Role: "arn:aws:iam::123456789012:role/member",
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Code: { ZipFile: new Uint8Array() },
      VpcConfig: vpcConfig(pool),
    });
  return { region, path, create };
}

describe("two pools of one deployment", () => {
  it("are both told of a change, by the same event", async () => {
    const { region, path, create } = await openPools(false);
    await create("payments");
    await create("reports");
    await region.clock.advance(60_000);
    expect(path.egress.gaps.filter(({ toMs }) => toMs === undefined)).toEqual([]);
  });

  it("are both swept each minute", async () => {
    const { region } = await openPools(true);
    await region.clock.advance(30_000);
    const swept = new Map<string, number>();
    region.calls.onCall(({ principal, operation, input }) => {
      if (principal !== relocateRole || operation !== "DescribeAddresses") return;
      const pool = JSON.stringify(input);
      swept.set(pool, (swept.get(pool) ?? 0) + 1);
    });
    await region.clock.advance(10 * 60_000);
    expect([...swept.values()].map((count) => count >= 9)).toEqual([true, true]);
  });
});
