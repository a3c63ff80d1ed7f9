/** What a removal of the stage meets before anything else. */
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { OnRemove } from "../src/config/holdfast.ts";
import type { PoolAddresses } from "./addresses.ts";
import type { Place } from "./place.ts";

/**
 * Depends on everything that the component has made, so that Pulumi, which deletes what nothing depends on first, begins a
 * removal with it; and it is protected, so that the removal ends there with nothing deleted. That Pulumi looks at
 * `protect` when it comes to a resource, and not before it begins, is shown by the checks with its engine.
 */
class RemovalGuard extends ComponentResource {
  constructor(name: string, options: ComponentResourceOptions) {
    super("holdfast:index:RemovalGuard", name, {}, options);
    this.registerOutputs({});
  }
}

export function guardRemoval(
  { name, parent }: Place,
  { parent: beside }: ComponentResourceOptions,
  { onRemove, addresses }: { readonly onRemove: OnRemove; readonly addresses: readonly PoolAddresses[] },
): void {
  const dependsOn = [parent, ...addresses.flatMap(({ made }) => made)];
  // Always there, so that `onRemove` can lift the protection before the guard itself is removed.
  const options = { protect: onRemove === "protect", dependsOn, ...(beside && { parent: beside }) };
  new RemovalGuard(`${name}-removal-guard`, options);
}
