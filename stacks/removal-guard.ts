/** Protects a stage from removal. */
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
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

export function guardRemoval(
  { name, parent }: Place,
  { parent: grandparent }: ComponentResourceOptions,
  { onRemove, addresses }: { readonly onRemove: OnRemove; readonly addresses: readonly PoolAddresses[] },
): void {
  const dependsOn = [parent, ...addresses.flatMap(({ made }) => made)];
  // Always declared, so that `onRemove` can remove the protection before the guard itself is removed.
  const options = { protect: onRemove === "protect", dependsOn, ...(grandparent && { parent: grandparent }) };
  new RemovalGuard(`${name}-removal-guard`, options);
}
