/** What an example has deployed, in the twin, with the calls that an operator makes. */

import { tagKeys } from "../../src/pool/tags.ts";
import { type Operator, operatorOf } from "../../testing/deployment/operator.ts";
import { deployRecorded } from "../../testing/deployment/recorded-deployment.ts";
import type { Ids, RecordedResource } from "../../testing/deployment/recorded-resource.ts";
import type { Scene } from "../../testing/deployment/relocation-scene.ts";
import type { Account } from "../../testing/deployment/stand-in/account.ts";
import { addEventPath, type EventPath } from "../../testing/twin/event-path.ts";
import { createPartner, type Partner } from "../../testing/twin/partners.ts";
import { createRegion, type Region } from "../../testing/twin/region.ts";
import { createAccount, existingGroups } from "./twin-account.ts";

export interface Example {
  readonly name: string;
  readonly pool: string;
  readonly account: Account;
  /** The member's name, unless the deployment brings it along. */
  readonly member?: string;
  /** Another member, known to the pool in another way. */
  readonly otherMember?: string;
  /** Its tags, as the example's file asks for. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Of its fallback, if it has one. */
  readonly standby?: "cold" | "warm";
  /** A function outside the pool that may be attached to its network. */
  readonly guarded?: string;
}

export interface Queues {
  readonly main: string;
  readonly dead: string;
  readonly undelivered: string;
}

export interface DeployedExample {
  readonly example: Example;
  readonly region: Region;
  readonly path: EventPath;
  readonly operator: Operator;
  readonly records: readonly RecordedResource[];
  readonly ids: Ids;
  readonly member: string;
  readonly subnetIds: readonly string[];
  readonly groupIds: readonly string[];
  /** Who answers every target. */
  readonly partner: Partner;
  readonly queues: { readonly relocation: Queues; readonly fallback?: Queues; readonly attach?: Queues };
  readonly alarmNames: readonly string[];
  readonly events: string[];
  readonly bodies: string[];
  /** Names of Holdfast's functions, and of those that were ever invoked. */
  readonly functions: readonly string[];
  readonly invoked: Set<string>;
  /** Probes that fallback has asked. */
  readonly asked: Set<string>;
  /** The first call that was refused, or the first invocation that failed. */
  trouble: string | undefined;
}

/** @throws AwsError or Error when the deployment fails */
export async function openExample(
  example: Example,
  records: readonly RecordedResource[],
  options: object,
): Promise<DeployedExample> {
  const region = createRegion({ seed: 1, addressQuota: example.account.addressQuota });
  const path = addEventPath(region);
  const operator = operatorOf(region);
  const ids: Ids = await createAccount(operator, example.account);
  // The secret that examples/two-zones names.
  await operator("ssm", "PutParameter", { Name: "/payments/acquirer/probe-token", Type: "SecureString", Value: "t" });
  if (example.guarded !== undefined) await createOutside(operator, example.guarded);
  const names = records.map(({ outputs }) => String(outputs["name"]));
  const queuesOf = (part: string): Queues => {
    const queue = (end: string) => names.find((name) => name.endsWith(`-${part}${end}`)) ?? "";
    return { main: queue(".fifo"), dead: queue("-dead-letters.fifo"), undelivered: queue("-undelivered") };
  };
  const functions = records.filter(({ type }) => type.endsWith(":Function"));
  const isOurs = ({ urn }: RecordedResource) => urn.includes("::holdfast:index:");
  const brought = functions.find((it) => !isOurs(it));
  const partner = createPartner(region.clock);
  const scene: DeployedExample = {
    example,
    region,
    path,
    operator,
    records,
    ids,
    partner,
    events: [],
    bodies: [],
    trouble: undefined,
    invoked: new Set(),
    asked: new Set(),
    member: example.member ?? String(brought?.outputs["name"]),
    functions: functions.filter(isOurs).map(({ id }) => id),
    queues: {
      relocation: queuesOf("relocation"),
      ...(example.standby && { fallback: queuesOf("fallback") }),
      ...(example.guarded && { attach: queuesOf("attach") }),
    },
    alarmNames: names.filter((_, index) => records[index]?.type.endsWith(":MetricAlarm")),
    subnetIds: [],
    groupIds: [],
  };
  watch(scene);
  const log = { info: () => {}, error: () => {} };
  const onEvent = (functionName: string, event: unknown) => {
    scene.invoked.add(functionName);
    for (const { body } of (event as { Records?: { body: string }[] }).Records ?? []) scene.bodies.push(body);
  };
  const onTrouble = (functionName: string, trouble: string) => {
    scene.trouble ??= `${functionName}: ${trouble}`;
  };
  const partnerOf = () => partner;
  await deployRecorded(records, { region, path, ids, partnerOf, log, onEvent, onTrouble, ...options });
  const network = await membersNetwork(scene, ids);
  return Object.assign(scene, network);
}

/** A function in no network, which is there before the deployment. */
function createOutside(operator: Operator, FunctionName: string): Promise<unknown> {
  return operator("lambda", "CreateFunction", {
    FunctionName,
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Code: { ZipFile: new Uint8Array() },
    Role: "arn:aws:iam::123456789012:role/member",
  });
}

function watch(scene: DeployedExample): void {
  scene.region.calls.onCall(({ principal, service, operation, input, error }) => {
    if (principal?.includes(":role/") && /^(UnauthorizedOperation|AccessDenied)/.test(error?.code ?? "")) {
      scene.trouble ??= `denied ${service}:${operation}: ${error?.message}`;
    }
    if (principal?.includes("-fallback-") && operation === "Invoke") {
      scene.asked.add(String((input as { FunctionName: string }).FunctionName));
    }
    if (service !== "events" || operation !== "PutEvents" || error) return;
    for (const { DetailType } of (input as { Entries: { DetailType: string }[] }).Entries)
      scene.events.push(DetailType);
  });
}

/** Where members are to be placed: as the pool's outputs say. Two more groups, so that a deployment can change them. */
async function membersNetwork({ region, operator, example }: DeployedExample, ids: Ids) {
  const { subnets, securityGroups } = region.world;
  const zones = [...subnets.values()].filter(({ tags }) => /-zone-\d$/.test(tags["Name"] ?? ""));
  const found = example.account.subnets.slice(0, 2).map(({ subnetId }) => ids.get(subnetId) ?? "");
  const subnetIds = found.length > 0 ? found : zones.map(({ subnetId }) => subnetId);
  const own = [...securityGroups.values()].find(({ groupName }) => groupName.endsWith("-members-security-group"));
  const VpcId = subnets.get(subnetIds[0] ?? "")?.vpcId;
  const groupIds = [own?.groupId ?? ids.get(existingGroups[0]) ?? ""];
  for (const GroupName of ["members-next", "members-last"]) {
    const group = { VpcId, GroupName, Description: GroupName };
    groupIds.push((await operator<{ GroupId: string }>("ec2", "CreateSecurityGroup", group)).GroupId);
  }
  return { subnetIds, groupIds };
}

/** In a pool of one zone a move to the next zone is one to the next security group. */
function vpcConfig(
  { subnetIds, groupIds }: DeployedExample,
  zones: readonly number[],
  groups: readonly number[] = [0],
) {
  const shift = (zone: number) => Math.floor(zone / subnetIds.length);
  return {
    SubnetIds: zones.map((zone) => subnetIds[zone % subnetIds.length]),
    SecurityGroupIds: groups.map((group) => groupIds[group + shift(zones[0] ?? 0)]),
  };
}

type Actors = Pick<Scene, "region" | "path" | "createFunction" | "updateFunction">;

/** The scene that the demo's changes are made in; whatever they call the function, it is the one named. */
export function sceneOf(play: DeployedExample, FunctionName = play.member): Actors {
  const { region, path, operator, example } = play;
  return {
    region,
    path,
    async createFunction(_, zones) {
      if (region.world.functions.has(FunctionName)) return;
      await operator("lambda", "CreateFunction", {
        FunctionName,
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Code: { ZipFile: new Uint8Array() },
        Role: "arn:aws:iam::123456789012:role/member",
        VpcConfig: vpcConfig(play, zones),
        ...(example.tags && { Tags: example.tags }),
      });
    },
    async updateFunction(_, zones, groups) {
      await operator("lambda", "UpdateFunctionConfiguration", {
        FunctionName,
        VpcConfig: vpcConfig(play, zones, groups),
      });
    },
  };
}

export const minuteMs = 60_000;

/** What the story found wrong; the first of it, since what follows from it tells nothing new. */
export type Problem = string | undefined;

/** Lets time pass in minutes, until there is trouble. */
export async function pass(scene: DeployedExample, ms: number): Promise<Problem> {
  for (let passedMs = 0; passedMs < ms && scene.trouble === undefined; passedMs += minuteMs) {
    await scene.region.clock.advance(minuteMs);
  }
  return scene.trouble;
}

export function poolAddresses({ region, example }: DeployedExample) {
  return [...region.world.addresses.values()].filter(
    ({ tags }) => tags[tagKeys.pool] === example.pool && tags[tagKeys.role] === "egress",
  );
}

/** Those that members leave by: on an interface, and not on the scout's. */
export function servingAddresses(scene: DeployedExample) {
  const { networkInterfaces, securityGroups } = scene.region.world;
  const isScouts = (groupId: string) => securityGroups.get(groupId)?.groupName.endsWith("-scout-security-group");
  return poolAddresses(scene).filter(({ networkInterfaceId }) => {
    const its = networkInterfaces.get(networkInterfaceId ?? "");
    return its !== undefined && !its.securityGroupIds.some(isScouts);
  });
}
