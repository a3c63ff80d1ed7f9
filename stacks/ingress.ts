/** Ingress for partners' callbacks, where it is configured. It allows calls in and no egress. */
import type { Output } from "@pulumi/pulumi";
import type { OnRemove } from "../src/config/holdfast.ts";
import type { Pool } from "../src/config/pool.ts";
import { createFixedAddresses } from "./ingress-addresses.ts";
import { createFixedName, type FixedName } from "./ingress-name.ts";
import type { PoolNetwork } from "./network.ts";
import type { Place } from "./place.ts";

export type IngressOutput =
  /** Give the addresses to the partner, and make the certificate's name resolve to them. */
  { readonly kind: "addresses"; readonly addresses: Output<string[]> } | FixedName;

export function createIngress(
  place: Place,
  pool: string,
  { ingress, network: described }: Pool,
  network: PoolNetwork,
  onRemove: OnRemove,
): IngressOutput | undefined {
  // Without the pool's tag: with it, fallback would treat the route table as one of the members'.
  const tags = { ...place.tags, Name: `${place.prefix}-${pool}-ingress` };
  const context = { place, pool, base: `${place.name}-${pool}-ingress`, options: { parent: place.parent }, tags };
  switch (ingress?.kind) {
    case undefined:
      return undefined;
    case "name":
      return createFixedName(context, ingress);
    case "addresses": {
      const cidr = described.kind === "create" ? described.cidr : undefined;
      return { kind: "addresses", addresses: createFixedAddresses(context, ingress, { ...network, cidr }, onRemove) };
    }
  }
}
