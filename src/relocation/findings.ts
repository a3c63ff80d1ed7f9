/** What a plan reports instead of curing: conflicts, failed updates, members that the pool cannot serve. */
import { functionNameIn, type NetworkInterfaceId } from "../aws/identifiers.ts";
import type { Finding } from "./actions.ts";
import type { Address, LiveVersion, Member, Observed, Policy, Refusal } from "./model.ts";
import { inOrder, type Slot } from "./slots.ts";
import { isOverdue } from "./updates.ts";

type Refused = Extract<Finding, { kind: "refused" }>;

/** Row 6: interfaces of live versions that carry a foreign address. One that the pool has lost is reported as that alone. */
export function conflicts(slots: readonly Slot[], { lost }: Observed): Finding[] {
  const known = new Set<string>(lost.map(({ allocationId }) => allocationId));
  const isConflict = ({ role, foreign, networkInterface }: Slot) =>
    role !== "unused" && foreign && !known.has(networkInterface.shownAllocationId ?? "");
  return inOrder(slots, isConflict).map(({ networkInterface }) => ({
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

/** Addresses that the deployment gave the pool and that are not the pool's any more. */
export function addressesLost({ lost }: Observed): Finding[] {
  return lost.map((address) => ({ kind: "address-lost", ...address }));
}

/** Addresses that AWS refuses whatever the interface, and interfaces that go without because of a refusal. */
export function refused(refusals: readonly Refusal[], { addresses }: Observed, unserved: readonly Slot[]): Refused[] {
  const own = new Set(addresses.map(({ allocationId }) => allocationId));
  const detailOf = ({ permission, code, reason }: Refusal) => ({ kind: "refused", permission, code, reason }) as const;
  const ofAddresses = refusals.flatMap((it): Refused[] =>
    it.allocationId && !it.networkInterfaceId && own.has(it.allocationId)
      ? [{ ...detailOf(it), allocationId: it.allocationId }]
      : [],
  );
  const ofInterfaces = unserved.flatMap(({ networkInterface: { networkInterfaceId } }): Refused[] => {
    const last = refusals.filter((it) => it.networkInterfaceId === networkInterfaceId).at(-1);
    return last ? [{ ...detailOf(last), networkInterfaceId }] : [];
  });
  return [...ofAddresses, ...ofInterfaces];
}

/** Row 10, and members that the pool's network cannot carry or that do not exist. */
export function memberFindings(observed: Observed, policy: Policy, nowMs: number): Finding[] {
  const subnetIds = new Set(policy.subnetIds);
  return [
    ...observed.missingMembers.map((member) => ({ kind: "missing-member", member }) as const),
    ...observed.members.flatMap((member) => [
      ...troubles(member),
      ...overdue(member, nowMs),
      ...outside(member, subnetIds),
      ...withoutVpc(member, policy.guarded),
      ...dualStack(member),
    ]),
  ];
}

/** What Lambda could not do; of several versions the first is named. */
function troubles({ functionArn, liveVersions }: Member): Finding[] {
  const [problem] = [...liveVersions].sort(byVersion).flatMap((version) => version.problem ?? []);
  if (!problem) return [];
  const { kind, reason } = problem;
  return [kind === "failed-update" ? { kind, row: 10, functionArn, reason } : { kind, functionArn, reason }];
}

function overdue({ functionArn, liveVersions }: Member, nowMs: number): Finding[] {
  const since = liveVersions.filter((it) => isOverdue(it, nowMs)).flatMap(({ modifiedMs }) => modifiedMs ?? []);
  return since.length === 0 ? [] : [{ kind: "update-overdue", functionArn, sinceMs: Math.min(...since) }];
}

function outside({ functionArn, liveVersions }: Member, subnetIds: ReadonlySet<string>): Finding[] {
  const used = new Set(liveVersions.flatMap((version) => version.attachments.map(({ subnetId }) => subnetId)));
  return [...used]
    .filter((subnetId) => !subnetIds.has(subnetId))
    .map((subnetId) => ({ kind: "outside-network", functionArn, subnetId }));
}

/** Versions whose traffic leaves by Lambda's shared addresses. A guarded function that was not attached yet should. */
function withoutVpc({ functionArn, liveVersions }: Member, guarded: readonly string[]): Finding[] {
  const versions = liveVersions
    .filter(({ status, attachments }) => (status === "settled" || status === "idle") && attachments.length === 0)
    .map(({ version }) => version)
    .sort();
  if (versions.length === 0 || guarded.includes(functionNameIn(functionArn))) return [];
  return [{ kind: "outside-vpc", functionArn, versions }];
}

function dualStack({ functionArn, liveVersions }: Member): Finding[] {
  const versions = liveVersions
    .filter(({ mayUseIpv6, attachments }) => mayUseIpv6 && attachments.length > 0)
    .map(({ version }) => version)
    .sort();
  return versions.length === 0 ? [] : [{ kind: "dual-stack", functionArn, versions }];
}

function byVersion(a: LiveVersion, b: LiveVersion): number {
  return a.version < b.version ? -1 : 1;
}
