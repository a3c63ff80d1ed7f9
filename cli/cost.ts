/** `holdfast cost`: this month and projected, item by item, against NAT gateways. */
import { paginateListMetrics } from "@aws-sdk/client-cloudwatch";
import { paginateDescribeNatGateways, paginateDescribeVpcEndpoints } from "@aws-sdk/client-ec2";
import { paginateGetResources } from "@aws-sdk/client-resource-groups-tagging-api";
import { call } from "../src/aws/errors.ts";
import { hoursPerMonth, natGatewayPerMonth, usd } from "../src/cost/prices.ts";
import { describePoolAddresses } from "../src/pool/addresses.ts";
import { tagKeys } from "../src/pool/tags.ts";
import { metricsNamespace, serviceName } from "../src/telemetry/model.ts";
import { readSeries } from "../src/telemetry/read-series.ts";
import type { Series } from "../src/telemetry/series.ts";
import { poolsOf, readSettings } from "./support/deployment.ts";
import type { Pool } from "./support/deployment-model.ts";
import { exitCodes } from "./support/exit-codes.ts";
import { listAlarms } from "./support/list-alarms.ts";
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
  readonly gb: number;
}

/** What is there to be paid for. */
export interface Inventory {
  readonly nowMs: number;
  readonly addresses: number;
  readonly natGateways: readonly NatGateway[];
  /** Interface endpoints times the zones that each is in. */
  readonly endpointZones: number;
  /** Of ingress; an accelerator stands before each. */
  readonly loadBalancers: number;
  readonly metrics: number;
  readonly alarms: number;
  readonly dashboards: number;
}

export async function cost(session: Session, options: CostOptions): Promise<Answer> {
  const { clients, deployment, progress, style } = session;
  const pools = poolsOf(await readSettings(clients, deployment), options.pool);
  progress.step("counting what is billed");
  const inventory = await takeStock(session, pools);
  const bill = billOf(inventory, options.gb);
  return {
    exitCode: exitCodes.fine,
    json: { stage: deployment.stage, region: deployment.region, inventory, ...bill },
    text: render(style, bill),
  };
}

export interface Bill {
  readonly items: readonly {
    readonly item: string;
    readonly count: number;
    readonly soFarUsd: number;
    readonly monthUsd: number;
  }[];
  readonly soFarUsd: number;
  readonly monthUsd: number;
  /** Metrics, alarms and dashboards, which a NAT gateway does not include. */
  readonly watchingUsd: number;
  readonly traffic: { readonly gb: number; readonly source: "given" | "NAT gateway" } | undefined;
  readonly compared: readonly { readonly natGateways: number; readonly monthUsd: number; readonly savedUsd: number }[];
}

const gigabyte = 1024 ** 3;
const hourMs = 3_600_000;

/**
 * The bill of the month, at list prices. What has no date of its own is taken to have been there since the first of the
 * month. Pure.
 *
 * @param gb gigabytes a month through the members, as the operator reckons; else what a NAT gateway measured
 */
export function billOf(inventory: Inventory, gb: number | undefined): Bill {
  const { nowMs, natGateways } = inventory;
  const start = new Date(nowMs);
  const startMs = Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), 1);
  const endMs = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
  const share = (nowMs - startMs) / (endMs - startMs);
  const steady = (item: string, count: number, monthly: number) =>
    count === 0 ? [] : [{ item, count, soFarUsd: count * monthly * share, monthUsd: count * monthly }];
  const gateways = natGateways.flatMap(({ natGatewayId, createdMs, deletedMs, gb: processed }) => {
    const fromMs = Math.max(createdMs, startMs);
    const toMs = deletedMs ?? nowMs;
    if (toMs <= fromMs) return [];
    const soFarUsd = hoursBetween(fromMs, toMs) * usd.natGatewayPerHour + processed * usd.natGatewayPerGb;
    const restUsd = deletedMs === undefined ? hoursBetween(nowMs, endMs) * usd.natGatewayPerHour : 0;
    const item = `NAT gateway ${natGatewayId}, ${processed.toFixed(1)} GB${restUsd > 0 ? ", should it stay" : ""}`;
    return [{ item, count: 1, soFarUsd, monthUsd: soFarUsd + restUsd }];
  });
  const watching = [
    ...steady("metrics", inventory.metrics, usd.metricPerMonth),
    ...steady("alarms", inventory.alarms, usd.alarmPerMonth),
    ...steady("dashboards (an account's first three are free)", inventory.dashboards, usd.dashboardPerMonth),
  ];
  const items = [
    ...steady("Elastic IPs", inventory.addresses, usd.addressPerHour * hoursPerMonth),
    ...steady("interface endpoints, by zone", inventory.endpointZones, usd.endpointPerZoneHour * hoursPerMonth),
    ...gateways,
    ...steady("accelerators", inventory.loadBalancers, usd.acceleratorPerHour * hoursPerMonth),
    ...steady("load balancers behind them", inventory.loadBalancers, usd.loadBalancerPerHour * hoursPerMonth),
    ...watching,
  ];
  const monthUsd = sum(items.map((it) => it.monthUsd));
  const traffic = trafficOf(inventory, gb, share);
  return {
    items,
    soFarUsd: sum(items.map((it) => it.soFarUsd)),
    monthUsd,
    watchingUsd: sum(watching.map((it) => it.monthUsd)),
    traffic,
    compared: [1, 2].map((count) => {
      const natUsd = count * natGatewayPerMonth + (traffic?.gb ?? 0) * usd.natGatewayPerGb;
      return { natGateways: count, monthUsd: natUsd, savedUsd: natUsd - monthUsd };
    }),
  };
}

function trafficOf({ natGateways }: Inventory, gb: number | undefined, share: number): Bill["traffic"] {
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

async function takeStock(session: Session, pools: readonly Pool[]): Promise<Inventory> {
  const { clients, clock, deployment } = session;
  const names = pools.map(({ name }) => name);
  const vpcIds = [...new Set(pools.map(({ relocation }) => relocation.network.vpcId))];
  const [addresses, natGateways, endpointZones, loadBalancers, metrics, alarms] = await Promise.all([
    Promise.all(names.map((name) => describePoolAddresses(clients.ec2, name))),
    readNatGateways(session, names),
    countEndpoints(session, vpcIds),
    countLoadBalancers(session, names),
    countMetrics(session, pools),
    listAlarms(clients.cloudWatch, deployment.stage, names),
  ]);
  const nowMs = clock.now();
  return {
    nowMs,
    natGateways,
    endpointZones,
    loadBalancers,
    metrics,
    addresses: addresses.flat().length,
    alarms: alarms.length,
    dashboards: pools.length,
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
  return Promise.all(
    found
      .filter(({ State }) => State !== "failed")
      .map(async ({ NatGatewayId: natGatewayId = "", CreateTime, DeleteTime }) => ({
        natGatewayId,
        createdMs: CreateTime?.getTime() ?? clock.now(),
        deletedMs: DeleteTime?.getTime(),
        gb: await readProcessed(clients.cloudWatch, natGatewayId, clock.now()),
      })),
  );
}

/** What a NAT gateway bills by: bytes that came in, from members and from the internet (VPC user guide, NAT gateway metrics). */
async function readProcessed(
  cloudWatch: Session["clients"]["cloudWatch"],
  natGatewayId: string,
  nowMs: number,
): Promise<number> {
  const now = new Date(nowMs);
  const monthMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
  const series = ["BytesInFromSource", "BytesInFromDestination"].map(
    (metric): Series => ({
      namespace: "AWS/NATGateway",
      metric,
      dimensions: { NatGatewayId: natGatewayId },
      statistic: "Sum",
      periodSeconds: 86_400,
    }),
  );
  const dataOf = await readSeries(cloudWatch, series, monthMs, nowMs);
  return sum(series.flatMap(dataOf).map(({ value }) => value)) / gigabyte;
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
  const rows = bill.items.map(({ item, count, soFarUsd, monthUsd }) => [
    item,
    String(count),
    money(soFarUsd),
    money(monthUsd),
  ]);
  const total = ["sum", "", money(bill.soFarUsd), money(bill.monthUsd)].map((cell) => style("bold", cell));
  const { traffic } = bill;
  const assumed = traffic
    ? `with ${traffic.gb.toFixed(1)} GB a month (${traffic.source === "given" ? "as given" : "as the NAT gateway measured, projected"})`
    : "without traffic: AWS measures no bytes for functions, so pass --gb if you know them (VPC flow logs show them)";
  return [
    table(style, ["USD, list prices of us-east-1", ">", ">so far", ">this month"], [...rows, total]),
    "",
    style("bold", wrap(`Against NAT gateways, ${assumed}`, "  ")),
    table(
      style,
      ["", ">USD a month", ""],
      bill.compared.map(({ natGateways, monthUsd, savedUsd }) => [
        natGateways === 1 ? "one NAT gateway" : "one in each of two zones",
        money(monthUsd),
        savedUsd >= 0
          ? style("green", `Holdfast saves ${money(savedUsd)}`)
          : style("yellow", `NAT is cheaper by ${money(-savedUsd)}`),
      ]),
    ),
    "",
    ...[
      `Of Holdfast's sum, ${money(bill.watchingUsd)} are for metrics, alarms and dashboards, which a NAT gateway comes without.`,
      "Not included: data transfer to the internet, which costs the same either way; logs; functions, which stay in the free tier.",
    ].map((text) => wrap(text, "  ")),
  ].join("\n");
}
