/** One pool with fallback and a partner that blocks addresses, as its probes would see it. */
import type { FallbackPool } from "../../../src/config/fallback-settings.ts";
import { tagKeys } from "../../../src/pool/tags.ts";
import type { Measurement } from "../../../src/telemetry/model.ts";
import { egressOf } from "../../twin/egress.ts";
import { deployFallback } from "./fallback.ts";
import { type Emitted, openScene, poolName, type Scene, type SceneOptions } from "./scene.ts";

export interface FallbackSceneOptions extends SceneOptions {
  readonly fallback?: Partial<FallbackPool>;
}

export interface FallbackScene extends Scene {
  readonly fallbackAllocationId: string;
  readonly fallbackIp: string;
  readonly natSubnetId: string;
  /** Public addresses that the partner refuses; a test changes them. */
  readonly refused: Set<string>;
  /** Public addresses of the pool, egress and fallback. */
  readonly publicIps: readonly string[];
  readonly alarmName: string;
  readonly fallbackMeasurements: readonly Emitted[];
  /** By which addresses each zone's traffic leaves now. */
  leavesBy(): string[][];
  /** Sets or removes the operator's override. */
  override(value: string | undefined): Promise<void>;
}

const minuteMs = 60_000;
/** Rounds that must agree before an address is marked, and before the alarm is raised (of 5). */
const confirming = 3;
const member = "orders";

export async function openFallbackScene(options: FallbackSceneOptions = {}): Promise<FallbackScene> {
  const zones = options.zones ?? 2;
  const scene = await openScene({ ...options, zones });
  const { region, path, operator, network } = scene;
  const natSubnetId = await makeNatSubnet(scene);
  const tags = (more: Record<string, string> = {}) =>
    Object.entries({ [tagKeys.pool]: poolName, ...more }).map(([Key, Value]) => ({ Key, Value }));
  await operator("ec2", "CreateTags", { Resources: network.routeTableIds, Tags: tags() });
  const { AllocationId } = await operator<{ AllocationId: string }>("ec2", "AllocateAddress", {
    TagSpecifications: [{ ResourceType: "elastic-ip", Tags: tags({ [tagKeys.role]: "fallback" }) }],
  });
  const ipOf = (id: string) => region.world.addresses.get(id)?.publicIp ?? "";
  await scene.createFunction(member, [...network.subnetIds.keys()]);
  await scene.pass(3 * minuteMs);

  const alarmName = `holdfast-${poolName}-blocked`;
  const leavesBy = () => {
    const version = region.world.functions.get(member)?.versions.get("$LATEST");
    const ways = version ? egressOf(region.world, version) : [];
    return network.subnetIds.map((id) => [...(ways.find(({ subnetId }) => subnetId === id)?.publicIps ?? [])]);
  };
  const probes = await makeProbes(scene, leavesBy);
  const refused = new Set<string>();
  await watch(scene, refused, leavesBy);
  await makeAlarm(scene, alarmName);
  await scene.pass(6 * minuteMs);
  const pool: FallbackPool = {
    name: poolName,
    alarmName,
    standby: "cold",
    probes,
    vpcId: network.vpcId,
    subnetIds: [...network.subnetIds],
    nat: { mode: "zonal", subnetId: natSubnetId },
    holdMinutes: 30,
    maxHoldMinutes: 480,
    cleanRounds: 5,
    blockedRounds: 3,
    graceMinutes: 60,
    flipsPerDay: 4,
    swapSeconds: 300,
    maxFallbackHours: 24,
    ...options.fallback,
  };
  const fallbackMeasurements: Emitted[] = [];
  const onMeasurements = (timeMs: number, list: readonly Measurement[]) => {
    fallbackMeasurements.push(...list.map((it) => ({ ...it, timeMs })));
  };
  await deployFallback(region, path, { pool, onMeasurements, direct: options.direct ?? false });
  return {
    ...scene,
    fallbackAllocationId: AllocationId,
    fallbackIp: ipOf(AllocationId),
    publicIps: [...scene.allocationIds, AllocationId].map(ipOf),
    natSubnetId,
    refused,
    alarmName,
    leavesBy,
    fallbackMeasurements,
    async override(value) {
      const call = value === undefined ? "DeleteTags" : "CreateTags";
      const Tags = [{ Key: tagKeys.override, ...(value !== undefined && { Value: value }) }];
      await operator("ec2", call, { Resources: [AllocationId], Tags });
    },
  };
}

async function makeNatSubnet({ operator, network, region }: Scene): Promise<string> {
  const { vpcId: VpcId } = network;
  const place = { VpcId, CidrBlock: "10.0.200.0/24", AvailabilityZone: "us-east-1a" };
  const { Subnet } = await operator<{ Subnet: { SubnetId: string } }>("ec2", "CreateSubnet", place);
  const { RouteTable } = await operator<{ RouteTable: { RouteTableId: string } }>("ec2", "CreateRouteTable", { VpcId });
  const { RouteTableId } = RouteTable;
  const [GatewayId] = region.world.internetGateways.keys();
  await operator("ec2", "CreateRoute", { RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId });
  await operator("ec2", "AssociateRouteTable", { RouteTableId, SubnetId: Subnet.SubnetId });
  return Subnet.SubnetId;
}

/** Probes that only know by which address they leave. */
async function makeProbes({ operator, network, path }: Scene, leavesBy: () => string[][]) {
  return Promise.all(
    network.subnetIds.map(async (subnetId, index) => {
      const FunctionName = `holdfast-probe-${index}`;
      const runs = { Role: "arn:aws:iam::123456789012:role/probe", Runtime: "nodejs24.x", Handler: "index.handler" };
      await operator("lambda", "CreateFunction", { FunctionName, ...runs, Code: { ZipFile: new Uint8Array() } });
      path.registerHandler(FunctionName, () => ({ publicIp: leavesBy()[index]?.[0], answers: [] }));
      const functionArn = `arn:aws:lambda:us-east-1:123456789012:function:${FunctionName}`;
      return { functionArn, vantage: `zone-${index}`, subnetId };
    }),
  );
}

/** Stands for the canary: a round a minute, its rates as metrics, its confirmed findings as the addresses' verdicts. */
async function watch({ region, operator, allocationIds }: Scene, refused: Set<string>, leavesBy: () => string[][]) {
  const streaks = new Map<string, number>();
  region.clock.every(minuteMs, () => {
    const zones = leavesBy();
    const isRefused = (ips: readonly string[]) => ips.some((ip) => refused.has(ip));
    const rate = zones.filter(isRefused).length / zones.length;
    const datum = (value: number, vantage?: string) => ({
      MetricName: "BlockedRate",
      Dimensions: Object.entries({ service: "holdfast", pool: poolName, ...(vantage && { vantage }) }).map(
        ([Name, Value]) => ({ Name, Value }),
      ),
      Timestamp: new Date(region.clock.now()),
      Values: [value],
    });
    const MetricData = [datum(rate), ...zones.map((ips, index) => datum(isRefused(ips) ? 1 : 0, `zone-${index}`))];
    void operator("monitoring", "PutMetricData", { Namespace: "Holdfast", MetricData });
    for (const id of allocationIds) {
      const address = region.world.addresses.get(id);
      if (!address || !zones.flat().includes(address.publicIp)) continue;
      const bad = refused.has(address.publicIp);
      const streak = streaks.get(id) ?? 0;
      const next = bad ? Math.max(0, streak) + 1 : Math.min(0, streak) - 1;
      streaks.set(id, next);
      const verdict = bad ? "blocked" : "clean";
      if (Math.abs(next) !== confirming) continue;
      const Tags = [{ Key: tagKeys.verdict, Value: verdict }];
      void operator("ec2", "CreateTags", { Resources: [id], Tags });
    }
  });
}

async function makeAlarm({ operator }: Scene, AlarmName: string): Promise<void> {
  await operator("monitoring", "PutMetricAlarm", {
    AlarmName,
    Namespace: "Holdfast",
    MetricName: "BlockedRate",
    Dimensions: [
      { Name: "service", Value: "holdfast" },
      { Name: "pool", Value: poolName },
    ],
    Statistic: "Maximum",
    Period: 60,
    EvaluationPeriods: 5,
    DatapointsToAlarm: confirming,
    ComparisonOperator: "GreaterThanThreshold",
    Threshold: 0,
    TreatMissingData: "notBreaching",
  });
}
