/** Waits in small steps, within the run, for what the plan says has to happen elsewhere. */

import type { EC2Client } from "@aws-sdk/client-ec2";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { PoolSettings } from "../config/settings.ts";
import type { Wait } from "./actions.ts";
import type { Observed } from "./model.ts";
import { readVersion } from "./observe-members.ts";
import { listInterfaces } from "./observe-network.ts";
import type { Pass, Relocation, Unchanged } from "./pass.ts";

/** While an interface goes without address until an update ends, what ends it is seen within this time. */
const urgentStepMs = 250;
const stepMs = 500;
/**
 * Reads of versions per second, whatever number of them changes: half of what Lambda's control plane grants an account,
 * or the deployment that is waited for would be throttled by its watcher.
 */
const readsPerSecond = 8;
/**
 * Interfaces are read half as often: what they make possible is early, what a version's state asks for is urgent. One that
 * Lambda is making is urgent too, since the one that it replaces goes when it comes.
 */
const interfacesEvery = 2;
/** How long the describe call may lag behind an update that has already ended. */
const lagMs = 5000;

/**
 * Waits until something that the plan waits for has happened. Reads only what is awaited: one call per update, one for
 * all interfaces.
 *
 * @returns until when nothing had happened; undefined when nothing is worth waiting for or the time is over
 */
export async function waitForChange(
  relocation: Relocation,
  pool: PoolSettings,
  { observed, plan }: Pass,
  startedMs: number,
  deadlineMs: number,
): Promise<Unchanged | undefined> {
  const { clock, ec2, lambda } = relocation;
  const updates = plan.waits.filter((wait) => wait.kind === "update");
  const interfaces = plan.waits.filter((wait) => wait.kind === "interface");
  const refusal = plan.waits.find((wait) => wait.kind === "refusal");
  if (updates.length === 0 && interfaces.length === 0 && !refusal) return undefined;
  const mayLast = updates.length > 0 || refusal !== undefined || interfaces.some(({ arriving }) => arriving);
  const untilMs = mayLast ? deadlineMs : Math.min(deadlineMs, startedMs + lagMs);
  const wantedMs = updates.some(({ urgent }) => urgent) ? urgentStepMs : stepMs;
  const pauseMs = Math.max(wantedMs, (updates.length / readsPerSecond) * 1000);

  let unchanged: Unchanged = { updatesMs: undefined, interfacesMs: undefined };
  for (let step = 1; clock.now() < untilMs; step++) {
    await clock.sleep(pauseMs);
    const lookedMs = clock.now();
    const isDue = step % interfacesEvery === 0 || interfaces.some(({ inMaking }) => inMaking);
    const lookAtInterfaces = interfaces.length > 0 && isDue;
    const happened = await Promise.all([
      ...updates.map((update) => hasChanged(lambda, observed, update)),
      ...(lookAtInterfaces ? [hasArrived(ec2, pool, observed, interfaces)] : []),
    ]);
    if (happened.includes(true) || (refusal && lookedMs >= refusal.untilMs)) return unchanged;
    unchanged = { updatesMs: lookedMs, interfacesMs: lookAtInterfaces ? lookedMs : unchanged.interfacesMs };
  }
  return undefined;
}

/** Whether the version is shown otherwise than it was observed. */
async function hasChanged(
  lambda: LambdaClient,
  observed: Observed,
  { functionArn, version }: Extract<Wait, { kind: "update" }>,
): Promise<boolean> {
  const member = observed.members.find((it) => it.functionArn === functionArn);
  const before = member?.liveVersions.find((it) => it.version === version);
  const { version: now } = await readVersion(lambda, functionArn, version === "$LATEST" ? undefined : version);
  return JSON.stringify(now) !== JSON.stringify(before);
}

/** Whether an interface of an awaited attachment is in use that was not. */
async function hasArrived(
  ec2: EC2Client,
  pool: PoolSettings,
  observed: Observed,
  awaited: readonly Extract<Wait, { kind: "interface" }>[],
): Promise<boolean> {
  const keys = new Set(awaited.map(({ attachment }) => attachment));
  const before = new Set(observed.interfaces.filter((it) => it.inUse).map((it) => it.networkInterfaceId));
  const interfaces = await listInterfaces(ec2, [pool]);
  return interfaces.some((it) => it.inUse && !before.has(it.networkInterfaceId) && keys.has(it.attachment.key));
}
