/** Holdfast deployed with a fallback in the twin: real canary, relocation and fallback, and a member in two zones. */

import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { type DeployedRegion, openDeployedRegion } from "../../testing/deployment/deployed-region.ts";
import { fixed } from "../../testing/twin/delays.ts";
import { egressOf } from "../../testing/twin/egress.ts";
import type { Partner } from "../../testing/twin/partners.ts";

export const minuteMs = 60_000;
/** What opening a scene may take of real time on a busy machine. */
export const openedWithinMs = 60_000;
/** How long AWS takes to make a NAT gateway, here. */
export const creationMs = 100_000;

type PoolInput = HoldfastInput["pools"][string];

export interface Told {
  readonly atMs: number;
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface DeployedScene extends DeployedRegion {
  readonly events: readonly Told[];
  readonly partner: Partner;
  readonly fallbackIp: string;
  /** By which address each zone of the member leaves now. */
  leavesBy(): readonly (string | undefined)[];
  pass(minutes: number): Promise<void>;
  /** Lets time pass until it is so, and answers when that is. @throws Error when it never is */
  when(what: string, isSo: () => boolean, limitMs?: number): Promise<number>;
  /** State of the pool's alarm, and what it says. */
  alarm(id: string): Promise<{ readonly state: string; readonly says: string }>;
}

const pool = "payments";
const member = "payments-api";

export async function openScene({
  fallback,
  spares = 0,
  targets = ["bank"],
  consistent = false,
  emptyZones = 0,
}: {
  readonly fallback: NonNullable<PoolInput["fallback"]>;
  readonly spares?: number;
  readonly targets?: readonly string[];
  /** EC2 shows what is written at once. */
  readonly consistent?: boolean;
  /** Zones of the pool beside the member's. */
  readonly emptyZones?: number;
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
  const delays = { natGatewayCreation: fixed(creationMs), natGatewayDeletion: fixed(minuteMs) };
  const deployed = await openDeployedRegion(input, { delays, consistent, direct: true });
  const { region, operator, partners } = deployed;
  const { world, clock } = region;
  const events: Told[] = [];
  region.calls.onCall(({ service, operation, input: put, atMs, error }) => {
    if (service !== "events" || operation !== "PutEvents" || error) return;
    for (const { DetailType, Detail } of (put as { Entries: { DetailType: string; Detail: string }[] }).Entries) {
      events.push({ atMs, type: DetailType, detail: JSON.parse(Detail) });
    }
  });
  const zones = [...world.subnets.values()].filter(({ tags }) => /-zone-[12]$/.test(tags["Name"] ?? ""));
  const group = [...world.securityGroups.values()].find(({ groupName }) => groupName.includes("members"));
  await operator("lambda", "CreateFunction", {
    ...{ FunctionName: member, Role: "arn:aws:iam::123456789012:role/member", Runtime: "nodejs24.x" },
    ...{ Handler: "index.handler", Code: { ZipFile: new Uint8Array() } },
    VpcConfig: { SubnetIds: zones.map(({ subnetId }) => subnetId), SecurityGroupIds: [group?.groupId] },
  });
  const leavesBy = () => {
    const version = world.functions.get(member)?.versions.get("$LATEST");
    const ways = version ? egressOf(world, version) : [];
    return zones.map(({ subnetId }) => [...(ways.find((way) => way.subnetId === subnetId)?.publicIps ?? [])][0]);
  };
  const scene: DeployedScene = {
    ...deployed,
    ...{ events, leavesBy, partner: partners.get(targets[0] ?? "") as Partner },
    fallbackIp: [...world.addresses.values()].find(({ tags }) => tags["holdfast:role"] === "fallback")?.publicIp ?? "",
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
