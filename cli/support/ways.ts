/** How the traffic of a pool's functions leaves, interface by interface, and where it does not. Pure. */
import { functionNameIn } from "../../src/aws/identifiers.ts";
import { type Slot, slotsOf } from "../../src/relocation/slots.ts";
import type { CanarySaid } from "./canary-log.ts";
import type { Pool } from "./deployment-model.ts";
import type { PoolView } from "./observe-pool.ts";

/** An interface in use by settled versions. While a function is updated, AWS does not say which interface serves it. */
export interface Way {
  readonly networkInterfaceId: string;
  /** As the canary names it, such as `zone-1`. */
  readonly vantage: string;
  readonly functions: readonly string[];
  /** By which its traffic leaves; undefined where it does not, or by a foreign one. */
  readonly publicIp: string | undefined;
  /** Why nothing leaves by it; undefined where traffic does. */
  readonly shut: Shut | undefined;
}

/** `on`: the interface, the subnet or the vantage. */
export type Shut =
  | { readonly kind: "no-address" | "no-route" | "no-answer"; readonly on: string }
  | { readonly kind: "dead-route"; readonly on: string; readonly natGatewayId: string };

/**
 *  #  default route     address    the probe in its subnet       traffic
 *  1  none              -          -                             shut
 *  2  a dead NAT gateway           -                             shut
 *  3  direct            none       -                             shut
 *  4  any other         -          reaches nothing, later than   shut
 *                                  the address was associated
 *  5  NAT gateway       -          else                          leaves by the fallback address
 *  6  direct            the pool's else                          leaves by it
 *  7  any other         -          else                          leaves otherwise: a foreign address, a foreign route
 *
 * A pool without fallback has its routes read by nobody here; a route that is wrong shows in row 4.
 */
export function waysOf(view: PoolView, canary: CanarySaid): Way[] {
  const { observed } = view.relocation;
  return slotsOf(observed)
    .slots.filter(({ role, networkInterface }) => role === "serving" && networkInterface.inUse)
    .map((slot) => wayOf(view, canary, slot))
    .sort((a, b) => (a.networkInterfaceId < b.networkInterfaceId ? -1 : 1));
}

function wayOf(view: PoolView, canary: CanarySaid, slot: Slot): Way {
  const { networkInterfaceId, attachment } = slot.networkInterface;
  const vantage = zoneOf(view.pool, attachment.subnetId);
  const functions = view.relocation.observed.members
    .filter(({ liveVersions }) => liveVersions.some((it) => it.attachments.some(({ key }) => key === attachment.key)))
    .map(({ functionArn }) => functionNameIn(functionArn));
  const exit = exitOf(view, slot);
  const isLost = canary.attention.some((it) => it.id === "no-egress" && it.vantage === vantage);
  const isProbedSince = (canary.atMs ?? 0) >= (slot.address?.use?.sinceMs ?? 0);
  const shut = exit.shut ?? (isLost && isProbedSince ? ({ kind: "no-answer", on: vantage } as const) : undefined);
  return { networkInterfaceId, vantage, functions, publicIp: shut === undefined ? exit.publicIp : undefined, shut };
}

/** Returns a subnet of the pool as the canary names it. */
export function zoneOf({ relocation }: Pick<Pool, "relocation">, subnetId: string): string {
  return `zone-${relocation.network.subnetIds.indexOf(subnetId) + 1}`;
}

function exitOf({ fallback }: PoolView, { networkInterface, address, foreign }: Slot): Pick<Way, "publicIp" | "shut"> {
  const { networkInterfaceId, attachment } = networkInterface;
  const { subnetId } = attachment;
  const table = fallback?.observed.routeTables.find(({ subnetIds }) => subnetIds.includes(subnetId));
  if (table && !table.route) return shut({ kind: "no-route", on: subnetId });
  if (table?.route?.kind === "nat") {
    const { natGatewayId, blackhole } = table.route;
    const gateway = fallback?.observed.natGateways.find((it) => it.natGatewayId === natGatewayId);
    if (blackhole || gateway?.state !== "available") {
      return shut({ kind: "dead-route", on: subnetId, natGatewayId });
    }
    return { publicIp: fallback?.observed.fallbackAddress?.publicIp, shut: undefined };
  }
  if (table?.route?.kind === "other" || foreign) return { publicIp: undefined, shut: undefined };
  return address
    ? { publicIp: address.publicIp, shut: undefined }
    : shut({ kind: "no-address", on: networkInterfaceId });
}

function shut(why: Shut): Pick<Way, "publicIp" | "shut"> {
  return { publicIp: undefined, shut: why };
}
