/** One pool as it is deployed, without canary, probes and fallback, for tests that need relocation alone. */
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import type { RelocationSettings } from "../../src/config/settings.ts";
import {
  type DeployedRegion,
  type DeployedRegionOptions,
  type Emitted,
  openDeployedRegion,
} from "./deployed-region.ts";
import { networkOf, type PoolNetwork } from "./pool-network.ts";
import type { RecordedResource } from "./recorded-resource.ts";

export const poolName = "payments";

export interface SceneOptions
  extends Pick<
    DeployedRegionOptions,
    | "seed"
    | "delays"
    | "showsDuringUpdate"
    | "associatesPending"
    | "consistent"
    | "throttling"
    | "log"
    | "direct"
    | "around"
  > {
  /** Of the members, from 1 to 3. */
  readonly zones?: number;
  /** Egress addresses of the pool. A deployment makes at least one per zone: what is too many is released after it, and was never in its settings. */
  readonly addresses?: number;
  /** Default 60. */
  readonly drainSeconds?: number | "longest call";
  /** Name patterns of the members. */
  readonly members?: readonly string[];
  /** Tags that make a function a member, instead of names. */
  readonly memberTags?: Readonly<Record<string, string>>;
  /** Without it nothing starts a run: the same world, and no address is moved. Default true. */
  readonly holdfast?: boolean;
  /** Without sweeps only events start runs. Default true. */
  readonly sweeps?: boolean;
}

export interface Scene extends DeployedRegion {
  /** Its second security group is there so that a function's groups can be changed. */
  readonly network: PoolNetwork;
  readonly allocationIds: readonly string[];
  /** In whose name relocation calls AWS. */
  readonly relocateRole: string;
  readonly queueName: string;
  readonly deadLetterQueueName: string;
  readonly measurements: readonly Emitted[];
  /** Creates a function in the network. */
  createFunction(functionName: string, subnets: readonly number[], groups?: readonly number[]): Promise<void>;
  /** Changes a function's VPC configuration; no subnets: leaves the VPC. */
  updateFunction(functionName: string, subnets: readonly number[], groups?: readonly number[]): Promise<void>;
  /** Lets virtual time pass. */
  pass(ms: number): Promise<void>;
  /** Returns whether every live version of the function has a way out now. */
  openNow(functionName: string): boolean;
}

export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const { addresses = 2, zones = 2, holdfast = true, sweeps = true } = options;
  const idle = holdfast ? (sweeps ? [] : ["Schedule"]) : ["Schedule", "EventSourceMapping", "Invocation"];
  const measurements: Emitted[] = [];
  const deployed = await openDeployedRegion(fileOf(options), {
    ...options,
    addressQuota: 50,
    only: (record) => isOfRelocation(record) && !idle.some((type) => record.type.endsWith(`:${type}`)),
    change: (record) => withAddresses(record, addresses),
    onMeasurements: (list) => measurements.push(...list),
  });
  const { region, path, operator, records } = deployed;
  const allocationIds = [...region.world.addresses.keys()];
  for (const AllocationId of allocationIds.splice(addresses)) {
    await operator("ec2", "ReleaseAddress", { AllocationId });
  }
  const network = await addGroup(deployed, networkOf(region.world, poolName, zones));
  const vpcConfig = (subnets: readonly number[], groups: readonly number[] = [0]) => ({
    SubnetIds: subnets.map((index) => network.subnetIds[index]),
    SecurityGroupIds: subnets.length > 0 ? groups.map((index) => network.securityGroupIds[index]) : [],
  });
  const nameOf = (end: string) => String(records.find(({ name }) => name.endsWith(end))?.outputs["name"]);
  await region.clock.advance(1000);
  return {
    ...deployed,
    network,
    allocationIds,
    relocateRole: `arn:aws:iam::${region.world.accountId}:role/${nameOf("-relocate-role")}`,
    queueName: nameOf("-relocation-queue"),
    deadLetterQueueName: nameOf("-relocation-dead-letters"),
    measurements,
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
    openNow: (functionName) =>
      !path.egress.gaps.some((gap) => gap.functionName === functionName && gap.toMs === undefined),
  };
}

function fileOf(options: SceneOptions): HoldfastInput {
  const { addresses = 2, zones = 2, members = ["orders"], memberTags, drainSeconds = 60 } = options;
  const pool: HoldfastInput["pools"][string] = {
    members: memberTags ? { tags: { ...memberTags } } : { names: [...members] },
    network: { create: { zones } },
    addresses: { spares: Math.max(0, addresses - zones) },
    targets: [{ name: "partner", url: "https://api.example.com/" }],
    schedule: drainSeconds === "longest call" ? {} : { drainSeconds },
  };
  return { pools: { [poolName]: pool } };
}

/** Whether a resource is what relocation needs: network, addresses, and what it runs by. */
export function isOfRelocation({ type, name }: RecordedResource): boolean {
  return type.startsWith("aws:ec2/") || /-(?:relocate|relocation|healing)(?:-|$)/.test(name);
}

/** Returns relocation's function with settings in which each pool has no more egress addresses than this. */
export function withAddresses(record: RecordedResource, count: number): RecordedResource {
  const { environment } = record.inputs as { environment?: { variables: Record<string, string> } };
  if (!record.name.endsWith("-relocate-function") || !environment) return record;
  const { HOLDFAST_SETTINGS: text = "", ...others } = environment.variables;
  const settings = JSON.parse(text) as RelocationSettings;
  for (const { addresses } of settings.pools) {
    addresses.egress = Object.fromEntries(Object.entries(addresses.egress).slice(0, count));
  }
  const variables = { ...others, HOLDFAST_SETTINGS: JSON.stringify(settings) };
  return { ...record, inputs: { ...record.inputs, environment: { ...environment, variables } } };
}

async function addGroup({ operator }: DeployedRegion, network: PoolNetwork): Promise<PoolNetwork> {
  const group = { VpcId: network.vpcId, GroupName: "members-next", Description: "members-next" };
  const { GroupId } = await operator<{ GroupId: string }>("ec2", "CreateSecurityGroup", group);
  return { ...network, securityGroupIds: [...network.securityGroupIds, GroupId] };
}
