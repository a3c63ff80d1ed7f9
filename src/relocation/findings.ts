/** What a plan reports instead of curing: conflicts, failed updates, members that the pool cannot serve. */
import type { NetworkInterfaceId } from "../aws/identifiers.ts";
import type { Finding } from "./actions.ts";
import type { Address, LiveVersion, Observed, Policy } from "./model.ts";
import { inOrder, type Slot } from "./slots.ts";

/** Row 6: interfaces of live versions that carry a foreign address. */
export function conflicts(slots: readonly Slot[]): Finding[] {
  return inOrder(slots, (slot) => slot.role !== "unused" && slot.foreign).map(({ networkInterface }) => ({
    kind: "conflict",
    row: 6,
    networkInterfaceId: networkInterface.networkInterfaceId,
  }));
}

/** Addresses of the pool that are associated with something that is none of the pool's interfaces. */
export function displaced(strays: readonly Address[]): Finding[] {
  return [...strays]
    .sort((a, b) => (a.allocationId < b.allocationId ? -1 : 1))
    .map(({ allocationId, networkInterfaceId }) => ({
      kind: "displaced",
      allocationId,
      networkInterfaceId: networkInterfaceId as NetworkInterfaceId,
    }));
}

/** Row 10, and members that the pool's network cannot carry or that do not exist. */
export function memberFindings(observed: Observed, policy: Policy): Finding[] {
  const subnetIds = new Set(policy.subnetIds);
  return [
    ...observed.missingMembers.map((member) => ({ kind: "missing-member", member }) as const),
    ...observed.members.flatMap(({ functionArn, liveVersions }) => {
      const [failed] = liveVersions.filter(({ status }) => status === "failed").sort(byVersion);
      const used = new Set(liveVersions.flatMap((version) => version.attachments.map(({ subnetId }) => subnetId)));
      return [
        ...(failed
          ? [{ kind: "failed-update", row: 10, functionArn, reason: failed.reason ?? "unknown" } as const]
          : []),
        ...[...used]
          .filter((subnetId) => !subnetIds.has(subnetId))
          .map((subnetId) => ({ kind: "outside-network", functionArn, subnetId }) as const),
      ];
    }),
  ];
}

function byVersion(a: LiveVersion, b: LiveVersion): number {
  return a.version < b.version ? -1 : 1;
}
