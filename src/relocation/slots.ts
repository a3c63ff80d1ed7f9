/** The pool's interfaces in the light of who uses them. */
import type { Address, LiveVersion, NetworkInterface, Observed } from "./model.ts";

/**
 * `published`: only published versions that no alias routes to use it, by their number. `failed`: only versions whose
 * creation failed.
 */
export type Role = "serving" | "arriving" | "failed" | "published" | "unused";

/** An interface with all that its row of the table depends on. */
export interface Slot {
  readonly networkInterface: NetworkInterface;
  readonly role: Role;
  /** The pool's address on it; never together with a foreign one. */
  readonly address: Address | undefined;
  readonly foreign: boolean;
}

export type Leaving = Slot & { readonly address: Address };

/**
 * The pool's interfaces, each with its role: what a settled version uses serves, whatever else uses it too. EC2's two
 * describes can disagree for a moment; a foreign address that the interface shows then counts. `strays` are the
 * addresses that are associated with something else than these interfaces and the scout's.
 */
export function slotsOf(observed: Observed): { readonly slots: Slot[]; readonly strays: Address[] } {
  const roles = rolesOf(observed);
  const holders = holdersOf(observed.addresses);
  let own: Set<string> | undefined;
  const isOwn = (shown: string) => {
    own ??= new Set(observed.addresses.map(({ allocationId }) => allocationId));
    return own.has(shown);
  };
  let matched = 0;
  const slots = observed.interfaces.map((networkInterface): Slot => {
    const { attachment, networkInterfaceId, shownAllocationId: shown } = networkInterface;
    const address = holders.get(networkInterfaceId);
    if (address) matched++;
    const foreign =
      shown === "unknown" ? !address : shown !== undefined && shown !== address?.allocationId && !isOwn(shown);
    const role = roles.get(attachment.key) ?? "unused";
    return { networkInterface, role, address: foreign ? undefined : address, foreign };
  });
  return { slots, strays: matched === holders.size ? [] : straysOf(observed) };
}

/** The address that claims each interface; of two, while a describe lags behind, the one with the smaller id. */
function holdersOf(addresses: readonly Address[]): Map<string, Address> {
  const holders = new Map<string, Address>();
  for (const address of addresses) {
    if (!address.networkInterfaceId) continue;
    const other = holders.get(address.networkInterfaceId);
    if (!other || address.allocationId < other.allocationId) holders.set(address.networkInterfaceId, address);
  }
  return holders;
}

function straysOf({ interfaces, scout, addresses }: Observed): Address[] {
  const known = new Set([...interfaces, ...scout].map((it) => it.networkInterfaceId));
  return addresses.filter(({ networkInterfaceId }) => networkInterfaceId && !known.has(networkInterfaceId));
}

const precedence: readonly Role[] = ["unused", "published", "failed", "arriving", "serving"];

/** After a failed update the previous configuration serves on, and the shown one may be that. */
function roleOf({ status, servesNothing }: LiveVersion): Role {
  if (status === "changing") return "arriving";
  return servesNothing ? "failed" : "serving";
}

/** Returns the role of each attachment that a version of a member uses, by its key. */
export function rolesOf(observed: Pick<Observed, "members" | "published">): Map<string, Role> {
  const roles = new Map<string, Role>([...(observed.published?.keys() ?? [])].map((key) => [key, "published"]));
  for (const { liveVersions } of observed.members) {
    for (const version of liveVersions) {
      const role = roleOf(version);
      for (const { key } of version.attachments) {
        const known = roles.get(key) ?? "unused";
        if (precedence.indexOf(role) > precedence.indexOf(known)) roles.set(key, role);
      }
    }
  }
  return roles;
}

/** Those of the slots that pass, by interface id: sorting the few that matter keeps planning linear. */
export function inOrder<S extends Slot>(slots: readonly Slot[], test: (slot: Slot) => slot is S): S[];
export function inOrder(slots: readonly Slot[], test: (slot: Slot) => boolean): Slot[];
export function inOrder(slots: readonly Slot[], test: (slot: Slot) => boolean): Slot[] {
  const id = ({ networkInterface }: Slot) => networkInterface.networkInterfaceId;
  return slots.filter(test).sort((a, b) => (id(a) < id(b) ? -1 : 1));
}

/** Lambda has let go of the interface, and nothing will leave by it any more. */
export function isDetached({ networkInterface: { inUse, pending } }: Slot): boolean {
  return !inUse && !pending;
}

/** Interfaces that Lambda is making for a live version, and that have no address yet. */
export function inMaking(slots: readonly Slot[]): Slot[] {
  const isAwaited = ({ role }: Slot) => role === "serving" || role === "arriving";
  return inOrder(slots, (it) => it.networkInterface.pending && isAwaited(it) && !it.address && !it.foreign);
}

export function needing(slots: readonly Slot[], role: Role): Slot[] {
  return inOrder(slots, (it) => it.role === role && it.networkInterface.inUse && !it.address && !it.foreign);
}

/** Holds an address that no version uses: none uses the attachment, or Lambda has detached the interface. */
export function isLeaving(slot: Slot): slot is Leaving {
  return slot.address !== undefined && (slot.role === "unused" || isDetached(slot));
}

export function isBlocked(slot: Slot): boolean {
  return slot.role === "serving" && slot.networkInterface.inUse && slot.address?.blocked === true;
}

/** Holds an address for versions that should use it now or later. */
export function isOccupied(slot: Slot): slot is Leaving {
  const isUsed = slot.role === "serving" || slot.role === "arriving" || slot.role === "failed";
  return slot.address !== undefined && isUsed && !isDetached(slot);
}

/** Holds an address that only published versions use, by their number. */
export function isPublished(slot: Slot): slot is Leaving {
  return slot.address !== undefined && slot.role === "published" && !isDetached(slot);
}

/**
 * Serves or is about to, and its address is noted otherwise: it came back before the drain was over, or a run ended
 * before the note. One that is about to may have served and be left again by the time that all versions are settled.
 */
export function isResumed(slot: Slot): slot is Leaving {
  const state = slot.address?.use?.state;
  const isUsed = slot.role !== "unused" && slot.role !== "failed";
  return isUsed && !isDetached(slot) && state !== undefined && state !== "serving";
}
