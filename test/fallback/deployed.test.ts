import { beforeAll, describe, expect, it } from "vitest";
import type { PartnerRule } from "../../testing/twin/partners.ts";
import {
  creationMs,
  type DeployedScene,
  gatewaysAlive,
  minuteMs,
  onNat,
  openedWithinMs,
  openScene,
  overTables,
  raised,
} from "./deployed-scene.ts";

/** Most rounds until a steady difference is evidence enough (src/probing/suspicion.ts), one a minute. */
const detectionMs = 6 * minuteMs;
/** The canary publishes a minute at its end, and CloudWatch looks once a minute. */
const alarmMs = detectionMs + 2 * minuteMs;
const reactionMs = 5_000;

/** The partner begins to refuse the address of the first zone, at a moment that has nothing to do with rounds. */
async function block(scene: DeployedScene): Promise<{ ip: string; sinceMs: number }> {
  await scene.region.clock.advance(17_000);
  const ip = scene.leavesBy()[0] ?? "";
  scene.partner.rules.push({ kind: "block", ips: [ip] });
  return { ip, sinceMs: scene.region.clock.now() };
}

const typesOf = ({ events }: DeployedScene) => [...new Set(events.map(({ type }) => type))];

describe("from a partner that blocks one address to clean egress", () => {
  it("by a spare: within six rounds and 5 s, and no gateway is made", async () => {
    const scene = await openScene({ fallback: { standby: "cold" }, spares: 1 });
    const { ip, sinceMs } = await block(scene);
    const cleanMs = await scene.when("the address is swapped", () => {
      const now = scene.leavesBy();
      return !now.includes(ip) && !now.includes(undefined);
    });
    const marked = scene.events.find(({ type }) => type === "AddressBlocked");
    expect(cleanMs - sinceMs).toBeLessThanOrEqual(detectionMs + reactionMs);
    expect(cleanMs - (marked?.atMs ?? 0)).toBeLessThanOrEqual(reactionMs);
    await scene.pass(20);
    expect(gatewaysAlive(scene)).toEqual([]);
    expect(typesOf(scene)).not.toContain("RouteReplaced");
  });

  it("by a warm NAT gateway: within 5 s of the alarm", async () => {
    const scene = await openScene({ fallback: { standby: "warm" } });
    expect(gatewaysAlive(scene)).toHaveLength(1);
    const { sinceMs } = await block(scene);
    const raisedMs = await raised(scene);
    const cleanMs = await scene.when("all leave by the fallback address", () => onNat(scene));
    expect(raisedMs - sinceMs).toBeLessThanOrEqual(alarmMs);
    expect(cleanMs - raisedMs).toBeLessThanOrEqual(reactionMs);
  });

  it("by a cold one: within its creation and 5 s of the alarm", async () => {
    // How long EC2 takes to show that the gateway is available is part of its creation, and drawn.
    const scene = await openScene({ fallback: { standby: "cold" }, consistent: true });
    const { sinceMs } = await block(scene);
    const raisedMs = await raised(scene);
    const cleanMs = await scene.when("all leave by the fallback address", () => onNat(scene));
    expect(raisedMs - sinceMs).toBeLessThanOrEqual(alarmMs);
    expect(cleanMs - raisedMs).toBeLessThanOrEqual(creationMs + reactionMs);
    expect((await scene.alarm("fallback-active")).says).toContain("$0.045 an hour");
  });
});

it("failover and return touch the default routes alone: those to gateway endpoints, by prefix lists, stay as they are", async () => {
  const scene = await openScene({ fallback: { standby: "warm" } });
  const others = () =>
    JSON.stringify(
      [...scene.region.world.routeTables.values()].map(({ routeTableId, routes }) => [
        routeTableId,
        routes.filter(({ destinationCidrBlock }) => destinationCidrBlock !== "0.0.0.0/0"),
      ]),
    );
  const before = others();
  // Of S3 and DynamoDB, in both zones' tables.
  expect(before.match(/"destinationPrefixListId":"pl-/g)).toHaveLength(4);
  await scene.override("fallback");
  await scene.when("all leave by the fallback address", () => onNat(scene));
  await scene.override("direct");
  await scene.when("all are direct", () => overTables(scene).length === 0);
  expect(others()).toBe(before);
  await scene.pass(2);
  expect((await scene.alarm("fallback-problem")).state).toBe("OK");
});

it("the alarm of a block lasts as long as the block, also while the pool is on NAT", async () => {
  const scene = await openScene({ fallback: { standby: "warm" } });
  const { ip, sinceMs } = await block(scene);
  await scene.when("all leave by the fallback address", () => onNat(scene));
  const states: string[] = [];
  const look = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute++) {
      await scene.pass(1);
      const { state } = await scene.alarm("probing-problem");
      if (states.at(-1) !== state) states.push(state);
    }
  };
  await look(40);
  expect(scene.region.clock.now() - sinceMs).toBeGreaterThan(40 * minuteMs);
  // The other zone, whose address nobody blocks, may have returned.
  expect([scene.leavesBy().includes(ip), states]).toEqual([false, ["OK", "ALARM"]]);
  scene.partner.rules.length = 0;
  await look(120);
  expect([scene.leavesBy().includes(ip), states]).toEqual([true, ["OK", "ALARM", "OK"]]);
}, 60_000);

describe("what no other address can cure causes no failover", () => {
  let scene: DeployedScene;
  beforeAll(async () => {
    scene = await openScene({ fallback: { standby: "cold" }, targets: ["bank", "broker"] });
  }, openedWithinMs);

  const slow = { kind: "slow", byMs: 20_000 } as const;
  it.each<[string, readonly PartnerRule[]]>([
    ["the target refuses connections", [{ kind: "outage", how: "refused" }]],
    ["the target answers nobody", [{ kind: "outage", how: "silent" }]],
    ["the target answers everybody with an error", [{ kind: "outage", how: "error" }]],
    ["the application says 403", [{ kind: "application" }]],
    ["the country is blocked", [{ kind: "country" }]],
    ["one target of two is slow", [slow]],
    ["one target of two refuses all addresses of ours", [{ kind: "block", ips: "all" }]],
  ])("%s", async (_name, rules) => {
    const before = scene.events.length;
    scene.partner.rules.push(...rules);
    await scene.pass(8);
    expect((await scene.alarm("escalation")).state).toBe("OK");
    scene.partner.rules.length = 0;
    await scene.pass(3);
    const reported = scene.events.slice(before).map(({ type }) => type);
    expect(
      reported.filter((type) => /^(NatGateway|Route|Fallback|AddressBlocked|AddressRelocated)/.test(type)),
    ).toEqual([]);
    expect([gatewaysAlive(scene), overTables(scene)]).toEqual([[], []]);
  });
});

describe("with something wrong, it is reported with its remediation, and the present state is kept", () => {
  let scene: DeployedScene;
  let addressId: string;
  beforeAll(async () => {
    scene = await openScene({ fallback: { standby: "cold", swapSeconds: 0 } });
    addressId =
      [...scene.region.world.addresses.values()].find(({ publicIp }) => publicIp === scene.fallbackIp)?.allocationId ??
      "";
    // Whatever is wrong below, the pool wants to go over all the time.
    await scene.operator("ec2", "DeleteTags", { Resources: [addressId], Tags: [{ Key: "holdfast:role" }] });
    await block(scene);
    await raised(scene);
  }, openedWithinMs);

  interface Wrong {
    readonly name: string;
    readonly break?: () => Promise<unknown>;
    readonly mend: () => Promise<unknown>;
    readonly finding: string;
    readonly remediation: RegExp;
  }
  const ec2 = (operation: string, input: object) => scene.operator("ec2", operation, input);
  const tag = (Key: string, Value: string) => ec2("CreateTags", { Resources: [addressId], Tags: [{ Key, Value }] });
  const natRoute = () => {
    const { subnets, routeTables, internetGateways } = scene.region.world;
    const nat = [...subnets.values()].find(({ tags }) => tags["Name"]?.endsWith("-nat"))?.subnetId ?? "";
    const RouteTableId = [...routeTables.values()].find(({ subnetIds }) => subnetIds.includes(nat))?.routeTableId;
    return { RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId: [...internetGateways.keys()][0] };
  };
  const scoutInterface = () => {
    const { subnets, networkInterfaces } = scene.region.world;
    const scout = [...subnets.values()].find(({ tags }) => tags["Name"]?.endsWith("-scout"))?.subnetId;
    return [...networkInterfaces.values()].find(({ subnetId }) => subnetId === scout)?.networkInterfaceId;
  };

  const rows: readonly Wrong[] = [
    {
      name: "a fallback address that is missing",
      mend: () => tag("holdfast:role", "fallback"),
      finding: "address-missing",
      remediation: /allocate an Elastic IP, tag it/,
    },
    {
      name: "a fallback address that is associated elsewhere",
      break: () => ec2("AssociateAddress", { AllocationId: addressId, NetworkInterfaceId: scoutInterface() }),
      mend: () => {
        const held = scene.region.world.addresses.get(addressId);
        return ec2("DisassociateAddress", { AssociationId: held?.associationId });
      },
      finding: "address-elsewhere",
      remediation: /disassociate eipalloc-\S+ from eni-/,
    },
    {
      name: "a NAT subnet without a route to the internet",
      break: () => ec2("DeleteRoute", natRoute()),
      mend: () => ec2("CreateRoute", natRoute()),
      finding: "nat-subnet-unrouted",
      remediation: /give the route table of subnet-\S+ a route for 0\.0\.0\.0\/0/,
    },
    {
      name: "an override that nobody knows",
      break: () => tag("holdfast:override", "drect"),
      mend: () => ec2("DeleteTags", { Resources: [addressId], Tags: [{ Key: "holdfast:override" }] }),
      finding: "unknown-override",
      remediation: /set holdfast:override to direct, fallback or paused/,
    },
  ];

  // Each is put right only when the next one is in place.
  it.each(rows.map((row, index) => ({ ...row, next: rows[index + 1] })))(
    "$name",
    async ({ finding, remediation, mend, next }) => {
      await scene.pass(5);
      const failed = scene.events.filter(({ type }) => type === "FallbackFailed").map(({ detail }) => detail);
      expect(failed.at(-1)).toMatchObject({ finding, remediation: expect.stringMatching(remediation) });
      const { state, says } = await scene.alarm("fallback-problem");
      expect(state).toBe("ALARM");
      expect(says).toMatch(/The last FallbackFailed or FallbackCost event.* name the cause and the remediation/);
      expect([gatewaysAlive(scene), overTables(scene)]).toEqual([[], []]);
      await next?.break?.();
      await scene.region.clock.advance(reactionMs);
      await mend();
    },
  );

  it("and once all is put right, the pool goes over", async () => {
    await scene.when("all leave by the fallback address", () => onNat(scene));
    await scene.pass(5);
    expect((await scene.alarm("fallback-problem")).state).toBe("OK");
  });

  it("a route table without a default route: the other stays over, and the way back waits for nobody", async () => {
    const [RouteTableId = ""] = overTables(scene);
    await ec2("DeleteRoute", { RouteTableId, DestinationCidrBlock: "0.0.0.0/0" });
    await scene.pass(5);
    const failed = scene.events.filter(({ type }) => type === "FallbackFailed").at(-1)?.detail;
    expect(failed).toMatchObject({ finding: "no-default-route", routeTableId: RouteTableId });
    expect(failed?.["remediation"]).toContain(`add a route for 0.0.0.0/0 to ${RouteTableId}`);
    expect((await scene.alarm("fallback-problem")).state).toBe("ALARM");
    expect(overTables(scene)).toHaveLength(1);
  });
});

it("a zone in which no member lives goes over and returns with the others, and is no trouble", async () => {
  const fallback = { standby: "warm", holdMinutes: 5, cleanRounds: 1 } as const;
  const scene = await openScene({ fallback, emptyZones: 1, consistent: true });
  scene.blockAll();
  await scene.when("all tables have gone over", () => overTables(scene).length === 3);
  scene.partner.rules.length = 0;
  await scene.when("all have returned", () => overTables(scene).length === 0, 2 * 60 * minuteMs);
  await scene.pass(5);
  expect(scene.events.filter(({ type }) => type === "FallbackFailed")).toEqual([]);
});

it("a partner that blocks and unblocks every 10 minutes for a day causes at most 4 flips", async () => {
  const scene = await openScene({ fallback: { standby: "cold" } });
  const ips = scene.leavesBy().slice(0, 1) as string[];
  scene.partner.rules.push({ kind: "flap", ips, onMs: 10 * minuteMs, offMs: 10 * minuteMs });
  let flips = 0;
  let isOver = false;
  scene.region.calls.onCall(({ operation }) => {
    if (operation !== "ReplaceRoute" || overTables(scene).length > 0 === isOver) return;
    isOver = !isOver;
    flips++;
  });
  await scene.pass(24 * 60);
  expect(flips).toBeGreaterThan(0);
  expect(flips).toBeLessThanOrEqual(4);
}, 600_000);
