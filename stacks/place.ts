/** Account, region and names of a deployment. */
import { getCallerIdentityOutput, getPartitionOutput, getRegionOutput } from "@pulumi/aws";
import type { Output, Resource } from "@pulumi/pulumi";
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import { tagKeys } from "../src/pool/tags.ts";

/** The account and region of ARNs. */
export interface Account {
  readonly partition: Output<string>;
  readonly region: Output<string>;
  readonly accountId: Output<string>;
}

/**
 * Pulumi knows a resource by its logical name and the types above it. The component's own name is in none of them: with
 * another one everything stays, where it would be made a second time under names that are taken, and then deleted.
 */
export const logicalPrefix = "Holdfast";

export interface Place extends Account {
  /** The prefix of every logical name. */
  readonly name: typeof logicalPrefix;
  /** `<app>-<stage>`: the prefix of every name in AWS. */
  readonly prefix: string;
  readonly production: boolean;
  readonly monitoring: HoldfastConfig["monitoring"];
  readonly parent: Resource;
  /** Rejects if a check fails: for lookups that are valid only once the checks have passed. */
  readonly checked: Promise<unknown>;
  readonly tags: Readonly<Record<string, string>>;
}

export function placeOf(
  app: string,
  stage: string,
  { monitoring }: HoldfastConfig,
  parent: Resource,
  checked: Promise<unknown>,
): Place {
  const prefix = `${app}-${stage}`;
  return {
    name: logicalPrefix,
    prefix,
    production: stage === "production",
    monitoring,
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
