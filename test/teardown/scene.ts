/** A deployment in the twin, real handlers and roles, with a member in two zones, whose removal has begun. */

import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { tagKeys } from "../../src/pool/tags.ts";
import type { Summary } from "../../src/teardown/reconcile.ts";
import { type DeployedRegion, openDeployedRegion } from "../../testing/deployment/deployed-region.ts";
import { invokeRecorded } from "../../testing/deployment/recorded-deployment.ts";
import { removeTriggers, teardownsOf } from "../../testing/deployment/recorded-removal.ts";
import { between, fixed } from "../../testing/twin/delays.ts";
import type { Address, FunctionVersion } from "../../testing/twin/world.ts";

export const minuteMs = 60_000;
export const openedWithinMs = 60_000;
export const pool = "payments";
export const member = "payments-api";

export interface RemovalScene extends DeployedRegion {
  /** Role of the pool's teardown. */
  readonly roleArn: string;
  /** Asks the teardown of a part, such as `zone-1` or `fallback`, as a removal does. @throws Error with its words */
  tearDown(part: string): Promise<Summary>;
  removeTriggers(): Promise<void>;
  deleteMember(): Promise<void>;
  pass(minutes: number): Promise<void>;
  latest(functionName: string): FunctionVersion | undefined;
  /** Of the pool, on any interface. */
  associated(): Address[];
  override(value: string): Promise<void>;
  subnetId(part: string): string;
  /** Where the pool's default routes go: `igw`, `nat`, `dead` or something else. */
  routes(): string[];
  gateways(): string[];
}

type PoolInput = HoldfastInput["pools"][string];

/** Deploys, and waits until the member has its addresses. */
export async function openScene(fallback?: NonNullable<PoolInput["fallback"]>): Promise<RemovalScene> {
  const input: HoldfastInput = {
    pools: {
      [pool]: {
        members: { names: [member] },
        network: { create: { zones: 2 } },
        addresses: { count: 2, spares: 1 },
        targets: [{ name: "bank", url: "https://bank.example/" }],
        ...(fallback && { fallback }),
      },
    },
  };
  const delays = {
    natGatewayCreation: fixed(minuteMs),
    natGatewayDeletion: fixed(minuteMs),
    // The twin's own figures would do, but take a quarter of an hour.
    interfaceCreation: between(20_000, 30_000),
  };
  const deployed = await openDeployedRegion(input, { delays, direct: true });
  const scene = sceneOf(deployed);
  await makeMember(scene);
  const served = () => scene.associated().filter(({ tags }) => tags[tagKeys.use]?.startsWith("serving")).length;
  if (!(await deployed.region.clock.runUntil(() => served() === 2, 10 * minuteMs))) throw new Error("never served");
  await scene.pass(2);
  return scene;
}

function sceneOf(deployed: DeployedRegion): RemovalScene {
  const { region, operator, records } = deployed;
  const { world, clock } = region;
  const latest = (name: string) => world.functions.get(name)?.versions.get("$LATEST");
  const scene: RemovalScene = {
    ...deployed,
    roleArn: latest(`holdfast-production-${pool}-teardown`)?.settings.role ?? "none",
    async tearDown(part) {
      const [one, ...more] = teardownsOf(records, `-${part}`);
      if (!one || more.length > 0) throw new Error(`no teardown ${part}`);
      return (await invokeRecorded(one, "delete", deployed)) as Summary;
    },
    removeTriggers: () => removeTriggers(records, deployed),
    deleteMember: async () => void (await operator("lambda", "DeleteFunction", { FunctionName: member })),
    pass: (minutes) => clock.advance(minutes * minuteMs),
    latest,
    associated: () =>
      [...world.addresses.values()].filter((it) => it.tags[tagKeys.pool] === pool && it.associationId !== undefined),
    async override(value) {
      const [id] = world.addresses.keys();
      await operator("ec2", "CreateTags", { Resources: [id], Tags: [{ Key: tagKeys.override, Value: value }] });
    },
    subnetId: (part) =>
      [...world.subnets.values()].find(({ tags }) => tags["Name"]?.endsWith(`-${part}`))?.subnetId ?? "",
    routes: () =>
      [...world.routeTables.values()]
        .filter(({ tags }) => tags[tagKeys.pool] === pool)
        .map(({ routes }) => {
          const route = routes.find(({ destinationCidrBlock }) => destinationCidrBlock === "0.0.0.0/0");
          if (route?.state === "blackhole") return "dead";
          return route?.natGatewayId ? "nat" : (route?.gatewayId?.slice(0, 3) ?? "other");
        }),
    gateways: () => [...world.natGateways.values()].map(({ state }) => state).filter((it) => it !== "deleted"),
  };
  return scene;
}

async function makeMember(scene: RemovalScene): Promise<void> {
  const group = [...scene.region.world.securityGroups.values()].find(({ groupName }) => groupName.includes("members"));
  await scene.operator("lambda", "CreateFunction", {
    FunctionName: member,
    Role: "arn:aws:iam::123456789012:role/member",
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Code: { ZipFile: new Uint8Array() },
    VpcConfig: {
      SubnetIds: [scene.subnetId("zone-1"), scene.subnetId("zone-2")],
      SecurityGroupIds: [group?.groupId],
    },
  });
}
