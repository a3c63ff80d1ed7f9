import { describe, expect, it } from "vitest";
import { relocateRole } from "../../sim/deployment.ts";
import { openScene } from "../../sim/scene.ts";
import { tagKeys } from "../../src/config/tags.ts";
import { quick } from "./stories.ts";

interface Described {
  readonly Addresses: readonly { readonly AllocationId: string }[];
}

describe("a swap", () => {
  it("is not repeated while the replaced address is still described on the interface", async () => {
    const scene = await openScene({ delays: quick, addresses: 3, consistent: true, direct: true });
    const { region, operator } = scene;
    await scene.createFunction("orders", [0]);
    await scene.pass(5 * 60_000);
    const serving = [...region.world.addresses.values()].find((it) => it.networkInterfaceId !== undefined);
    const Resources = [serving?.allocationId];
    let lagsUntilMs = 0;
    const before = new Map<string, object>();
    const call = region.call;
    region.call = async (input, requestId) => {
      const output = await call(input, requestId);
      if (input.operation === "AssociateAddress") lagsUntilMs = region.clock.now() + 4_000;
      if (input.operation !== "DescribeAddresses") return output;
      const Addresses = (output as Described).Addresses.map((it) => {
        const isOld = it.AllocationId === serving?.allocationId && region.clock.now() < lagsUntilMs;
        if (!isOld) before.set(it.AllocationId, it);
        return before.get(it.AllocationId);
      });
      return { Addresses };
    };
    let swaps = 0;
    region.calls.onCall(({ principal, operation }) => {
      if (principal === relocateRole && operation === "AssociateAddress") swaps++;
    });
    await operator("ec2", "CreateTags", { Resources, Tags: [{ Key: tagKeys.verdict, Value: "blocked" }] });
    await scene.pass(5 * 60_000);
    expect(swaps).toBe(1);
    expect(scene.openNow("orders")).toBe(true);
  });
});
