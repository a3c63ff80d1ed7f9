import { describe, expect, it } from "vitest";
import { refuseCalls } from "../../testing/deployment/deployed-region.ts";
import { fixed } from "../../testing/twin/delays.ts";
import { AwsError } from "../../testing/twin/service.ts";
import { type DeployedScene, gatewaysAlive, minuteMs, onNat, openScene, overTables, raised } from "./deployed-scene.ts";

const hourMs = 60 * minuteMs;
const failed = (scene: DeployedScene) =>
  scene.events.filter(({ type }) => type === "FallbackFailed").map(({ detail }) => detail);
const told = (scene: DeployedScene) =>
  failed(scene).flatMap(({ finding, code }) => (finding ? [[finding, code].join(" ").trim()] : []));

/** Lets AWS refuse an operation to fallback; returns what counts its calls, changes the code and ends it. */
function refuse(scene: DeployedScene, refused: string, firstCode: string) {
  let code = firstCode;
  let calls = 0;
  const end = refuseCalls(scene.region, ({ operation, principal }) => {
    if (principal !== scene.fallbackRole || operation !== refused) return undefined;
    calls++;
    return new AwsError(code, "AWS's own words.", code === "UnauthorizedOperation" ? 403 : 400);
  });
  const become = (next: string) => {
    code = next;
  };
  return { end, become, calls: () => calls };
}

async function openBlocked(options: Parameters<typeof openScene>[0]): Promise<DeployedScene> {
  const scene = await openScene(options);
  scene.blockAll();
  return scene;
}

describe("a NAT gateway that AWS refuses to create", () => {
  it("is tried again with growing pauses, reported once per reason, and made when AWS lets it", async () => {
    const scene = await openBlocked({ fallback: { standby: "cold" } });
    const refusal = refuse(scene, "CreateNatGateway", "NotAvailableInZone");
    await raised(scene);
    await scene.pass(120);
    expect(refusal.calls()).toBeGreaterThan(6);
    expect(refusal.calls()).toBeLessThan(14);
    expect(told(scene)).toEqual(["refused NotAvailableInZone"]);
    expect(failed(scene)[0]).toMatchObject({
      permission: "ec2:CreateNatGateway",
      reason: expect.stringContaining("AWS's own words."),
      remediation: expect.stringContaining("another Availability Zone"),
    });
    expect((await scene.alarm("fallback-problem")).state).toBe("ALARM");

    refusal.become("NatGatewayLimitExceeded");
    await scene.pass(60);
    expect(told(scene).slice(1)).toEqual(["refused NatGatewayLimitExceeded"]);

    refusal.end();
    await scene.when("all leave by the fallback address", () => onNat(scene), 30 * minuteMs);
    const created = scene.events.find(({ type }) => type === "NatGatewayCreated")?.detail;
    expect(created).toMatchObject({ refused: { code: "NatGatewayLimitExceeded" } });
    await scene.pass(5);
    expect((await scene.alarm("fallback-problem")).state).toBe("OK");
    expect(told(scene)).toHaveLength(2);
  }, 120_000);

  it("is neither tried nor reported again at once by a function that starts anew", async () => {
    const scene = await openBlocked({ fallback: { standby: "cold" } });
    const refusal = refuse(scene, "CreateNatGateway", "UnauthorizedOperation");
    await raised(scene);
    await scene.pass(40);
    const before = refusal.calls();
    scene.region.faults.inject({ principal: scene.fallbackRole, when: "before", crash: true });
    await scene.pass(3);
    expect(refusal.calls() - before).toBe(0);
    expect(told(scene)).toEqual(["refused UnauthorizedOperation"]);
  }, 120_000);

  it("that fails each time is reported once, with the reason", async () => {
    const scene = await openBlocked({ fallback: { standby: "cold" } });
    for (let time = 0; time < 50; time++) scene.region.ec2.failNextNatGateway("InsufficientFreeAddressesInSubnet");
    await raised(scene);
    const before = scene.region.calls;
    let made = 0;
    before.onCall(({ operation }) => {
      if (operation === "CreateNatGateway") made++;
    });
    await scene.pass(180);
    expect(made).toBeGreaterThan(6);
    expect(made).toBeLessThan(20);
    expect(told(scene)).toEqual(["gateway-failed InsufficientFreeAddressesInSubnet"]);
    expect(gatewaysAlive(scene)).toEqual([]);
  }, 120_000);
});

describe("what fallback cannot read", () => {
  it("is reported once as long as it lasts, and again when it comes again", async () => {
    const scene = await openScene({ fallback: { standby: "cold" } });
    const denied = refuse(scene, "DescribeNatGateways", "UnauthorizedOperation");
    await scene.pass(30);
    const permissions = () => failed(scene).map(({ permission }) => permission);
    expect(permissions()).toEqual(["ec2:DescribeNatGateways"]);
    expect((await scene.alarm("fallback-problem")).state).toBe("ALARM");
    denied.end();
    await scene.pass(5);
    const again = refuse(scene, "DescribeNatGateways", "UnauthorizedOperation");
    await scene.pass(10);
    expect(permissions()).toEqual(["ec2:DescribeNatGateways", "ec2:DescribeNatGateways"]);
    again.end();
  }, 120_000);
});

describe("a route that AWS refuses to replace", () => {
  it("is reported once, and holds up no other table", async () => {
    const scene = await openBlocked({ fallback: { standby: "warm" } });
    const [first = "", second = ""] = scene.network.routeTableIds;
    let calls = 0;
    const end = refuseCalls(scene.region, ({ operation, principal, input }) => {
      if (principal !== scene.fallbackRole || operation !== "ReplaceRoute") return undefined;
      if ((input as { RouteTableId?: string }).RouteTableId !== first) return undefined;
      calls++;
      return new AwsError("UnauthorizedOperation", "You are not authorized.", 403);
    });
    await raised(scene);
    await scene.pass(60);
    expect(overTables(scene)).toEqual([second]);
    expect(told(scene)).toEqual(["refused UnauthorizedOperation"]);
    expect(failed(scene)[0]).toMatchObject({ permission: "ec2:ReplaceRoute", on: first });
    expect(calls).toBeLessThan(20);
    end();
    await scene.when("all leave by the fallback address", () => onNat(scene), 20 * minuteMs);
  }, 120_000);
});

describe("a NAT gateway that AWS refuses to delete", () => {
  it("is reported once, with what it costs", async () => {
    const scene = await openScene({ fallback: { standby: "cold", holdMinutes: 5, graceMinutes: 5 } });
    const refusal = refuse(scene, "DeleteNatGateway", "UnauthorizedOperation");
    await scene.override("fallback");
    await scene.when("all leave by the fallback address", () => onNat(scene));
    await scene.override("direct");
    await scene.pass(120);
    expect(told(scene)).toEqual(["refused UnauthorizedOperation"]);
    expect(failed(scene)[0]?.["text"]).toContain("$0.045 an hour");
    expect(refusal.calls()).toBeLessThan(16);
    refusal.end();
    await scene.pass(20);
    expect(gatewaysAlive(scene)).toEqual([]);
  }, 120_000);
});

describe("a NAT gateway that does not come or go", () => {
  it("is reported once when it stays pending, no second one is made, and it is used when it comes", async () => {
    const scene = await openBlocked({
      fallback: { standby: "cold" },
      delays: { natGatewayCreation: fixed(3 * hourMs) },
    });
    await raised(scene);
    await scene.pass(150);
    expect(told(scene)).toEqual(["gateway-overdue"]);
    expect(failed(scene)[0]).toMatchObject({
      state: "pending",
      remediation: expect.stringContaining("delete-nat-gateway"),
    });
    expect(gatewaysAlive(scene)).toHaveLength(1);
    expect((await scene.alarm("fallback-problem")).state).toBe("ALARM");
    const looks: number[] = [];
    scene.region.calls.onCall(({ operation, principal, atMs }) => {
      if (principal === scene.fallbackRole && operation === "DescribeNatGateways") looks.push(atMs);
    });
    await scene.pass(10);
    expect(looks.length).toBeLessThan(30);
    await scene.when("all leave by the fallback address", () => onNat(scene), hourMs);
    await scene.pass(5);
    expect((await scene.alarm("fallback-problem")).state).toBe("OK");
  }, 120_000);

  it("is reported once when it stays deleting, and another is made when its address is free", async () => {
    const fallback = { standby: "cold", holdMinutes: 5, graceMinutes: 5 } as const;
    const scene = await openScene({ fallback, delays: { natGatewayDeletion: fixed(3 * hourMs) } });
    await scene.override("fallback");
    await scene.when("all leave by the fallback address", () => onNat(scene));
    await scene.operator("ec2", "DeleteNatGateway", { NatGatewayId: gatewaysAlive(scene)[0] });
    await scene.pass(120);
    expect(told(scene)).toEqual(["gateway-overdue"]);
    expect(failed(scene)).toContainEqual(expect.objectContaining({ finding: "gateway-overdue", state: "deleting" }));
    expect(gatewaysAlive(scene)).toEqual([]);
    await scene.when("all leave by the fallback address", () => onNat(scene), 2 * hourMs);
  }, 120_000);
});

describe("more refusals than a route table's tag can hold", () => {
  it("are reported once each", async () => {
    const scene = await openBlocked({ fallback: { standby: "cold" } });
    for (let time = 0; time < 50; time++) scene.region.ec2.failNextNatGateway("InsufficientFreeAddressesInSubnet");
    refuse(scene, "DeleteNatGateway", "UnauthorizedOperation");
    await raised(scene);
    await scene.pass(120);
    const refused = failed(scene).filter(({ finding }) => finding === "refused");
    expect(refused.length).toBeGreaterThan(3);
    expect(new Set(refused.map(({ on }) => on)).size).toBe(refused.length);
  }, 120_000);
});
