import { expect, it } from "vitest";
import type { SimulatedAccount } from "../../testing/simulation/account.ts";
import type { ScheduledFault } from "../../testing/simulation/fault-schedule.ts";
import { manualChanges } from "../../testing/simulation/manual-changes.ts";
import { manualRouteChanges } from "../../testing/simulation/manual-route-changes.ts";
import { partnerBehaviors } from "../../testing/simulation/partner-behaviors.ts";
import { createRefusals, refusalFaults } from "../../testing/simulation/refusal-faults.ts";
import type { SimulatedPool } from "../../testing/simulation/settle-in.ts";
import { drawWorld, faultKinds } from "../../testing/simulation/world-draw.ts";
import { createRegion } from "../../testing/twin/region.ts";

/** Faults that choose one of the pool's addresses, by how their names end. */
const ofAnAddress =
  /address moved manually|disassociated manually|tags removed|override|worse|means no address|address refused$/;

it("no fault chooses an address in a pool whose addresses a janitor has released", () => {
  const region = createRegion({ seed: 1 });
  const draw = drawWorld(1, faultKinds, {});
  const account = { draw, region, partners: new Map(), roles: new Map() } as unknown as SimulatedAccount;
  const poolWith = (allocationIds: string[]) => ({ draw: draw.pools[0], allocationIds }) as unknown as SimulatedPool;
  const choosing = (pool: SimulatedPool): ScheduledFault[] =>
    [manualChanges, manualRouteChanges, partnerBehaviors]
      .flatMap((faults) => faults(account, pool))
      .concat(refusalFaults(account, pool, createRefusals(region.clock.now)))
      .filter(({ name }) => ofAnAddress.test(name));
  const applying = (pool: SimulatedPool) => choosing(pool).filter(({ applies }) => applies?.() !== false);
  expect(applying(poolWith(["eipalloc-1"]))).toHaveLength(7);
  expect(applying(poolWith([]))).toEqual([]);
});
