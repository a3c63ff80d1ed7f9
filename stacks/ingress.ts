/** Where partners call back to, if the operator asks for it. It lets calls in and nothing out. */
import type { Output } from "@pulumi/pulumi";
import type { OnRemove } from "../src/config/holdfast.ts";
import type { Pool } from "../src/config/pool.ts";
import { createFixedAddresses } from "./ingress-addresses.ts";
import { createFixedName, type FixedName } from "./ingress-name.ts";
import type { PoolNetwork } from "./network.ts";
import type { Place } from "./place.ts";

export type IngressOutput =
  /** Hand the addresses to the partner, and let the certificate's name resolve to them. */
  { readonly kind: "addresses"; readonly addresses: Output<string[]> } | FixedName;

export function createIngress(
  place: Place,
  pool: string,
  { ingress, network: described }: Pool,
  network: PoolNetwork,
  onRemove: OnRemove,
): IngressOutput | undefined {
  // Without the pool's tag, by which fallback would take the route table for one of the members'.
  const tags = { ...place.tags, Name: `${place.prefix}-${pool}-ingress` };
  const making = { place, pool, base: `${place.name}-${pool}-ingress`, options: { parent: place.parent }, tags };
  switch (ingress?.kind) {
    case undefined:
      return undefined;
    case "name":
      return createFixedName(making, ingress);
    case "addresses": {
      const cidr = described.kind === "create" ? described.cidr : undefined;
      return { kind: "addresses", addresses: createFixedAddresses(making, ingress, { ...network, cidr }, onRemove) };
    }
  }
}
