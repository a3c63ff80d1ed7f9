/** Account, region and names of a deployment. */
import { getCallerIdentityOutput, getPartitionOutput, getRegionOutput } from "@pulumi/aws";
import type { Output, Resource } from "@pulumi/pulumi";
import { tagKeys } from "../src/pool/tags.ts";

/** The account and region of ARNs. */
export interface Account {
  readonly partition: Output<string>;
  readonly region: Output<string>;
  readonly accountId: Output<string>;
}

export interface Place extends Account {
  /** Name of the component: the prefix of every logical name. */
  readonly name: string;
  /** `<app>-<stage>`: the prefix of every name in AWS. */
  readonly prefix: string;
  readonly production: boolean;
  readonly parent: Resource;
  /** Rejects if a check fails: for lookups that are valid only once the checks have passed. */
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

/** Returns the properties of tags that the running system writes: a deployment must not change them. */
export function writtenTags(...keys: readonly string[]): string[] {
  return keys.flatMap((key) => [`tags["${key}"]`, `tagsAll["${key}"]`]);
}
