/** What static egress costs in an account, what Holdfast would cost instead, and whether it is worth it. Pure. */
import { defineHoldfast, type HoldfastInput } from "../../src/config/holdfast.ts";
import { alternatives, alternativeUsd } from "../../src/cost/alternatives.ts";
import { itemsOf, totalUsd } from "../../src/cost/bill.ts";
import { inventoryOf } from "../../src/cost/configured.ts";
import { hoursPerMonth, usd } from "../../src/cost/prices.ts";
import { countAlarms } from "../../stacks/pool-alarms.ts";
import { whyNoMember } from "../doctor/check-functions.ts";
import type { FunctionUse, Unreadable } from "../doctor/facts.ts";
import {
  type AccountFacts,
  type AddressFact,
  type NatGatewayFact,
  type RegionFacts,
  type SubnetFact,
  trafficDays,
} from "./facts.ts";
import { type Blocked, type Candidate, type Proposal, proposePool } from "./proposal.ts";

/**
 * The first row that holds decides, for each VPC with a NAT gateway or with functions that leave by one.
 *
 * | # | its NAT gateways …                                                    | verdict         | Holdfast               |
 * |---|-----------------------------------------------------------------------|-----------------|------------------------|
 * | 1 | carry no function                                                     | `no-function`   | has nothing to do here |
 * | 2 | are another account's, which shares the subnets                       | `shared-vpc`    | saves its owner money  |
 * | 3 | carry functions none of which can be a member                         | `no-member`     | cannot help            |
 * | 4 | carry members whose subnets all have a way out by IPv6                | `ipv6`          | only if partners lack it |
 * | 5 | all carry something besides members, and stay for it                  | `gateways-stay` | comes on top           |
 * | 6 | would go, but cost less than Holdfast and `leastSavedUsd`             | `little-saved`  | is not worth it for the money |
 * | 7 | would go                                                              | `worth-it`      | is worth it            |
 */
export type Verdict =
  | "no-function"
  | "shared-vpc"
  | "no-member"
  | "ipv6"
  | "gateways-stay"
  | "little-saved"
  | "worth-it";

/** USD a month below which a saving does not pay for looking after one more deployment. Assumed. */
export const leastSavedUsd = 25;

interface Item {
  readonly item: string;
  readonly usdPerMonth: number;
}

export interface GatewayAdvice {
  readonly natGatewayId: string;
  readonly publicIps: readonly string[];
  readonly allocationIds: readonly string[];
  /** Undefined: could not be read, or is another account's. */
  readonly gbPerMonth: number | undefined;
  readonly usdPerMonth: number;
  /** Functions that leave by it and could be members. */
  readonly functions: readonly string[];
  /** What else leaves by it, such as `2 × EC2 instance`; a function that cannot be a member counts too. */
  readonly others: readonly string[];
  /** `goes`: members alone use it. `unused`: nothing that is seen here does, so that it is no saving of Holdfast's. */
  readonly fate: "goes" | "stays" | "unused" | "of another account";
}

export interface FunctionAdvice extends Candidate {
  /** Why it cannot be a member, and what to do about it. */
  readonly obstacle: { readonly id: string; readonly text: string; readonly remediation: string } | undefined;
}

export interface NetworkAdvice {
  readonly vpcId: string;
  readonly verdict: Verdict;
  readonly gateways: readonly GatewayAdvice[];
  readonly functions: readonly FunctionAdvice[];
  /** What its NAT gateways with their addresses and traffic cost. */
  readonly todayUsd: number;
  /** What of that stays beside Holdfast. */
  readonly staysUsd: number;
  /** What Holdfast alone would cost: of a deployment with this one pool. Undefined: no pool can be proposed. */
  readonly holdfastUsd: number | undefined;
  readonly savedUsd: number | undefined;
  /** The cheapest first, for the traffic that was measured. */
  readonly compared: readonly { readonly way: string; readonly usdPerMonth: number }[];
  readonly proposal: Proposal | Blocked;
}

export interface RegionAdvice {
  readonly region: string;
  readonly today: readonly Item[];
  readonly todayUsd: number;
  readonly networks: readonly NetworkAdvice[];
  readonly idleAddresses: readonly AddressFact[];
  /** NAT gateways of a pool's fallback, which `holdfast cost` reckons with. */
  readonly ofHoldfast: readonly string[];
  /** All proposed pools in one deployment. */
  readonly configuration: HoldfastInput | undefined;
  readonly holdfastUsd: number | undefined;
  /** Functions that are in no VPC, and leave from Lambda's shared addresses. */
  readonly outside: number;
  readonly unreadable: readonly Unreadable[];
}

export interface Advice {
  readonly accountId: string;
  readonly nowMs: number;
  readonly regions: readonly RegionAdvice[];
}

export function adviseOn({ accountId, nowMs, regions }: AccountFacts): Advice {
  return { accountId, nowMs, regions: regions.map((it) => adviseRegion(it, accountId, nowMs)) };
}

function adviseRegion(facts: RegionFacts, accountId: string, nowMs: number): RegionAdvice {
  const gateways = facts.natGateways.filter(({ pool }) => pool === undefined);
  const idle = facts.addresses.filter(({ use, pool }) => use === "idle" && pool === undefined);
  const scene: Scene = { facts, gateways, accountId, nowMs };
  const vpcIds = [...new Set([...gateways.map((it) => it.vpcId), ...natUsers(facts).map(({ vpcId }) => vpcId ?? "")])];
  let left = idle;
  const networks = vpcIds.sort().map((vpcId, index) => {
    const network = adviseNetwork(scene, vpcId, vpcIds.length === 1 ? "partners" : `partners-${index + 1}`, left);
    const used = "input" in network.proposal ? (network.proposal.input.addresses?.allocationIds ?? []) : [];
    left = left.filter(({ allocationId }) => !used.includes(allocationId));
    return network;
  });
  const pools = networks.flatMap(({ proposal }) => ("input" in proposal ? [[proposal.pool, proposal.input]] : []));
  const configuration = pools.length > 0 ? { pools: Object.fromEntries(pools) } : undefined;
  const today = billToday(facts, gateways, idle.length, nowMs);
  return {
    region: facts.region,
    today,
    todayUsd: sum(today.map((it) => it.usdPerMonth)),
    networks,
    idleAddresses: idle,
    ofHoldfast: facts.natGateways.flatMap(({ natGatewayId, pool }) => (pool === undefined ? [] : [natGatewayId])),
    configuration,
    holdfastUsd: configuration && holdfastUsd(configuration),
    outside: facts.functions.filter(({ vpcId, capacityProvider }) => !vpcId && !capacityProvider).length,
    unreadable: facts.unreadable,
  };
}

/** Returns what a configuration would cost in a month at list price, by the program that `holdfast cost` uses. */
export function holdfastUsd(input: HoldfastInput): number {
  const config = defineHoldfast(input);
  return totalUsd(itemsOf(inventoryOf(config, countAlarms(config).metrics)));
}

/** A region's facts with what is left of them to judge. */
interface Scene {
  readonly facts: RegionFacts;
  /** None of Holdfast's own. */
  readonly gateways: readonly NatGatewayFact[];
  readonly accountId: string;
  readonly nowMs: number;
}

function adviseNetwork(scene: Scene, vpcId: string, pool: string, idle: readonly AddressFact[]): NetworkAdvice {
  const { facts, accountId } = scene;
  const users = natUsers(facts).filter((it) => it.vpcId === vpcId);
  const functions = users.map(toFunctionAdvice);
  const gateways = gatewaysOf(scene, vpcId, users);
  const candidates = functions.filter(({ obstacle }) => obstacle === undefined);
  const subnets = facts.subnets.filter((it) => it.vpcId === vpcId);
  const isShared = subnets.some(({ ownerId }) => ownerId !== accountId);
  const proposal = proposePool({
    pool,
    vpcId,
    isShared,
    subnets,
    candidates,
    idle,
    workloads: facts.interfaces?.workloads ?? [],
  });
  const todayUsd = sum(gateways.map((it) => it.usdPerMonth));
  const staysUsd = sum(gateways.filter(({ fate }) => fate !== "goes").map((it) => it.usdPerMonth));
  const ours = "input" in proposal ? holdfastUsd({ pools: { [pool]: proposal.input } }) : undefined;
  const savedUsd = ours === undefined ? undefined : todayUsd - staysUsd - ours;
  const gb = sum(gateways.map(({ gbPerMonth = 0 }) => gbPerMonth));
  return {
    vpcId,
    verdict: verdictOf({ isShared, functions, candidates, subnets, gateways, savedUsd }),
    gateways,
    functions,
    todayUsd,
    staysUsd,
    holdfastUsd: ours,
    savedUsd,
    compared: alternatives.map((it) => ({ way: it.name, usdPerMonth: alternativeUsd(it, gb) })),
    proposal,
  };
}

interface Judged {
  readonly isShared: boolean;
  readonly functions: readonly FunctionAdvice[];
  readonly candidates: readonly FunctionAdvice[];
  readonly subnets: readonly SubnetFact[];
  readonly gateways: readonly GatewayAdvice[];
  readonly savedUsd: number | undefined;
}

/** The table at the top. */
function verdictOf({ isShared, functions, candidates, subnets, gateways, savedUsd }: Judged): Verdict {
  if (functions.length === 0) return "no-function";
  if (isShared) return "shared-vpc";
  if (candidates.length === 0) return "no-member";
  const haveIpv6 = new Set(subnets.filter(({ ipv6 }) => ipv6).map(({ subnetId }) => subnetId));
  if (candidates.every(({ subnetIds }) => subnetIds.every((id) => haveIpv6.has(id)))) return "ipv6";
  if (gateways.every(({ fate }) => fate !== "goes")) return "gateways-stay";
  // Without a pool there is no price yet: what would go decides.
  const saved = savedUsd ?? sum(gateways.filter(({ fate }) => fate === "goes").map((it) => it.usdPerMonth));
  return saved < leastSavedUsd ? "little-saved" : "worth-it";
}

/** Returns the functions in a VPC of which at least one subnet leaves by a NAT gateway. */
function natUsers({ functions, subnets }: RegionFacts): FunctionUse[] {
  const behindNat = new Set(subnets.filter(({ egress }) => egress.kind === "nat").map(({ subnetId }) => subnetId));
  return functions.filter(({ vpcId, subnetIds }) => vpcId && subnetIds.some((id) => behindNat.has(id)));
}

function toFunctionAdvice(use: FunctionUse): FunctionAdvice {
  const { name, subnetIds, securityGroupIds, ipv6 } = use;
  const found = whyNoMember(use);
  const obstacle = found && { id: found.id, text: found.text, remediation: found.remediation };
  return { name, subnetIds, securityGroupIds, ipv6, obstacle };
}

/** Returns the VPC's gateways, and those of other accounts that its functions leave by. */
function gatewaysOf({ facts, gateways, nowMs }: Scene, vpcId: string, users: readonly FunctionUse[]): GatewayAdvice[] {
  const routed = facts.subnets.flatMap((it) =>
    it.vpcId === vpcId && it.egress.kind === "nat" ? [{ ...it, natGatewayId: it.egress.natGatewayId }] : [],
  );
  const known = gateways.filter((it) => it.vpcId === vpcId);
  const ownPools = new Set(facts.natGateways.filter(({ pool }) => pool !== undefined).map((it) => it.natGatewayId));
  const foreign = routed.map((it) => it.natGatewayId).filter((id) => !known.some((it) => it.natGatewayId === id));
  const ids = [...new Set([...known.map((it) => it.natGatewayId), ...foreign])].filter((id) => !ownPools.has(id));
  return ids.map((natGatewayId) => {
    const gateway = known.find((it) => it.natGatewayId === natGatewayId);
    const behind = new Set(routed.filter((it) => it.natGatewayId === natGatewayId).map((it) => it.subnetId));
    const callers = users.filter(({ subnetIds }) => subnetIds.some((id) => behind.has(id)));
    const workloads = (facts.interfaces?.workloads ?? []).filter(({ subnetId }) => behind.has(subnetId));
    const movable = callers.filter((it) => !whyNoMember(it));
    const others = [
      ...counted(workloads.map(({ kind }) => kind)),
      ...callers.filter((it) => whyNoMember(it)).map(({ name }) => `the function ${name}`),
    ];
    return {
      natGatewayId,
      publicIps: gateway?.addresses.map((it) => it.publicIp) ?? [],
      allocationIds: gateway?.addresses.map((it) => it.allocationId) ?? [],
      gbPerMonth: gateway && gbPerMonth(gateway, nowMs),
      usdPerMonth: gateway ? gatewayUsd(gateway, nowMs) : 0,
      functions: movable.map(({ name }) => name),
      others,
      fate: gateway ? fateOf(movable.length, others.length) : "of another account",
    };
  });
}

function fateOf(functions: number, others: number): GatewayAdvice["fate"] {
  if (others > 0) return "stays";
  return functions > 0 ? "goes" : "unused";
}

function counted(kinds: readonly string[]): string[] {
  return [...new Set(kinds)].map((kind) => `${kinds.filter((it) => it === kind).length} × ${kind}`);
}

const hourMs = 3_600_000;
const addressPerMonth = usd.addressPerHour * hoursPerMonth;

/** A gateway that is younger than the time for which traffic was read is taken to go on as it began. */
function gbPerMonth({ gb, createdMs }: NatGatewayFact, nowMs: number): number | undefined {
  const hours = Math.min(trafficDays * 24, Math.max(1, (nowMs - createdMs) / hourMs));
  return gb === undefined ? undefined : (gb * hoursPerMonth) / hours;
}

function gatewayUsd(gateway: NatGatewayFact, nowMs: number): number {
  return gatewayItems(gateway, nowMs).reduce((total, { usdPerMonth }) => total + usdPerMonth, 0);
}

function gatewayItems(gateway: NatGatewayFact, nowMs: number): Item[] {
  const { natGatewayId: id, zones, addresses } = gateway;
  const gb = gbPerMonth(gateway, nowMs);
  const inZones = zones === 1 ? "" : ` in ${zones} zones`;
  return [
    { item: `${id}${inZones}, ${hoursPerMonth} h`, usdPerMonth: zones * usd.natGatewayPerHour * hoursPerMonth },
    {
      item: gb === undefined ? "  data processed: unknown" : `  ${gb.toFixed(1)} GB processed`,
      usdPerMonth: (gb ?? 0) * usd.natGatewayPerGb,
    },
    { item: `  public IPv4: ${addresses.length}`, usdPerMonth: addresses.length * addressPerMonth },
  ];
}

function billToday(facts: RegionFacts, gateways: readonly NatGatewayFact[], idle: number, nowMs: number): Item[] {
  const others =
    facts.addresses.filter(({ use }) => use === "other").length + (facts.interfaces?.assignedAddresses ?? 0);
  return [
    ...gateways.flatMap((it) => gatewayItems(it, nowMs)),
    { item: `idle Elastic IPs: ${idle}`, usdPerMonth: idle * addressPerMonth },
    { item: `other public IPv4 in use: ${others}`, usdPerMonth: others * addressPerMonth },
  ].filter(({ usdPerMonth, item }) => usdPerMonth > 0 || item.startsWith("  data"));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
