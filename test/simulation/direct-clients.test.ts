import {
  AllocateAddressCommand,
  CreateTagsCommand,
  DescribeAddressesCommand,
  EC2Client,
  ReleaseAddressCommand,
} from "@aws-sdk/client-ec2";
import { expect, it } from "vitest";
import { directClients } from "../../testing/deployment/direct-clients.ts";
import { VirtualClock } from "../../testing/twin/clock.ts";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { createRegion } from "../../testing/twin/region.ts";
import { AwsError } from "../../testing/twin/service.ts";

const role = "arn:aws:iam::123456789012:role/caller";
const startMs = Date.UTC(2026, 0, 1);

/** Calls one after the other, some of which fail once or for good: what reached AWS and when, and what came of each. */
async function play(over: "wire" | "direct", clock: VirtualClock): Promise<string[]> {
  const region = createRegion({ seed: 5, clock });
  const { faults } = region;
  faults.inject({
    operation: "DescribeAddresses",
    when: "before",
    times: 2,
    error: new AwsError("RequestLimitExceeded", "Request limit exceeded.", 503),
  });
  faults.inject({ operation: "CreateTags", when: "after", error: "timeout" });
  faults.inject({
    operation: "ReleaseAddress",
    when: "before",
    times: 3,
    error: new AwsError("InternalError", "An internal error has occurred", 500),
  });
  const client = new EC2Client(clientConfig(region, role));
  const ec2 = over === "wire" ? client : directClients(region, role)(client, "ec2");
  const lines: string[] = [];
  const note = (answer: Promise<unknown>) =>
    answer.then(
      () => lines.push(`${clock.now()} answered`),
      (error: Error) => lines.push(`${clock.now()} ${error.name}`),
    );
  const work = async () => {
    const { AllocationId = "" } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
    await note(ec2.send(new DescribeAddressesCommand({})));
    await note(ec2.send(new CreateTagsCommand({ Resources: [AllocationId], Tags: [{ Key: "by", Value: "hand" }] })));
    await note(ec2.send(new ReleaseAddressCommand({ AllocationId })));
    await note(ec2.send(new ReleaseAddressCommand({ AllocationId: "eipalloc-0123456789abcdef0" })));
  };
  await clock.run(work());
  const calls = region.calls.recent.map(({ atMs, operation, input, error, delivery }) =>
    JSON.stringify([atMs, operation, input, error?.code, delivery]),
  );
  return [...calls, ...lines];
}

it("calls without the wire take the same time, meet the same faults and end alike", async () => {
  const wire = await play("wire", new VirtualClock(startMs));
  expect(wire).toHaveLength(1 + 3 + 2 + 3 + 1 + 4);
  expect(await play("direct", new VirtualClock(startMs))).toEqual(wire);
});

it("where nothing waits for the machine, no turn of the event loop is needed", async () => {
  const patient = await play("direct", new VirtualClock(startMs));
  expect(await play("direct", new VirtualClock(startMs, process.nextTick))).toEqual(patient);
});
