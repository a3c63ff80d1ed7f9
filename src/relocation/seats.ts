/** The pool's interfaces in the light of who uses them. */
import { type Address, attachmentKey, type NetworkInterface, type Observed } from "./model.ts";

export type Role = "serving" | "arriving" | "failed" | "unused";

/** An interface with all that its row of the table depends on. */
export interface Seat {
  readonly networkInterface: NetworkInterface;
  readonly role: Role;
  /** The pool's address on it; never together with a foreign one. */
  readonly address: Address | undefined;
  readonly foreign: boolean;
}

export type Leaving = Seat & { readonly address: Address };

/**
 * The pool's interfaces, by id, each with its role: what a settled version uses serves, whatever else uses it too.
 * EC2's two describes can disagree for a moment; a foreign address that the interface shows then counts.
 */
export function seatsOf(observed: Observed): Seat[] {
  const roles = new Map<string, Role>();
  const versions = observed.members.flatMap((member) => member.liveVersions);
  const give = (role: Role, statuses: readonly string[]) => {
    for (const version of versions.filter(({ status }) => statuses.includes(status))) {
      for (const attachment of version.attachments) roles.set(attachmentKey(attachment), role);
    }
  };
  give("failed", ["failed"]);
  give("arriving", ["changing"]);
  give("serving", ["settled", "idle"]);
  const own = new Set<string>(observed.addresses.map((it) => it.allocationId));
  const addresses = [...observed.addresses].sort((a, b) => (a.allocationId < b.allocationId ? 1 : -1));
  const held = new Map(addresses.map((it) => [it.networkInterfaceId, it]));
  return observed.interfaces
    .map((networkInterface) => {
      const { attachment, networkInterfaceId, shownAllocationId: shown } = networkInterface;
      const role = roles.get(attachmentKey(attachment)) ?? "unused";
      const address = held.get(networkInterfaceId);
      const foreign = shown === "unknown" ? !address : shown !== undefined && !own.has(shown);
      return { networkInterface, role, address: foreign ? undefined : address, foreign };
    })
    .sort((a, b) => (a.networkInterface.networkInterfaceId < b.networkInterface.networkInterfaceId ? -1 : 1));
}

export function needing(seats: readonly Seat[], role: Role): Seat[] {
  return seats.filter((it) => it.role === role && it.networkInterface.inUse && !it.address && !it.foreign);
}

/** Holds an address that no live version uses: nobody uses the attachment, or Lambda has detached the interface. */
export function isLeaving(seat: Seat): seat is Leaving {
  return seat.address !== undefined && (seat.role === "unused" || !seat.networkInterface.inUse);
}

export function isBlocked(seat: Seat): boolean {
  return seat.role === "serving" && seat.networkInterface.inUse && seat.address?.blocked === true;
}
