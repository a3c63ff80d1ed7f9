import { describe, expect, it } from "vitest";
import { tagKeys } from "../../src/pool/tags.ts";
import { openScene, type Scene } from "../../testing/deployment/relocation-scene.ts";
import { AwsError } from "../../testing/twin/service.ts";
import { quick } from "./stories.ts";

interface Described {
  readonly AllocationId: string;
  readonly AssociationId?: string;
  readonly NetworkInterfaceId?: string;
}

const lagMs = 4_000;

/** A pool with two spares; `DescribeAddresses` alone can be made to lag. */
async function pool(lagged: (address: Described) => Described | undefined) {
  const scene = await openScene({ delays: quick, addresses: 3, consistent: true, direct: true });
  await scene.createFunction("orders", [0]);
  await scene.pass(5 * 60_000);
  const { region } = scene;
  const associations: string[] = [];
  region.calls.onCall(({ principal, operation, input }) => {
    if (principal === scene.relocateRole && operation === "AssociateAddress")
      associations.push(String(input["AllocationId"]));
  });
  const call = region.call;
  region.call = async (input, requestId) => {
    const output = await call(input, requestId);
    if (input.operation !== "DescribeAddresses") return output;
    return { Addresses: (output as { Addresses: Described[] }).Addresses.map((it) => lagged(it) ?? it) };
  };
  return { scene, associations };
}

function serving({ region }: Scene): string | undefined {
  return [...region.world.addresses.values()].find((it) => it.networkInterfaceId !== undefined)?.allocationId;
}

describe("an address whose description lags", () => {
  it("is not swapped out again while it still shows on the interface", async () => {
    let untilMs = 0;
    const before = new Map<string, Described>();
    const { scene, associations } = await pool((it) => {
      if (scene?.region.clock.now() >= untilMs) before.set(it.AllocationId, it);
      return it.NetworkInterfaceId ? undefined : before.get(it.AllocationId);
    });
    scene.region.calls.onCall(({ operation }) => {
      if (operation === "AssociateAddress") untilMs = scene.region.clock.now() + lagMs;
    });
    const Tags = [{ Key: tagKeys.verdict, Value: "blocked" }];
    await scene.operator("ec2", "CreateTags", { Resources: [serving(scene)], Tags });
    await scene.pass(5 * 60_000);
    expect(associations).toHaveLength(1);
    expect(scene.openNow("orders")).toBe(true);
  });

  it("is not displaced when the interface itself shows it already", async () => {
    let untilMs = 0;
    const { scene, associations } = await pool((it) => {
      if (scene.region.clock.now() >= untilMs) return undefined;
      const { AssociationId: _, NetworkInterfaceId: __, ...free } = it;
      return free;
    });
    const { addresses } = scene.region.world;
    const first = addresses.get(serving(scene) ?? "");
    const [second] = [...addresses.values()].filter((it) => it !== first);
    const NetworkInterfaceId = first?.networkInterfaceId;
    await scene.operator("ec2", "AssociateAddress", { AllocationId: second?.allocationId, NetworkInterfaceId });
    untilMs = scene.region.clock.now() + 60_000 + lagMs;
    await scene.pass(5 * 60_000);
    expect(associations).toEqual([]);
    expect(serving(scene)).toBe(second?.allocationId);
  });
});

describe("a move whose answer gets lost", () => {
  it("is reported and counted once all the same", async () => {
    const { scene, associations } = await pool(() => undefined);
    const usual = scene.region.faults.strike;
    let lost = 3;
    scene.region.faults.strike = (call, when) => {
      if (when === "before" || call.operation !== "AssociateAddress" || lost === 0) return usual(call, when);
      lost--;
      return { error: "timeout" };
    };
    const startMs = scene.region.clock.now();
    await scene.updateFunction("orders", [1]);
    await scene.pass(5 * 60_000);
    expect(lost).toBe(0);
    const reported = scene.events.filter(({ type, atMs }) => type === "AddressRelocated" && atMs > startMs);
    expect(reported.map(({ detail }) => detail["allocationId"])).toEqual([associations[0]]);
    const moved = scene.measurements.filter(({ name, timeMs }) => name === "AddressesMoved" && timeMs > startMs);
    expect(moved.reduce((sum, { value }) => sum + value, 0)).toBe(1);
  });
});

describe("a move that cannot be verified", () => {
  it("is reported as one that AWS accepted and does not show", async () => {
    let hidden: string | undefined;
    const { scene, associations } = await pool(({ NetworkInterfaceId: on, AssociationId: id, ...free }) =>
      on !== undefined && on === hidden ? free : { ...free, ...(on && { NetworkInterfaceId: on, AssociationId: id }) },
    );
    const { networkInterfaces } = scene.region.world;
    const [old] = networkInterfaces.keys();
    scene.path.lambda.hyperplane.replace(old ?? "");
    await scene.region.clock.runUntil(() => networkInterfaces.size > 1, 60_000);
    hidden = [...networkInterfaces.keys()].at(-1);
    await scene.pass(2 * 60_000);
    expect(associations).toHaveLength(1);
    expect(scene.events.map(({ detail }) => detail["code"])).toContain("Unverified");
  });

  it("is reported all the same", async () => {
    const { scene, associations } = await pool(() => undefined);
    let failing = 0;
    scene.region.calls.onCall(({ operation, principal }) => {
      if (operation !== "CreateTags" || principal !== scene.relocateRole) return;
      failing = 3;
    });
    const usual = scene.region.faults.strike;
    scene.region.faults.strike = (call, when) => {
      if (when === "after" || call.operation !== "DescribeAddresses" || failing === 0) return usual(call, when);
      failing--;
      return { error: new AwsError("InternalError", "An internal error has occurred", 500) };
    };
    await scene.updateFunction("orders", [1]);
    await scene.pass(5 * 60_000);
    const reported = scene.events
      .filter(({ type }) => type === "AddressRelocated")
      .map(({ detail }) => detail["allocationId"]);
    expect(reported).toEqual(expect.arrayContaining(associations));
    expect(associations).toHaveLength(1);
  });
});
