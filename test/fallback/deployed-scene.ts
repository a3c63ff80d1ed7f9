/** Holdfast deployed with a fallback in the twin: real canary, relocation and fallback, and a member in two zones. */

import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { tagKeys } from "../../src/pool/tags.ts";
import {
  type DeployedRegion,
  type DeployedRegionOptions,
  type Emitted,
  openDeployedRegion,
} from "../../testing/deployment/deployed-region.ts";
import { networkOf, type PoolNetwork } from "../../testing/deployment/pool-network.ts";
import { type Delays, fixed } from "../../testing/twin/delays.ts";
import { egressOf } from "../../testing/twin/egress.ts";
import type { Partner } from "../../testing/twin/partners.ts";
import type { Address } from "../../testing/twin/world.ts";

export const minuteMs = 60_000;
/** What opening a scene may take of real time on a busy machine. */
export const openedWithinMs = 60_000;
/** How long AWS takes to make a NAT gateway, here. */
export const creationMs = 100_000;

type PoolInput = HoldfastInput["pools"][string];

export interface DeployedScene extends DeployedRegion {
  readonly network: PoolNetwork;
  readonly partner: Partner;
  readonly fallbackIp: string;
  readonly fallbackAllocationId: string;
  /** In whose name fallback calls AWS. */
  readonly fallbackRole: string;
  readonly measurements: readonly Emitted[];
  /** By which address each zone of the member leaves now. */
  leavesBy(): readonly (string | undefined)[];
  pass(minutes: number): Promise<void>;
  /** Lets the partner refuse every egress address. */
  blockAll(): void;
  /** Sets the operator's override, or removes it. */
  override(value: string | undefined): Promise<void>;
  /** Lets time pass until it is so, and answers when that is. @throws Error when it never is */
  when(what: string, isSo: () => boolean, limitMs?: number): Promise<number>;
  /** State of the pool's alarm, and what it says. */
  alarm(id: string): Promise<{ readonly state: string; readonly says: string }>;
}

const pool = "payments";
export const member = "payments-api";

export async function openScene({
  fallback,
  spares = 0,
  targets = ["bank"],
  consistent = false,
  emptyZones = 0,
  delays = {},
  around,
}: {
  readonly fallback: NonNullable<PoolInput["fallback"]>;
  readonly spares?: number;
  readonly targets?: readonly string[];
  /** EC2 shows what is written at once. */
  readonly consistent?: boolean;
  /** Zones of the pool beside the member's. */
  readonly emptyZones?: number;
  readonly delays?: Partial<Delays>;
  readonly around?: DeployedRegionOptions["around"];
}): Promise<DeployedScene> {
  const input: HoldfastInput = {
    pools: {
      [pool]: {
        members: { names: [member] },
        network: { create: { zones: 2 + emptyZones } },
        addresses: { count: 2 + emptyZones, spares },
        targets: targets.map((name) => ({ name, url: `https://${name}.example/` })),
        fallback,
      },
    },
  };
  const measurements: Emitted[] = [];
  const deployed = await openDeployedRegion(input, {
    delays: { natGatewayCreation: fixed(creationMs), natGatewayDeletion: fixed(minuteMs), ...delays },
    consistent,
    direct: true,
    ...(around && { around }),
    onMeasurements: (list) => measurements.push(...list),
  });
  const { region, operator, partners, records } = deployed;
  const { world, clock } = region;
  const network = networkOf(world, pool, 2 + emptyZones);
  const zones = network.subnetIds.slice(0, 2);
  await operator("lambda", "CreateFunction", {
    FunctionName: member,
    Role: "arn:aws:iam::123456789012:role/member",
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Code: { ZipFile: new Uint8Array() },
    VpcConfig: { SubnetIds: zones, SecurityGroupIds: network.securityGroupIds },
  });
  const leavesBy = () => {
    const version = world.functions.get(member)?.versions.get("$LATEST");
    const ways = version ? egressOf(world, version) : [];
    return zones.map((subnetId) => [...(ways.find((way) => way.subnetId === subnetId)?.publicIps ?? [])][0]);
  };
  const partner = partners.get(targets[0] ?? "") as Partner;
  const isFallback = ({ tags }: Address) => tags[tagKeys.role] === "fallback";
  const own = [...world.addresses.values()].find(isFallback);
  const role = records.find(({ name }) => name.endsWith("-fallback-role"))?.outputs["name"];
  const scene: DeployedScene = {
    ...deployed,
    network,
    leavesBy,
    partner,
    measurements,
    fallbackIp: own?.publicIp ?? "",
    fallbackAllocationId: own?.allocationId ?? "",
    fallbackRole: `arn:aws:iam::${world.accountId}:role/${role}`,
    blockAll() {
      const egress = [...world.addresses.values()].filter((it) => !isFallback(it));
      partner.rules.push({ kind: "block", ips: egress.map(({ publicIp }) => publicIp) });
    },
    async override(value) {
      const Tags = [{ Key: tagKeys.override, Value: value }];
      const call = value === undefined ? "DeleteTags" : "CreateTags";
      await operator("ec2", call, { Resources: [own?.allocationId], Tags });
    },
    pass: (minutes) => clock.advance(minutes * minuteMs),
    async when(what, isSo, limitMs = 15 * minuteMs) {
      if (!(await clock.runUntil(isSo, limitMs))) throw new Error(`never: ${what}`);
      return clock.now();
    },
    async alarm(id) {
      const AlarmNames = [`holdfast-production-${pool}-${id}`];
      const output = await operator<{ MetricAlarms: { StateValue: string; AlarmDescription: string }[] }>(
        "monitoring",
        "DescribeAlarms",
        { AlarmNames },
      );
      const [found] = output.MetricAlarms;
      return { state: found?.StateValue ?? "missing", says: found?.AlarmDescription ?? "" };
    },
  };
  await scene.when(
    "the member has its addresses",
    () => new Set(leavesBy()).size === 2 && !leavesBy().includes(undefined),
  );
  await scene.pass(6);
  return scene;
}

/** Ids of the pool's route tables whose default route leads to a NAT gateway. */
export function overTables({ region }: DeployedScene): string[] {
  return [...region.world.routeTables.values()]
    .filter(({ routes }) => routes.some(({ natGatewayId }) => natGatewayId))
    .map(({ routeTableId }) => routeTableId);
}

export function gatewaysAlive({ region }: DeployedScene): string[] {
  return [...region.world.natGateways.values()]
    .filter(({ state }) => state === "pending" || state === "available")
    .map(({ natGatewayId }) => natGatewayId);
}

/** Lets time pass until the alarm that fallback obeys is raised. Returns when that was. */
export async function raised(scene: DeployedScene): Promise<number> {
  for (let second = 0; second < 600; second++) {
    if ((await scene.alarm("escalation")).state === "ALARM") return scene.region.clock.now();
    await scene.region.clock.advance(1_000);
  }
  throw new Error("never raised");
}

/** Whether all zones leave by the fallback address. */
export function onNat(scene: DeployedScene): boolean {
  return scene.leavesBy().every((ip) => ip === scene.fallbackIp);
}
