/** What the checks with the real engine say of a deployment's life. */
import { afterEach, expect } from "vitest";
import type { Operation } from "../../../testing/deployment/engine/provider-resources.ts";
import { type Run, Stage, type StageOptions } from "../../../testing/deployment/engine/stage.ts";
import { egressOf } from "../../../testing/twin/egress.ts";

const minuteMs = 60_000;

/** Of a pool in the operator's file: what is given, and a target. */
export const pool = (name: string, body: string): string =>
  `"${name}": { ${body} targets: [{ name: "partner", url: "https://api.example.com/" }] },`;

/** Names of what was done to the account, e.g. of all that was deleted, in order. */
export function names(run: Run, operation: Operation["operation"], kind = ""): string[] {
  return run.operations.filter((it) => it.operation === operation && it.kind.includes(kind)).map(({ name }) => name);
}

/** Opens a stage and deploys it. The output is shown if that fails. */
export async function deployed(options: StageOptions, before?: (stage: Stage) => Promise<void> | void): Promise<Stage> {
  const stage = await Stage.open(options);
  await before?.(stage);
  await succeeds(stage, "deploy");
  return stage;
}

/**
 * For checks that each have a stage of their own: returns what opens and deploys it; it is closed after the check.
 */
export function stagePerCheck(): typeof deployed {
  let stage: Stage | undefined;
  afterEach(() => {
    stage?.close();
    stage = undefined;
  });
  return async (...args) => {
    stage = await deployed(...args);
    return stage;
  };
}

/** Runs the command. @throws when it fails, with what the operator sees */
export async function succeeds(stage: Stage, command: Parameters<Stage["sst"]>[0]): Promise<Run> {
  const run = await stage.sst(command);
  expect(run.exitCode, run.output).toBe(0);
  return run;
}

/** Lets minutes pass in which nobody deploys: sweeps, rounds of probes and Lambda go on. */
export async function pass(stage: Stage, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) await stage.account.region.clock.advance(minuteMs);
}

/** The addresses of a pool by their allocation ids, in order. */
export function addressesOf(stage: Stage, poolName: string): string[] {
  return [...stage.account.region.world.addresses.values()]
    .filter(({ tags }) => tags["holdfast:pool"] === poolName)
    .map(({ allocationId }) => allocationId)
    .sort();
}

/** An application's function that joins a pool: in the subnets of the pool, with its security group. */
export async function addMember(stage: Stage, FunctionName: string, poolName: string, zones: number[]): Promise<void> {
  const { operator } = stage.account.making;
  await operator("lambda", "CreateFunction", {
    FunctionName,
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Code: { ZipFile: new Uint8Array() },
    Role: "arn:aws:iam::123456789012:role/member",
    VpcConfig: vpcConfig(stage, poolName, zones),
    Tags: { "holdfast:pool": poolName },
  });
}

export async function moveMember(stage: Stage, FunctionName: string, poolName: string, zones: number[]): Promise<void> {
  const VpcConfig = zones.length > 0 ? vpcConfig(stage, poolName, zones) : { SubnetIds: [], SecurityGroupIds: [] };
  await stage.account.making.operator("lambda", "UpdateFunctionConfiguration", { FunctionName, VpcConfig });
}

function vpcConfig(stage: Stage, poolName: string, zones: number[]) {
  const named = (part: string, kind: string) => stage.account.find(`-${poolName}-${part}`, kind).id;
  return {
    SubnetIds: zones.map((zone) => named(`zone-${zone}-subnet`, "ec2/subnet:Subnet")),
    SecurityGroupIds: [named("members-security-group", "ec2/securityGroup:SecurityGroup")],
  };
}

/** Public addresses that a function leaves by now, a list for each of its subnets. */
export function leavesBy({ account: { region } }: Stage, functionName: string): string[][] {
  const version = region.world.functions.get(functionName)?.versions.get("$LATEST");
  return (version ? egressOf(region.world, version) : []).map(({ publicIps }) => [...publicIps].sort());
}

/** Where the probe of a vantage runs, `none` for in no VPC. */
export function placeOfProbe({ account: { region } }: Stage, vantage: string): string {
  const [name = ""] = [...region.world.functions.keys()].filter((it) => it.endsWith(`-${vantage}`));
  const [subnetId] = region.world.functions.get(name)?.versions.get("$LATEST")?.vpcConfig?.subnetIds ?? [];
  return subnetId ?? "none";
}

/** What costs money, or keeps an address that a partner has allow-listed, by kind and number. */
export function leftovers({ account: { region, resources } }: Stage): Record<string, number> {
  const { addresses, natGateways, networkInterfaces, vpcs, functions } = region.world;
  const gateways = [...natGateways.values()].filter(({ state }) => state !== "deleted");
  const counts = {
    addresses: addresses.size,
    natGateways: gateways.length,
    networkInterfaces: networkInterfaces.size,
    vpcs: vpcs.size,
    functions: functions.size,
    resources: resources.length,
  };
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
