import { PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fixed } from "../../testing/twin/delays.ts";
import { addEventPath } from "../../testing/twin/event-path.ts";
import { createRegion, type Region } from "../../testing/twin/region.ts";
import { type RunningServer, startServer } from "../../testing/twin/server.ts";
import { AwsError } from "../../testing/twin/service.ts";
import { type Account, accountId, allocate, associations, buildAccount, makeFunction, settingsOf } from "./account.ts";
import { type BuiltFunction, type Invocation, startFunction } from "./built-function.ts";
import { metricsOf } from "./metrics.ts";
import { dead, deliver, heard } from "./queues.ts";
import { recorded } from "./recorded.ts";

/** Real seconds pass here, so all that is slow in AWS takes part of one. */
const delays = {
  interfaceAppears: fixed(100),
  interfaceCreation: fixed(1000),
  functionSettle: fixed(1500),
  cloudTrail: fixed(200),
  cloudTrailLateRate: 0,
  cloudTrailLossRate: 0,
  cloudTrailDuplicateRate: 0,
  eventBridgeToTarget: fixed(20),
  eventBridgeDuplicateRate: 0,
};

let region: Region;
let server: RunningServer;
let account: Account;
let relocate: BuiltFunction | undefined;

/** A region whose rule brings Lambda's calls to relocation's queue. */
beforeEach(async () => {
  region = createRegion({ seed: 1, consistent: true });
  addEventPath(region, { delays });
  server = await startServer(region);
  account = await buildAccount(server.url);
  const EventPattern = JSON.stringify({ "detail-type": ["AWS API Call via CloudTrail"], source: ["aws.lambda"] });
  await account.events.send(new PutRuleCommand({ Name: "relocate", EventPattern }));
  const Arn = `arn:aws:sqs:us-east-1:${accountId}:relocate.fifo`;
  const Targets = [{ Id: "relocate", Arn, SqsParameters: { MessageGroupId: account.pool } }];
  await account.events.send(new PutTargetsCommand({ Rule: "relocate", Targets }));
});

afterEach(async () => {
  relocate?.stop();
  relocate = undefined;
  await server.close();
});

/** `aheadMs`: by how much the function's clock is ahead of ours. */
async function run(bodies: readonly string[], aheadMs = 0): Promise<Invocation> {
  const event = await deliver(account, bodies);
  relocate ??= await startFunction("relocate", {
    endpoint: account.endpoint,
    settings: JSON.stringify(settingsOf(account)),
    aheadMs,
  });
  const invocation = await relocate.invoke(event);
  expect(invocation.answer).toEqual({ batchItemFailures: [] });
  // What it put on the bus is on its way.
  await new Promise((resolve) => setTimeout(resolve, 100));
  return invocation;
}

/** The member, and a spare for its one subnet. */
async function create(): Promise<string> {
  const allocationId = await allocate(account, account.pool);
  await makeFunction(account, [account.subnetIds[0]], [account.groupIds[0]]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  return allocationId;
}

it("the built function waits for a first creation that CloudTrail announced, and serves it before it is done", async () => {
  const allocationId = await create();

  // By the region's clock, which began in another year: by ours, the creation would be overdue.
  const invocation = await run([], region.clock.now() - Date.now());

  const [networkInterface] = [...region.world.networkInterfaces.values()];
  expect(networkInterface).toMatchObject({ interfaceType: "lambda", status: "in-use" });
  expect(await associations(account)).toEqual({ [allocationId]: networkInterface?.networkInterfaceId });
  expect(metricsOf(invocation)).toMatchObject({ AddressesMoved: { value: 1 }, EgressGapSeconds: { value: 0 } });
  expect(await heard(account)).toMatchObject([{ type: "AddressRelocated", detail: { row: 7, allocationId } }]);
});

it("a message that cannot be understood reaches the dead-letter queue with its field and reason", async () => {
  await run(["not JSON at all"]);

  expect(await dead(account)).toMatchObject([{ body: "not JSON at all", field: "body" }]);
});

it.each(["AuthFailure", "OperationNotPermitted"])(
  "%s is reported as a refusal, and what it is about rests",
  async (code) => {
    const error = new AwsError(code, "You do not have permission to access the specified resource.", 403);
    region.faults.inject({ service: "ec2", operation: "AssociateAddress", when: "before", times: 99, error });
    await create();

    const first = await run([]);
    await run([recorded("lambda-update-function-configuration-plain-name", "orders")]);

    const reason = expect.stringContaining(`AWS refused to associate an address with a Lambda interface (${code}`);
    expect(first.lines).toContainEqual(expect.objectContaining({ level: "ERROR", message: "run failed", reason }));
    expect((await heard(account))[0]).toMatchObject({ type: "RelocationFailed", detail: { code, reason } });
    // What may pass is tried again after 1, 2, 4 and 8 s; an interface that AWS refuses is not.
    const attempts = region.calls.counts.get("ec2:AssociateAddress") ?? 0;
    expect(attempts).toBeGreaterThanOrEqual(1);
    expect(attempts).toBeLessThanOrEqual(code === "AuthFailure" ? 6 : 1);
    expect(await associations(account)).toEqual({});
  },
);

it.each(["lambda:GetFunctionConfiguration", "lambda:ListAliases"])(
  "a role without %s is reported",
  async (permission) => {
    await create();
    // Only now: with roles enforced, the bus itself would need the queue's leave to deliver.
    region.authorize = ({ service, operation }) =>
      `${service}:${operation}` === permission
        ? new AwsError("AccessDeniedException", `not authorized to perform: ${permission}`, 403)
        : undefined;

    const { lines } = await run([]);

    const reason = expect.stringContaining(`AWS denied ${permission}: the function's role lacks this permission`);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: "ERROR", message: "run failed", permission, reason }),
    );
    expect(await associations(account)).toEqual({});
  },
);

it("a role without events:PutEvents serves all the same, and the log tells", async () => {
  const allocationId = await create();
  region.authorize = ({ operation }) =>
    operation === "PutEvents" ? new AwsError("AccessDeniedException", "not authorized", 403) : undefined;

  const { lines } = await run([]);

  expect(Object.keys(await associations(account))).toEqual([allocationId]);
  const reason = expect.stringContaining("AWS denied events:PutEvents");
  expect(lines).toContainEqual(expect.objectContaining({ level: "ERROR", message: "events not published", reason }));
});
