import {
  AllocateAddressCommand,
  DescribeAddressesCommand,
  EC2Client,
  ReleaseAddressCommand,
} from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { AwsError } from "../../testing/twin/service.ts";
import { openScene } from "./scene.ts";

const ROLE = "arn:aws:iam::123456789012:role/relocate";

describe("an injected error", () => {
  it("strikes before the effect, as often as asked, and the SDK retries a transient one", async () => {
    const { region, ec2, run } = openScene();
    const error = new AwsError("InternalError", "try again", 500);
    region.faults.inject({ operation: "AllocateAddress", when: "before", error, times: 2 });
    const { $metadata } = await run(ec2.send(new AllocateAddressCommand({})));
    expect($metadata.attempts).toBe(3);
    expect(region.world.addresses.size).toBe(1);
  });

  it("reaches the caller when it is not transient", async () => {
    const { region, ec2, failure } = openScene();
    region.faults.inject({ service: "ec2", when: "before", error: new AwsError("UnauthorizedOperation", "no", 403) });
    expect(await failure(ec2.send(new AllocateAddressCommand({})))).toMatchObject({
      name: "UnauthorizedOperation",
      $metadata: { attempts: 1, httpStatusCode: 403 },
    });
    expect(region.calls.recent.at(-1)).toMatchObject({
      reached: true,
      delivery: "answered",
      error: { code: "UnauthorizedOperation" },
    });
  });

  it("can be withdrawn", async () => {
    const { region, ec2, run } = openScene();
    const withdraw = region.faults.inject({ when: "before", error: new AwsError("Unavailable", "no", 503), times: 99 });
    withdraw();
    await run(ec2.send(new AllocateAddressCommand({})));
    expect(region.world.addresses.size).toBe(1);
  });
});

describe("a lost answer", () => {
  it("lets a retry repeat an effect that has already happened", async () => {
    const { region, ec2, run } = openScene();
    region.faults.inject({ operation: "AllocateAddress", when: "after", error: "timeout" });
    const startMs = region.clock.now();
    await run(ec2.send(new AllocateAddressCommand({})));
    expect(region.world.addresses.size).toBe(2);
    expect(region.clock.now() - startMs).toBeGreaterThan(5_000);
    expect(region.calls.recent.map((record) => record.delivery)).toEqual(["timeout", "answered"]);
  });

  it("before the effect leaves no trace in the world", async () => {
    const { region, ec2, failure } = openScene();
    region.faults.inject({ when: "before", error: "timeout", times: 3 });
    expect(await failure(ec2.send(new AllocateAddressCommand({})))).toMatchObject({ name: "TimeoutError" });
    expect(region.world.addresses.size).toBe(0);
    expect(region.calls.recent.map((record) => record.reached)).toEqual([false, false, false]);
  });
});

describe("a connection that fails", () => {
  it.each([
    ["ENOTFOUND", "Error", 0],
    ["EAI_AGAIN", "Error", 5_000],
    ["ETIMEDOUT", "TimeoutError", 5_000],
    ["ECONNRESET", "TimeoutError", 0],
  ] as const)("%s reaches the caller as the SDK's handler throws it, and AWS sees nothing", async (code, name, ms) => {
    const { region, ec2, failure } = openScene();
    region.faults.inject({ when: "before", connection: code, times: 3 });
    const startMs = region.clock.now();
    expect(await failure(ec2.send(new AllocateAddressCommand({})))).toMatchObject({ name, code });
    expect(region.clock.now() - startMs).toBeGreaterThanOrEqual(ms);
    expect(region.world.addresses.size).toBe(0);
    expect(region.calls.recent[0]).toMatchObject({ reached: false, delivery: code });
  });
});

it("a fault may be about one resource alone", async () => {
  const { region, ec2, run, failure } = openScene();
  const [one, two] = await Promise.all([1, 2].map(() => run(ec2.send(new AllocateAddressCommand({})))));
  const error = new AwsError("InvalidAddress.Locked", "no", 400);
  const input = { AllocationId: one?.AllocationId };
  region.faults.inject({ operation: "ReleaseAddress", input, when: "before", error, times: Number.POSITIVE_INFINITY });
  for (let count = 0; count < 3; count++) {
    expect(await failure(ec2.send(new ReleaseAddressCommand(input)))).toMatchObject({ name: "InvalidAddress.Locked" });
  }
  await run(ec2.send(new ReleaseAddressCommand({ AllocationId: two?.AllocationId })));
  expect([...region.world.addresses.keys()]).toEqual([one?.AllocationId]);
});

describe("a crash", () => {
  it.each([
    ["before", 2],
    ["after", 3],
  ] as const)("%s the third call of a principal stops it there, with %i effects", async (when, effects) => {
    const { region, ec2: operator, run } = openScene();
    const client = new EC2Client(clientConfig(region, ROLE));
    const dead: string[] = [];
    region.faults.onCrash((call) => dead.push(`${call.principal} ${call.operation}`));
    region.faults.inject({ principal: ROLE, when, skip: 2, crash: true });
    let steps = 0;
    let settled = false;
    const work = async () => {
      for (; steps < 5; steps++) await client.send(new AllocateAddressCommand({}));
    };
    work().finally(() => {
      settled = true;
    });
    await run(operator.send(new DescribeAddressesCommand({})));
    await region.clock.advance(3_600_000);
    expect({ settled, steps, allocated: region.world.addresses.size }).toEqual({
      settled: false,
      steps: 2,
      allocated: effects,
    });
    expect(dead).toEqual([`${ROLE} AllocateAddress`]);
  });
});

describe("the call log", () => {
  it("tells who did what, when, and what came of it", async () => {
    const { region, failure, run } = openScene();
    const client = new EC2Client(clientConfig(region, ROLE));
    const heard: string[] = [];
    const stop = region.calls.onCall((record) => heard.push(record.operation));
    const answer = await run(client.send(new AllocateAddressCommand({ Domain: "vpc" })));
    await failure(client.send(new DescribeAddressesCommand({ AllocationIds: ["eipalloc-0"] })));
    stop();
    await run(client.send(new DescribeAddressesCommand({})));
    expect(heard).toEqual(["AllocateAddress", "DescribeAddresses"]);
    expect(region.calls.counts.get("ec2:DescribeAddresses")).toBe(2);
    expect(region.calls.recent).toMatchObject([
      {
        sequence: 0,
        principal: ROLE,
        service: "ec2",
        input: { Domain: "vpc" },
        output: { AllocationId: answer.AllocationId },
        requestId: answer.$metadata.requestId,
      },
      { sequence: 1, error: { code: "InvalidAllocationID.NotFound" }, output: undefined },
      { sequence: 2, error: undefined },
    ]);
  });

  it("asks the authoriser first", async () => {
    const { region, ec2, failure } = openScene();
    const client = new EC2Client(clientConfig(region, ROLE));
    region.authorize = (call) => (call.principal ? new AwsError("UnauthorizedOperation", "not you", 403) : undefined);
    expect(await failure(client.send(new AllocateAddressCommand({})))).toMatchObject({ name: "UnauthorizedOperation" });
    await region.clock.run(ec2.send(new AllocateAddressCommand({})));
    expect(region.world.addresses.size).toBe(1);
  });
});
