/** The names of a deployment's own addresses, and lookups of the addresses that exist already. */
import { ec2 } from "@pulumi/aws";
import type { InvokeOptions } from "@pulumi/pulumi";
import type { Addresses } from "../src/config/pool.ts";
import { tagKeys } from "../src/pool/tags.ts";

export type Role = "egress" | "fallback";

/** Returns the tag `Name` of each address that a deployment allocates for a pool. @param prefix `<app>-<stage>` */
export function addressNames(
  prefix: string,
  pool: string,
  { egress, fallback }: Addresses,
): { readonly role: Role; readonly name: string }[] {
  const named = (role: Role, count: number) =>
    Array.from({ length: count }, (_, index) => ({ role, name: `${prefix}-${pool}-${role}-${index + 1}` }));
  return [
    ...named("egress", egress.kind === "own" ? 0 : egress.count + egress.spares),
    ...named("fallback", fallback.kind === "allocate" ? 1 : 0),
  ];
}

/** An address that carries a pool's tag, set by a deployment or manually. */
export interface TaggedAddress {
  readonly allocationId: string;
  readonly publicIp: string;
  readonly pool: string | undefined;
  readonly role: string | undefined;
  /** `<app>-<stage>` of the deployment that allocated or adopted it. */
  readonly stage: string | undefined;
  readonly name: string | undefined;
  /** What the last deployment said; undefined on one that it did not allocate. */
  readonly onRemove: string | undefined;
  /** The operator allocated it: no resource of the stage represents it. */
  readonly adopted: boolean;
}

/** Returns the addresses of this account and region that carry the pool's tag, in order of their ids. */
export function taggedAddresses(pool: string, options: InvokeOptions = {}): Promise<TaggedAddress[]> {
  return addressesWith(tagKeys.pool, pool, options);
}

/** Returns the addresses that a stage has allocated or adopted, including those of pools that it no longer has. */
export function stageAddresses(prefix: string): Promise<TaggedAddress[]> {
  return addressesWith(tagKeys.stage, prefix, {});
}

async function addressesWith(key: string, value: string, options: InvokeOptions): Promise<TaggedAddress[]> {
  const filters = [{ name: `tag:${key}`, values: [value] }];
  const { allocationIds } = await ec2.getEips({ filters }, options);
  const found = [...allocationIds].sort().map(async (id): Promise<TaggedAddress> => {
    const { publicIp, tags } = await ec2.getElasticIp({ id }, options);
    return {
      allocationId: id,
      publicIp,
      pool: tags[tagKeys.pool],
      role: tags[tagKeys.role],
      stage: tags[tagKeys.stage],
      name: tags["Name"],
      onRemove: tags[tagKeys.onRemove],
      adopted: tagKeys.adopted in tags,
    };
  });
  return Promise.all(found);
}
