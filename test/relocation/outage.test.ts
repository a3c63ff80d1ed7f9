/** AWS cannot be reached, or throttles every call, for longer than a run takes. */
import { describe, expect, it } from "vitest";
import { openScene, type Scene } from "../../testing/deployment/relocation-scene.ts";
import type { FaultOutcome } from "../../testing/twin/faults.ts";
import { AwsError } from "../../testing/twin/service.ts";
import { quick } from "./stories.ts";

const minuteMs = 60_000;
const secondMs = 1000;

/** `orders` on the pool's one address, so that a change of subnets moves it. */
async function begin(): Promise<Scene> {
  const scene = await openScene({ delays: quick, zones: 2, addresses: 1, direct: true });
  await scene.createFunction("orders", [0]);
  await scene.pass(3 * minuteMs);
  return scene;
}

/** Every call of relocation's to EC2 and Lambda fails; the queue and the bus work. Returns what ends it. */
function cutOff({ region, relocateRole }: Scene, outcome: FaultOutcome): () => void {
  const ends = ["ec2", "lambda"].map((service) =>
    region.faults.inject({
      service,
      principal: relocateRole,
      when: "before",
      times: Number.POSITIVE_INFINITY,
      ...outcome,
    }),
  );
  return () => {
    for (const end of ends) end();
  };
}

const isServed = ({ region, network }: Scene) =>
  [...region.world.addresses.values()].some(({ networkInterfaceId }) => {
    const on = region.world.networkInterfaces.get(networkInterfaceId ?? "");
    return on?.subnetId === network.subnetIds[1];
  });

const failures: readonly [string, FaultOutcome][] = [
  ["ENOTFOUND", { connection: "ENOTFOUND" }],
  ["EAI_AGAIN", { connection: "EAI_AGAIN" }],
  ["ThrottlingException", { error: new AwsError("ThrottlingException", "Rate exceeded", 400) }],
];

describe.each(failures)("%s", (_, outcome) => {
  it.each([30, 120])("for %d s: the pool is healed a few seconds after it", async (seconds) => {
    const scene = await begin();
    const startMs = scene.region.clock.now();
    const end = cutOff(scene, outcome);
    await scene.updateFunction("orders", [1]);
    await scene.pass(seconds * secondMs);
    end();
    expect(await scene.region.clock.runUntil(() => isServed(scene), 20 * secondMs)).toBe(true);
    await scene.pass(5 * minuteMs);
    expect(counted(scene, startMs)).toEqual({ events: 1, moved: 1 });
  });

  it("after a move whose answer got lost: the move is in metric and event once", async () => {
    const scene = await begin();
    const startMs = scene.region.clock.now();
    let end = () => {};
    const usual = scene.region.faults.strike;
    scene.region.faults.strike = (call, when) => {
      if (when === "before" || call.operation !== "AssociateAddress" || call.principal !== scene.relocateRole) {
        return usual(call, when);
      }
      scene.region.faults.strike = usual;
      end = cutOff(scene, outcome);
      return { error: "timeout" };
    };
    await scene.updateFunction("orders", [1]);
    await scene.pass(2 * minuteMs);
    expect(isServed(scene)).toBe(true);
    end();
    await scene.pass(5 * minuteMs);
    expect(counted(scene, startMs)).toEqual({ events: 1, moved: 1 });
  });
});

/** How often a move was reported and counted since then. */
function counted({ events, measurements }: Scene, sinceMs: number) {
  const moves = events.filter(({ type, atMs }) => type === "AddressRelocated" && atMs > sinceMs);
  const moved = measurements.filter(({ name, timeMs }) => name === "AddressesMoved" && timeMs > sinceMs);
  return { events: moves.length, moved: moved.reduce((sum, { value }) => sum + value, 0) };
}
