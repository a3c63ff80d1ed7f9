/**
 * Which of the addresses that the deployment gave a pool are not the pool's any more. Pure.
 *
 *  #  the address, by its id  its tags                           it is
 *  1  not known to AWS        -                                  lost: released, or transferred to another account
 *  2  there                   no holdfast:pool or holdfast:role  lost: untagged
 *  3  there                   another pool's or another role     lost: retagged
 *  4  there                   as they should be                  the pool's
 *  5  could not be read       -                                  as at the last look, else not said
 *
 * The operator who removes an address on purpose takes it out of the configuration first, and then it is not looked for.
 */
import type { AllocationId } from "../aws/identifiers.ts";
import { tagKeys } from "./tags.ts";

export type Role = "egress" | "fallback";

/** The addresses that a deployment has allocated or adopted for a pool: allocation id → public address. */
export type OwnAddresses = Readonly<Record<Role, Readonly<Record<string, string>>>>;

interface Own {
  readonly allocationId: AllocationId;
  readonly publicIp: string;
  readonly role: Role;
}

export type LostAddress = Own &
  (
    | { readonly loss: "released" }
    | { readonly loss: "untagged"; readonly tag: string; readonly should: string }
    | { readonly loss: "retagged"; readonly tag: string; readonly should: string; readonly is: string }
  );

/** What AWS says of an address: its tags, or that it has none of this id. */
export type Described = ReadonlyMap<string, string | undefined> | "unknown to AWS";

/** Returns the pool's own addresses, those of role `egress` first. */
export function ownAddresses(own: OwnAddresses): Own[] {
  return (["egress", "fallback"] as const).flatMap((role) =>
    Object.entries(own[role]).map(([allocationId, publicIp]) => {
      return { allocationId: allocationId as AllocationId, publicIp, role };
    }),
  );
}

/**
 * Returns what is lost, by the table above.
 *
 * @param described by allocation id; what could not be read is not there
 */
export function lostAddresses(
  poolName: string,
  own: OwnAddresses,
  described: ReadonlyMap<string, Described>,
): LostAddress[] {
  return ownAddresses(own).flatMap((address): LostAddress[] => {
    const found = described.get(address.allocationId);
    if (found === undefined) return [];
    if (found === "unknown to AWS") return [{ ...address, loss: "released" }];
    const tags = [
      [tagKeys.pool, poolName],
      [tagKeys.role, address.role],
    ] as const;
    const [wrong] = tags.filter(([tag, should]) => found.get(tag) !== should);
    if (!wrong) return [];
    const [tag, should] = wrong;
    const is = found.get(tag);
    return [is ? { ...address, loss: "retagged", tag, should, is } : { ...address, loss: "untagged", tag, should }];
  });
}
