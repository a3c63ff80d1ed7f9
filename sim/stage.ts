/** The simulated account of a drawn world: networks, addresses, members, strangers, foreign addresses. */
import { tagKeys } from "../src/config/tags.ts";
import { between, type Delays } from "../twin/delays.ts";
import { addEventPath, type EventPath } from "../twin/event-path.ts";
import { createRegion, type Region } from "../twin/region.ts";
import { AwsError } from "../twin/service.ts";
import type { LambdaFunction } from "../twin/world.ts";
import { allocateAddresses, buildNetwork, type PoolNetwork } from "./network.ts";
import { type Operator, operatorOf } from "./operator.ts";
import type { PoolDraw, WorldDraw } from "./world-draw.ts";

const memberRole = "arn:aws:iam::123456789012:role/member";

export interface PoolStage {
  readonly draw: PoolDraw;
  readonly network: PoolNetwork;
  /** The strangers' own group; no member ever uses it. */
  readonly strangerGroupId: string;
  /** An instance's interface in one of the pool's subnets. */
  readonly instanceInterfaceId: string;
  readonly allocationIds: readonly string[];
  readonly publicIps: readonly string[];
  readonly memberNames: readonly string[];
  readonly strangerNames: readonly string[];
}

export interface Stage {
  readonly draw: WorldDraw;
  readonly region: Region;
  readonly path: EventPath;
  readonly operator: Operator;
  readonly pools: readonly PoolStage[];
  /** Addresses of somebody else in the same account. */
  readonly foreignAllocationIds: readonly string[];
}

export type FunctionNetwork = { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };

/** Makes the account. Nothing in it has run yet. */
export async function buildStage(draw: WorldDraw): Promise<Stage> {
  const region = createRegion({ seed: draw.seed, addressQuota: 100, throttling: true });
  const path = addEventPath(region, { delays: delaysOf(draw), showsDuringUpdate: draw.showsDuringUpdate });
  const operator = operatorOf(region);
  const pools: PoolStage[] = [];
  for (const pool of draw.pools) pools.push(await buildPool(region, operator, pool));
  const foreignAllocationIds: string[] = [];
  for (let index = 0; index < 2; index++) {
    const { AllocationId } = await operator<{ AllocationId: string }>("ec2", "AllocateAddress", { Domain: "vpc" });
    foreignAllocationIds.push(AllocationId);
  }
  return { draw, region, path, operator, pools, foreignAllocationIds };
}

function delaysOf({ interfaceCreationMs: [minMs, maxMs], events, idleHours }: WorldDraw): Partial<Delays> {
  return {
    interfaceCreation: between(minMs, maxMs),
    cloudTrailLossRate: events.lost,
    cloudTrailLateRate: events.late,
    cloudTrailDuplicateRate: events.twice,
    eventBridgeDuplicateRate: events.twice,
    ...(idleHours !== undefined && { idleReclaimMs: idleHours * 3_600_000 }),
  };
}

async function buildPool(region: Region, operator: Operator, draw: PoolDraw): Promise<PoolStage> {
  const network = await buildNetwork(operator, draw.zones);
  const group = { VpcId: network.vpcId, GroupName: "strangers", Description: "strangers" };
  const { GroupId: strangerGroupId } = await operator<{ GroupId: string }>("ec2", "CreateSecurityGroup", group);
  const { NetworkInterface } = await operator<{ NetworkInterface: { NetworkInterfaceId: string } }>(
    "ec2",
    "CreateNetworkInterface",
    { SubnetId: network.subnetIds[0], Groups: [strangerGroupId] },
  );
  const allocationIds = await allocateAddresses(operator, draw.name, draw.addresses);
  const publicIps = allocationIds.map((id) => region.world.addresses.get(id)?.publicIp ?? "");
  const strangerNames = Array.from({ length: draw.strangers }, (_, index) => `stranger-${draw.name}-${index}`);
  return {
    draw,
    network,
    strangerGroupId,
    instanceInterfaceId: NetworkInterface.NetworkInterfaceId,
    allocationIds,
    publicIps,
    memberNames: draw.memberNames,
    strangerNames,
  };
}

/** What Holdfast's configuration names as the pool's members. */
export function membershipOf({ draw, memberNames }: PoolStage) {
  const arns = memberNames.map((name) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`);
  switch (draw.membersBy) {
    case "names":
      return { names: [...memberNames], arns: [], tags: {} };
    case "pattern":
      return { names: [`${draw.name}-member-*`], arns: [], tags: {} };
    case "arns":
      return { names: [], arns, tags: {} };
    case "tags":
      return { names: [], arns: [], tags: { team: draw.name } };
  }
}

/** Makes a function, a member's with the tag of its team. */
export async function createFunction(
  { operator }: Stage,
  pool: PoolStage,
  FunctionName: string,
  network: FunctionNetwork,
): Promise<void> {
  await operator("lambda", "CreateFunction", {
    FunctionName,
    Role: memberRole,
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Code: { ZipFile: new Uint8Array() },
    VpcConfig: vpcConfigOf(network),
    ...(pool.memberNames.includes(FunctionName) && { Tags: { team: pool.draw.name } }),
  });
}

export function vpcConfigOf({ subnetIds, securityGroupIds }: FunctionNetwork) {
  return { SubnetIds: [...subnetIds], SecurityGroupIds: subnetIds.length > 0 ? [...securityGroupIds] : [] };
}

/** The pool's functions that exist now. */
export function membersOf({ region }: Stage, { memberNames }: PoolStage): LambdaFunction[] {
  return memberNames.map((name) => region.world.functions.get(name)).filter((it) => it !== undefined);
}

/** Does what an operator or a tool does; what AWS refuses does not happen. */
export async function tryCall<Output>(
  operator: Operator,
  service: string,
  operation: string,
  input: object,
): Promise<Output | undefined> {
  try {
    return await operator<Output>(service, operation, input);
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

export const poolTags = (poolName: string) => [
  { Key: tagKeys.pool, Value: poolName },
  { Key: tagKeys.role, Value: "egress" },
];
