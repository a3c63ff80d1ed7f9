/** What a plan waits for: updates that have to end and interfaces that have to appear. */
import type { Wait } from "./actions.ts";
import type { Observed, Policy, VersionStatus } from "./model.ts";
import type { Slot } from "./slots.ts";

/** One wait per version whose update is in progress; urgent when an interface goes without address until it ends. */
export function updateWaits(observed: Observed, urgent: boolean): Wait[] {
  return observed.members.flatMap(({ functionArn, liveVersions }) =>
    liveVersions
      .filter(({ status }) => status === "changing")
      .map(({ version }) => ({ kind: "update", functionArn, version, urgent }) as const),
  );
}

/**
 * One wait per attachment that should have an interface in use and shows none, or for which Lambda is making another
 * one. Unless it is arriving, the describe call lags behind; versions that Lambda put to sleep have none and are not waited for.
 */
export function interfaceWaits(observed: Observed, slots: readonly Slot[], policy: Policy): Wait[] {
  const subnetIds = new Set(policy.subnetIds);
  const keysOf = (test: (slot: Slot) => boolean) =>
    slots.filter(test).map(({ networkInterface }) => networkInterface.attachment.key);
  const present = new Set(keysOf((slot) => slot.networkInterface.inUse));
  const coming = keysOf(({ role, networkInterface }) => networkInterface.pending && role !== "unused");
  const versions = observed.members.flatMap((member) => member.liveVersions);
  const absent = (status: VersionStatus) =>
    versions
      .filter((version) => version.status === status)
      .flatMap(({ attachments }) => attachments.filter(({ subnetId }) => subnetIds.has(subnetId)))
      .map(({ key }) => key)
      .filter((key) => !present.has(key));
  const serving = new Set(absent("settled"));
  const arriving = new Set([...coming, ...absent("changing").filter((key) => !serving.has(key))]);
  return [...new Set([...arriving, ...serving])].map((attachment) => ({
    kind: "interface",
    attachment,
    arriving: arriving.has(attachment),
  }));
}
