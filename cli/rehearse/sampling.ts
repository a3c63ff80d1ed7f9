/** A change while a function asks an echo once a second, and what of it the samples show. */
import { pause } from "./account.ts";
import type { Sample } from "./function-code.ts";
import type { Scene } from "./scene.ts";

/** How long the function asks: before the change, and after it. */
const beforeMs = 6_000;
const sampledSeconds = 30;

/** Makes a change once the function has begun to ask. Returns when it was called, in this computer's time, and what was seen. */
export async function changeWhileSampling(
  { account, sample }: Scene,
  functionName: string,
  change: () => Promise<unknown>,
  seconds = sampledSeconds,
): Promise<{ readonly calledMs: number; readonly samples: readonly Sample[] }> {
  const sampling = sample(functionName, seconds);
  // The change may fail first; what becomes of the sampling then is of no interest.
  sampling.catch(() => {});
  await pause(account, beforeMs);
  const calledMs = account.clock.now();
  await change();
  return { calledMs, samples: await sampling };
}

export function firstWith(samples: readonly Sample[], address: string): Sample | undefined {
  return samples.find((it) => it.address === address);
}

/** Returns the longest time between two answers, in milliseconds; a second is what lies between any two. Pure. */
export function longestGapMs(samples: readonly Sample[]): number {
  const answered = samples.filter(({ address }) => address !== undefined).map(({ atMs }) => atMs);
  const last = samples.at(-1)?.atMs ?? 0;
  const ends = [...answered.slice(1), Math.max(last, answered.at(-1) ?? last)];
  return Math.max(0, ...answered.map((atMs, index) => (ends[index] ?? atMs) - atMs));
}
