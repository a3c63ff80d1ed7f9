/** A rehearsal in the simulated region, without the wire, by a role of its own; and what else is in the account. */
import type { Account } from "../../../cli/rehearse/account.ts";
import { checks } from "../../../cli/rehearse/checks.ts";
import type { Choices, GivenNetwork } from "../../../cli/rehearse/choices.ts";
import { clean, type Left } from "../../../cli/rehearse/clean.ts";
import { findNetwork } from "../../../cli/rehearse/existing-network.ts";
import { readLedger } from "../../../cli/rehearse/ledger.ts";
import { type Rehearsal, rehearse } from "../../../cli/rehearse/run.ts";
import { type Operator, operatorOf } from "../../../testing/deployment/operator.ts";
import { rehearsalAccount } from "../../../testing/rehearsal/account.ts";
import { type Delays, fixed } from "../../../testing/twin/delays.ts";
import { addEventPath, type EventPath, type EventPathOptions } from "../../../testing/twin/event-path.ts";
import { createRegion, type Region, type RegionOptions } from "../../../testing/twin/region.ts";
import type { World } from "../../../testing/twin/world.ts";

export const minuteMs = 60_000;
export const caller = "arn:aws:iam::123456789012:role/rehearser";
export const runId = "0badcafe";
export const echo = "https://checkip.amazonaws.com";

/** As long as on AWS, about, without chance. */
const steady: Partial<Delays> = {
  interfaceAppears: fixed(3_000),
  interfaceCreation: fixed(90_000),
  interfaceReuse: fixed(3_000),
  functionSettle: fixed(5_000),
  cloudTrail: fixed(8_000),
  cloudTrailLateRate: 0,
  cloudTrailLossRate: 0,
  interfaceRemoval: fixed(10 * minuteMs),
  interfaceDeletion: fixed(30_000),
  natGatewayCreation: fixed(100_000),
  natGatewayDeletion: fixed(60_000),
};

export interface RehearsalScene {
  readonly region: Region;
  readonly path: EventPath;
  readonly operator: Operator;
  /** What was said of the progress. */
  readonly said: readonly string[];
  /** What was known after each check. */
  readonly saved: readonly Rehearsal[];
  /** What is in the account that no rehearsal has made, as text. */
  readonly before: string;
  /** Everything that is in the account now, as text. */
  contents(): string;
  /** The existing network in which it rehearses, if it does. */
  readonly existing: GivenNetwork | undefined;
  /** Rules and queues of the run that are there. */
  listeners(): Promise<readonly string[]>;
  account(more?: Partial<Account>): Account;
  /** Lets a rehearsal run to its end. */
  rehearse(more?: Partial<Account>): Promise<Rehearsal>;
  clean(): Promise<readonly Left[]>;
  /** Lets a rehearsal run until `kill` ends its process; returns whether it did. */
  rehearseUntilKilled(): Promise<boolean>;
  cleanUntilKilled(): Promise<boolean>;
  /** The process makes no more calls, and gets no more answers. */
  kill(): void;
}

export interface SceneOptions extends Partial<RegionOptions> {
  readonly choices?: Partial<Choices>;
  /** In an existing network, with as many security groups that nothing uses. */
  readonly groups?: number;
  /** Only these checks; all unless given. */
  readonly only?: readonly string[];
  readonly path?: EventPathOptions;
}

export async function openScene({
  path: pathOptions = {},
  choices: chosen = {},
  groups = 0,
  only,
  ...options
}: SceneOptions = {}): Promise<RehearsalScene> {
  const asked = checks.filter(({ id }) => only?.includes(id) ?? true);
  const region = createRegion({ seed: 1, consistent: true, throttling: false, ...options });
  const path = addEventPath(region, { ...pathOptions, delays: { ...steady, ...pathOptions.delays } });
  const operator = operatorOf(region);
  const subnetId = await addStrangers(region, operator);
  const existing = groups > 0 ? await openNetwork(operator, subnetId, groups) : undefined;
  const choices: Choices = { nat: false, existing, ...chosen };
  const said: string[] = [];
  /** Of the process that runs now. */
  let process = { dead: false };
  const account = (more: Partial<Account> = {}): Account => {
    const mine = { dead: false };
    process = mine;
    // A process that was ended makes no more calls, and gets no more answers.
    const mortal = (client: object) => {
      const live = client as { send(command: unknown): Promise<unknown> };
      const { send } = live;
      live.send = async (command) => {
        const output = mine.dead ? undefined : await send(command);
        return mine.dead ? new Promise(() => {}) : output;
      };
    };
    return { ...rehearsalAccount(region, caller, mortal), say: (line) => said.push(line), ...more };
  };
  const saved: Rehearsal[] = [];
  const onResult = async (soFar: Rehearsal) => {
    saved.push({ ...soFar, results: [...soFar.results] });
  };
  const begin = async (it: Account) => {
    const network = existing && (await findNetwork(it, existing, await readLedger(it)));
    return rehearse(it, { checks: asked, choices, existing: network, echo, newId: () => runId, onResult });
  };
  const untilKilled = async (work: (it: Account) => Promise<unknown>) => {
    let ended = false;
    const end = () => {
      ended = true;
    };
    work(account()).then(end, end);
    await region.clock.runUntil(() => ended || process.dead, 3 * 60 * minuteMs);
    return process.dead;
  };
  return {
    region,
    path,
    operator,
    said,
    saved,
    existing,
    before: contentsOf(region.world),
    contents: () => contentsOf(region.world),
    async listeners() {
      const name = `holdfast-rehearsal-${runId}-events`;
      const there = async (service: string, operation: string, input: object) =>
        operator(service, operation, input).then(
          () => [operation],
          () => [],
        );
      return [
        ...(await there("events", "DescribeRule", { Name: name })),
        ...(await there("sqs", "GetQueueUrl", { QueueName: name })),
      ];
    },
    account,
    rehearse: (more) => region.clock.run(begin(account(more))),
    rehearseUntilKilled: () => untilKilled(begin),
    cleanUntilKilled: () => untilKilled(clean),
    clean: () => region.clock.run(clean(account())),
    kill() {
      process.dead = true;
    },
  };
}

/** A network with a function, an address and a role, none of which is a rehearsal's. */
async function addStrangers(region: Region, operator: Operator): Promise<string> {
  const { Vpc } = await operator<{ Vpc: { VpcId: string } }>("ec2", "CreateVpc", { CidrBlock: "10.0.0.0/16" });
  const { VpcId } = Vpc;
  const CidrBlock = "10.0.0.0/24";
  const { Subnet } = await operator<{ Subnet: { SubnetId: string } }>("ec2", "CreateSubnet", { VpcId, CidrBlock });
  const { GroupId } = await operator<{ GroupId: string }>("ec2", "CreateSecurityGroup", { VpcId, GroupName: "orders" });
  await operator("ec2", "AllocateAddress", {});
  await operator("iam", "CreateRole", { RoleName: "orders", Path: "/" });
  await operator("lambda", "CreateFunction", {
    FunctionName: "orders",
    Role: "arn:aws:iam::123456789012:role/orders",
    VpcConfig: { SubnetIds: [Subnet.SubnetId], SecurityGroupIds: [GroupId] },
  });
  await region.clock.advance(5 * minuteMs);
  return Subnet.SubnetId;
}

/** Gives a subnet a way to an internet gateway, and its VPC security groups. */
async function openNetwork(operator: Operator, subnetId: string, groups: number): Promise<GivenNetwork> {
  const { Subnets } = await operator<{ Subnets: { VpcId: string }[] }>("ec2", "DescribeSubnets", {
    SubnetIds: [subnetId],
  });
  const VpcId = Subnets[0]?.VpcId;
  type Made = { InternetGateway: { InternetGatewayId: string } };
  const { InternetGateway } = await operator<Made>("ec2", "CreateInternetGateway", {});
  await operator("ec2", "AttachInternetGateway", { VpcId, ...InternetGateway });
  type Tables = { RouteTables: { RouteTableId: string }[] };
  const { RouteTables } = await operator<Tables>("ec2", "DescribeRouteTables", {});
  const DestinationCidrBlock = "0.0.0.0/0";
  const GatewayId = InternetGateway.InternetGatewayId;
  await operator("ec2", "CreateRoute", { RouteTableId: RouteTables[0]?.RouteTableId, DestinationCidrBlock, GatewayId });
  const groupIds: string[] = [];
  for (let number = 1; number <= groups; number++) {
    const input = { VpcId, GroupName: `for rehearsals ${number}` };
    groupIds.push((await operator<{ GroupId: string }>("ec2", "CreateSecurityGroup", input)).GroupId);
  }
  return { subnetId, groupIds };
}

/** Without the NAT gateways that are deleted, which EC2 shows for an hour. */
function contentsOf(world: World): string {
  const natGateways = [...world.natGateways].filter(([, { state }]) => state !== "deleted");
  return JSON.stringify(
    { ...world, natGateways },
    (_key, value: unknown) => (value instanceof Map ? [...value] : value),
    1,
  );
}

/** Returns the outcome of each check. */
export function outcomes({ results }: Rehearsal): Record<string, string> {
  return Object.fromEntries(results.map(({ id, verdict }) => [id, verdict.outcome]));
}
