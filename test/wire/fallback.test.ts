import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateTagsCommand,
  DeleteRouteCommand,
  DeleteTagsCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  type NatGateway,
} from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { type Account, found, openAccount, settle } from "./account.ts";
import { type BuiltFunction, type Invocation, startFunction } from "./built-function.ts";
import { metricsOf } from "./metrics.ts";
import { deliver, heard } from "./queues.ts";

const alarmName = "holdfast-production-partners-escalation";
const everywhere = "0.0.0.0/0";
const minuteMs = 60_000;

let account: Account;
let fallback: BuiltFunction | undefined;
let allocationId: string;
/** Of the members' two subnets, and of the subnet where the gateway stands. */
let tables: [string, string];
let natTable: string;

beforeEach(async () => {
  account = await openAccount(inject("motoUrl"));
  const [first, second, nat] = account.subnetIds;
  tables = [await makeTable(first, account.pool), await makeTable(second, account.pool)];
  natTable = await makeTable(nat);
  const Tags = tagged({ "holdfast:pool": account.pool, "holdfast:role": "fallback" });
  const specification = { ResourceType: "elastic-ip" as const, Tags };
  const allocate = new AllocateAddressCommand({ Domain: "vpc", TagSpecifications: [specification] });
  allocationId = found((await account.ec2.send(allocate)).AllocationId);
  await cloudWatch().send(
    new PutMetricAlarmCommand({
      AlarmName: alarmName,
      Namespace: "Holdfast",
      MetricName: "BlockedRate",
      Statistic: "Maximum",
      Period: 60,
      EvaluationPeriods: 5,
      Threshold: 0,
      ComparisonOperator: "GreaterThanThreshold",
    }),
  );
  await setAlarm("OK");
});

afterEach(() => {
  fallback?.stop();
  fallback = undefined;
});

const cloudWatch = () => new CloudWatchClient(settle(account.endpoint));
const tagged = (tags: Record<string, string>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

async function makeTable(SubnetId: string, pool?: string): Promise<string> {
  const { ec2, vpcId: VpcId } = account;
  const RouteTableId = found((await ec2.send(new CreateRouteTableCommand({ VpcId }))).RouteTable?.RouteTableId);
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  const GatewayId = await internetGateway();
  await ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: everywhere, GatewayId }));
  if (pool)
    await ec2.send(new CreateTagsCommand({ Resources: [RouteTableId], Tags: tagged({ "holdfast:pool": pool }) }));
  return RouteTableId;
}

async function internetGateway(): Promise<string> {
  const { InternetGateways } = await account.ec2.send(new DescribeInternetGatewaysCommand({}));
  return found(InternetGateways?.[0]?.InternetGatewayId);
}

async function setAlarm(StateValue: "OK" | "ALARM"): Promise<void> {
  await cloudWatch().send(new SetAlarmStateCommand({ AlarmName: alarmName, StateValue, StateReason: "test" }));
}

/** What EventBridge delivers; the emulator tells nobody of its alarms. */
const alarmChange = (value: string) =>
  JSON.stringify({
    source: "aws.cloudwatch",
    "detail-type": "CloudWatch Alarm State Change",
    time: "2026-01-01T00:00:00Z",
    detail: { alarmName, state: { value } },
  });
let minute = 0;
const sweep = () =>
  JSON.stringify({ kind: "sweep", scheduledTime: new Date(Date.UTC(2026, 0, 1, 0, minute++)).toISOString() });

async function run(body: string): Promise<Invocation> {
  const { pool: name, vpcId, subnetIds, deadLetterQueueUrl } = account;
  const members = subnetIds.slice(0, 2);
  const pool = {
    name,
    vpcId,
    subnetIds: members,
    alarmName,
    nat: { mode: "zonal", subnetId: subnetIds[2] },
    standby: "cold",
    poolRefusal: "escalate",
    // The emulator runs no function that could be asked which address the world sees.
    probes: [],
    holdMinutes: 30,
    maxHoldMinutes: 480,
    cleanRounds: 5,
    blockedRounds: 3,
    graceMinutes: 60,
    flipsPerDay: 4,
    swapSeconds: 0,
    maxFallbackHours: 24,
  };
  const settings = JSON.stringify({ pools: [pool], deadLetterQueueUrl, echoUrl: "https://echo.example/" });
  fallback ??= await startFunction("fallback", { endpoint: account.endpoint, settings });
  const invocation = await fallback.invoke(await deliver(account, [body]));
  expect(invocation.answer).toEqual({ batchItemFailures: [] });
  return invocation;
}

/** Where 0.0.0.0/0 of each table leads. */
async function routes(): Promise<(string | undefined)[]> {
  const { RouteTables = [] } = await account.ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [...tables] }));
  return tables.map((id) => {
    const table = RouteTables.find(({ RouteTableId }) => RouteTableId === id);
    const route = table?.Routes?.find(({ DestinationCidrBlock }) => DestinationCidrBlock === everywhere);
    return route?.NatGatewayId ?? route?.GatewayId;
  });
}

/** The gateways that cost something. */
async function gateways(): Promise<NatGateway[]> {
  const { NatGateways = [] } = await account.ec2.send(new DescribeNatGatewaysCommand({}));
  return NatGateways.filter(({ State }) => State === "pending" || State === "available");
}

/** Makes what happened to a table look as if it had happened so many minutes ago. */
async function backdate(table: string, flips: readonly (readonly [direction: string, minutesAgo: number])[]) {
  const at = (minutesAgo: number) => `${new Date(Date.now() - minutesAgo * minuteMs).toISOString().slice(0, 19)}Z`;
  const Value = flips.map(([direction, minutesAgo]) => `${direction}@${at(minutesAgo)}`).join(" ");
  await account.ec2.send(new CreateTagsCommand({ Resources: [table], Tags: tagged({ "holdfast:flips": Value }) }));
}

const types = async () => (await heard(account)).map(({ type }) => type);

describe("a raised alarm", () => {
  it("makes a gateway with the fallback address and leads every table of the pool through it", async () => {
    await setAlarm("ALARM");

    const invocation = await run(alarmChange("ALARM"));

    const [gateway, ...others] = await gateways();
    expect(others).toEqual([]);
    expect(gateway).toMatchObject({ SubnetId: account.subnetIds[2] });
    expect(gateway?.NatGatewayAddresses?.map(({ AllocationId }) => AllocationId)).toEqual([allocationId]);
    expect(gateway?.Tags).toEqual(
      expect.arrayContaining([
        ...tagged({ "holdfast:pool": "partners", "holdfast:role": "fallback" }),
        { Key: "holdfast:episode", Value: expect.stringMatching(/^alarm 20/) },
      ]),
    );
    expect(await routes()).toEqual([gateway?.NatGatewayId, gateway?.NatGatewayId]);
    expect(metricsOf(invocation)).toMatchObject({
      FallbackActive: { value: 1 },
      FallbackFlips: { value: 2 },
      FallbackCostUsd: { value: 0.045 },
      FallbackProblems: { value: 0 },
      FallbackRunsFailed: { value: 0 },
    });
    expect(await types()).toEqual(["FallbackEntered", "NatGatewayCreated", "RouteReplaced", "RouteReplaced"]);

    await run(sweep());
    expect(await gateways()).toHaveLength(1);
    expect(await types()).toEqual([]);
  });

  it("without a way out of the NAT subnet is reported with the remediation; nothing is made", async () => {
    const gone = { RouteTableId: natTable, DestinationCidrBlock: everywhere };
    await account.ec2.send(new DeleteRouteCommand(gone));
    await setAlarm("ALARM");

    const invocation = await run(alarmChange("ALARM"));

    expect(await gateways()).toEqual([]);
    expect(await routes()).toEqual([await internetGateway(), await internetGateway()]);
    expect(metricsOf(invocation)).toMatchObject({ FallbackActive: { value: 0 }, FallbackProblems: { value: 1 } });
    const remediation = expect.stringContaining(
      `give the route table of ${account.subnetIds[2]} a route for 0.0.0.0/0`,
    );
    expect(await heard(account)).toMatchObject([
      { type: "FallbackFailed", detail: { finding: "nat-subnet-unrouted", remediation } },
    ]);
  });
});

describe("the way back", () => {
  beforeEach(async () => {
    await setAlarm("ALARM");
    await run(alarmChange("ALARM"));
    await heard(account);
  });

  it("is one table after the other", async () => {
    const [first, second] = [...tables].sort() as [string, string];
    const direct = await internetGateway();
    await setAlarm("OK");
    await run(alarmChange("OK"));
    expect(await types()).toEqual([]);

    for (const table of tables) await backdate(table, [["fallback", 31]]);
    await run(sweep());
    expect(await types()).toEqual(["RouteReplaced"]);
    expect((await routes())[tables.indexOf(first)]).toBe(direct);
    expect((await routes())[tables.indexOf(second)]).not.toBe(direct);

    // Nothing is measured here: a hold time without an alarm stands for clean rounds.
    await backdate(first, [
      ["fallback", 62],
      ["direct", 31],
    ]);
    await backdate(second, [["fallback", 62]]);
    const left = await run(sweep());
    expect(await types()).toEqual(["FallbackLeft", "RouteReplaced"]);
    expect(await routes()).toEqual([direct, direct]);
    expect(metricsOf(left)).toMatchObject({ FallbackActive: { value: 0 } });
    expect(await gateways()).toHaveLength(1);
  });

  it("is at once when the operator says so, until the tag is gone", async () => {
    const tag = { Resources: [allocationId], Tags: tagged({ "holdfast:override": "direct" }) };
    await account.ec2.send(new CreateTagsCommand(tag));
    const direct = await internetGateway();

    const invocation = await run(sweep());

    expect(await routes()).toEqual([direct, direct]);
    expect(metricsOf(invocation)).toMatchObject({ OverrideActive: { value: 1 }, FallbackActive: { value: 0 } });
    expect(await types()).toEqual(["FallbackLeft", "RouteReplaced", "RouteReplaced", "OverrideSet"]);

    await account.ec2.send(new DeleteTagsCommand(tag));
    await run(sweep());
    expect(await routes()).not.toContain(direct);
  });
});
