import { expect, it } from "vitest";
import { openScene } from "../../testing/deployment/relocation-scene.ts";
import { liveVersions } from "../../testing/twin/egress.ts";
import { recordUnaddressed } from "../../testing/twin/unaddressed.ts";
import { changeMs, changes, functionName } from "../member-changes.ts";

interface Heal {
  readonly claimSeconds: number | undefined;
  readonly trueSeconds: number;
}

/** Makes the changes, and compares what each event claims with how long the interface really was without address. */
async function heals(seed: number): Promise<Heal[]> {
  const scene = await openScene({ seed, addresses: 2 });
  const { world, calls } = scene.region;
  const versions = () => [...world.functions.values()].filter((it) => it.functionName === functionName);
  const times = recordUnaddressed(scene.region, scene.path.egress, () => versions().flatMap(liveVersions));
  const associatedMs = new Map<string, number>();
  calls.onCall(({ operation, input, atMs, error }) => {
    const { AllocationId, NetworkInterfaceId } = input as { AllocationId?: string; NetworkInterfaceId?: string };
    if (operation === "AssociateAddress" && !error) associatedMs.set(`${AllocationId} ${NetworkInterfaceId}`, atMs);
  });
  for (const { make } of changes) {
    await make(scene);
    await scene.pass(changeMs);
  }
  return scene.events
    .filter(({ type }) => type === "AddressRelocated")
    .map(({ detail }) => {
      const { allocationId, networkInterfaceId, gapSeconds } = detail;
      const toMs = associatedMs.get(`${allocationId} ${networkInterfaceId}`);
      const time = times.ended.find((it) => it.networkInterfaceId === networkInterfaceId && it.toMs === toMs);
      return {
        claimSeconds: gapSeconds as number | undefined,
        trueSeconds: time ? (time.toMs - time.fromMs) / 1000 : 0,
      };
    });
}

const seeds = Array.from({ length: 12 }, (_, index) => index + 1);

it.each(seeds)("no interface was without address for longer than its event claims: seed %i", async (seed) => {
  const found = await heals(seed);
  expect(found.length).toBeGreaterThanOrEqual(3);
  const tooShort = found.filter(
    ({ claimSeconds = Number.POSITIVE_INFINITY, trueSeconds }) => claimSeconds < trueSeconds,
  );
  expect(tooShort).toEqual([]);
});

it("most events claim something, and most claims are short: seeds 1 to 4", async () => {
  const found = (await Promise.all(seeds.slice(0, 4).map(heals))).flat();
  const short = found.filter(({ claimSeconds = Number.POSITIVE_INFINITY }) => claimSeconds < 5);
  expect(short.length).toBeGreaterThan(found.length / 2);
});
