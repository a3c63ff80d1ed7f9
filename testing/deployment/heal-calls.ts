/** How many calls of AWS a heal takes, and for how long it leaves members without egress: for benchmarks and tests. */
import { openScene } from "./relocation-scene.ts";

const minuteMs = 60_000;

export interface HealCalls {
  /** Relocation's calls of EC2, Lambda and the index of tags, reads and writes, from the first of them that can see the new interface until five minutes later. */
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
 * Replaces the one interface of a pool with a spare, sweeps included.
 *
 * @throws Error when a member is left without egress
 */
export async function countHeal({ members, associatesPending = true }: HealOptions): Promise<HealCalls> {
  const names = Array.from({ length: members }, (_, index) => `orders-${index}`);
  const scene = await openScene({ members: names, associatesPending, direct: true });
  for (const name of names) await scene.createFunction(name, [0]);
  await scene.pass(10 * minuteMs);
  const { region, path, relocateRole } = scene;
  const serving = [...region.world.networkInterfaces.values()].find(({ interfaceType }) => interfaceType === "lambda");
  const times: number[] = [];
  let isThere = false;
  region.calls.onCall(({ principal, service, atMs }) => {
    isThere ||= [...region.world.networkInterfaces.values()].some(({ status }) => status === "pending");
    const isCounted = principal === relocateRole && ["ec2", "lambda", "tagging"].includes(service);
    if (isThere && isCounted) times.push(atMs);
  });
  const [startMs, gaps] = [region.clock.now(), path.egress.gaps.length];
  path.lambda.hyperplane.replace(serving?.networkInterfaceId ?? "");
  await scene.pass(7 * minuteMs);
  if (!names.every((name) => scene.openNow(name))) throw new Error("the replaced interface was not healed");
  const endMs = (times[0] ?? startMs) + 5 * minuteMs;
  const lasted = path.egress.gaps.slice(gaps).map(({ fromMs, toMs = endMs }) => toMs - fromMs);
  return { calls: times.filter((ms) => ms <= endMs).length, gapSeconds: Math.max(0, ...lasted) / 1000 };
}
