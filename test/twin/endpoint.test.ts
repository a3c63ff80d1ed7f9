import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  CreateTagsCommand,
  DescribeAddressesCommand,
  DescribeNetworkInterfacesCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { describe, expect, it, vi } from "vitest";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { AwsError } from "../../testing/twin/service.ts";
import { addLambdaInterface, buildNetwork, openScene, text } from "./scene.ts";

/** A thousand calls of three clients at once, some of which fail and are retried; answers what happened when. */
async function trace(seed: number): Promise<string[]> {
  const scene = openScene({ seed, consistent: false, addressQuota: 1_000 });
  const { region } = scene;
  const network = await buildNetwork(scene);
  const holders = [addLambdaInterface(scene, network), addLambdaInterface(scene, network)];
  await region.clock.advance(60_000);
  region.faults.inject({
    operation: "DescribeAddresses",
    when: "before",
    error: new AwsError("InternalError", "", 500),
    times: 30,
  });
  region.faults.inject({ operation: "CreateTags", when: "after", error: "timeout", times: 5 });
  const work = async (name: string) => {
    const ec2 = new EC2Client(clientConfig(region, `arn:aws:iam::123456789012:role/${name}`));
    for (let turn = 0; turn < 70; turn++) {
      const { AllocationId } = await ec2.send(new AllocateAddressCommand({}));
      const NetworkInterfaceId = text(holders[turn % 2]);
      await ec2.send(new AssociateAddressCommand({ AllocationId, NetworkInterfaceId }));
      await ec2.send(new CreateTagsCommand({ Resources: [text(AllocationId)], Tags: [{ Key: "by", Value: name }] }));
      await ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId] }));
      await ec2.send(new DescribeAddressesCommand({ AllocationIds: [text(AllocationId)] })).catch(() => undefined);
    }
  };
  await region.clock.run(Promise.all(["a", "b", "c"].map(work)));
  return region.calls.recent.map((record) => JSON.stringify(record));
}

it("replays a thousand concurrent calls from the same seed, to the millisecond, without a real timer", async () => {
  const realTimer = vi.spyOn(globalThis, "setTimeout");
  const first = await trace(11);
  expect(first.length).toBeGreaterThan(1_000);
  expect(await trace(11)).toEqual(first);
  expect(realTimer).not.toHaveBeenCalled();
  realTimer.mockRestore();
  expect(await trace(12)).not.toEqual(first);
});

describe("a client on the virtual clock", () => {
  it("spends the latency of reads and writes", async () => {
    const { region, run } = openScene();
    const ec2 = new EC2Client(clientConfig(region, undefined, { latencyMs: { read: 10, write: 1_000 } }));
    const spent = async (promise: Promise<unknown>) => {
      const startMs = region.clock.now();
      await run(promise);
      return region.clock.now() - startMs;
    };
    expect(await spent(ec2.send(new DescribeAddressesCommand({})))).toBeLessThan(50);
    expect(await spent(ec2.send(new AllocateAddressCommand({})))).toBeGreaterThan(300);
  });

  it("retries throttled calls with growing pauses, three times in all", async () => {
    const { region, ec2, failure } = openScene();
    region.faults.inject({ when: "before", error: new AwsError("RequestLimitExceeded", "slow", 503), times: 9 });
    expect(await failure(ec2.send(new DescribeAddressesCommand({})))).toMatchObject({
      name: "RequestLimitExceeded",
      $metadata: { attempts: 3 },
    });
  });

  it("stops retrying when its quota is used up", async () => {
    const { region, ec2, failure } = openScene({ throttling: false });
    region.faults.inject({ when: "before", error: new AwsError("InternalError", "down", 500), times: 999 });
    let attempts = 0;
    for (let count = 0; count < 40; count++) {
      attempts = (await failure(ec2.send(new DescribeAddressesCommand({})))).$metadata?.attempts ?? 0;
    }
    expect(attempts).toBe(1);
    expect(region.calls.recent.length).toBe(40 + Math.floor(500 / 14));
  });

  it("can be aborted while it waits", async () => {
    const { region, ec2, failure } = openScene();
    const controller = new AbortController();
    region.clock.after(10, () => controller.abort());
    const call = ec2.send(new DescribeAddressesCommand({}), { abortSignal: controller.signal });
    expect(await failure(call)).toMatchObject({ name: "AbortError" });
  });

  it("hears of a service that the twin does not have", async () => {
    const { ec2, failure } = openScene();
    const { DescribeImagesCommand } = await import("@aws-sdk/client-ec2");
    expect(await failure(ec2.send(new DescribeImagesCommand({})))).toMatchObject({ name: "UnknownOperationException" });
  });
});
