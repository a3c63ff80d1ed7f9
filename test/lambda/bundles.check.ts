import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wearGuard } from "../../testing/deployment/guarded-function.ts";
import { startRecorded } from "../../testing/deployment/recorded-deployment.ts";
import { readEmf } from "../../testing/twin/cloudwatch-emf.ts";
import { createPartner, sharedPool, wayOut } from "../../testing/twin/partners.ts";
import { createMember, networkOf } from "../cli/scene.ts";
import { openRunningDeployment, type RunningDeployment } from "./deployment.ts";

const part = (name: string) => `holdfast-production-${name}`;
const minuteMs = 60_000;

let deployment: RunningDeployment;
/** Calls that AWS has refused a role. */
const denied: string[] = [];

beforeAll(async () => {
  deployment = await openRunningDeployment(async (deployed) => {
    const { region, path, operator } = deployed;
    const Role = "arn:aws:iam::123456789012:role/member";
    const code = { Runtime: "nodejs24.x", Handler: "index.handler", Code: { ZipFile: new Uint8Array() } };
    await operator("lambda", "CreateFunction", { FunctionName: "notices", Role, ...code });
    await createMember(deployed, "orders");
    await region.clock.advance(minuteMs);
    // The partner refuses Lambda's shared addresses, which the guard reports for three whole periods of five minutes, whatever
    // the clock shows now.
    wearGuard(region, path, "notices", createPartner(region.clock, [{ kind: "block", ips: sharedPool }]));
    for (let minute = 0; minute < 21; minute++) {
      for (let environment = 0; environment < 3; environment++) {
        await operator("lambda", "Invoke", { FunctionName: "notices", InvocationType: "Event" });
      }
      await region.clock.advance(minuteMs);
    }
    region.calls.onCall(({ principal, service, operation, error }) => {
      if (principal?.includes(":role/Holdfast-") && /^(?:UnauthorizedOperation|AccessDenied)/.test(error?.code ?? "")) {
        denied.push(`${service}:${operation}`);
      }
    });
  });
});

afterAll(() => deployment?.stop());

const limitMs = 45_000;

/** Waits on the wall's clock. @throws Error with what the functions have written */
async function until(what: string, look: () => boolean | Promise<boolean>, everyMs = 50): Promise<void> {
  for (let waitedMs = 0; waitedMs < limitMs; waitedMs += everyMs) {
    if (await look()) return;
    await sleep(everyMs);
  }
  const written = [...deployment.built].map(([name, { started }]) => `${name}\n${started.output}`);
  throw new Error(`${what}: not within ${limitMs} ms\n${written.join("\n")}`);
}

/** What its schedule puts into a queue. */
async function sweep(name: string): Promise<void> {
  const schedule = deployment.records.find(
    ({ type, inputs }) => type.endsWith(":Schedule") && inputs["groupName"] === part(name),
  );
  const { input } = (schedule?.inputs["target"] ?? {}) as { readonly input: string };
  const time = new Date().toISOString();
  await deployment.operator("sqs", "SendMessage", {
    QueueUrl: `https://sqs.us-east-1.amazonaws.com/123456789012/${part(name)}.fifo`,
    MessageBody: input.replace("<aws.scheduler.scheduled-time>", time),
    MessageGroupId: "partners",
    MessageDeduplicationId: time,
  });
}

async function waiting(name: string): Promise<number> {
  const attributes = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
  const { Attributes } = await deployment.operator<{ Attributes: Record<string, string> }>(
    "sqs",
    "GetQueueAttributes",
    {
      QueueUrl: `https://sqs.us-east-1.amazonaws.com/123456789012/${part(name)}`,
      AttributeNames: attributes,
    },
  );
  return attributes.reduce((sum, it) => sum + Number(Attributes[it]), 0);
}

const linesOf = (name: string) =>
  (deployment.built.get(name)?.started.output ?? "").split("\n").filter((line) => line.startsWith("{"));

function metricsOf(name: string): Record<string, readonly number[]> {
  return Object.fromEntries(
    linesOf(name)
      .flatMap(readEmf)
      .map(({ id, values }) => [id.name, values]),
  );
}

const eventsOf = (type: string) => deployment.events.filter((it) => it.type === type);
const world = () => deployment.region.world;
const ofRole = (role: string) => [...world().addresses.values()].filter(({ tags }) => tags["holdfast:role"] === role);
const addressOf = (name: string): string | undefined => {
  const version = world().functions.get(name)?.versions.get("$LATEST");
  return version && wayOut(world(), version).sourceIp;
};
/** Where packets of the members' subnet go. */
const defaultRoute = () =>
  [...world().routeTables.values()]
    .find(({ tags }) => tags["holdfast:pool"] === "partners")
    ?.routes.find(({ destinationCidrBlock }) => destinationCidrBlock === "0.0.0.0/0");

async function override(Value: "fallback" | "paused"): Promise<void> {
  const [address] = ofRole("egress");
  const Tags = [{ Key: "holdfast:override", Value }];
  await deployment.operator("ec2", "CreateTags", { Resources: [address?.allocationId], Tags });
}

describe("what is deployed, under Lambda's runtime client", () => {
  it("relocation: a member's new interface gets a spare, the message is done, metrics and an event say so", async () => {
    const { subnetIds, vpcId } = networkOf(deployment.region);
    const group = { VpcId: vpcId, GroupName: "next", Description: "next" };
    const { GroupId } = await deployment.operator<{ GroupId: string }>("ec2", "CreateSecurityGroup", group);
    const VpcConfig = { SubnetIds: subnetIds, SecurityGroupIds: [GroupId] };
    await deployment.operator("lambda", "UpdateFunctionConfiguration", { FunctionName: "orders", VpcConfig });
    const isMoved = () => eventsOf("AddressRelocated").length > relocated;
    const relocated = eventsOf("AddressRelocated").length;
    await until("an event of the move", isMoved);
    await until("the end of the run", () => (metricsOf(part("relocate"))["AddressesMoved"] ?? []).includes(1));
    expect(ofRole("egress").map(({ publicIp }) => publicIp)).toContain(addressOf("orders"));
    await until("an empty queue", async () => (await waiting("relocation.fifo")) === 0);
  });

  it("canary and probes: the partner is asked from the pool's addresses and from Lambda's, and all are accepted", async () => {
    const event = { version: "0", "detail-type": "Scheduled Event", source: "aws.scheduler", detail: "{}" };
    const input = { FunctionName: part("canary"), Payload: Buffer.from(JSON.stringify(event)) };
    const isAsked = async () => {
      const output = await deployment.operator<{ FunctionError?: string }>("lambda", "Invoke", input);
      expect(output.FunctionError).toBeUndefined();
      return "Egress" in metricsOf(part("partners-zone-1"));
    };
    // In the first rounds, the probe follows the member to its new security group.
    await until("a round of the probe", isAsked, 1_000);
    const ips = deployment.outside.answered.map(({ ip }) => ip);
    expect(ips).toContain(addressOf(part("partners-zone-1")));
    expect(sharedPool.some((it) => ips.includes(it))).toBe(true);
    expect(metricsOf(part("partners-zone-1"))).toMatchObject({ Egress: [1] });
    expect(metricsOf(part("canary"))).toMatchObject({ ProbesFailed: [0], BlockedRate: [0] });
  });

  it("fallback: by the operator's override the NAT gateway takes the traffic, as a probe has seen from inside", async () => {
    await override("fallback");
    const isOnNat = async () => {
      await sweep("fallback");
      return defaultRoute()?.natGatewayId !== undefined && eventsOf("FallbackEntered").length === 1;
    };
    await until("the route to the gateway, and the event", isOnNat, 2_000);
    expect(addressOf(part("partners-zone-1"))).toBe(ofRole("fallback")[0]?.publicIp);
    await until("an empty queue", async () => (await waiting("fallback.fifo")) === 0);
    expect(metricsOf(part("fallback"))).toMatchObject({ FallbackActive: [1], FallbackProblems: [0] });
  });

  it("attaching: a guarded function whose partner refuses Lambda's addresses gets the pool's network", async () => {
    await until(
      "the event",
      async () => {
        await sweep("attach");
        return eventsOf("FunctionAttached").length === 1;
      },
      2_000,
    );
    const { subnetIds } = networkOf(deployment.region);
    expect(world().functions.get("notices")?.versions.get("$LATEST")?.vpcConfig?.subnetIds).toEqual(subnetIds);
    expect(metricsOf(part("attach"))).toMatchObject({ AttachProblems: [0] });
    await until("an empty queue", async () => (await waiting("attach.fifo")) === 0);
  });

  it("teardown: routes lead to the internet gateway again and the NAT gateway is gone", async () => {
    await override("paused");
    const record = deployment.records.find(
      ({ type, inputs }) => type.endsWith(":Invocation") && String(inputs["input"]).includes('"kind":"fallback"'),
    );
    if (!record) throw new Error("no teardown of the fallback is recorded");
    expect(await startRecorded(record, "create", deployment)).toMatchObject({ kind: "fallback", did: [], left: [] });
    // It looks again for more than a minute: a run of fallback may be under way. What it does first is enough here.
    startRecorded(record, "delete", deployment).catch(() => {});
    await until("a deleted gateway", () => [...world().natGateways.values()].every(({ state }) => state === "deleted"));
    expect(defaultRoute()?.natGatewayId).toBeUndefined();
  });

  it("every bundle that is built has handled an event, in less memory than it has", () => {
    const all = [...deployment.built.values()];
    expect([...new Set(all.map(({ bundle }) => bundle))].sort()).toEqual(readdirSync("dist/functions").sort());
    for (const { memoryMb, started } of all) {
      expect(started.memoryMb).toBeGreaterThan(20);
      expect(started.memoryMb).toBeLessThan(memoryMb);
    }
  });

  it("no log has an error, no call was denied, no message was given up", async () => {
    const errors = [...deployment.built].flatMap(([name, { started }]) =>
      started.output
        .split("\n")
        .filter((line) => /"level":"ERROR"|"errorType"|\bWarning:/.test(line))
        .map((line) => `${name}: ${line}`),
    );
    expect(errors).toEqual([]);
    expect(denied).toEqual([]);
    for (const queue of ["relocation", "fallback", "attach"]) {
      expect(await waiting(`${queue}-dead-letters.fifo`), queue).toBe(0);
      expect(await waiting(`${queue}-undelivered`), queue).toBe(0);
    }
  });
});
