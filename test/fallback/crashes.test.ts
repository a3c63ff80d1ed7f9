import { describe, expect, it } from "vitest";
import { fixed } from "../../testing/twin/delays.ts";
import { type DeployedScene, gatewaysAlive, openScene } from "./deployed-scene.ts";

/** Calls this near a write belong to the run that writes; all others are sweeps that repeat earlier ones. */
const nearMs = 2_000;

interface Episode {
  readonly name: string;
  readonly standby: "cold" | "warm";
  readonly fails?: true;
  /** Changes over time, each after so many minutes. */
  readonly changes: readonly (readonly [minutes: number, change: (scene: DeployedScene) => unknown])[];
  readonly restMinutes: number;
}

const block = (scene: DeployedScene) => scene.blockAll();
const unblock = (scene: DeployedScene) => scene.partner.rules.splice(0);

const episodes: readonly Episode[] = [
  {
    name: "blocked and cured, cold",
    standby: "cold",
    changes: [
      [0, block],
      [12, unblock],
    ],
    restMinutes: 45,
  },
  {
    name: "blocked and cured, cold, after a gateway that failed",
    standby: "cold",
    fails: true,
    changes: [
      [0, block],
      [14, unblock],
    ],
    restMinutes: 45,
  },
  {
    name: "blocked and cured, warm",
    standby: "warm",
    changes: [
      [4, block],
      [12, unblock],
    ],
    restMinutes: 45,
  },
  {
    name: "put on NAT and back by the override",
    standby: "cold",
    changes: [
      [0, (scene) => scene.override("fallback")],
      [5, (scene) => scene.override("direct")],
      [5, (scene) => scene.override(undefined)],
    ],
    restMinutes: 20,
  },
];

const delays = { natGatewayCreation: fixed(20_000), natGatewayDeletion: fixed(10_000) };
const bounds = { holdMinutes: 5, cleanRounds: 2, blockedRounds: 2, graceMinutes: 5, swapSeconds: 60 };

async function begin({ standby, fails }: Episode): Promise<DeployedScene> {
  const scene = await openScene({ delays, fallback: { standby, ...bounds } });
  if (fails) scene.region.ec2.failNextNatGateway("InternalError");
  return scene;
}

async function play(scene: DeployedScene, { changes, restMinutes }: Episode): Promise<void> {
  for (const [minutes, change] of changes) {
    await scene.pass(minutes);
    await change(scene);
  }
  await scene.pass(restMinutes);
}

/** Where each table leads, and what gateways there are: without ids, comparable across runs. */
function finalState({ region, network }: DeployedScene): string[] {
  const { routeTables, natGateways } = region.world;
  const routes = network.routeTableIds.map((id) => {
    const route = routeTables.get(id)?.routes.find((it) => it.destinationCidrBlock === "0.0.0.0/0");
    return `${route?.state} ${route?.gatewayId ?? "nat"}`;
  });
  return [...routes, ...[...natGateways.values()].map(({ state }) => state).filter((it) => it !== "deleted")];
}

interface Crash {
  readonly skip: number;
  readonly when: "before" | "after";
}

/** Where the episode ends without a crash, and every point in the runs that write at which it could crash. */
async function undisturbed(episode: Episode): Promise<{ points: Crash[]; state: string[] }> {
  const scene = await begin(episode);
  const calls: { skip: number; atMs: number; writes: boolean }[] = [];
  scene.region.calls.onCall(({ principal, operation, atMs }) => {
    if (principal !== scene.fallbackRole) return;
    calls.push({ skip: calls.length, atMs, writes: !/^(Describe|Get|List|Receive)/.test(operation) });
  });
  await play(scene, episode);
  const writes = calls.filter((it) => it.writes);
  const points = calls
    .filter(({ atMs }) => writes.some((write) => Math.abs(write.atMs - atMs) <= nearMs))
    .flatMap(({ skip, writes }): Crash[] => [
      { skip, when: "before" },
      ...(writes ? [{ skip, when: "after" } as const] : []),
    ]);
  return { points, state: finalState(scene) };
}

describe.each(episodes)("$name", (episode) => {
  it("converges after a crash at any call, without a lost route or a leaked gateway", async () => {
    const { points, state } = await undisturbed(episode);
    expect(points.some(({ when }) => when === "after")).toBe(true);
    const direct = state.filter((it) => it.startsWith("active igw-"));
    expect(direct).toHaveLength(2);
    expect(state.length).toBe(episode.standby === "warm" ? 3 : 2);
    for (const { skip, when } of points) {
      const scene = await begin(episode);
      let crashes = 0;
      let most = 0;
      scene.region.faults.onCrash(() => crashes++);
      scene.region.faults.inject({ principal: scene.fallbackRole, when, skip, crash: true });
      scene.region.calls.onCall(() => {
        most = Math.max(most, gatewaysAlive(scene).length);
      });
      await play(scene, episode);
      const point = `crash ${when} call ${skip + 1}`;
      expect(crashes, point).toBe(1);
      expect(finalState(scene), point).toEqual(state);
      expect(most, point).toBeLessThanOrEqual(1);
    }
  }, 600_000);
});
