/** One pool with its network, addresses and deployment, for tests that need relocation alone. */
import type { Log } from "../../../src/telemetry/log.ts";
import type { Measurement } from "../../../src/telemetry/model.ts";
import type { Delays } from "../../twin/delays.ts";
import type { EndpointOptions } from "../../twin/endpoint.ts";
import { addEventPath, type EventPath, type EventPathOptions } from "../../twin/event-path.ts";
import { createRegion, type Region } from "../../twin/region.ts";
import { type Operator, operatorOf } from "../operator.ts";
import { allocateAddresses, buildNetwork, type PoolNetwork } from "./network.ts";
import { type Deployment, deploy } from "./relocation.ts";

export interface SceneOptions {
  readonly seed?: number;
  readonly zones?: number;
  /** The zone whose subnet is not the members' but the scout's, with the second security group. */
  readonly scoutZone?: number;
  /** Egress addresses of the pool. */
  readonly addresses?: number;
  readonly drainSeconds?: number;
  /** Name patterns of the members. */
  readonly members?: readonly string[];
  readonly delays?: Partial<Delays>;
  readonly showsDuringUpdate?: EventPathOptions["showsDuringUpdate"];
  readonly consistent?: boolean;
  readonly throttling?: boolean;
  readonly endpoint?: EndpointOptions;
  /** Without Holdfast: the same world, and no run moves an address. Default true. */
  readonly holdfast?: boolean;
  readonly log?: Log;
  readonly sweeps?: boolean;
  /** Calls go to the region directly instead of over the wire. */
  readonly direct?: boolean;
}

export interface Emitted extends Measurement {
  readonly timeMs: number;
}

export interface DomainEventSeen {
  readonly timeMs: number;
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Scene {
  readonly region: Region;
  readonly path: EventPath;
  readonly operator: Operator;
  readonly network: PoolNetwork;
  readonly allocationIds: readonly string[];
  readonly deployment: Deployment | undefined;
  readonly measurements: readonly Emitted[];
  readonly events: readonly DomainEventSeen[];
  /** Creates a function in the network. */
  createFunction(functionName: string, subnets: readonly number[], groups?: readonly number[]): Promise<void>;
  /** Changes a function's VPC configuration; no subnets: leaves the VPC. */
  updateFunction(functionName: string, subnets: readonly number[], groups?: readonly number[]): Promise<void>;
  /** Lets virtual time pass. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until the condition holds. Returns whether it did within the limit. */
  until(done: () => boolean, limitMs: number): Promise<boolean>;
  /** Returns whether every live version of the function has a way out now. */
  openNow(functionName: string): boolean;
}

export const poolName = "payments";

export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const region = createRegion({
    seed: options.seed ?? 1,
    consistent: options.consistent ?? false,
    throttling: options.throttling ?? true,
    addressQuota: 50,
  });
  const { delays, showsDuringUpdate } = options;
  const path = addEventPath(region, { ...(delays && { delays }), ...(showsDuringUpdate && { showsDuringUpdate }) });
  const operator = operatorOf(region);
  const network = await buildNetwork(operator, options.zones ?? 2);
  const allocationIds = await allocateAddresses(operator, poolName, options.addresses ?? 2);
  const measurements: Emitted[] = [];
  const events: DomainEventSeen[] = [];
  region.calls.onCall(({ service, operation, input, atMs }) => {
    if (service !== "events" || operation !== "PutEvents") return;
    for (const entry of (input as { Entries: { DetailType: string; Detail: string; Time?: Date }[] }).Entries) {
      events.push({ timeMs: entry.Time?.getTime() ?? atMs, type: entry.DetailType, detail: JSON.parse(entry.Detail) });
    }
  });
  const settings = {
    pools: [
      {
        name: poolName,
        members: { names: [...(options.members ?? ["orders"])], arns: [], tags: {} },
        network: {
          vpcId: network.vpcId,
          subnetIds: network.subnetIds.filter((_, zone) => zone !== options.scoutZone),
        },
        ...(options.scoutZone !== undefined && {
          scout: {
            subnetId: network.subnetIds[options.scoutZone] ?? "",
            securityGroupId: network.securityGroupIds[1] ?? "",
            monthlyVerifications: 60,
          },
        }),
        drainSeconds: options.drainSeconds ?? 60,
        sweepMinutes: 1,
      },
    ],
  };
  const deployment =
    options.holdfast === false
      ? undefined
      : await deploy(region, path, {
          settings,
          sweeps: options.sweeps ?? true,
          direct: options.direct ?? false,
          ...(options.endpoint && { endpoint: options.endpoint }),
          ...(options.log && { log: options.log }),
          onMeasurements: (_pool, timeMs, list) => measurements.push(...list.map((it) => ({ ...it, timeMs }))),
        });
  const vpcConfig = (subnets: readonly number[], groups: readonly number[] = [0]) => ({
    SubnetIds: subnets.map((index) => network.subnetIds[index]),
    SecurityGroupIds: subnets.length > 0 ? groups.map((index) => network.securityGroupIds[index]) : [],
  });
  await region.clock.advance(1000);
  return {
    region,
    path,
    operator,
    network,
    allocationIds,
    deployment,
    measurements,
    events,
    async createFunction(FunctionName, subnets, groups) {
      await operator("lambda", "CreateFunction", {
        FunctionName,
        Role: "arn:aws:iam::123456789012:role/member",
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Code: { ZipFile: new Uint8Array() },
        VpcConfig: vpcConfig(subnets, groups),
      });
    },
    async updateFunction(FunctionName, subnets, groups) {
      await operator("lambda", "UpdateFunctionConfiguration", { FunctionName, VpcConfig: vpcConfig(subnets, groups) });
    },
    pass: (ms) => region.clock.advance(ms),
    until: (done, limitMs) => region.clock.runUntil(done, limitMs),
    openNow: (functionName) =>
      !path.egress.gaps.some((gap) => gap.functionName === functionName && gap.toMs === undefined),
  };
}
