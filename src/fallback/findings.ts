/** What is wrong with the pool's network or fallback address, so that fallback could not do what it is for. */
import type { Finding } from "./actions.ts";
import type { LedTable, NatGateway, Observed, RouteTable } from "./model.ts";

/** Whether fallback may change the table: its default route points to the internet gateway, or to a gateway of ours. */
export function isOurs(table: LedTable, natGateways: readonly NatGateway[]): boolean {
  const { route } = table;
  if (route?.kind !== "nat") return route?.kind === "internet";
  return natGateways.some((it) => it.natGatewayId === route.natGatewayId) || (route.blackhole && wentOver(table));
}

/**
 * Whether a subnet outside the pool uses the table: a tag says what we made, the table's users say what we may change. In
 * fallback their traffic would leave through the pool's NAT gateway, and nothing would reach them from outside any more.
 * A gateway cannot use it: AWS associates none with a table that routes beyond the VPC (VPC user guide, "Gateway route
 * tables", Rules and considerations).
 */
export function isShared({ otherSubnetIds }: RouteTable): boolean {
  return otherSubnetIds.length > 0;
}

/** The record of a deleted gateway lasts about an hour; after that only the tag tells that the route was ours. */
function wentOver({ flips }: LedTable): boolean {
  return flips.at(-1)?.direction === "fallback";
}

export function routeFindings({ routeTables, uncovered, natGateways, internetGatewayId }: Observed): Finding[] {
  if (routeTables.length === 0) return [{ kind: "no-route-tables" }];
  return [
    ...uncovered.map((it) => ({ kind: "subnet-uncovered", ...it }) as const),
    ...(internetGatewayId === undefined ? [{ kind: "no-internet-gateway" } as const] : []),
    ...routeTables
      .filter(isShared)
      .map(
        ({ routeTableId, otherSubnetIds }) => ({ kind: "shared-route-table", routeTableId, otherSubnetIds }) as const,
      ),
    ...routeTables.flatMap((table): Finding[] => {
      const { routeTableId, route } = table;
      if (!route) return [{ kind: "no-default-route", routeTableId }];
      if (isOurs(table, natGateways)) return [];
      return [
        { kind: "foreign-route", routeTableId, target: route.kind === "nat" ? route.natGatewayId : targetOf(route) },
      ];
    }),
  ];
}

function targetOf(route: { kind: "internet"; gatewayId: string } | { kind: "other"; target: string }): string {
  return route.kind === "internet" ? route.gatewayId : route.target;
}

/** Through a NAT gateway whose own subnet has no route to the internet, or back to itself, nothing gets out. */
export function natSubnetFindings({ natSubnet, routeTables }: Observed): Finding[] {
  if (!natSubnet) return [];
  const { subnetId, routeTableId, toInternet } = natSubnet;
  const own = routeTables.find((it) => it.routeTableId === routeTableId);
  if (own) return [{ kind: "nat-subnet-in-pool", subnetId, routeTableId: own.routeTableId }];
  return toInternet ? [] : [{ kind: "nat-subnet-unrouted", subnetId }];
}

function addressFindings({ fallbackAddress: address, natGateways }: Observed): Finding[] {
  if (!address) return [{ kind: "address-missing" }];
  const { allocationId, networkInterfaceId: on } = address;
  const held = natGateways.some(({ allocationIds }) => allocationIds.includes(allocationId));
  return on === undefined || held ? [] : [{ kind: "address-elsewhere", allocationId, on }];
}

/** Why no gateway can be made. */
export function creationFindings(observed: Observed): Finding[] {
  return [...natSubnetFindings(observed), ...addressFindings(observed)];
}
