import { describe, expect, it } from "vitest";
import type { Log } from "../../src/telemetry/log.ts";
import { openDeployedRegion } from "../../testing/deployment/deployed-region.ts";
import { networkOf } from "../../testing/deployment/pool-network.ts";
import { isOfRelocation, withAddresses } from "../../testing/deployment/relocation-scene.ts";
import { type Delays, fixed } from "../../testing/twin/delays.ts";
import type { Region } from "../../testing/twin/region.ts";
import { quick } from "./stories.ts";

type Name = "payments" | "reports";

const zones = 2;
const minuteMs = 60_000;
const poolOf = (name: Name) => ({
  members: { names: [name] },
  network: { create: { zones, cidr: name === "payments" ? "10.1.0.0/16" : "10.2.0.0/16" } },
  addresses: { spares: 0 },
  targets: [{ name: `${name}-partner`, url: "https://api.example.com/" }],
  schedule: { drainSeconds: 30 },
});

/** One deployment for two pools, each with a network, a member and, for its two zones, one address of its own. */
async function openPools(sweeps: boolean, delays: Partial<Delays> = {}, log?: Log) {
  const { region, path, operator, records } = await openDeployedRegion(
    { pools: { payments: poolOf("payments"), reports: poolOf("reports") } },
    {
      consistent: true,
      delays: { ...quick, ...delays },
      ...(log && { log }),
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

/** How often relocation describes what. */
function countLooks({ calls }: Region, relocateRole: string): () => Record<string, number> {
  const counts = new Map<string, number>();
  calls.onCall(({ principal, service, operation }) => {
    if (principal === relocateRole && service === "ec2") counts.set(operation, (counts.get(operation) ?? 0) + 1);
  });
  return () => Object.fromEntries(counts);
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

  it("are looked at together each minute, and each reports", async () => {
    const reports: unknown[] = [];
    const log = {
      info: (message: string, { pool }: Record<string, unknown>) => message === "run" && reports.push(pool),
      error: () => {},
    };
    const { region, relocateRole } = await openPools(true, {}, log);
    await region.clock.advance(5 * minuteMs);
    reports.length = 0;
    const looks = countLooks(region, relocateRole);
    await region.clock.advance(10 * minuteMs);
    for (const pool of ["payments", "reports"]) expect(reports.filter((it) => it === pool)).toHaveLength(10);
    expect(looks()).toEqual({ DescribeNetworkInterfaces: 10, DescribeAddresses: 10 });
  });

  it("have their members asked at their turn, though nothing shows in their networks", async () => {
    const { region, create, relocateRole } = await openPools(true);
    for (const pool of ["payments", "reports"] as const) await create(pool);
    await region.clock.advance(5 * minuteMs);
    const asked = new Map<string, number>();
    region.calls.onCall(({ principal, operation, input }) => {
      if (principal !== relocateRole || operation !== "ListAliases") return;
      const name = String(input["FunctionName"]).split(":").at(-1) ?? "";
      asked.set(name, (asked.get(name) ?? 0) + 1);
    });
    await region.clock.advance(20 * minuteMs);
    for (const name of ["payments", "reports"]) expect([5, 6]).toContain(asked.get(name));
  });

  it("are healed by sweeps alone, each by a run of its own, where events are lost", async () => {
    const { region, path, networks, create } = await openPools(true, { cloudTrailLossRate: 1 });
    for (const pool of ["payments", "reports"] as const) await create(pool);
    await region.clock.advance(5 * minuteMs);
    const startMs = region.clock.now();
    for (const { vpcId } of Object.values(networks)) {
      const [served] = [...region.world.networkInterfaces.values()].filter((it) => it.vpcId === vpcId);
      path.lambda.hyperplane.replace(served?.networkInterfaceId ?? "");
    }
    await region.clock.advance(5 * minuteMs);
    const gaps = path.egress.gaps.filter(({ fromMs }) => fromMs > startMs);
    expect(gaps.map(({ functionName }) => functionName).sort()).toEqual(["payments", "reports"]);
    for (const { fromMs, toMs = Infinity } of gaps) expect(toMs - fromMs).toBeLessThanOrEqual(minuteMs + 5_000);
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
