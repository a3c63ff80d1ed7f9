/** `holdfast cost`: this month and projected, item by item, against NAT gateways. */
import { DescribeTrailsCommand, type Trail } from "@aws-sdk/client-cloudtrail";
import { paginateListMetrics } from "@aws-sdk/client-cloudwatch";
import { paginateDescribeNatGateways, paginateDescribeVpcEndpoints } from "@aws-sdk/client-ec2";
import { paginateGetResources } from "@aws-sdk/client-resource-groups-tagging-api";
import { call } from "../src/aws/errors.ts";
import { readTargets } from "../src/config/probing-settings.ts";
import { alternatives, alternativeUsd } from "../src/cost/alternatives.ts";
import { freeUsd, type Inventory, itemsOf, leftOut, writesPerMonth } from "../src/cost/bill.ts";
import { usd } from "../src/cost/prices.ts";
import { type PoolUse, useOf } from "../src/cost/usage.ts";
import { describePoolAddresses } from "../src/pool/addresses.ts";
import { tagKeys } from "../src/pool/tags.ts";
import { metricsNamespace, serviceName } from "../src/telemetry/model.ts";
import { poolsOf, readSettings } from "./support/deployment.ts";
import type { Pool } from "./support/deployment-model.ts";
import { exitCodes } from "./support/exit-codes.ts";
import { listAlarms } from "./support/list-alarms.ts";
import { readProcessedGb, zonesOf } from "./support/nat-traffic.ts";
import type { Json } from "./support/schemas.ts";
import type { Answer, Session } from "./support/session.ts";
import { type Style, table, wrap } from "./support/style.ts";

export interface CostOptions {
  readonly pool?: string;
  readonly gb?: number;
}

interface NatGateway {
  readonly natGatewayId: string;
  readonly createdMs: number;
  readonly deletedMs: number | undefined;
  /** Of a regional one, those that it is active in. */
  readonly zones: number;
  readonly gb: number;
}

/** What is there to be paid for; NAT gateways one by one, since each has its own beginning and traffic. */
export interface Stock extends Omit<Inventory, "gatewayZones"> {
  readonly nowMs: number;
  readonly natGateways: readonly NatGateway[];
}

export async function cost(session: Session, options: CostOptions): Promise<Answer> {
  const { clients, deployment, progress, style } = session;
  const settings = await readSettings(clients, deployment);
  progress.step("counting what is billed");
  const stock = await takeStock(session, poolsOf(settings, options.pool));
  const bill = billOf(stock, options.gb);
  return {
    exitCode: exitCodes.fine,
    json: { inventory: inventoryOf(stock), ...bill } satisfies Json<"cost">,
    text: render(style, bill),
  };
}

function inventoryOf({ nowMs: _, use: __, natGateways, ...counts }: Stock): Json<"cost">["inventory"] {
  const gateways = natGateways.map(({ createdMs, deletedMs, ...it }) => ({
    ...it,
    createdAt: new Date(createdMs).toISOString(),
    deletedAt: deletedMs === undefined ? undefined : new Date(deletedMs).toISOString(),
  }));
  return { ...counts, natGateways: gateways };
}

export interface Bill {
  readonly items: readonly { readonly item: string; readonly soFarUsd: number; readonly monthUsd: number }[];
  readonly soFarUsd: number;
  readonly monthUsd: number;
  /** What the account's always-free allowances take off the month's sum, where nothing else uses them up. */
  readonly freeUsd: number;
  readonly traffic: { readonly gb: number; readonly source: "given" | "NAT gateway" } | undefined;
  /** The cheapest first. */
  readonly compared: readonly { readonly way: string; readonly monthUsd: number; readonly savedUsd: number }[];
}

const hourMs = 3_600_000;

/**
 * The bill of the month, at list prices. What has no date of its own is taken to have been there since the first of the
 * month. Pure.
 *
 * @param gb gigabytes a month through the members, as the operator reckons; else what a NAT gateway measured
 */
export function billOf(stock: Stock, gb: number | undefined): Bill {
  const { nowMs, natGateways } = stock;
  const start = new Date(nowMs);
  const startMs = Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), 1);
  const endMs = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
  const share = (nowMs - startMs) / (endMs - startMs);
  const steady = itemsOf({ ...stock, gatewayZones: 0 });
  const gateways = natGateways.flatMap(({ natGatewayId, createdMs, deletedMs, zones, gb: processed }) => {
    const fromMs = Math.max(createdMs, startMs);
    const toMs = deletedMs ?? nowMs;
    if (toMs <= fromMs) return [];
    const perHour = zones * usd.natGatewayPerHour;
    const soFarUsd = hoursBetween(fromMs, toMs) * perHour + processed * usd.natGatewayPerGb;
    const restUsd = deletedMs === undefined ? hoursBetween(nowMs, endMs) * perHour : 0;
    const item = `NAT gateway ${natGatewayId}, ${processed.toFixed(1)} GB${restUsd > 0 ? ", should it stay" : ""}`;
    return [{ item, soFarUsd, monthUsd: soFarUsd + restUsd }];
  });
  const items = [
    ...steady.map(({ item, usdPerMonth }) => ({ item, soFarUsd: usdPerMonth * share, monthUsd: usdPerMonth })),
    ...gateways,
  ];
  const monthUsd = sum(items.map((it) => it.monthUsd));
  const traffic = trafficOf(stock, gb, share);
  return {
    items,
    soFarUsd: sum(items.map((it) => it.soFarUsd)),
    monthUsd,
    freeUsd: freeUsd(steady),
    traffic,
    compared: alternatives.map((it) => {
      const natUsd = alternativeUsd(it, traffic?.gb ?? 0);
      return { way: it.name, monthUsd: natUsd, savedUsd: natUsd - monthUsd };
    }),
  };
}

function trafficOf({ natGateways }: Stock, gb: number | undefined, share: number): Bill["traffic"] {
  if (gb !== undefined) return { gb, source: "given" };
  const measured = sum(natGateways.map((it) => it.gb));
  return measured > 0 ? { gb: measured / Math.max(share, 1 / 31), source: "NAT gateway" } : undefined;
}

function hoursBetween(fromMs: number, toMs: number): number {
  return Math.ceil((toMs - fromMs) / hourMs);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

async function takeStock(session: Session, pools: readonly Pool[]): Promise<Stock> {
  const { clients, clock, deployment } = session;
  const names = pools.map(({ name }) => name);
  const vpcIds = [...new Set(pools.map(({ relocation }) => relocation.network.vpcId))];
  const [addresses, natGateways, endpointZones, accelerators, metrics, alarms, trails] = await Promise.all([
    describePoolAddresses(clients.ec2, names),
    readNatGateways(session, names),
    countEndpoints(session, vpcIds),
    countLoadBalancers(session, names),
    countMetrics(session, pools),
    listAlarms(clients.cloudWatch, deployment.stage, names),
    call("cloudtrail:DescribeTrails", () => clients.cloudTrail.send(new DescribeTrailsCommand({}))),
  ]);
  const { trailList = [] } = trails;
  const isOwn = ({ Name = "" }: Trail) => Name === `${deployment.stage}-holdfast`;
  return {
    nowMs: clock.now(),
    natGateways,
    endpointZones,
    accelerators,
    metrics,
    addresses: addresses.length,
    alarmMetrics: sum(alarms.map(({ Metrics = [] }) => Math.max(1, Metrics.filter((it) => it.MetricStat).length))),
    dashboards: 1,
    trailEvents: trailList.some(isOwn) && !trailList.every(isOwn) ? writesPerMonth : 0,
    use: useOf(pools.map(useOfPool)),
  };
}

/** What the settings of a pool's functions say of what they use. */
function useOfPool({ relocation, probing, fallback, attach }: Pool): PoolUse {
  const targets = probing ? readTargets(probing).targets : [];
  const secrets = targets.flatMap(({ headers, clientCertificate }) =>
    [...Object.values(headers), clientCertificate].flatMap((it) =>
      typeof it === "object" && "secret" in it ? [it.secret] : [],
    ),
  );
  return {
    sweepMinutes: relocation.sweepMinutes,
    roundsPerMinute: probing?.roundsPerMinute ?? 0,
    probes: probing?.probes.length ?? 0,
    targets: targets.length,
    secrets: new Set(secrets).size,
    hasFallback: fallback !== undefined,
    attachable: attach?.functions.length ?? 0,
  };
}

async function readNatGateways({ clients, clock }: Session, pools: readonly string[]): Promise<NatGateway[]> {
  const input = { Filter: [{ Name: `tag:${tagKeys.pool}`, Values: [...pools] }] };
  const found = await call("ec2:DescribeNatGateways", async () => {
    const all = [];
    for await (const page of paginateDescribeNatGateways({ client: clients.ec2 }, input))
      all.push(...(page.NatGateways ?? []));
    return all;
  });
  const billed = found.filter(({ State }) => State !== "failed");
  const now = new Date(clock.now());
  const monthMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
  const ids = billed.map(({ NatGatewayId = "" }) => NatGatewayId);
  const gb = await readProcessedGb(clients.cloudWatch, ids, monthMs, clock.now());
  return billed.map((it) => ({
    natGatewayId: it.NatGatewayId ?? "",
    createdMs: it.CreateTime?.getTime() ?? clock.now(),
    deletedMs: it.DeleteTime?.getTime(),
    zones: zonesOf(it),
    gb: gb.get(it.NatGatewayId ?? "") ?? 0,
  }));
}

function countEndpoints({ clients }: Session, vpcIds: readonly string[]): Promise<number> {
  const input = {
    Filters: [
      { Name: "vpc-id", Values: [...vpcIds] },
      { Name: "vpc-endpoint-type", Values: ["Interface"] },
      { Name: "tag-key", Values: [tagKeys.stage] },
    ],
  };
  return call("ec2:DescribeVpcEndpoints", async () => {
    let zones = 0;
    for await (const page of paginateDescribeVpcEndpoints({ client: clients.ec2 }, input)) {
      zones += sum((page.VpcEndpoints ?? []).map(({ SubnetIds = [] }) => SubnetIds.length));
    }
    return zones;
  });
}

/** By the name that the deployment gives them. */
function countLoadBalancers({ clients, deployment }: Session, pools: readonly string[]): Promise<number> {
  const { stage } = deployment;
  const Values = pools.map((pool) => `${stage}-${pool}-ingress`);
  const TagFilters = [
    { Key: tagKeys.stage, Values: [stage] },
    { Key: "Name", Values },
  ];
  const input = { ResourceTypeFilters: ["elasticloadbalancing:loadbalancer"], TagFilters };
  return call("tag:GetResources", async () => {
    let count = 0;
    for await (const page of paginateGetResources({ client: clients.tagging }, input)) {
      count += page.ResourceTagMappingList?.length ?? 0;
    }
    return count;
  });
}

/** Custom metrics that were written in the last two weeks; each combination of dimensions is one on the bill. */
function countMetrics({ clients }: Session, pools: readonly Pool[]): Promise<number> {
  const names = new Set(pools.map(({ name }) => name));
  const input = { Namespace: metricsNamespace, Dimensions: [{ Name: "service", Value: serviceName }] };
  return call("cloudwatch:ListMetrics", async () => {
    let count = 0;
    for await (const page of paginateListMetrics({ client: clients.cloudWatch }, input)) {
      const ofPools = (page.Metrics ?? []).filter(({ Dimensions = [] }) =>
        Dimensions.some(({ Name, Value = "" }) => Name === "pool" && names.has(Value)),
      );
      count += ofPools.length;
    }
    return count;
  });
}

function render(style: Style, bill: Bill): string {
  const money = (value: number) => value.toFixed(2);
  const rows = bill.items.map(({ item, soFarUsd, monthUsd }) => [item, money(soFarUsd), money(monthUsd)]);
  const total = ["sum at list price", money(bill.soFarUsd), money(bill.monthUsd)].map((cell) => style("bold", cell));
  const free = ["always-free allowances, where nothing else uses them", "", money(-bill.freeUsd)];
  const { traffic } = bill;
  const assumed = traffic
    ? `with ${traffic.gb.toFixed(1)} GB a month (${traffic.source === "given" ? "as given" : "as the NAT gateway measured, projected"})`
    : "without traffic: AWS measures no bytes for functions, so pass --gb if you know them (VPC flow logs show them)";
  return [
    table(style, ["USD, list prices of us-east-1", ">so far", ">this month"], [...rows, total, free]),
    "",
    style("bold", wrap(`Against the alternatives, ${assumed}`, "  ")),
    table(
      style,
      ["", ">USD a month", ""],
      bill.compared.map(({ way, monthUsd, savedUsd }) => [
        way,
        money(monthUsd),
        savedUsd >= 0
          ? style("green", `Holdfast saves ${money(savedUsd)}`)
          : style("yellow", `cheaper by ${money(-savedUsd)}`),
      ]),
    ),
    "",
    ...[
      "Lambda, SQS, Scheduler, logs and reads are estimated from the settings, as for a month without faults.",
      `Not included: ${leftOut.join("; ")}.`,
    ].map((text) => wrap(text, "  ")),
  ].join("\n");
}
