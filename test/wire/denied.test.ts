import { afterEach, beforeEach, expect, inject, it } from "vitest";
import { type Account, associations, openMember, settingsOf } from "./account.ts";
import { type BuiltFunction, type Invocation, startFunction } from "./built-function.ts";
import { enforcing, userWithout } from "./iam.ts";
import { metricsOf } from "./metrics.ts";
import { deliver, heard } from "./queues.ts";
import { recorded } from "./recorded.ts";

let account: Account;
let networkInterfaceId: string;
let allocationId: string;
let relocate: BuiltFunction | undefined;

beforeEach(async () => {
  ({ account, networkInterfaceId, allocationId } = await openMember(inject("motoUrl")));
});

afterEach(() => {
  relocate?.stop();
  relocate = undefined;
});

/** One event to the built function, whose role may do everything but one thing. */
async function runWithout(permission: string): Promise<Invocation> {
  const keys = await userWithout(account.endpoint, "relocate", [permission]);
  const event = await deliver(account, [recorded("lambda-create-function-no-vpc", "orders")]);
  const settings = JSON.stringify(settingsOf(account));
  return enforcing(account.endpoint, async () => {
    relocate = await startFunction("relocate", { endpoint: account.endpoint, settings, ...keys });
    return relocate.invoke(event);
  });
}

/** Only EC2: the emulator answers refusals of the other services in XML, which no client of theirs reads. */
it.each(["ec2:DescribeNetworkInterfaces", "ec2:DescribeAddresses", "ec2:AssociateAddress"])(
  "a role without %s is reported, once, and nothing moves",
  async (permission) => {
    const invocation = await runWithout(permission);

    expect(invocation.answer).toEqual({ batchItemFailures: [] });
    const reason = expect.stringContaining(`AWS denied ${permission}: the function's role lacks this permission`);
    expect(invocation.lines).toContainEqual(
      expect.objectContaining({ level: "ERROR", message: "run failed", permission, reason }),
    );
    expect(metricsOf(invocation)).toMatchObject({ RunsFailed: { value: 1, unit: "Count" } });
    const events = await heard(account);
    const said = permission === "ec2:AssociateAddress" ? "reason" : "message";
    expect(events).toMatchObject([
      { type: "RelocationFailed", detail: { pool: "partners", permission, [said]: reason } },
    ]);
    expect(await associations(account)).toEqual({});
  },
);

it("a role without ec2:CreateTags serves all the same, and the lack is reported", async () => {
  const invocation = await runWithout("ec2:CreateTags");

  expect(invocation.answer).toEqual({ batchItemFailures: [] });
  expect(await associations(account)).toEqual({ [allocationId]: networkInterfaceId });
  expect(metricsOf(invocation)).toMatchObject({ RunsFailed: { value: 1 }, AddressesMoved: { value: 1 } });
  const types = (await heard(account)).map(({ type, detail }) => [type, detail["permission"]]);
  expect(types).toEqual([
    ["AddressRelocated", undefined],
    ["RelocationFailed", "ec2:CreateTags"],
  ]);
});
