/** Figures from the simulation: how fast it is, and how many calls of AWS a heal takes. */
import { openScene } from "../../testing/deployment/relocation-scene.ts";
import { runSeed } from "../../testing/simulation/run.ts";
import { faultKinds } from "../../testing/simulation/world-draw.ts";

export interface Simulated {
  /** In one process, all faults, deployments synthesized before. */
  readonly daysPerSecond: number;
  /** Relocation's calls from an interface's replacement until all is quiet again, reads and writes, without sweeps. */
  readonly callsPerHeal: number;
}

const seeds = [4, 5, 6];
const daysEach = 1;
const quietMs = 5 * 60_000;

export async function benchSimulation(): Promise<Simulated> {
  for (const seed of seeds) await runSeed({ seed, days: 0.01, faults: [] });
  const startedMs = performance.now();
  for (const seed of seeds) await runSeed({ seed, days: daysEach, faults: faultKinds });
  const daysPerSecond = (seeds.length * daysEach * 1000) / (performance.now() - startedMs);
  return { daysPerSecond, callsPerHeal: await countHeal() };
}

async function countHeal(): Promise<number> {
  const scene = await openScene({ sweeps: false, direct: true });
  await scene.createFunction("orders", [0]);
  await scene.pass(quietMs);
  const { region, path } = scene;
  const serving = [...region.world.networkInterfaces.values()].find(({ interfaceType }) => interfaceType === "lambda");
  let calls = 0;
  region.calls.onCall(({ principal, service }) => {
    if (principal === scene.relocateRole && service !== "sqs") calls++;
  });
  path.lambda.hyperplane.replace(serving?.networkInterfaceId ?? "");
  await scene.pass(quietMs);
  if (!scene.openNow("orders")) throw new Error("the replaced interface was not healed");
  return calls;
}
