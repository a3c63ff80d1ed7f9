/**
 * The pool's Elastic IPs, known by their tags. What a deployment has allocated it also keeps, unless `onRemove` is `release`:
 * an address that the configuration no longer names stays in the account and in its pool, and the same name finds it again.
 */
import { ec2 } from "@pulumi/aws";
import { all, type CustomResourceOptions, type Input, type Output, output, type Resource } from "@pulumi/pulumi";
import type { OnRemove } from "../src/config/holdfast.ts";
import type { Addresses } from "../src/config/pool.ts";
import { tagKeys } from "../src/pool/tags.ts";
import { addressNames, type Role, type TaggedAddress, taggedAddresses } from "./address-names.ts";
import { type Place, writtenTags } from "./place.ts";

export interface PoolAddresses {
  /**
   * Public addresses of all that carries the pool's tag: first those of role `egress`, which partners allow-list, then
   * those of role `fallback`.
   */
  readonly publicIps: Output<string[]>;
  /** Allocation ids of role `fallback`. */
  readonly fallbackIds: readonly Output<string>[];
  /** What is allocated or tagged here. */
  readonly made: readonly Input<Resource>[];
}

interface Address {
  readonly role: Role;
  readonly publicIp: Output<string>;
  readonly allocationId: Output<string>;
}

/** What relocation and verification write, and what the operator says by hand. */
const writtenAtRunTime = writtenTags(
  tagKeys.use,
  tagKeys.verifications,
  tagKeys.verdict,
  tagKeys.verified,
  tagKeys.override,
);
/** What an address is associated with changes all the time. */
const association = ["networkInterface", "instance", "associateWithPrivateIp"];

export function poolAddresses(place: Place, pool: string, configured: Addresses, onRemove: OnRemove): PoolAddresses {
  const there = output(taggedAddresses(pool, { parent: place.parent }));
  const allocated = addressNames(place.prefix, pool, configured).map(({ role, name }) => {
    // Pulumi takes the id of what it is to import as plain text: the resource is made when the id is known.
    const resource = there.apply((found) => allocate(place, pool, { role, name }, onRemove, found));
    return { role, resource };
  });
  const { egress, fallback } = configured;
  const adopted = [
    ...(egress.kind === "own" ? egress.allocationIds.map((id) => adopt(place, pool, "egress", id)) : []),
    ...(fallback.kind === "own" ? [adopt(place, pool, "fallback", fallback.allocationId)] : []),
  ];
  const addresses: Address[] = [
    ...allocated.map(({ role, resource }) => ({
      role,
      publicIp: resource.apply(({ publicIp }) => publicIp),
      allocationId: resource.apply(({ id }) => id),
    })),
    ...adopted.map(({ address }) => address),
  ];
  return {
    publicIps: all([all(addresses), there]).apply(([own, found]) => {
      // What this deployment releases, or takes its tags off, is no partner's to allow-list any more.
      const kept = found.filter((it) => !it.adopted && (onRemove !== "release" || it.stage !== place.prefix));
      return listed(own, kept);
    }),
    fallbackIds: addresses.filter(({ role }) => role === "fallback").map(({ allocationId }) => allocationId),
    made: [...allocated.map(({ resource }) => resource), ...adopted.flatMap(({ tags }) => tags)],
  };
}

type Known = Pick<TaggedAddress, "allocationId" | "publicIp" | "role">;

/** Pure. Each address once, those of the configuration first, then what else carries the pool's tag. */
function listed(own: readonly Known[], there: readonly Known[]): string[] {
  const rest = there.filter((it) => !own.some(({ allocationId }) => allocationId === it.allocationId));
  const every = [...own, ...rest];
  return ["egress", "fallback"].flatMap((role) =>
    every.filter((it) => it.role === role).map(({ publicIp }) => publicIp),
  );
}

function tagsOf(place: Place, pool: string, role: Role): Record<string, string> {
  return { ...place.tags, [tagKeys.pool]: pool, [tagKeys.role]: role };
}

/** A new address, or the one that an earlier life of the stage has kept under this name. */
function allocate(
  place: Place,
  pool: string,
  { role, name }: { readonly role: Role; readonly name: string },
  onRemove: OnRemove,
  there: readonly TaggedAddress[],
): ec2.Eip {
  // One that was brought along loses its tags in the deployment that no longer names it.
  const kept = there.filter((it) => it.stage === place.prefix && it.role === role && it.name === name && !it.adopted);
  // Of several by one name, nobody can tell which of them this stage has already: those stay as they are.
  const [only] = kept.length === 1 ? kept : [];
  const options: CustomResourceOptions = {
    parent: place.parent,
    retainOnDelete: onRemove !== "release",
    ignoreChanges: [...writtenAtRunTime, ...association],
    ...(only && { import: only.allocationId }),
  };
  const tags = { ...tagsOf(place, pool, role), Name: name };
  return new ec2.Eip(name.replace(place.prefix, place.name), { domain: "vpc", tags }, options);
}

function adopt(place: Place, pool: string, role: Role, resourceId: string): { address: Address; tags: ec2.Tag[] } {
  const options = { parent: place.parent };
  const written = { ...tagsOf(place, pool, role), [tagKeys.adopted]: "true" };
  const tags = Object.entries(written).map(([key, value]) => {
    return new ec2.Tag(`${place.name}-${resourceId}-${key.replace(":", "-")}`, { resourceId, key, value }, options);
  });
  const { publicIp } = ec2.getElasticIpOutput({ id: resourceId }, options);
  return { address: { role, publicIp, allocationId: output(resourceId) }, tags };
}
