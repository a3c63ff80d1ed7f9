/**
 * How long an interface that got its address was in use without one, at most. Pure.
 *
 * The end is when AWS showed the association. The beginning is unknown, since no API says when Lambda moved traffic to
 * an interface. But each of these moments lies before it, and the latest of them counts:
 *
 *  1. a look at which the interface had an address or was not in use, less the time that a describe call may lag;
 *  2. a look at which no update was in progress and no live version used the attachment (nor had it an interface in use,
 *     where members may be missing), less the same;
 *  3. the last read that showed each of the versions that use the attachment still being updated, or created, if none
 *     of them used the attachment before: a function keeps its previous configuration until its update has ended
 *     (Lambda developer guide, "Function states");
 *  4. the interface's creation, where an event that started the run says it, less what AWS's clock may be ahead of ours.
 *
 * For 3, a version did not use the attachment before if it is Pending (it serves nothing then), or if the attachment
 * had no interface in use while that same update was in progress (for longer than a describe call may lag, or beside one
 * that Lambda was making) and no live version used it at the latest look before: an update may take hours, in which Lambda
 * replaces an interface that has been in use all along. Without any of them (a cold start, a lack that
 * every look has shown) no bound is known, and none is reported. How long EC2 takes until packets follow an association
 * that it shows is not documented, and is left out.
 */
import type { FunctionArn } from "../aws/identifiers.ts";
import type { Change } from "./changes.ts";
import { isAbsent, type Looks, lastWithout, withLook } from "./looks.ts";
import type { LiveVersion, NetworkInterface, Observed } from "./model.ts";
import type { PoolNetwork } from "./observe-network.ts";
import type { Pass, Run, TimedOutcome } from "./pass.ts";

/**
 * How long a describe call may lag behind, assumed: EC2 says "a couple of seconds up to minutes" (EC2 developer guide,
 * "Eventual consistency"); in the twin one of 70,000 changes is seen later.
 */
export const describeLagMs = 45_000;

/**
 * How far AWS's clock and ours may differ, assumed. CloudTrail stamps an event by the host that served the call, and says of
 * AWS's hosts only that they are synchronized by NTP (CloudTrail user guide, "CloudTrail record contents"); of the clocks of
 * Lambda's environments AWS says nothing. Only what AWS's clock began and ours ends is concerned.
 */
export const clocksDifferMs = 5_000;

/**
 * Returns the upper bound in milliseconds, or undefined where none is known.
 *
 * @param changes what started the run
 * @param before what was known of the pool before the run
 */
export function longestGapMs(
  run: Run,
  outcome: TimedOutcome,
  changes: readonly Change[],
  before: Looks,
): number | undefined {
  const index = run.passes.findIndex(({ outcomes }) => outcomes.includes(outcome));
  const pass = run.passes[index];
  if (!pass || pass.unverified.some(({ action }) => action === outcome.action)) return undefined;
  const { networkInterfaceId } = outcome.action;
  const networkInterface = pass.observed.interfaces.find((it) => it.networkInterfaceId === networkInterfaceId);
  if (!networkInterface) return undefined;
  const begins = [
    ...lookMs(run.passes.slice(0, index + 1), networkInterface, before),
    ...(lastUnswitchedMs(run.passes, pass, networkInterface.attachment.key, before) ?? []),
    ...creationsMs(changes, networkInterfaceId).map((atMs) => atMs - clocksDifferMs),
  ];
  // A write whose answer was lost has taken place by the end of the run, which saw it.
  const endMs = outcome.result === "done" ? pass.verifiedMs : run.endedMs;
  return begins.length === 0 ? undefined : Math.max(0, endMs - Math.max(...begins));
}

/** When AWS says that the interface was created. */
function creationsMs(changes: readonly Change[], networkInterfaceId: string): number[] {
  return changes.flatMap((it) =>
    it.kind === "interface" && it.subnetId !== undefined && it.networkInterfaceId === networkInterfaceId
      ? [it.timeMs]
      : [],
  );
}

/** Returns what is known of the pool after the run. */
export function looksAfter({ passes, network, startedMs }: Run, before: Looks): Looks {
  if (passes.length > 0) return looksOf(passes, before);
  return network ? withLook(before, network, startedMs) : before;
}

function looksOf(passes: readonly Pass[], before: Looks): Looks {
  return passes.reduce(
    (looks, { observed, asked, startedMs }) => withLook(looks, asked ? observed : networkOf(observed), startedMs),
    before,
  );
}

function networkOf({ interfaces, scout, addresses, lost, paused }: Observed): PoolNetwork {
  return { interfaces, scout, addresses, lost, paused };
}

/** The moments 1 and 2. */
function lookMs(passes: readonly Pass[], { networkInterfaceId, attachment }: NetworkInterface, before: Looks) {
  const { lacking, used } = looksOf(passes, before);
  return [lastWithout(lacking, networkInterfaceId), lastWithout(used, attachment.key)].flatMap((atMs) =>
    atMs === undefined ? [] : [atMs - describeLagMs],
  );
}

/** The moment 3, as a list of one; undefined where a version may have used the attachment before. */
function lastUnswitchedMs(
  passes: readonly Pass[],
  { observed }: Pass,
  key: string,
  before: Looks,
): [number] | undefined {
  const lasts = observed.members.flatMap(({ functionArn, liveVersions }) =>
    liveVersions
      .filter(({ attachments }) => attachments.some((it) => it.key === key))
      .map(({ version }) => lastUpdatingMs(passes, { functionArn, version, key, before })),
  );
  const known = lasts.filter((atMs) => atMs !== undefined);
  return lasts.length === 0 || known.length < lasts.length ? undefined : [Math.min(...known)];
}

interface Switch {
  readonly functionArn: FunctionArn;
  readonly version: string;
  /** Of the attachment. */
  readonly key: string;
  readonly before: Looks;
}

/** When the first update that brings the version to the attachment was last seen in progress. */
function lastUpdatingMs(passes: readonly Pass[], { functionArn, version, key, before }: Switch): number | undefined {
  let lastMs: number | undefined;
  let isNew = false;
  let update: LiveVersion | undefined;
  let looks = before;
  for (const [index, pass] of passes.entries()) {
    const previous = passes[index - 1];
    if (update && previous && pass.unchanged) {
      const { updatesMs, interfacesMs } = pass.unchanged;
      lastMs = updatesMs ?? lastMs;
      const awaited = previous.plan.waits.some((it) => it.kind === "interface" && it.attachment === key);
      if (awaited) isNew ||= isUnused(previous.observed, looks, key) && isLongAgo(update, interfacesMs);
    }
    looks = looksOf([pass], looks);
    const read = findVersion(pass.observed, functionArn, version);
    if (read?.status !== "changing" || read.modifiedMs !== update?.modifiedMs) {
      if (isNew) break;
      update = undefined;
      lastMs = undefined;
    }
    if (read?.status !== "changing") continue;
    update = read;
    lastMs = pass.startedMs;
    const isFirst = isInMaking(pass.observed, key) || isLongAgo(read, pass.startedMs);
    isNew ||= read.servesNothing || (isUnused(pass.observed, looks, key) && isFirst);
  }
  return isNew ? lastMs : undefined;
}

function findVersion({ members }: Observed, functionArn: FunctionArn, version: string): LiveVersion | undefined {
  const member = members.find((it) => it.functionArn === functionArn);
  return member?.liveVersions.find((it) => it.version === version);
}

/** Whether the attachment has no interface in use, and no live version used it before. */
function isUnused({ interfaces }: Observed, { used }: Looks, key: string): boolean {
  return isAbsent(used, key) && !interfaces.some(({ attachment, inUse }) => inUse && attachment.key === key);
}

function isInMaking({ interfaces }: Observed, key: string): boolean {
  return interfaces.some(({ attachment, pending }) => pending && attachment.key === key);
}

/** Whether what describe calls show at the time is younger than the update, which AWS's clock dates. */
function isLongAgo({ modifiedMs }: LiveVersion, atMs: number | undefined): boolean {
  return modifiedMs !== undefined && atMs !== undefined && atMs >= modifiedMs + describeLagMs + clocksDifferMs;
}
