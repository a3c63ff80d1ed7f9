/** What the scout is for, played on a whole deployment: its roles enforced, its canary and its relocation the real ones. */
import { describe, expect, it } from "vitest";
import { type DeployedRegion, openDeployedRegion } from "../../testing/deployment/deployed-region.ts";

const minuteMs = 60_000;

async function open(spares: number, budgets = {}) {
  const deployed = await openDeployedRegion({
    pools: {
      orders: {
        members: { names: ["orders"] },
        network: { create: {} },
        addresses: { spares },
        targets: [{ name: "partner", url: "https://api.example.com/" }],
      },
    },
    budgets,
    // The count of verifications is a metric there.
    monitoring: "full",
  });
  const { region } = deployed;
  const denied: string[] = [];
  region.calls.onCall(({ principal, service, operation, error }) => {
    if (principal && error && /Unauthorized|AccessDenied/.test(error.code)) denied.push(`${service}:${operation}`);
  });
  return { ...deployed, ...network(deployed), denied };
}

function network({ region, operator }: DeployedRegion) {
  const subnet = (end: string) => [...region.world.subnets.values()].find(({ tags }) => tags["Name"]?.endsWith(end));
  const group = [...region.world.securityGroups.values()].find(({ groupName }) => groupName.includes("-members-"));
  const scoutSubnetId = subnet("-scout")?.subnetId;
  const placeOf = (networkInterfaceId: string | undefined) =>
    networkInterfaceId && region.world.networkInterfaces.get(networkInterfaceId)?.subnetId === scoutSubnetId
      ? "scout"
      : networkInterfaceId && "member";
  const addresses = () =>
    [...region.world.addresses.values()].map(({ publicIp, networkInterfaceId, tags }) => ({
      publicIp,
      place: placeOf(networkInterfaceId) ?? "free",
      verdict: tags["holdfast:verdict"],
      verified: tags["holdfast:verified"]?.split("@")[0],
      count: Number(tags["holdfast:verifications"]?.split(" ")[1] ?? 0),
    }));
  const createOrders = () =>
    operator("lambda", "CreateFunction", {
      FunctionName: "orders",
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Code: { ZipFile: new Uint8Array() },
      Role: "arn:aws:iam::123456789012:role/member",
      VpcConfig: { SubnetIds: [subnet("-zone-1")?.subnetId], SecurityGroupIds: [group?.groupId] },
    });
  return { addresses, at: (place: string) => addresses().filter((it) => it.place === place), createOrders };
}

const ipsOf = (list: readonly { publicIp: string }[]) => list.map(({ publicIp }) => publicIp);

describe("the scout", () => {
  it("finds a spare that the partner refuses before production depends on it, and production never leaves by it", async () => {
    const { region, path, partners, createOrders, at, addresses, events, denied } = await open(3);
    await createOrders();
    await region.clock.advance(4 * minuteMs);
    const bad = at("free").find(({ verified }) => verified === undefined)?.publicIp ?? "";
    partners.get("partner")?.rules.push({ kind: "block", ips: [bad] });
    await region.clock.advance(40 * minuteMs);
    expect(addresses().find(({ publicIp }) => publicIp === bad)).toMatchObject({
      verdict: "blocked",
      verified: "blocked",
    });
    expect(events.filter(({ type }) => type === "SpareRefused").map(({ detail }) => detail["publicIp"])).toEqual([bad]);
    const [serving] = at("member");
    partners.get("partner")?.rules.push({ kind: "block", ips: [serving?.publicIp ?? ""] });
    await region.clock.advance(10 * minuteMs);
    expect(ipsOf(at("member"))).not.toContain(serving?.publicIp);
    expect([...(path.egress.addresses.get("orders") ?? [])]).not.toContain(bad);
    expect(events.map(({ type }) => type)).not.toContain("EgressLost");
    expect(denied).toEqual([]);
  });

  it("makes a suspect that the partner has forgiven a spare again", async () => {
    const { region, partners, createOrders, at, addresses, events } = await open(1);
    await createOrders();
    await region.clock.advance(4 * minuteMs);
    const [serving] = at("member");
    const partner = partners.get("partner");
    partner?.rules.push({ kind: "block", ips: [serving?.publicIp ?? ""] });
    await region.clock.advance(12 * minuteMs);
    expect(ipsOf(at("member"))).not.toContain(serving?.publicIp);
    const suspect = () => addresses().find(({ publicIp }) => publicIp === serving?.publicIp);
    expect(suspect()).toMatchObject({ verdict: "blocked" });
    partner?.rules.splice(0);
    await region.clock.advance(80 * minuteMs);
    expect(suspect()).toMatchObject({ verdict: "clean", verified: "clean", place: "scout" });
    expect(events.map(({ type }) => type)).toContain("AddressCleared");
  });

  it.each([
    ["while it is being tried", 3],
    ["while it rests there", 30],
  ])("gives up its spare %s as fast as if it were free", async (_, minutes) => {
    const gapOf = async (budgets: object) => {
      const scene = await open(1, budgets);
      await scene.createOrders();
      await scene.region.clock.advance(minutes * minuteMs);
      const place = scene.at("scout").length > 0 ? "scout" : "free";
      const [serving] = scene.at("member");
      const [found] = [...scene.region.world.networkInterfaces.values()].filter((it) =>
        [...scene.region.world.addresses.values()].some(
          ({ publicIp, networkInterfaceId }) =>
            publicIp === serving?.publicIp && networkInterfaceId === it.networkInterfaceId,
        ),
      );
      scene.path.lambda.hyperplane.replace(found?.networkInterfaceId ?? "");
      await scene.region.clock.advance(5 * minuteMs);
      expect(scene.at("member")).toHaveLength(1);
      const gaps = scene.path.egress.gaps.filter(({ functionName }) => functionName === "orders");
      return { place, gapMs: Math.max(0, ...gaps.slice(1).map(({ fromMs, toMs }) => (toMs ?? Number.NaN) - fromMs)) };
    };
    const [without, withScout] = [await gapOf({ verificationsPerMonth: 0 }), await gapOf({})];
    expect([without.place, withScout.place]).toEqual(["free", "scout"]);
    expect(withScout.gapMs).toBeLessThanOrEqual(without.gapMs + 1_000);
  });

  it("keeps to its budget, and tells how much it has spent", async () => {
    const { region, operator, at, addresses, createOrders } = await open(3, { verificationsPerMonth: 2 });
    const beganMs = region.clock.now() - 60 * minuteMs;
    await createOrders();
    await region.clock.advance(40 * minuteMs);
    expect(addresses().reduce((sum, { count }) => sum + count, 0)).toBe(2);
    expect(at("scout")).toHaveLength(1);
    const Dimensions = Object.entries({ service: "holdfast", pool: "orders" }).map(([Name, Value]) => ({
      Name,
      Value,
    }));
    const Metric = { Namespace: "Holdfast", MetricName: "Verifications", Dimensions };
    const { MetricDataResults } = await operator<{ MetricDataResults: { Values: number[] }[] }>(
      "monitoring",
      "GetMetricData",
      {
        MetricDataQueries: [{ Id: "spent", MetricStat: { Metric, Period: 60, Stat: "Sum" } }],
        StartTime: new Date(beganMs),
        EndTime: new Date(region.clock.now()),
      },
    );
    expect(MetricDataResults[0]?.Values.reduce((sum, value) => sum + value, 0)).toBe(2);
  });
});
