import type { VirtualClock } from "./clock.ts";
import { blockModeOf } from "./ec2-render.ts";
import { combinationKey } from "./hyperplane.ts";
import type {
  FunctionVersion,
  LambdaFunction,
  NatGateway,
  NetworkInterface,
  Route,
  VpcConfig,
  World,
} from "./world.ts";

/** How packets of one version leave one of its subnets. */
export interface SubnetEgress {
  readonly subnetId: string;
  /** Public addresses by which they leave, sorted. */
  readonly publicIps: readonly string[];
  /**
   * Whether every packet can leave. One interface without an address is enough for no: which interface an environment
   * uses cannot be controlled.
   */
  readonly open: boolean;
}

/**
 * By which addresses the packets of a version leave now, per subnet of what really serves it. Empty outside a VPC and
 * while nothing serves it. The truth of the world, not what describe calls show.
 */
export function egressOf(world: World, { servedBy }: FunctionVersion): SubnetEgress[] {
  return servedBy ? egressBy(world, servedBy) : [];
}

/** The same for an environment that stands in a network, whatever its version is configured with by now. */
export function egressBy(world: World, config: VpcConfig): SubnetEgress[] {
  const serving = [...world.networkInterfaces.values()].filter(
    ({ interfaceType, status }) => interfaceType === "lambda" && status === "in-use",
  );
  return config.subnetIds.map((subnetId) => {
    const key = combinationKey(subnetId, config.securityGroupIds);
    const ways = serving
      .filter((it) => it.subnetId === subnetId && combinationKey(subnetId, it.securityGroupIds) === key)
      .map((it) => publicIpsOf(world, it));
    const open = ways.length > 0 && ways.every((ips) => ips.length > 0);
    return { subnetId, publicIps: [...new Set(ways.flat())].sort(), open };
  });
}

/** Returns the versions that traffic can reach: `$LATEST`, those that aliases route to, those with provisioned concurrency. */
export function liveVersions(fn: LambdaFunction): FunctionVersion[] {
  const named = [...fn.aliases.values()].flatMap((it) => [
    it.functionVersion,
    ...Object.keys(it.additionalVersionWeights),
  ]);
  const provisioned = [...fn.provisionedConcurrency.keys()].filter((qualifier) => fn.versions.has(qualifier));
  return [...new Set(["$LATEST", ...named, ...provisioned])]
    .map((name) => fn.versions.get(name))
    .filter((version) => version !== undefined);
}

/** Returns the way of the default route: to the internet with the interface's own address, or through a NAT gateway with its. */
function publicIpsOf(world: World, it: NetworkInterface): string[] {
  const route = defaultRoute(world, it.vpcId, it.subnetId);
  if (!route) return [];
  if (leadsOut(world, it.vpcId, route)) {
    if (blockModeOf(world, it.vpcId) !== "off") return [];
    const own = [...world.addresses.values()].find((address) => address.networkInterfaceId === it.networkInterfaceId);
    return own ? [own.publicIp] : [];
  }
  const gateway = route.natGatewayId === undefined ? undefined : world.natGateways.get(route.natGatewayId);
  return gateway ? publicIpsOfNat(world, gateway, it.availabilityZone) : [];
}

function defaultRoute(world: World, vpcId: string, subnetId: string): Route | undefined {
  const tables = [...world.routeTables.values()].filter((table) => table.vpcId === vpcId);
  const table = tables.find(({ subnetIds }) => subnetIds.includes(subnetId)) ?? tables.find(({ main }) => main);
  return table?.routes.find(
    ({ destinationCidrBlock, state }) => destinationCidrBlock === "0.0.0.0/0" && state === "active",
  );
}

function leadsOut(world: World, vpcId: string, route: Route | undefined): boolean {
  return route?.gatewayId !== undefined && world.internetGateways.get(route.gatewayId)?.vpcId === vpcId;
}

/**
 * A zonal gateway needs a way out of its own subnet; a regional one has its own. In a zone without an address of its
 * own a regional gateway uses those of other zones (VPC user guide, "Regional NAT gateways").
 */
function publicIpsOfNat(world: World, gateway: NatGateway, availabilityZone: string): string[] {
  const { vpcId, subnetId, addresses, connectivityType, state } = gateway;
  if (state !== "available" || connectivityType !== "public") return [];
  if (blockModeOf(world, vpcId) === "block-bidirectional") return [];
  if (subnetId !== undefined && !leadsOut(world, vpcId, defaultRoute(world, vpcId, subnetId))) return [];
  const near = addresses.filter((address) => address.availabilityZone === availabilityZone);
  return (near.length > 0 && subnetId === undefined ? near : addresses)
    .map(({ allocationId }) => world.addresses.get(allocationId ?? "")?.publicIp)
    .filter((ip) => ip !== undefined);
}

/** A time without egress. `toMs` is undefined while it lasts. */
export interface Gap {
  readonly functionName: string;
  readonly version: string;
  readonly subnetId: string;
  readonly fromMs: number;
  readonly toMs: number | undefined;
}

export interface EgressRecord {
  readonly gaps: readonly Gap[];
  /** Public addresses seen, by function. */
  readonly addresses: ReadonlyMap<string, ReadonlySet<string>>;
  /** Milliseconds without egress so far, summed over a function's versions and subnets, or over all functions. */
  totalGapMs(functionName?: string): number;
  /** To be called after every change of the world. */
  observe(): void;
  /** Calls the listener whenever the world is observed, after it has been. */
  onObserve(listener: () => void): void;
}

/** Keeps the intervals without egress of the live versions of all functions, or of those named. */
export function recordEgress(world: World, clock: VirtualClock, functionNames?: readonly string[]): EgressRecord {
  const ended: Gap[] = [];
  const open = new Map<string, Gap>();
  const addresses = new Map<string, Set<string>>();
  const listeners: (() => void)[] = [];

  function observe(): void {
    const shut = new Set<string>();
    for (const fn of world.functions.values()) {
      if (functionNames && !functionNames.includes(fn.functionName)) continue;
      for (const version of liveVersions(fn)) {
        for (const egress of egressOf(world, version)) look(fn.functionName, version.version, egress, shut);
      }
    }
    for (const [key, gap] of open) {
      if (shut.has(key)) continue;
      open.delete(key);
      if (clock.now() > gap.fromMs) ended.push({ ...gap, toMs: clock.now() });
    }
    for (const listener of listeners) listener();
  }

  function look(functionName: string, version: string, egress: SubnetEgress, shut: Set<string>): void {
    const seen = addresses.get(functionName) ?? new Set();
    addresses.set(functionName, seen);
    for (const ip of egress.publicIps) seen.add(ip);
    if (egress.open) return;
    const { subnetId } = egress;
    const key = `${functionName}:${version}:${subnetId}`;
    shut.add(key);
    if (!open.has(key)) open.set(key, { functionName, version, subnetId, fromMs: clock.now(), toMs: undefined });
  }

  const gaps = () => [...ended, ...open.values()];
  return {
    get gaps() {
      return gaps();
    },
    addresses,
    observe,
    onObserve: (listener) => {
      listeners.push(listener);
    },
    totalGapMs: (functionName) =>
      gaps()
        .filter((gap) => functionName === undefined || gap.functionName === functionName)
        .reduce((sum, { fromMs, toMs = clock.now() }) => sum + toMs - fromMs, 0),
  };
}
