/** How many calls of AWS a heal takes, and for how long it leaves members without egress: for benchmarks and tests. */
import { openScene, type Scene } from "./relocation-scene.ts";

const minuteMs = 60_000;

export interface HealCalls {
  /** Relocation's calls of EC2, Lambda and the index of tags, reads and writes, from the first of them until five minutes later. */
  readonly calls: number;
  /** How long a member was without egress, in seconds, at most. */
  readonly gapSeconds: number;
}

export interface HealOptions {
  readonly members: number;
  /** Whether EC2 gives an address to an interface that Lambda is still making. Default true. */
  readonly associatesPending?: boolean;
}

/**
 * Replaces the one interface of a pool with a spare, sweeps included, after the pool's turn at being observed in full.
 *
 * @throws Error when a member is left without egress
 */
export async function countHeal({ members, associatesPending = true }: HealOptions): Promise<HealCalls> {
  const names = Array.from({ length: members }, (_, index) => `orders-${index}`);
  const scene = await openScene({ members: names, associatesPending, direct: true });
  for (const name of names) await scene.createFunction(name, [0]);
  await scene.pass(5 * minuteMs);
  await observedInFull(scene);
  const { region, path, relocateRole } = scene;
  const serving = [...region.world.networkInterfaces.values()].find(({ interfaceType }) => interfaceType === "lambda");
  const times: number[] = [];
  region.calls.onCall(({ principal, service, atMs }) => {
    if (principal === relocateRole && ["ec2", "lambda", "tagging"].includes(service)) times.push(atMs);
  });
  const [startMs, gaps] = [region.clock.now(), path.egress.gaps.length];
  path.lambda.hyperplane.replace(serving?.networkInterfaceId ?? "");
  await scene.pass(7 * minuteMs);
  if (!names.every((name) => scene.openNow(name))) throw new Error("the replaced interface was not healed");
  const endMs = (times[0] ?? startMs) + 5 * minuteMs;
  const lasted = path.egress.gaps.slice(gaps).map(({ fromMs, toMs = endMs }) => toMs - fromMs);
  return { calls: times.filter((ms) => ms <= endMs).length, gapSeconds: Math.max(0, ...lasted) / 1000 };
}

/** Lets time pass until a sweep has asked all members. */
async function observedInFull({ region, relocateRole, pass }: Scene): Promise<void> {
  let asked = false;
  const stop = region.calls.onCall(({ principal, operation }) => {
    asked ||= principal === relocateRole && operation === "ListAliases";
  });
  while (!asked) await pass(minuteMs);
  stop();
}
