/** The state of each of a pool's addresses, from what relocation observed. Pure. */
import { type AddressState, addressState, type Holder } from "../pool/address-state.ts";
import type { Address, Observed } from "./model.ts";
import type { PoolNetwork } from "./observe-network.ts";
import { type Role, rolesOf } from "./slots.ts";

const useOfRole = {
  serving: "settled",
  failed: "failed",
  arriving: "changing",
  published: "settled",
  unused: "unused",
} as const;

/**
 * Returns the question what state an address is in. Of a look at the network alone the members' use is unknown.
 *
 * @param natAllocationIds addresses of the pool's NAT gateways, where they are known
 */
export function addressStates(
  observed: PoolNetwork | Observed,
  natAllocationIds: readonly string[] = [],
): (address: Address) => AddressState {
  const holders = new Map<string, Holder>();
  const roles: ReadonlyMap<string, Role> | undefined = "members" in observed ? rolesOf(observed) : undefined;
  for (const { networkInterfaceId, attachment, inUse, pending } of observed.interfaces) {
    const role = inUse || pending ? (roles?.get(attachment.key) ?? "unused") : "unused";
    const use = !roles && (inUse || pending) ? "unknown" : pending && role === "serving" ? "changing" : useOfRole[role];
    holders.set(networkInterfaceId, { kind: "interface", use });
  }
  for (const { networkInterfaceId } of observed.scout) holders.set(networkInterfaceId, { kind: "scout" });
  const onNat = new Set(natAllocationIds);
  const holderOf = ({ allocationId, networkInterfaceId }: Address): Holder => {
    if (onNat.has(allocationId)) return { kind: "nat-gateway" };
    if (networkInterfaceId === undefined) return { kind: "none" };
    return holders.get(networkInterfaceId) ?? { kind: "elsewhere" };
  };
  return (address) => addressState({ holder: holderOf(address), blocked: address.blocked, noted: address.use?.state });
}
