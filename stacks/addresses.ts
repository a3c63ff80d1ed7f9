/**
 * The pool's Elastic IPs, identified by their tags. A deployment retains what it has allocated, unless `onRemove` is
 * `release`: an address that the configuration drops stays in the account and in its pool, and a deployment with the same
 * name imports it again.
 */
import { ec2 } from "@pulumi/aws";
import { all, type CustomResourceOptions, type Input, type Output, output, type Resource } from "@pulumi/pulumi";
import type { OnRemove } from "../src/config/holdfast.ts";
import type { Addresses } from "../src/config/pool.ts";
import type { OwnAddresses } from "../src/pool/lost-addresses.ts";
import { tagKeys } from "../src/pool/tags.ts";
import { addressNames, type Role, type TaggedAddress, taggedAddresses } from "./address-names.ts";
import { type Place, writtenTags } from "./place.ts";

export interface PoolAddresses {
  /**
   * Public addresses of all Elastic IPs with the pool's tag: first those of role `egress`, then those of role `fallback`.
   * Partners allow-list all of them.
   */
  readonly publicIps: Output<string[]>;
  /** Those of the configuration: allocated or adopted, and tagged. */
  readonly own: Output<OwnAddresses>;
  /** Allocation ids of role `fallback`. */
  readonly fallbackIds: readonly Output<string>[];
  /** Of those that the deployment allocates, of either role. */
  readonly allocatedIds: readonly Output<string>[];
  /** Resources that allocate or tag the addresses. */
  readonly made: readonly Input<Resource>[];
}

interface Address {
  readonly role: Role;
  readonly publicIp: Output<string>;
  readonly allocationId: Output<string>;
}

/** Tags that relocation, verification, the operator's override and another resource write. */
const writtenElsewhere = writtenTags(
  tagKeys.onRemove,
  tagKeys.use,
  tagKeys.verifications,
  tagKeys.verdict,
  tagKeys.verified,
  tagKeys.override,
);
/** Relocation changes the association at run time. */
const association = ["networkInterface", "instance", "associateWithPrivateIp"];

export function poolAddresses(place: Place, pool: string, configured: Addresses, onRemove: OnRemove): PoolAddresses {
  const existing = output(taggedAddresses(pool, { parent: place.parent }));
  const allocated = addressNames(place.prefix, pool, configured).map(({ role, name }) => {
    // Pulumi requires the id of an import as plain text: the resource is declared once the id is known.
    const made = existing.apply((found) => allocate(place, pool, { role, name }, onRemove, found));
    return { role, resource: made.apply(({ address }) => address), said: made.apply(({ said }) => said) };
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
    publicIps: all([all(addresses), existing]).apply(([own, found]) => {
      // Addresses that this deployment releases or removes its tags from need no allow-listing any more.
      const kept = found.filter((it) => !it.adopted && (onRemove !== "release" || it.stage !== place.prefix));
      return listed(own, kept);
    }),
    own: all(addresses).apply((known) => ({
      egress: publicIpsOf(known, "egress"),
      fallback: publicIpsOf(known, "fallback"),
    })),
    fallbackIds: addresses.filter(({ role }) => role === "fallback").map(({ allocationId }) => allocationId),
    allocatedIds: allocated.map(({ resource }) => resource.apply(({ id }) => id)),
    made: [...allocated.flatMap(({ resource, said }) => [resource, said]), ...adopted.flatMap(({ tags }) => tags)],
  };
}

type Known = Pick<TaggedAddress, "allocationId" | "publicIp" | "role">;

function publicIpsOf(addresses: readonly Known[], role: Role): Record<string, string> {
  const those = addresses.filter((it) => it.role === role);
  return Object.fromEntries(those.map(({ allocationId, publicIp }) => [allocationId, publicIp]));
}

/** Returns each address once: those of the configuration first, then the rest with the pool's tag. Pure. */
function listed(own: readonly Known[], existing: readonly Known[]): string[] {
  const rest = existing.filter((it) => !own.some(({ allocationId }) => allocationId === it.allocationId));
  const every = [...own, ...rest];
  return ["egress", "fallback"].flatMap((role) =>
    every.filter((it) => it.role === role).map(({ publicIp }) => publicIp),
  );
}

function tagsOf(place: Place, pool: string, role: Role): Record<string, string> {
  return { ...place.tags, [tagKeys.pool]: pool, [tagKeys.role]: role };
}

/** Allocates a new address, or imports the one that an earlier deployment of the stage retained under this name. */
function allocate(
  place: Place,
  pool: string,
  { role, name }: { readonly role: Role; readonly name: string },
  onRemove: OnRemove,
  existing: readonly TaggedAddress[],
): { readonly address: ec2.Eip; readonly said: ec2.Tag } {
  // An adopted address loses its tags in the deployment that drops it.
  const kept = existing.filter(
    (it) => it.stage === place.prefix && it.role === role && it.name === name && !it.adopted,
  );
  // Where several have one name, it is ambiguous which of them the state holds already: none is imported.
  const [only] = kept.length === 1 ? kept : [];
  const options: CustomResourceOptions = {
    parent: place.parent,
    retainOnDelete: onRemove !== "release",
    ignoreChanges: [...writtenElsewhere, ...association],
    ...(only && { import: only.allocationId }),
  };
  const tags = { ...tagsOf(place, pool, role), Name: name };
  const logicalName = name.replace(place.prefix, place.name);
  const address = new ec2.Eip(logicalName, { domain: "vpc", tags }, options);
  // A resource of its own: of an address that is imported, SST leaves the tags as they are (its program, `import`).
  const tag = { resourceId: address.id, key: tagKeys.onRemove, value: onRemove };
  return { address, said: new ec2.Tag(`${logicalName}-on-remove`, tag, { parent: place.parent }) };
}

function adopt(place: Place, pool: string, role: Role, resourceId: string): { address: Address; tags: ec2.Tag[] } {
  const options = { parent: place.parent };
  const write = ([key, value]: [string, string], dependsOn: Resource[] = []) =>
    new ec2.Tag(
      `${place.name}-${resourceId}-${key.replace(":", "-")}`,
      { resourceId, key, value },
      { ...options, dependsOn },
    );
  // Written first and removed last: without it, a later life of the stage might take the address for its own, and release it.
  const adopted = write([tagKeys.adopted, "true"]);
  const tags = [adopted, ...Object.entries(tagsOf(place, pool, role)).map((tag) => write(tag, [adopted]))];
  const { publicIp } = ec2.getElasticIpOutput({ id: resourceId }, options);
  // Known once it is tagged: before, it is not the pool's, and relocation would miss it.
  const allocationId = all(tags.map(({ id }) => id)).apply(() => resourceId);
  return { address: { role, publicIp, allocationId }, tags };
}
