import { describe, expect, it } from "vitest";
import { openScene, type Scene } from "../../testing/deployment/relocation-scene.ts";
import type { CallRecord } from "../../testing/twin/call-log.ts";
import { type Delays, fixed } from "../../testing/twin/delays.ts";
import { quick } from "./stories.ts";

const minuteMs = 60_000;

/** Relocation's calls from now on, by the minute in which they were made. */
function watch(scene: Scene): Map<number, CallRecord[]> {
  const minutes = new Map<number, CallRecord[]>();
  scene.region.calls.onCall((call) => {
    if (call.principal !== scene.relocateRole) return;
    const minute = Math.floor(call.atMs / minuteMs);
    minutes.set(minute, [...(minutes.get(minute) ?? []), call]);
  });
  return minutes;
}

async function settledPool(members: number, delays: Partial<Delays> = quick): Promise<Scene> {
  const names = Array.from({ length: members }, (_, index) => `orders-${index}`);
  const scene = await openScene({ delays, addresses: 2, members: names, throttling: false });
  for (const name of names) await scene.createFunction(name, [0]);
  await scene.pass(10 * minuteMs);
  return scene;
}

describe("a pool that needs nothing", () => {
  it("is swept with 2 calls, observed in full every 4 minutes with 2 and 3 per member, and never written to", async () => {
    const members = 4;
    const scene = await settledPool(members);
    const minutes = watch(scene);
    await scene.pass(30 * minuteMs);
    const counts = [...minutes.values()].map((calls) => calls.length);
    expect(new Set(counts)).toEqual(new Set([2, 2 + 3 * members]));
    expect(counts.filter((count) => count === 2)).toHaveLength(22);
    const writes = [...minutes.values()].flat().filter(({ operation }) => !/^(Describe|Get|List)/.test(operation));
    expect(writes).toEqual([]);
  });

  it("is not observed in full for interfaces that come and go elsewhere", async () => {
    const scene = await settledPool(2);
    const minutes = watch(scene);
    const { subnetIds } = scene.network;
    for (let index = 0; index < 20; index++) {
      const { NetworkInterface } = await scene.operator<{ NetworkInterface: { NetworkInterfaceId: string } }>(
        "ec2",
        "CreateNetworkInterface",
        { SubnetId: subnetIds[1] },
      );
      await scene.operator("ec2", "DeleteNetworkInterface", NetworkInterface);
    }
    await scene.pass(10 * minuteMs);
    const lambda = [...minutes.values()].map((calls) => calls.filter(({ service }) => service === "lambda").length);
    expect(new Set(lambda)).toEqual(new Set([0, 3 * 2]));
  });

  it("costs one call per page of functions when members are named by pattern", async () => {
    const scene = await openScene({ delays: quick, addresses: 2, members: ["orders-*"], throttling: false });
    for (let index = 0; index < 60; index++) await scene.operator("lambda", "CreateFunction", plain(`other-${index}`));
    await scene.createFunction("orders-1", [0]);
    await scene.pass(10 * minuteMs);
    const minutes = watch(scene);
    await scene.pass(10 * minuteMs);
    expect(new Set([...minutes.values()].map((calls) => calls.length))).toEqual(new Set([2, 2 + 2 + 3]));
  });

  it("is observed in full at once when an event arrives", async () => {
    const scene = await settledPool(1);
    const calls = [...watch(scene).values()];
    expect(calls).toEqual([]);
    const minutes = watch(scene);
    await scene.operator("lambda", "PublishVersion", { FunctionName: "orders-0" });
    await scene.pass(5_000);
    expect([...minutes.values()].flat().some(({ operation }) => operation === "ListAliases")).toBe(true);
  });
});

function plain(FunctionName: string) {
  return {
    FunctionName,
    Role: "arn:aws:iam::123456789012:role/other",
    Runtime: "nodejs24.x",
    Handler: "i.h",
    Code: {},
  };
}

describe("a pool whose members all change at once", () => {
  it("leaves half of Lambda's control plane to others while it waits", async () => {
    const members = 20;
    const scene = await settledPool(members, { ...quick, functionSettle: fixed(40_000) });
    for (let index = 0; index < members; index++) await scene.updateFunction(`orders-${index}`, [1]);
    await scene.pass(15_000);
    const minutes = watch(scene);
    await scene.pass(20_000);
    const calls = [...minutes.values()].flat().filter(({ service }) => service === "lambda");
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.length / 20).toBeLessThanOrEqual(8);
  });
});

describe("a hundred pools of ten members", () => {
  it("make fewer than 5 Lambda calls per second on average", async () => {
    const { fullEveryMinutes } = await import("../../src/config/full-observations.ts");
    const pools = 100;
    const callsPerFull = 3 * 10;
    expect((pools * callsPerFull) / (fullEveryMinutes(pools) * 60)).toBeLessThan(5);
  });
});

describe("a pool with a member that does not exist", () => {
  it("is reported once, and swept with 2 calls like any other", async () => {
    const scene = await openScene({ delays: quick, addresses: 2, members: ["orders", "gone"] });
    await scene.createFunction("orders", [0]);
    await scene.pass(10 * minuteMs);
    const minutes = watch(scene);
    await scene.pass(20 * minuteMs);
    expect([...minutes.values()].filter((calls) => calls.length === 2).length).toBeGreaterThanOrEqual(9);
    expect(scene.events.filter(({ detail }) => detail["member"] === "gone")).toHaveLength(1);
  });
});
