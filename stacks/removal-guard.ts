/** Protects a stage from removal. */
import { all, ComponentResource, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import type { OnRemove } from "../src/config/holdfast.ts";
import type { PoolAddresses } from "./addresses.ts";
import type { Place } from "./place.ts";

/**
 * Depends on all resources of the component, so that Pulumi, which deletes in the reverse order of dependencies, begins a
 * removal with it; and it is protected, so that the removal fails there with nothing deleted. The checks with Pulumi's
 * engine show that it evaluates `protect` when it reaches a resource, not before it begins.
 */
class RemovalGuard extends ComponentResource {
  constructor(name: string, options: ComponentResourceOptions) {
    super("holdfast:index:RemovalGuard", name, {}, options);
    this.registerOutputs({});
  }
}

interface Guarded {
  readonly onRemove: OnRemove;
  readonly addresses: readonly PoolAddresses[];
  readonly subnetTags: readonly Output<Resource[]>[];
}

export function guardRemoval(
  { name, parent }: Place,
  { parent: grandparent }: ComponentResourceOptions,
  { onRemove, addresses, subnetTags }: Guarded,
): void {
  // What is declared only once something is known is no part of the component yet.
  const known = all([...subnetTags]).apply((tags) => tags.flat());
  const made = addresses.flatMap((it) => it.made);
  const dependsOn = known.apply((tags) => [parent, ...made, ...tags]);
  // Always declared, so that `onRemove` can remove the protection before the guard itself is removed.
  const options = { protect: onRemove === "protect", dependsOn, ...(grandparent && { parent: grandparent }) };
  new RemovalGuard(`${name}-removal-guard`, options);
}
