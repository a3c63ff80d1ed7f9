import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { type Account, associations, openMember, settingsOf, settle } from "./account.ts";
import { type BuiltFunction, startFunction } from "./built-function.ts";
import { dead, deliver, heard } from "./queues.ts";
import { handWritten, recorded, recordedIn } from "./recorded.ts";

const arn = "arn:aws:lambda:us-east-1:123456789012:function:orders";

let account: Account;
let networkInterfaceId: string;
let allocationId: string;
let relocate: BuiltFunction | undefined;

/** One member with one interface, and one spare for it. */
beforeEach(async () => {
  ({ account, networkInterfaceId, allocationId } = await openMember(inject("motoUrl")));
});

afterEach(() => {
  relocate?.stop();
  relocate = undefined;
});

async function start(settings: string | undefined = JSON.stringify(settingsOf(account))): Promise<BuiltFunction> {
  relocate = await startFunction("relocate", { endpoint: account.endpoint, settings });
  return relocate;
}

describe("a message that cannot be understood", () => {
  const withoutName = JSON.parse(recorded("lambda-delete-function")) as { detail: { eventTime?: string } };
  delete withoutName.detail.eventTime;

  const bad: readonly (readonly [string, string, string, string])[] = [
    ["text", "not JSON at all", "body", "not valid JSON"],
    ["an empty object", "{}", "detail-type", ""],
    [
      "an event of another service",
      recorded("ec2-create-route-unauthorized"),
      "detail.errorCode",
      "Client.UnauthorizedOperation",
    ],
    [
      "a failed call",
      recorded("lambda-create-function-failed-invalid-parameter"),
      "detail.errorCode",
      "InvalidParameterValueException",
    ],
    [
      "a denied call, without parameters",
      recorded("lambda-update-function-configuration-access-denied"),
      "detail.errorCode",
      "AccessDenied",
    ],
    ["a dry run", recorded("ec2-run-instances-dry-run"), "detail.errorCode", "Client.DryRunOperation"],
    ["a record without its time", JSON.stringify(withoutName), "detail.eventTime", ""],
    ["a sweep whose minute is none", '{"kind":"sweep","scheduledTime":"soon"}', "scheduledTime", ""],
  ];

  it.each(bad)("%s goes to the dead-letter queue with its field, and nothing moves", async (_, body, field, reason) => {
    const { invoke } = await start();

    const { answer, lines } = await invoke(await deliver(account, [body]));

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(await dead(account)).toEqual([{ body, field, reason: expect.stringContaining(reason) }]);
    expect(lines).toContainEqual(expect.objectContaining({ level: "ERROR", message: "message set aside", field }));
    expect(await associations(account)).toEqual({});
    expect(await heard(account)).toEqual([]);
  });

  it("holds up none of its batch, and none of its pool", async () => {
    const { invoke } = await start();
    const good = recorded("lambda-create-function-no-vpc", "orders");
    const bodies = [...bad.slice(0, 4).map(([, body]) => body), good, ...bad.slice(4).map(([, body]) => body)];

    const { answer } = await invoke(await deliver(account, bodies));

    expect(answer).toEqual({ batchItemFailures: [] });
    expect((await dead(account)).map(({ field }) => field).sort()).toEqual(bad.map(([, , field]) => field).sort());
    expect(await associations(account)).toEqual({ [allocationId]: networkInterfaceId });
  });

  it("of a pool that does not exist names the pool", async () => {
    const { invoke } = await start();
    const body = recorded("lambda-create-function-no-vpc", "orders");

    const { answer } = await invoke(await deliver(account, [body], "nobodys"));

    expect(answer).toEqual({ batchItemFailures: [] });
    const [letter] = await dead(account);
    expect(letter).toMatchObject({ field: "attributes.MessageGroupId", reason: expect.stringContaining("nobodys") });
    expect(await associations(account)).toEqual({});
  });

  it("comes back to the queue when even the dead-letter queue is gone", async () => {
    const { invoke } = await start(
      JSON.stringify({ ...settingsOf(account), deadLetterQueueUrl: `${account.endpoint}/123456789012/gone.fifo` }),
    );
    const event = await deliver(account, ["not JSON at all"]);

    const { answer } = await invoke(event);

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: event.Records[0]?.messageId }] });
  });
});

describe("a function is a member by whatever name the call gave", () => {
  it.each([
    ["its name", recorded("lambda-update-function-configuration-plain-name", "orders")],
    ["its ARN", recorded("lambda-update-function-configuration-layers", arn)],
    ["its ARN with a version", recorded("lambda-update-function-code-publish", `${arn}:7`)],
    ["its ARN with $LATEST", recorded("lambda-update-function-code-publish", `${arn}:$LATEST`)],
    ["a partial ARN", recorded("lambda-delete-function", "123456789012:function:orders")],
    ["a partial ARN with an alias", recorded("lambda-delete-function", "123456789012:function:orders:live")],
    ["its name with an alias", recorded("lambda-delete-function", "orders:live")],
    ["the resource of a tag call", handWritten("TagResource20170331v2", { resource: arn, tags: { team: "a" } })],
  ])("%s", async (_, body) => {
    const { invoke } = await start();

    await invoke(await deliver(account, [body]));

    expect(await associations(account)).toEqual({ [allocationId]: networkInterfaceId });
    expect(await dead(account)).toEqual([]);
  });

  it("an interface that came or went in the pool's subnets is reason enough to look", async () => {
    const { invoke } = await start();
    const body = recordedIn(account.subnetIds[0], "ec2-create-network-interface-by-user");

    await invoke(await deliver(account, [body]));

    expect(await associations(account)).toEqual({ [allocationId]: networkInterfaceId });
  });

  it.each([
    ["another function's change", recorded("lambda-update-function-configuration-plain-name", "invoices")],
    ["a longer name", recorded("lambda-update-function-configuration-plain-name", "orders-2")],
    ["a call that concerns no interface", recorded("lambda-add-permission", "orders")],
    ["an interface in another subnet", recorded("ec2-create-network-interface-by-user")],
  ])("%s is none of the pool's business", async (_, body) => {
    const { invoke } = await start();

    const { answer } = await invoke(await deliver(account, [body]));

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(await associations(account)).toEqual({});
    expect(await dead(account)).toEqual([]);
  });
});

describe("settings", () => {
  const pools = [
    { name: "partners", members: { names: ["orders"] }, network: { vpcId: "vpc-1", subnetIds: ["subnet-1"] } },
  ];
  const deadLetterQueueUrl = "http://127.0.0.1/queue";

  it.each([
    ["are missing", undefined, "HOLDFAST_SETTINGS is not set"],
    ["are no JSON", "{pools:", "HOLDFAST_SETTINGS is not valid JSON"],
    ["lack a field", JSON.stringify({ pools }), "deadLetterQueueUrl: must be the URL of an SQS queue"],
    ["have a field too many", JSON.stringify({ pools, deadLetterQueueUrl, polls: [] }), 'Unrecognized key: "polls"'],
    ["have no pool", JSON.stringify({ pools: [], deadLetterQueueUrl }), "pools: must hold at least one pool"],
    [
      "have a wrong id",
      JSON.stringify({
        pools: [{ ...pools[0], network: { vpcId: "subnet-1", subnetIds: ["subnet-1"] } }],
        deadLetterQueueUrl,
      }),
      "pools.0.network.vpcId: must be an id such as vpc-0123456789abcdef0",
    ],
    ["name a parameter that does not exist", "ssm:/holdfast/none", "SSM parameter /holdfast/none does not exist"],
  ])("that %s fail the start and say so", async (_, settings, message) => {
    const starting = startFunction("relocate", { endpoint: account.endpoint, settings });

    await expect(starting).rejects.toThrow(`SettingsError: HOLDFAST_SETTINGS`);
    await expect(starting).rejects.toThrow(message);
  });

  it("are read from a parameter", async () => {
    const ssm = new SSMClient(settle(account.endpoint));
    const Value = JSON.stringify(settingsOf(account));
    await ssm.send(new PutParameterCommand({ Name: "/holdfast/relocate", Type: "SecureString", Value }));
    const { invoke } = await start("ssm:/holdfast/relocate");

    await invoke(await deliver(account, [recorded("lambda-create-function-no-vpc", "orders")]));

    expect(await associations(account)).toEqual({ [allocationId]: networkInterfaceId });
  });
});
