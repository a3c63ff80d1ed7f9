/** How the pool's allocated addresses are called, and which of them are there: a kept address outlives its stage. */
import { ec2 } from "@pulumi/aws";
import type { Addresses } from "../src/config/pool.ts";
import { tagKeys } from "../src/config/tags.ts";

export interface AddressName {
  readonly role: "egress" | "fallback";
  /** Its tag `Name`. */
  readonly name: string;
}

export interface ExistingAddress {
  readonly allocationId: string;
  readonly pool: string;
  readonly role: string;
  readonly name: string;
}

/** @returns the addresses that the pool allocates; those that the operator brings along have names of their own */
export function addressNames(prefix: string, pool: string, { egress, fallback }: Addresses): AddressName[] {
  const named = (role: AddressName["role"], count: number) =>
    Array.from({ length: count }, (_, index) => ({ role, name: `${prefix}-${pool}-${role}-${index + 1}` }));
  return [
    ...named("egress", egress.kind === "own" ? 0 : egress.count + egress.spares),
    ...named("fallback", fallback.kind === "allocate" ? 1 : 0),
  ];
}

/** @returns the addresses that carry the tags of this stage and pool, or of this stage and any pool */
export async function existingAddresses(prefix: string, pool?: string): Promise<ExistingAddress[]> {
  const filters = [
    { name: `tag:${tagKeys.stage}`, values: [prefix] },
    ...(pool === undefined ? [] : [{ name: `tag:${tagKeys.pool}`, values: [pool] }]),
  ];
  const { allocationIds } = await ec2.getEips({ filters });
  return Promise.all(
    allocationIds.map(async (allocationId) => {
      const { tags } = await ec2.getElasticIp({ id: allocationId });
      const { [tagKeys.pool]: ofPool = "", [tagKeys.role]: role = "", Name: name = "" } = tags;
      return { allocationId, pool: ofPool, role, name };
    }),
  );
}
