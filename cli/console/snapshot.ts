/** From what was observed of a pool to what the page shows of it. Pure. */

import type { FallbackAddress, NatGateway, RouteTable } from "../../src/fallback/model.ts";
import { type AddressState, addressState } from "../../src/pool/address-state.ts";
import type { Override } from "../../src/pool/override.ts";
import { addressStates } from "../../src/relocation/address-states.ts";
import type { Address, Member, Observed, VersionStatus } from "../../src/relocation/model.ts";
import { type Slot, slotsOf } from "../../src/relocation/slots.ts";
import type {
  AddressView,
  ExitView,
  FunctionView,
  HealthView,
  InterfaceView,
  NatGatewayView,
  PartnerView,
  PoolRoute,
  PoolView,
  SubnetView,
} from "./model.ts";

/** The pool's ways out, as fallback sees them. */
export interface Ways {
  readonly routeTables: readonly RouteTable[];
  readonly natGateways: readonly NatGateway[];
  readonly fallbackAddress: FallbackAddress | undefined;
  readonly override: Override;
}

export interface ObservedPool {
  readonly name: string;
  readonly health: HealthView;
  readonly hasFallback: boolean;
  readonly observed: Observed;
  readonly ways: Ways;
  /** The members' subnets with a name for people, in the order of the configuration. */
  readonly subnets: readonly { readonly subnetId: string; readonly label: string }[];
  readonly partners: readonly PartnerView[];
}

/**
 * The pool's view.
 *
 * @param before the view before this one: while a function is updated, AWS does not show what carries its traffic
 */
export function poolView(pool: ObservedPool, before: PoolView | undefined): PoolView {
  const { observed, ways } = pool;
  const { slots } = slotsOf(observed);
  const subnets = pool.subnets.map((subnet) => ({ ...subnet, route: routeOf(subnet.subnetId, ways) }));
  const natGateway = gatewayOf(ways);
  const interfaces = slots.map(interfaceView);
  const natAllocationIds = ways.natGateways.flatMap((it) => it.allocationIds);
  const addressStateOf = addressStates(observed, natAllocationIds);
  const egress = observed.addresses.map((it) => egressView(it, addressStateOf(it)));
  const addresses = [...egress, ...fallbackView(ways)];
  return {
    name: pool.name,
    health: pool.health,
    route: poolRoute(subnets),
    override: overrideText(ways.override, observed.paused),
    functions: observed.members.map((member) => functionView(member, slots, before)),
    subnets,
    interfaces,
    addresses,
    hasFallback: pool.hasFallback,
    natGateway,
    partners: pool.partners,
    exits: interfaces.map((it) => exitView(it, subnets, addresses, natGateway)),
  };
}

function routeOf(subnetId: string, { routeTables, natGateways }: Ways): SubnetView["route"] {
  const table = routeTables.find(({ subnetIds }) => subnetIds.some((id) => id === subnetId));
  const route = table?.route;
  if (!route) return "none";
  if (route.kind === "internet") return "direct";
  if (route.kind === "other") return "other";
  const gateway = natGateways.find(({ natGatewayId }) => natGatewayId === route.natGatewayId);
  return route.blackhole || gateway?.state !== "available" ? "dead" : "fallback";
}

function poolRoute(subnets: readonly SubnetView[]): PoolRoute {
  const onNat = subnets.filter(({ route }) => route === "fallback" || route === "dead").length;
  if (onNat === 0) return "direct";
  return onNat === subnets.length ? "fallback" : "mixed";
}

function overrideText(override: Override, paused: boolean): string | undefined {
  if (override.kind === "unknown") return `not understood: ${override.text}`;
  if (override.kind !== "none") return override.kind;
  return paused ? "paused" : undefined;
}

const gatewayOrder = ["available", "pending", "deleting", "failed"] as const;

/** The one that matters most: there may be an old one beside it, on its way out. */
function gatewayOf({ natGateways }: Ways): NatGatewayView | undefined {
  return gatewayOrder.flatMap((state) => {
    const found = natGateways.find((it) => it.state === state);
    return found ? [{ natGatewayId: found.natGatewayId, state }] : [];
  })[0];
}

function interfaceView({ networkInterface, role, foreign }: Slot): InterfaceView {
  const { networkInterfaceId, attachment, inUse } = networkInterface;
  return { networkInterfaceId, subnetId: attachment.subnetId, role, inUse, foreign };
}

function egressView(address: Address, state: AddressState): AddressView {
  const { allocationId, publicIp, networkInterfaceId, blocked } = address;
  // An address on the scout is not in use.
  const waits = state === "spare" || state === "suspect";
  return { allocationId, publicIp, role: "egress", state, blocked, on: waits ? undefined : networkInterfaceId };
}

function fallbackView({ fallbackAddress, natGateways }: Ways): AddressView[] {
  if (!fallbackAddress) return [];
  const { allocationId, publicIp } = fallbackAddress;
  const gateway = natGateways.find(
    ({ state, allocationIds }) =>
      (state === "available" || state === "pending") && allocationIds.includes(allocationId),
  );
  const kind = gateway ? "nat-gateway" : fallbackAddress.networkInterfaceId ? "elsewhere" : "none";
  const state = addressState({ holder: { kind }, blocked: false, noted: undefined });
  return [
    {
      allocationId,
      publicIp,
      role: "fallback",
      state: state === "spare" ? "standby" : state,
      blocked: false,
      on: gateway?.natGatewayId,
    },
  ];
}

/** The worst of its versions. */
const statuses: readonly VersionStatus[] = ["failed", "changing", "idle", "settled"];

function functionView({ functionArn, liveVersions }: Member, slots: readonly Slot[], before: PoolView | undefined) {
  const name = functionArn.split(":").at(-1) ?? functionArn;
  const own = new Set(liveVersions.flatMap(({ attachments }) => attachments.map(({ key }) => key)));
  const matching = slots.filter(({ networkInterface: it }) => own.has(it.attachment.key));
  const ids = (some: readonly Slot[]) =>
    some.map(({ networkInterface }) => networkInterface.networkInterfaceId as string);
  const status = statuses.find((it) => liveVersions.some((version) => version.status === it)) ?? "settled";
  const inUse = new Set(ids(slots.filter(({ networkInterface }) => networkInterface.inUse)));
  const used = before?.functions.find((it) => it.name === name)?.uses.filter((id) => inUse.has(id)) ?? [];
  const settled = status === "settled" || status === "idle";
  const view: FunctionView = {
    name,
    status,
    uses: settled ? ids(matching).filter((id) => inUse.has(id)) : used,
    awaits: settled ? [] : ids(matching).filter((id) => !used.includes(id)),
  };
  return view;
}

function exitView(
  { networkInterfaceId, subnetId, foreign }: InterfaceView,
  subnets: readonly SubnetView[],
  addresses: readonly AddressView[],
  natGateway: NatGatewayView | undefined,
): ExitView {
  const route = subnets.find((it) => it.subnetId === subnetId)?.route ?? "none";
  const holder = route === "direct" ? networkInterfaceId : route === "fallback" ? natGateway?.natGatewayId : undefined;
  const allocationId = addresses.find(({ on }) => on !== undefined && on === holder)?.allocationId;
  const leavesOtherwise = route === "other" || (route === "direct" && foreign && allocationId === undefined);
  const way = leavesOtherwise
    ? "elsewhere"
    : allocationId === undefined
      ? "shut"
      : route === "fallback"
        ? "fallback"
        : "direct";
  return { networkInterfaceId, way, allocationId };
}
