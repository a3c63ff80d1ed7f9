/** The pool's Elastic IPs, known by their tags. They outlive the stage unless the operator says otherwise. */
import { ec2 } from "@pulumi/aws";
import { type CustomResourceOptions, type Output, output, type Resource } from "@pulumi/pulumi";
import type { OnRemove } from "../src/config/holdfast.ts";
import type { Addresses } from "../src/config/pool.ts";
import { tagKeys } from "../src/config/tags.ts";
import { type Place, writtenTags } from "./place.ts";

export interface PoolAddresses {
  /** Public addresses of role `egress`: what a partner allow-lists. */
  readonly egress: readonly Output<string>[];
  readonly fallback: readonly Output<string>[];
  /** Allocation ids of the fallback's. */
  readonly fallbackIds: readonly Output<string>[];
  /** The addresses, or the tags of those brought along. */
  readonly made: readonly Resource[];
}

interface Address {
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

export function poolAddresses(
  place: Place,
  pool: string,
  { egress, fallback }: Addresses,
  onRemove: OnRemove,
): PoolAddresses {
  const options: CustomResourceOptions = {
    parent: place.parent,
    protect: onRemove === "protect",
    retainOnDelete: onRemove !== "release",
  };
  const tagsOf = (role: string) => ({ ...place.tags, [tagKeys.pool]: pool, [tagKeys.role]: role });
  const made: Resource[] = [];
  const allocate = (role: string, count: number): Address[] =>
    Array.from({ length: count }, (_, index) => {
      const tags = { ...tagsOf(role), Name: `${place.prefix}-${pool}-${role}-${index + 1}` };
      const ignoreChanges = [...writtenAtRunTime, ...association];
      const name = `${place.name}-${pool}-${role}-${index + 1}`;
      const address = new ec2.Eip(name, { domain: "vpc", tags }, { ...options, ignoreChanges });
      made.push(address);
      return { publicIp: address.publicIp, allocationId: address.id };
    });
  const adopt = (role: string, allocationIds: readonly string[]): Address[] =>
    allocationIds.map((resourceId) => {
      for (const [key, value] of Object.entries(tagsOf(role))) {
        const tag = { resourceId, key, value };
        made.push(new ec2.Tag(`${place.name}-${resourceId}-${key.replace(":", "-")}`, tag, { parent: place.parent }));
      }
      const { publicIp } = ec2.getElasticIpOutput({ id: resourceId }, { parent: place.parent });
      return { publicIp, allocationId: output(resourceId) };
    });
  const serving =
    egress.kind === "own" ? adopt("egress", egress.allocationIds) : allocate("egress", egress.count + egress.spares);
  const standby =
    fallback.kind === "own"
      ? adopt("fallback", [fallback.allocationId])
      : allocate("fallback", fallback.kind === "allocate" ? 1 : 0);
  return {
    egress: serving.map(({ publicIp }) => publicIp),
    fallback: standby.map(({ publicIp }) => publicIp),
    fallbackIds: standby.map(({ allocationId }) => allocationId),
    made,
  };
}
