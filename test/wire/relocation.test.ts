import { AssociateAddressCommand, DescribeTagsCommand } from "@aws-sdk/client-ec2";
import { PutEventsCommand, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import {
  CreateAliasCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import {
  type Account,
  accountId,
  allocate,
  associations,
  makeFunction,
  makeInterface,
  openAccount,
  settingsOf,
} from "./account.ts";
import { type BuiltFunction, type Invocation, startFunction } from "./built-function.ts";
import { metricsOf } from "./metrics.ts";
import { deliver, heard, take } from "./queues.ts";
import { handWritten, recorded } from "./recorded.ts";

let account: Account;
let relocate: BuiltFunction | undefined;

beforeEach(async () => {
  account = await openAccount(inject("motoUrl"));
});

afterEach(() => {
  relocate?.stop();
  relocate = undefined;
});

/** One batch through the queue to the built function; started at first use and then kept, as Lambda would. */
async function run(bodies: readonly string[], drainSeconds = 0): Promise<Invocation> {
  const event = await deliver(account, bodies);
  expect(event.Records).toHaveLength(bodies.length);
  const settings = JSON.stringify(settingsOf(account, drainSeconds));
  relocate ??= await startFunction("relocate", { endpoint: account.endpoint, settings });
  const invocation = await relocate.invoke(event);
  expect(invocation.answer).toEqual({ batchItemFailures: [] });
  return invocation;
}

const created = () => recorded("lambda-create-function-no-vpc", "orders");
const reconfigured = () => recorded("lambda-update-function-configuration-plain-name", "orders");

async function reconfigure(subnetIds: readonly string[], groupIds: readonly string[]): Promise<void> {
  const VpcConfig = { SubnetIds: [...subnetIds], SecurityGroupIds: [...groupIds] };
  await account.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "orders", VpcConfig }));
}

/** The member in the first two subnets, its interfaces made and each with an address. */
async function serving() {
  const [subnetA, subnetB] = account.subnetIds;
  const [group] = account.groupIds;
  await makeFunction(account, [subnetA, subnetB], [group]);
  const interfaceA = await makeInterface(account, subnetA, [group]);
  const interfaceB = await makeInterface(account, subnetB, [group]);
  const addresses = [await allocate(account, account.pool), await allocate(account, account.pool)];
  await run([created()]);
  await heard(account);
  const held = await associations(account);
  const on = (networkInterfaceId: string) => addresses.find((it) => held[it] === networkInterfaceId) ?? "nowhere";
  return { interfaceA, interfaceB, addressA: on(interfaceA), addressB: on(interfaceB) };
}

describe("a first creation", () => {
  it("gives every interface a spare, by an event that went through a rule to the queue", async () => {
    const [subnetA, subnetB] = account.subnetIds;
    const [group] = account.groupIds;
    await makeFunction(account, [subnetA, subnetB], [group]);
    const interfaces = [await makeInterface(account, subnetA, [group]), await makeInterface(account, subnetB, [group])];
    const addresses = [await allocate(account, account.pool), await allocate(account, account.pool)];
    await allocate(account, "another-pool");
    const event = JSON.parse(created()) as { source: string; "detail-type": string; detail: object };
    const pattern = {
      "detail-type": ["AWS API Call via CloudTrail"],
      detail: { eventName: [{ prefix: "CreateFunction2" }] },
    };
    await account.events.send(new PutRuleCommand({ Name: "relocate", EventPattern: JSON.stringify(pattern) }));
    const Arn = `arn:aws:sqs:us-east-1:${accountId}:relocate.fifo`;
    const target = { Id: "relocate", Arn, SqsParameters: { MessageGroupId: account.pool } };
    await account.events.send(new PutTargetsCommand({ Rule: "relocate", Targets: [target] }));
    const entry = { Source: event.source, DetailType: event["detail-type"], Detail: JSON.stringify(event.detail) };
    await account.events.send(new PutEventsCommand({ Entries: [entry] }));

    const batch = await deliver(account, []);
    relocate = await startFunction("relocate", {
      endpoint: account.endpoint,
      settings: JSON.stringify(settingsOf(account)),
    });
    const invocation = await relocate.invoke(batch);

    expect(batch.Records).toHaveLength(1);
    expect(invocation.answer).toEqual({ batchItemFailures: [] });
    const held = await associations(account);
    expect(Object.keys(held).sort()).toEqual([...addresses].sort());
    expect(Object.values(held).sort()).toEqual([...interfaces].sort());
    expect(metricsOf(invocation)).toMatchObject({
      AddressesMoved: { value: 2, unit: "Count" },
      AddressesServing: { value: 2, unit: "Count" },
      AddressesSpare: { value: 0, unit: "Count" },
      Shortage: { value: 0, unit: "Count" },
      TimeToHealSeconds: { value: [expect.any(Number), expect.any(Number)], unit: "Seconds" },
    });
    const events = await heard(account);
    expect(events.map(({ type }) => type)).toEqual(["AddressRelocated", "AddressRelocated"]);
    expect(events.map(({ detail }) => detail)).toMatchObject(
      Object.entries(held)
        .map(([allocationId, networkInterfaceId]) => ({ pool: "partners", row: 2, allocationId, networkInterfaceId }))
        .sort((a, b) => (a.networkInterfaceId < b.networkInterfaceId ? -1 : 1)),
    );
  });

  it("notes on each address what it does", async () => {
    const { addressA } = await serving();

    const { Tags } = await account.ec2.send(
      new DescribeTagsCommand({ Filters: [{ Name: "resource-id", Values: [addressA] }] }),
    );

    const use = Tags?.find(({ Key }) => Key === "holdfast:use")?.Value;
    expect(use).toMatch(new RegExp(`^serving ${account.subnetIds[0]} \\d{4}-`));
  });
});

describe("a subnet change", () => {
  it("moves the address of the subnet that was left, when there is no spare", async () => {
    const { interfaceA, addressA, addressB } = await serving();
    const [subnetA, , subnetC] = account.subnetIds;
    const [group] = account.groupIds;
    const interfaceC = await makeInterface(account, subnetC, [group]);
    await reconfigure([subnetA, subnetC], [group]);

    const invocation = await run([reconfigured()]);

    expect(await associations(account)).toEqual({ [addressA]: interfaceA, [addressB]: interfaceC });
    expect(metricsOf(invocation)).toMatchObject({
      AddressesMoved: { value: 1 },
      EgressGapSeconds: { unit: "Seconds" },
    });
    expect(await heard(account)).toMatchObject([
      { type: "AddressRelocated", detail: { row: 3, allocationId: addressB } },
    ]);
  });

  it("takes the spare, and the old address becomes the spare", async () => {
    const { interfaceA, addressA, addressB } = await serving();
    const spare = await allocate(account, account.pool);
    const [subnetA, , subnetC] = account.subnetIds;
    const [group] = account.groupIds;
    const interfaceC = await makeInterface(account, subnetC, [group]);
    await reconfigure([subnetA, subnetC], [group]);

    const invocation = await run([reconfigured()]);

    expect(await associations(account)).toEqual({ [addressA]: interfaceA, [spare]: interfaceC });
    expect(metricsOf(invocation)).toMatchObject({ AddressesSpare: { value: 1 } });
    const types = (await heard(account)).map(({ type, detail }) => [type, detail["allocationId"]]);
    expect(types).toEqual([
      ["AddressRelocated", spare],
      ["AddressReleased", addressB],
    ]);
  });
});

it("a security-group change moves both addresses, each within its subnet", async () => {
  const { addressA, addressB } = await serving();
  const [subnetA, subnetB] = account.subnetIds;
  const groups = [...account.groupIds];
  const newA = await makeInterface(account, subnetA, groups);
  const newB = await makeInterface(account, subnetB, [...groups].reverse());
  await makeInterface(account, subnetB, [groups[1] as string]);
  await reconfigure([subnetA, subnetB], groups);

  await run([
    recorded("lambda-update-function-configuration-layers", `arn:aws:lambda:us-east-1:${accountId}:function:orders`),
  ]);

  expect(await associations(account)).toEqual({ [addressA]: newA, [addressB]: newB });
});

it("an alias that pins an old version keeps its address until the alias goes on", async () => {
  const { interfaceA, interfaceB, addressA, addressB } = await serving();
  const [, , subnetC] = account.subnetIds;
  const [group] = account.groupIds;
  const { Version } = await account.lambda.send(new PublishVersionCommand({ FunctionName: "orders" }));
  const alias = { FunctionName: "orders", Name: "live" };
  await account.lambda.send(new CreateAliasCommand({ ...alias, FunctionVersion: Version }));
  const interfaceC = await makeInterface(account, subnetC, [group]);
  await reconfigure([subnetC], [group]);

  const short = await run([reconfigured()]);

  expect(await associations(account)).toEqual({ [addressA]: interfaceA, [addressB]: interfaceB });
  expect(metricsOf(short)).toMatchObject({ Shortage: { value: 1 } });

  const { Version: next } = await account.lambda.send(new PublishVersionCommand({ FunctionName: "orders" }));
  await account.lambda.send(new UpdateAliasCommand({ ...alias, FunctionVersion: next }));
  await run([handWritten("UpdateAlias20150331", { functionName: "orders", name: "live", functionVersion: next })]);

  const held = await associations(account);
  expect(Object.values(held)).toEqual([interfaceC]);
});

it("a member that leaves the VPC gives its addresses back after the drain time", async () => {
  const { interfaceA, interfaceB, addressA, addressB } = await serving();
  relocate?.stop();
  relocate = undefined;
  await reconfigure([], []);

  await run([reconfigured()], 2);
  expect(await associations(account)).toEqual({ [addressA]: interfaceA, [addressB]: interfaceB });
  await new Promise((resolve) => setTimeout(resolve, 2000));
  await run([sweep(1)], 2);
  expect(await associations(account)).toEqual({});
  const types = new Set((await heard(account)).map(({ type }) => type));
  expect(types).toEqual(new Set(["AddressReleased", "MemberOutsideNetwork"]));

  const last = await run([sweep(2)], 2);
  expect(metricsOf(last)).toMatchObject({ AddressesServing: { value: 0 }, AddressesSpare: { value: 2 } });
  expect((await heard(account)).filter(({ type }) => type !== "MemberOutsideNetwork")).toEqual([]);
});

/** Odd minutes are full observations for a pool of this name. */
function sweep(minute: number): string {
  const scheduledTime = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  return JSON.stringify({ kind: "sweep", scheduledTime });
}

it("a foreign address is reported and left where it is", async () => {
  const [subnetA] = account.subnetIds;
  const [group] = account.groupIds;
  await makeFunction(account, [subnetA], [group]);
  const networkInterfaceId = await makeInterface(account, subnetA, [group]);
  const foreign = await allocate(account);
  await allocate(account, account.pool);
  const occupy = { AllocationId: foreign, NetworkInterfaceId: networkInterfaceId, AllowReassociation: false };
  await account.ec2.send(new AssociateAddressCommand(occupy));

  const invocation = await run([created()]);

  expect(await associations(account)).toEqual({ [foreign]: networkInterfaceId });
  expect(metricsOf(invocation)).toMatchObject({ Conflicts: { value: 1, unit: "Count" }, AddressesMoved: { value: 0 } });
  expect(await heard(account)).toMatchObject([
    { type: "ForeignAddressFound", detail: { finding: "conflict", networkInterfaceId } },
  ]);
});

it("a shortage is reported, and what there is serves", async () => {
  const [subnetA, subnetB] = account.subnetIds;
  const [group] = account.groupIds;
  await makeFunction(account, [subnetA, subnetB], [group]);
  const interfaces = [
    await makeInterface(account, subnetA, [group]),
    await makeInterface(account, subnetB, [group]),
  ].sort();
  const only = await allocate(account, account.pool);

  const invocation = await run([created()]);

  expect(await associations(account)).toEqual({ [only]: interfaces[0] });
  expect(metricsOf(invocation)).toMatchObject({ Shortage: { value: 1, unit: "Count" }, AddressesMoved: { value: 1 } });
  const events = await heard(account);
  expect(events.map(({ type }) => type)).toEqual(["AddressRelocated", "AddressShortage"]);
  expect(events[1]?.detail).toMatchObject({ pool: "partners", row: 4, networkInterfaceId: interfaces[1] });
  expect(await take(account.sqs, account.deadLetterQueueUrl)).toEqual([]);
});
