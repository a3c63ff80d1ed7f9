/** A deployment of many pools in an account where a build pipeline deploys functions of others: for benchmarks and tests. */
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { fixed } from "../twin/delays.ts";
import { AwsError } from "../twin/service.ts";
import { type DeployedRegion, type DeployedRegionOptions, openDeployedRegion } from "./deployed-region.ts";
import { networkOf } from "./pool-network.ts";
import { isOfRelocation } from "./relocation-scene.ts";

const minuteMs = 60_000;

export interface BusyOptions {
  readonly pools: number;
  /** Of each pool, known by tags. Default 2. */
  readonly members?: number;
  /** Functions of others that the pipeline deploys. Default 50. */
  readonly strangers?: number;
}

export interface BusyFigures {
  /** Relocation's calls of Lambda's control plane, per second: the mean while the pipeline runs, and the worst second. */
  readonly meanPerSecond: number;
  readonly worstSecond: number;
  /** Those that Lambda refused, since the account has 15 a second. */
  readonly throttled: number;
  /** Calls of others, the pipeline's among them, that Lambda refused. */
  readonly othersThrottled: number;
  readonly failedRuns: number;
  /** From the moment at which the new interface of a pool is there until it has an address, in seconds: the longest. */
  readonly healSeconds: number;
  /** How long members were without egress, in seconds, at most. */
  readonly gapSeconds: number;
  /** Relocation's invocations, and its calls of EC2, in a quiet minute before. */
  readonly quietInvocations: number;
  readonly quietEc2Calls: number;
}

/** Lambda's own limit counts neither (Lambda developer guide, "Lambda quotas"). */
const apart = /^(?:Invoke|GetFunction$)/;
const pipelineMs = 10 * minuteMs;
const quietMinutes = 20;

/**
 * Has a pipeline deploy functions of others while Lambda replaces the interfaces of five pools, one a minute.
 *
 * @throws ConfigError where so many pools cannot be deployed
 */
export async function countBusy({ pools, members = 2, strangers = 50 }: BusyOptions): Promise<BusyFigures> {
  let invocations = 0;
  const { deployed, names, principal, create, retried } = await openManyPools(pools, members, {
    // An event that is late or lost costs a sweep, in the way before as in today's.
    delays: { cloudTrail: fixed(5_000), cloudTrailLossRate: 0, cloudTrailLateRate: 0, interfaceReplacementsPerDay: 0 },
    around: (_, handler) => (event, context) => {
      invocations++;
      return handler(event, context);
    },
  });
  const { region, path, operator, events } = deployed;
  const { clock } = region;
  await clock.advance(quietMinutes * minuteMs);

  let ec2Calls = 0;
  let throttled = 0;
  let othersThrottled = 0;
  const times: number[] = [];
  region.calls.onCall(({ principal: caller, service, operation, atMs, error }) => {
    if (service === "ec2" && caller === principal) ec2Calls++;
    if (service !== "lambda" || apart.test(operation)) return;
    if (error?.code === "TooManyRequestsException") {
      if (caller === principal) throttled++;
      else othersThrottled++;
    }
    if (caller !== principal) return;
    times.push(atMs);
  });
  const before = { invocations, ec2Calls };
  await clock.advance(10 * minuteMs);
  const quiet = { invocations: invocations - before.invocations, ec2Calls: ec2Calls - before.ec2Calls };

  const [startMs, gaps, eventsBefore] = [clock.now(), path.egress.gaps.length, events.length];
  times.length = 0;
  const replacing = replaceInterfaces();
  await pipeline();
  await clock.advance(Math.max(0, startMs + pipelineMs - clock.now()));
  const healMs = await clock.run(replacing);
  const seconds = (clock.now() - startMs) / 1000;
  const lasted = path.egress.gaps.slice(gaps).map(({ fromMs, toMs = clock.now() }) => toMs - fromMs);
  return {
    meanPerSecond: times.length / seconds,
    worstSecond: worst(times),
    throttled,
    othersThrottled,
    failedRuns: events.slice(eventsBefore).filter(({ type }) => type === "RelocationFailed").length,
    healSeconds: Math.max(...healMs) / 1000,
    gapSeconds: Math.max(0, ...lasted) / 1000,
    quietInvocations: quiet.invocations / 10,
    quietEc2Calls: quiet.ec2Calls / 10,
  };

  /** Creates each function, changes its code and publishes a version; four at a time, as builds do. */
  async function pipeline(): Promise<void> {
    const lane = async (first: number) => {
      for (let index = first; index < strangers; index += 4) {
        const FunctionName = `stranger-${index}`;
        await retried(() => create(FunctionName, { Tags: { team: "others" } }));
        await clock.sleep(6_000);
        await retried(() =>
          operator("lambda", "UpdateFunctionCode", { FunctionName, ZipFile: new Uint8Array([index]) }),
        );
        await clock.sleep(6_000);
        await retried(() => operator("lambda", "PublishVersion", { FunctionName }));
        await clock.sleep(2_000);
      }
    };
    await clock.run(Promise.all([0, 1, 2, 3].map(lane)));
  }

  /** Returns how long each new interface was there before it had an address. */
  async function replaceInterfaces(): Promise<number[]> {
    const healMs: number[] = [];
    for (const pool of names.slice(0, 5)) {
      await clock.sleep(minuteMs);
      healMs.push(await replaceInterface(deployed, pool));
    }
    return healMs;
  }
}

/** The most of any second, whenever it begins. */
function worst(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  let [most, first] = [0, 0];
  for (const [last, atMs] of sorted.entries()) {
    while (atMs - (sorted[first] ?? 0) >= 1000) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

/** How long an interface without an address is waited for. */
const healWithinMs = 5 * minuteMs;

/** Has Lambda replace a pool's interface. Returns how long the new one was there before it had an address, in milliseconds. */
export async function replaceInterface({ region, path }: DeployedRegion, pool: string): Promise<number> {
  const { world, clock } = region;
  const { subnetIds } = networkOf(world, pool, 1);
  const isOfPool = (it: { interfaceType: string; subnetId: string }) =>
    it.interfaceType === "lambda" && subnetIds.includes(it.subnetId);
  const held = () => new Set([...world.addresses.values()].map((it) => it.networkInterfaceId));
  const before = [...world.networkInterfaces.values()].filter(isOfPool);
  const serving = before.find(({ networkInterfaceId }) => held().has(networkInterfaceId));
  const known = new Set(before.map(({ networkInterfaceId }) => networkInterfaceId));
  path.lambda.hyperplane.replace(serving?.networkInterfaceId ?? "");
  const next = () =>
    [...world.networkInterfaces.values()].find((it) => isOfPool(it) && !known.has(it.networkInterfaceId));
  while (!next()) await clock.sleep(100);
  const fromMs = clock.now();
  const id = next()?.networkInterfaceId;
  while (!held().has(id) && clock.now() < fromMs + healWithinMs) await clock.sleep(100);
  return clock.now() - fromMs;
}

export interface ManyPools {
  readonly deployed: DeployedRegion;
  readonly names: readonly string[];
  /** In whose name relocation calls AWS. */
  readonly principal: string;
  readonly create: (functionName: string, more: object) => Promise<unknown>;
  /** Repeats a call that Lambda refuses for now, as a pipeline does. */
  readonly retried: (work: () => Promise<unknown>) => Promise<void>;
}

/** Deploys pools of one zone, without canary and fallback, and their members, known by tags. */
export async function openManyPools(
  pools: number,
  members: number,
  options: Pick<DeployedRegionOptions, "delays" | "around">,
): Promise<ManyPools> {
  const names = Array.from({ length: pools }, (_, index) => `p-${index}`);
  const deployed = await openDeployedRegion(fileOf(names), {
    ...options,
    addressQuota: 5 * pools,
    vpcQuota: pools,
    only: isOfRelocation,
    ownEnvironments: true,
    direct: true,
  });
  const { region, operator, records } = deployed;
  const { world, clock } = region;
  const role = records.find(({ name }) => name.endsWith("-relocate-role"))?.outputs["name"];
  const create: ManyPools["create"] = (FunctionName, more) =>
    operator("lambda", "CreateFunction", {
      FunctionName,
      Role: "arn:aws:iam::123456789012:role/member",
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Code: { ZipFile: new Uint8Array() },
      ...more,
    });
  const retried: ManyPools["retried"] = async (work) => {
    for (let attempt = 0; attempt < 20; attempt++) {
      try {
        await work();
        return;
      } catch (error) {
        if (!(error instanceof AwsError) || !/^(?:TooManyRequests|ResourceConflict)Exception$/.test(error.code))
          throw error;
        await clock.sleep(1_000);
      }
    }
  };
  for (const pool of names) {
    const { subnetIds: SubnetIds, securityGroupIds: SecurityGroupIds } = networkOf(world, pool, 1);
    const more = { VpcConfig: { SubnetIds, SecurityGroupIds }, Tags: { egress: pool } };
    for (let index = 0; index < members; index++) {
      await clock.run(retried(() => create(`${pool}-member-${index}`, more)));
      await clock.advance(2_000);
    }
  }
  return { deployed, names, principal: `arn:aws:iam::${world.accountId}:role/${role}`, create, retried };
}

function fileOf(names: readonly string[]): HoldfastInput {
  const pools = names.map((name, index) => [
    name,
    {
      members: { tags: { egress: name } },
      network: { create: { cidr: `10.${index}.0.0/16` } },
      targets: [{ name: `${name}-partner`, url: "https://api.example.com/" }],
    },
  ]);
  return { pools: Object.fromEntries(pools) };
}
