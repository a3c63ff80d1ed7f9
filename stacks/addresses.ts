/** The pool's Elastic IPs, known by their tags. They outlive the stage unless the operator says otherwise. */
import { ec2 } from "@pulumi/aws";
import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import type { OnRemove } from "../src/config/holdfast.ts";
import type { Addresses } from "../src/config/pool.ts";
import { tagKeys } from "../src/config/tags.ts";
import type { Place } from "./place.ts";

export interface PoolAddresses {
  /** Public addresses of role `egress`: what a partner allow-lists. */
  readonly egress: readonly Output<string>[];
  readonly fallback: readonly Output<string>[];
}

/** Tags that relocation and verification write; a deployment leaves them alone. */
const writtenAtRunTime = [tagKeys.use, tagKeys.verdict].flatMap((key) => [`tags["${key}"]`, `tagsAll["${key}"]`]);
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
  const allocate = (role: string, count: number) =>
    Array.from({ length: count }, (_, index) => {
      const tags = { ...tagsOf(role), Name: `${place.prefix}-${pool}-${role}-${index + 1}` };
      const ignoreChanges = [...writtenAtRunTime, ...association];
      const name = `${place.name}-${pool}-${role}-${index + 1}`;
      return new ec2.Eip(name, { domain: "vpc", tags }, { ...options, ignoreChanges }).publicIp;
    });
  const adopt = (role: string, allocationIds: readonly string[]) =>
    allocationIds.map((resourceId) => {
      for (const key of [tagKeys.pool, tagKeys.role]) {
        const tag = { resourceId, key, value: tagsOf(role)[key] ?? "" };
        new ec2.Tag(`${place.name}-${resourceId}-${key.replace(":", "-")}`, tag, { parent: place.parent });
      }
      return ec2.getElasticIpOutput({ id: resourceId }, { parent: place.parent }).publicIp;
    });
  return {
    egress:
      egress.kind === "own" ? adopt("egress", egress.allocationIds) : allocate("egress", egress.count + egress.spares),
    fallback: fallbackAddresses(),
  };

  function fallbackAddresses(): readonly Output<string>[] {
    if (fallback.kind === "own") return adopt("fallback", [fallback.allocationId]);
    return allocate("fallback", fallback.kind === "allocate" ? 1 : 0);
  }
}
