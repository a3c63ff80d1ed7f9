import { describe, expect, it } from "vitest";
import { allocateAddresses, buildNetwork } from "../../testing/deployment/hand-wired/network.ts";
import { deploy, relocateRole } from "../../testing/deployment/hand-wired/relocation.ts";
import { operatorOf } from "../../testing/deployment/operator.ts";
import { type Delays, fixed } from "../../testing/twin/delays.ts";
import { addEventPath } from "../../testing/twin/event-path.ts";
import { createRegion } from "../../testing/twin/region.ts";
import { quick } from "./stories.ts";

/** One deployment for two pools, each with a network, an address and a member of its own. */
async function openPools(sweeps: boolean, delays: Partial<Delays> = {}) {
  const region = createRegion({ seed: 1, consistent: true, throttling: true, addressQuota: 50 });
  const path = addEventPath(region, { delays: { ...quick, ...delays } });
  const operator = operatorOf(region);
  const networks = { payments: await buildNetwork(operator, 2), reports: await buildNetwork(operator, 2) };
  type Name = keyof typeof networks;
  for (const name of Object.keys(networks)) await allocateAddresses(operator, name, 1);
  const pools = Object.entries(networks).map(([name, { vpcId, subnetIds }]) => ({
    ...{ name, members: { names: [name], arns: [], tags: {} }, drainSeconds: 30, sweepMinutes: 1 },
    network: { vpcId, subnetIds: [...subnetIds] },
  }));
  await deploy(region, path, { settings: { pools }, sweeps });
  const vpcConfig = (pool: Name, subnet: number) => ({
    SubnetIds: [networks[pool].subnetIds[subnet]],
    SecurityGroupIds: networks[pool].securityGroupIds.slice(0, 1),
  });
  const create = (pool: Name) =>
    operator("lambda", "CreateFunction", {
      FunctionName: pool,
      Role: "arn:aws:iam::123456789012:role/member",
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Code: { ZipFile: new Uint8Array() },
      VpcConfig: vpcConfig(pool, 0),
    });
  const update = (pool: Name) =>
    operator("lambda", "UpdateFunctionConfiguration", { FunctionName: pool, VpcConfig: vpcConfig(pool, 1) });
  return { region, path, networks, create, update };
}

describe("two pools of one deployment", () => {
  it("both look after a change, on the same event", async () => {
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

  it("do not wait for each other's updates", async () => {
    const { region, path, networks, create, update } = await openPools(false, { functionSettle: fixed(50_000) });
    await create("payments");
    await create("reports");
    await region.clock.advance(3 * 60_000);
    const startMs = region.clock.now();
    await update("payments");
    await region.clock.advance(10_000);
    const reports = [...region.world.networkInterfaces.values()].find(({ vpcId }) => vpcId === networks.reports.vpcId);
    path.lambda.hyperplane.replace(reports?.networkInterfaceId ?? "");
    await region.clock.advance(2 * 60_000);
    const gaps = path.egress.gaps.filter(({ fromMs }) => fromMs > startMs);
    expect(gaps.map(({ functionName }) => functionName).sort()).toEqual(["payments", "reports"]);
    for (const { fromMs, toMs = Infinity } of gaps) expect(toMs - fromMs).toBeLessThanOrEqual(1000);
  });
});
