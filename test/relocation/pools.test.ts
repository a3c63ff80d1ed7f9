import { describe, expect, it } from "vitest";
import { openDeployedRegion } from "../../testing/deployment/deployed-region.ts";
import { networkOf } from "../../testing/deployment/pool-network.ts";
import { isOfRelocation, withAddresses } from "../../testing/deployment/relocation-scene.ts";
import { type Delays, fixed } from "../../testing/twin/delays.ts";
import { quick } from "./stories.ts";

type Name = "payments" | "reports";

const zones = 2;
const poolOf = (name: Name) => ({
  members: { names: [name] },
  network: { create: { zones, cidr: name === "payments" ? "10.1.0.0/16" : "10.2.0.0/16" } },
  addresses: { spares: 0 },
  targets: [{ name: `${name}-partner`, url: "https://api.example.com/" }],
  schedule: { drainSeconds: 30 },
});

/** One deployment for two pools, each with a network, a member and, for its two zones, one address of its own. */
async function openPools(sweeps: boolean, delays: Partial<Delays> = {}) {
  const { region, path, operator, records } = await openDeployedRegion(
    { pools: { payments: poolOf("payments"), reports: poolOf("reports") } },
    {
      consistent: true,
      delays: { ...quick, ...delays },
      change: (record) => withAddresses(record, 1),
      only: (record) => isOfRelocation(record) && (sweeps || !record.type.endsWith(":Schedule")),
    },
  );
  const { world } = region;
  const networks = { payments: networkOf(world, "payments", zones), reports: networkOf(world, "reports", zones) };
  for (const name of Object.keys(networks)) {
    const surplus = [...world.addresses.values()].findLast(({ tags }) => tags["holdfast:pool"] === name);
    await operator("ec2", "ReleaseAddress", { AllocationId: surplus?.allocationId });
  }
  const vpcConfig = (pool: Name, subnet: number) => ({
    SubnetIds: [networks[pool].subnetIds[subnet]],
    SecurityGroupIds: networks[pool].securityGroupIds,
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
  const role = records.find(({ name }) => name.endsWith("-relocate-role"))?.outputs["name"];
  return {
    region,
    path,
    operator,
    networks,
    create,
    update,
    relocateRole: `arn:aws:iam::${world.accountId}:role/${role}`,
  };
}

describe("two pools of one deployment", () => {
  it("both look after a change, on the same event", async () => {
    const { region, path, create } = await openPools(false);
    await create("payments");
    await create("reports");
    await region.clock.advance(60_000);
    expect(path.egress.gaps.filter(({ toMs }) => toMs === undefined)).toEqual([]);
  });

  it("are looked at for neither's function, and for one's own alone", async () => {
    const { region, operator, create, relocateRole } = await openPools(false);
    await create("payments");
    await region.clock.advance(2 * 60_000);
    const looks: string[] = [];
    const lambdaCalls: string[] = [];
    region.calls.onCall(({ principal, service, operation, input }) => {
      if (principal !== relocateRole) return;
      if (operation === "DescribeAddresses") looks.push(JSON.stringify(input));
      if (service === "lambda") lambdaCalls.push(operation);
    });
    const code = { FunctionName: "stranger", Code: { ZipFile: new Uint8Array() } };
    const runtime = { Runtime: "nodejs24.x", Handler: "index.handler" };
    const Role = "arn:aws:iam::123456789012:role/member";
    await operator("lambda", "CreateFunction", { ...code, ...runtime, Role });
    await region.clock.advance(60_000);
    expect([looks, lambdaCalls]).toEqual([[], []]);
    await operator("lambda", "PublishVersion", { FunctionName: "payments" });
    await region.clock.advance(60_000);
    expect(looks.length).toBeGreaterThan(0);
    expect(looks.filter((it) => it.includes("reports"))).toEqual([]);
  });

  it("are both swept each minute", async () => {
    const { region, relocateRole } = await openPools(true);
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
