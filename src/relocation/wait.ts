/** Waits in small steps, within the run, for what the plan says has to happen elsewhere. */
import type { PoolSettings } from "../config/settings.ts";
import { attachmentKey, type LiveVersion } from "./model.ts";
import { listInterfaces } from "./observe.ts";
import { readVersion } from "./observe-members.ts";
import type { Relocation, Round } from "./reconcile.ts";

/** Small enough that what an update changes is seen at once. */
const stepMs = 250;
/** Interfaces are read at every second step: what they make possible is early, what a version's state asks for is urgent. */
const interfacesEvery = 2;
/** How long the describe call may lag behind an update that has already ended. */
const lagMs = 5000;

/**
 * Answers true as soon as something that the plan waits for has happened, and false when nothing is worth waiting
 * for or the time is over. Reads only what is awaited: one call per update, one for all interfaces.
 */
export async function waitForChange(
  { clock, ec2, lambda }: Relocation,
  pool: PoolSettings,
  { observed, plan }: Round,
  startedMs: number,
  deadlineMs: number,
): Promise<boolean> {
  const changing = plan.waits.filter((wait) => wait.kind === "update");
  const absent = new Set(plan.waits.flatMap((wait) => (wait.kind === "interface" ? [wait.attachment] : [])));
  const untilMs = changing.length > 0 ? deadlineMs : Math.min(deadlineMs, startedMs + lagMs);
  if (changing.length === 0 && absent.size === 0) return false;

  const before = new Map<string, LiveVersion>(
    observed.members.flatMap(({ functionArn, liveVersions }) =>
      liveVersions.map((it) => [`${functionArn}:${it.version}`, it] as const),
    ),
  );
  for (let step = 1; clock.now() < untilMs; step++) {
    await clock.sleep(stepMs);
    const [versions, interfaces] = await Promise.all([
      Promise.all(
        changing.map(async ({ functionArn, version }) => {
          const { version: now } = await readVersion(lambda, functionArn, version === "$LATEST" ? undefined : version);
          return JSON.stringify(now) !== JSON.stringify(before.get(`${functionArn}:${version}`));
        }),
      ),
      absent.size > 0 && step % interfacesEvery === 0 ? listInterfaces(ec2, pool) : [],
    ]);
    if (versions.includes(true)) return true;
    if (interfaces.some((it) => it.inUse && absent.has(attachmentKey(it.attachment)))) return true;
  }
  return false;
}
