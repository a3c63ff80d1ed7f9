/** The simulated account of a drawn world: Holdfast deployed in it, members' networks, strangers, foreign resources. */

import type { Log } from "../../src/telemetry/log.ts";
import { type Operator, operatorOf } from "../deployment/operator.ts";
import { deployRecorded, patient } from "../deployment/recorded-deployment.ts";
import type { Ids, RecordedResource } from "../deployment/recorded-resource.ts";
import { emptyAccount } from "../deployment/stand-in/account.ts";
import { app, synthesizeOnce } from "../deployment/synthesize.ts";
import { VirtualClock } from "../twin/clock.ts";
import { between, type Delays } from "../twin/delays.ts";
import { addEventPath, type EventPath } from "../twin/event-path.ts";
import type { Handler } from "../twin/lambda-invocation.ts";
import { createPartner, type Partner } from "../twin/partners.ts";
import { createRegion, type Region } from "../twin/region.ts";
import { AwsError } from "../twin/service.ts";
import type { LambdaFunction } from "../twin/world.ts";
import { fileOf, functionNamesOf, targetOf } from "./pool-draw.ts";
import { type Foreign, type SimulatedPool, settleIn } from "./settle-in.ts";
import { shareNetworks, withShared } from "./shared-network.ts";
import type { WorldDraw } from "./world-draw.ts";

const stageName = "production";
const addressQuota = 100;
export const prefix = `${app}-${stageName}`;
const memberRole = "arn:aws:iam::123456789012:role/member";

export interface SimulatedAccount {
  readonly draw: WorldDraw;
  readonly region: Region;
  readonly path: EventPath;
  readonly operator: Operator;
  readonly pools: readonly SimulatedPool[];
  /** By the pool's name: the partner that answers its target. */
  readonly partners: ReadonlyMap<string, Partner>;
  readonly foreign: Foreign;
  /** Roles of Holdfast's functions that call AWS, by the function's name without the deployment's. */
  readonly roles: ReadonlyMap<string, string>;
}

export interface AccountHooks {
  /** Stands between Lambda and the code of one of Holdfast's functions. */
  readonly around: (functionName: string, handler: Handler) => Handler;
  /** Called with every log line that holds metrics. */
  readonly onLine: (line: string) => void;
  readonly log: Log;
  /** Clients call the region without the wire. */
  readonly direct: boolean;
  /** Without Holdfast only the network and the addresses are deployed. Default true. */
  readonly holdfast?: boolean;
}

/** Makes the account and deploys the operator's file into it. Creates no members and starts no faults. */
export async function buildAccount(draw: WorldDraw, hooks: AccountHooks): Promise<SimulatedAccount> {
  const { seed, natGatewayQuota, associatesPending } = draw;
  const clock = hooks.direct ? new VirtualClock(undefined, process.nextTick) : new VirtualClock();
  const region = createRegion({ seed, addressQuota, natGatewayQuota, associatesPending, clock });
  const path = addEventPath(region, { delays: delaysOf(draw), showsDuringUpdate: draw.showsDuringUpdate });
  const operator = operatorOf(region);
  const partners = new Map(draw.pools.map(({ name }) => [name, createPartner(clock)]));
  const observedPath: EventPath = {
    ...path,
    emf(line) {
      hooks.onLine(line);
      path.emf(line);
    },
    registerHandler: (name, handler) => path.registerHandler(name, hooks.around(name, handler)),
  };
  const ids: Ids = new Map();
  const shared = await shareNetworks(region, operator, draw.pools, ids);
  const found = withShared({ ...emptyAccount, addressQuota }, draw.pools);
  const records = await synthesizeOnce(fileOf(draw.pools), stageName, found);
  const isNetwork = ({ type }: RecordedResource) => type.startsWith("aws:ec2/");
  await deployRecorded(hooks.holdfast === false ? records.filter(isNetwork) : records, {
    region,
    path: observedPath,
    ids,
    log: hooks.log,
    direct: hooks.direct,
    clock: { now: () => clock.now() + draw.skewMs, sleep: clock.sleep },
    partnerOf: (target) => {
      const pool = draw.pools.find(({ name }) => targetOf(name) === target);
      return partners.get(pool?.name ?? "") ?? createPartner(clock);
    },
  });
  // As an operator's tools do, the set-up waits where AWS throttles it.
  const { pools, foreign } = await settleIn(region, patient(region, operator), draw, shared);
  return { draw, region, path, operator, pools, partners, foreign, roles: rolesOf(region) };
}

function delaysOf({ interfaceCreationMs: [minMs, maxMs], idleHours }: WorldDraw): Partial<Delays> {
  return {
    interfaceCreation: between(minMs, maxMs),
    ...(idleHours !== undefined && { idleReclaimMs: idleHours * 3_600_000 }),
  };
}

function rolesOf({ world }: Region): Map<string, string> {
  const own = [...world.functions.values()].filter(({ functionName }) => functionName.startsWith(`${prefix}-`));
  return new Map(
    own.flatMap(({ functionName, versions }): [string, string][] => {
      const latest = versions.get("$LATEST");
      // Probes are in the VPC and make no AWS calls.
      return latest && !latest.vpcConfig ? [[functionName.slice(prefix.length + 1), latest.settings.role]] : [];
    }),
  );
}

export type FunctionNetwork = {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  /** Whether it may leave by IPv6: only from dual-stack subnets. Default false. */
  readonly dualStack?: boolean;
};

/** Creates a function; a member gets the tag of its team. */
export async function createFunction(
  { operator }: SimulatedAccount,
  pool: SimulatedPool,
  FunctionName: string,
  network: FunctionNetwork,
): Promise<void> {
  await operator("lambda", "CreateFunction", {
    FunctionName,
    Role: memberRole,
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Code: { ZipFile: new Uint8Array() },
    Timeout: 900,
    VpcConfig: vpcConfigOf(network),
    ...(pool.draw.memberNames.includes(FunctionName) && { Tags: { team: pool.draw.name } }),
  });
}

export function vpcConfigOf({ subnetIds, securityGroupIds, dualStack = false }: FunctionNetwork) {
  return {
    SubnetIds: [...subnetIds],
    SecurityGroupIds: subnetIds.length > 0 ? [...securityGroupIds] : [],
    ...(dualStack && { Ipv6AllowedForDualStack: true }),
  };
}

/** Returns the pool's functions that exist now; guarded ones are members from the deployment on. */
export function membersOf({ region }: SimulatedAccount, { draw }: SimulatedPool): LambdaFunction[] {
  return functionNamesOf(draw)
    .map((name) => region.world.functions.get(name))
    .filter((it) => it !== undefined);
}

/** Makes a call as an operator or a tool. Returns undefined when AWS refuses it. */
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
