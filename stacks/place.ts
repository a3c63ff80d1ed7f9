/** Where a deployment takes place, and what its parts call themselves. */
import { getCallerIdentityOutput, getPartitionOutput, getRegionOutput } from "@pulumi/aws";
import type { Output, Resource } from "@pulumi/pulumi";
import { tagKeys } from "../src/pool/tags.ts";

/** Where ARNs are of. */
export interface Account {
  readonly partition: Output<string>;
  readonly region: Output<string>;
  readonly accountId: Output<string>;
}

export interface Place extends Account {
  /** Name of the component: the beginning of every logical name. */
  readonly name: string;
  /** `<app>-<stage>`: the beginning of every name that an operator reads. */
  readonly prefix: string;
  readonly production: boolean;
  readonly parent: Resource;
  /** Fails as the checks do: for lookups that are in order only once those have passed. */
  readonly checked: Promise<unknown>;
  readonly tags: Readonly<Record<string, string>>;
}

export function placeOf(name: string, app: string, stage: string, parent: Resource, checked: Promise<unknown>): Place {
  const prefix = `${app}-${stage}`;
  return {
    name,
    prefix,
    production: stage === "production",
    parent,
    checked,
    partition: getPartitionOutput({}, { parent }).partition,
    region: getRegionOutput({}, { parent }).region,
    accountId: getCallerIdentityOutput({}, { parent }).accountId,
    tags: { [tagKeys.stage]: prefix },
  };
}

/** Properties that hold tags which the running system writes: a deployment must leave them alone. */
export function writtenTags(...keys: readonly string[]): string[] {
  return keys.flatMap((key) => [`tags["${key}"]`, `tagsAll["${key}"]`]);
}
