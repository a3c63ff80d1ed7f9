/** What the spares of a pool are for: new interfaces in every zone at once. */
import { describe, expect, it } from "vitest";
import { defineHoldfast } from "../../src/config/holdfast.ts";
import { openScene } from "../../testing/deployment/relocation-scene.ts";
import { quick } from "./stories.ts";

const minuteMs = 60_000;
const targets = [{ name: "partner", url: "https://api.example.com/" }];

/** How many egress addresses a pool has that says nothing of them. */
function usualAddresses(zones: number): number {
  const { pools } = defineHoldfast({ pools: { payments: { network: { create: { zones } }, targets } } });
  const { egress } = pools["payments"]?.addresses ?? {};
  return egress?.kind === "allocate" ? egress.count + egress.spares : 0;
}

/** Seconds for which `orders` has no way out when its security groups change in all zones. */
async function gapSeconds(zones: number, addresses: number, seed: number): Promise<number> {
  const all = Array.from({ length: zones }, (_, zone) => zone);
  const scene = await openScene({ seed, delays: quick, zones, addresses, direct: true });
  await scene.createFunction("orders", all);
  await scene.pass(3 * minuteMs);
  const sinceMs = scene.region.clock.now();
  await scene.updateFunction("orders", all, [1]);
  await scene.pass(3 * minuteMs);
  return scene.path.egress.gaps
    .filter(({ functionName, fromMs }) => functionName === "orders" && fromMs >= sinceMs)
    .reduce((sum, { fromMs, toMs }) => sum + ((toMs ?? scene.region.clock.now()) - fromMs) / 1000, 0);
}

describe("a change of security groups in every zone", () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 3],
    [2, 4],
  ])("has no gap in %d zones with the usual spares (seed %d)", async (zones, seed) => {
    expect(await gapSeconds(zones, usualAddresses(zones), seed)).toBe(0);
  });

  it("has one of a few seconds at most in two zones with one spare", async () => {
    const seconds = await gapSeconds(2, 3, 1);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(5);
  });
});
