/** What a plan waits for: updates that have to end and interfaces that have to appear. */
import type { Wait } from "./actions.ts";
import type { LiveVersion, Observed, Policy, Refusal } from "./model.ts";
import { isAwaited } from "./refusals.ts";
import type { Slot } from "./slots.ts";
import { isOverdue } from "./updates.ts";

/** One wait per version whose update is in progress; urgent when an interface goes without address until it ends. */
export function updateWaits(observed: Observed, urgent: boolean, nowMs: number): Wait[] {
  return observed.members.flatMap(({ functionArn, liveVersions }) =>
    liveVersions
      .filter((version) => version.status === "changing" && !isOverdue(version, nowMs))
      .map(({ version }) => ({ kind: "update", functionArn, version, urgent }) as const),
  );
}

/** One wait for what may be tried again first of that which keeps the slots without an address. */
export function refusalWaits(refusals: readonly Refusal[], unserved: readonly Slot[], nowMs: number): Wait[] {
  const ids = new Set(unserved.map(({ networkInterface }) => networkInterface.networkInterfaceId));
  const concerned = refusals.filter(({ networkInterfaceId }) => networkInterfaceId && ids.has(networkInterfaceId));
  const untilMs = Math.min(...concerned.map((it) => it.untilMs));
  return isAwaited({ untilMs }, nowMs) ? [{ kind: "refusal", untilMs }] : [];
}

/**
 * One wait per attachment that should have an interface in use and shows none, or for which Lambda is making another
 * one that has no address yet. Unless it is arriving, the describe call lags behind; versions that Lambda put to sleep have none and are not waited for.
 */
export function interfaceWaits(observed: Observed, slots: readonly Slot[], policy: Policy, nowMs: number): Wait[] {
  const subnetIds = new Set(policy.subnetIds);
  const keysOf = (test: (slot: Slot) => boolean) =>
    slots.filter(test).map(({ networkInterface }) => networkInterface.attachment.key);
  const present = new Set(
    keysOf((slot) => slot.networkInterface.inUse || (slot.networkInterface.pending && !!slot.address)),
  );
  const coming = keysOf((slot) => slot.networkInterface.pending && slot.role !== "unused" && !slot.address);
  const versions = observed.members.flatMap((member) => member.liveVersions);
  const absent = (isAwaited: (version: LiveVersion) => boolean) =>
    versions
      .filter(isAwaited)
      .flatMap(({ attachments }) => attachments.filter(({ subnetId }) => subnetIds.has(subnetId)))
      .map(({ key }) => key)
      .filter((key) => !present.has(key));
  const serving = new Set(absent(({ status }) => status === "settled"));
  const changing = absent((version) => version.status === "changing" && !isOverdue(version, nowMs));
  const arriving = new Set([...coming, ...changing.filter((key) => !serving.has(key))]);
  return [...new Set([...arriving, ...serving])].map((attachment) => ({
    kind: "interface",
    attachment,
    arriving: arriving.has(attachment),
    ...(coming.includes(attachment) && { inMaking: true as const }),
  }));
}
