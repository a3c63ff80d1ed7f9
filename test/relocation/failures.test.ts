import { describe, expect, it } from "vitest";
import { refuseCalls } from "../../testing/deployment/deployed-region.ts";
import { openScene, type Scene } from "../../testing/deployment/relocation-scene.ts";
import type { CallRecord } from "../../testing/twin/call-log.ts";
import { AwsError } from "../../testing/twin/service.ts";
import { begin, finalState, quick, restMs, stories } from "./stories.ts";

const subnetChange = stories[1] as (typeof stories)[number];

const eventsOf = (scene: Scene, type: string) => scene.events.filter((event) => event.type === type);
const sumOf = (scene: Scene, name: string) =>
  scene.measurements.filter((it) => it.name === name).reduce((sum, { value }) => sum + value, 0);

const isAssociationBy =
  (role: string) =>
  ({ principal, operation }: CallRecord) =>
    principal === role && operation === "AssociateAddress";

describe("what AWS refuses", () => {
  it("a denied call is reported with the permission that is missing, and healed once it is granted", async () => {
    const scene = await begin(subnetChange);
    const denied = new AwsError("UnauthorizedOperation", "You are not authorized to perform this operation.", 403);
    const grant = refuseCalls(scene.region, ({ operation, principal }) =>
      principal === scene.relocateRole && operation === "AssociateAddress" ? denied : undefined,
    );
    await subnetChange.change(scene);
    await scene.pass(restMs);
    expect(eventsOf(scene, "RelocationFailed")[0]?.detail).toMatchObject({
      permission: "ec2:AssociateAddress",
      code: "UnauthorizedOperation",
      reason: expect.stringContaining("AWS denied ec2:AssociateAddress"),
    });
    expect(eventsOf(scene, "RelocationFailed")).toHaveLength(1);
    expect(sumOf(scene, "RunsFailed")).toBeGreaterThan(5);
    grant();
    await scene.pass(2 * 60_000);
    expect(scene.openNow("orders")).toBe(true);
  });

  it("a refused association is tried once, reported once, and not tried again for a quarter of an hour", async () => {
    const scene = await begin(subnetChange);
    let attempts = 0;
    refuseCalls(scene.region, ({ operation }) => {
      if (operation !== "AssociateAddress") return undefined;
      attempts++;
      return new AwsError("OperationNotPermitted", "You are not allowed to manage this.", 400);
    });
    await subnetChange.change(scene);
    await scene.pass(10 * 60_000);
    expect(attempts).toBe(1);
    const reported = eventsOf(scene, "RelocationFailed").map(({ detail }) =>
      String(detail["message"] ?? detail["reason"]),
    );
    expect(reported.length).toBeLessThanOrEqual(2);
    expect(reported.every((text) => text.includes("AWS refused to associate an address with a Lambda interface"))).toBe(
      true,
    );
    expect(scene.measurements.at(-1)).toBeDefined();
    expect(scene.measurements.filter(({ name }) => name === "RunsFailed").at(-1)?.value).toBe(1);
  });

  it("a change that AWS always answers with a conflict is tried a few times a sweep, counted, and reported once", async () => {
    const scene = await begin(subnetChange);
    let attempts = 0;
    const end = refuseCalls(scene.region, ({ operation, principal }) => {
      if (operation !== "AssociateAddress" || principal !== scene.relocateRole) return undefined;
      attempts++;
      return new AwsError("IncorrectState", "The interface is in an incorrect state.", 400);
    });
    await subnetChange.change(scene);
    await scene.pass(10 * 60_000);
    expect(attempts).toBeGreaterThan(10);
    expect(attempts).toBeLessThanOrEqual(12 * 10);
    expect(scene.measurements.filter(({ name }) => name === "RunsFailed").at(-1)?.value).toBe(1);
    expect(eventsOf(scene, "RelocationFailed").map(({ detail }) => detail)).toMatchObject([
      { code: "Conflict", message: expect.stringContaining("IncorrectState") },
    ]);
    end();
    await scene.pass(61_000);
    expect(scene.openNow("orders")).toBe(true);
  });

  it("a conflict of another interface is reported besides the one that lasts", async () => {
    const scene = await openScene({ delays: quick, zones: 2, addresses: 4, members: ["orders", "billing"] });
    refuseCalls(scene.region, ({ operation, principal }) =>
      operation === "AssociateAddress" && principal === scene.relocateRole
        ? new AwsError("IncorrectState", "The interface is in an incorrect state.", 400)
        : undefined,
    );
    await scene.createFunction("orders", [0]);
    await scene.pass(5 * 60_000);
    expect(eventsOf(scene, "RelocationFailed")).toHaveLength(1);
    await scene.createFunction("billing", [1]);
    await scene.pass(5 * 60_000);
    expect(eventsOf(scene, "RelocationFailed")).toHaveLength(2);
  });

  it("a note that is denied is reported once, however many addresses it is about", async () => {
    const scene = await openScene({ delays: quick, zones: 2, addresses: 3 });
    refuseCalls(scene.region, ({ operation, principal }) =>
      operation === "CreateTags" && principal === scene.relocateRole
        ? new AwsError("UnauthorizedOperation", "You are not authorized to perform this operation.", 403)
        : undefined,
    );
    await scene.createFunction("orders", [0, 1]);
    await scene.pass(5 * 60_000);
    expect(eventsOf(scene, "AddressRelocated")).toHaveLength(2);
    expect(eventsOf(scene, "RelocationFailed").map(({ detail }) => detail["permission"])).toEqual(["ec2:CreateTags"]);
  });

  it.each([
    ["throttling", new AwsError("RequestLimitExceeded", "Request limit exceeded.", 503)],
    ["a server error", new AwsError("InternalError", "An internal error has occurred.", 500)],
    ["a time-out after the write took effect", "timeout"],
  ] as const)("%s of every kind of call is survived", async (_, error) => {
    for (const operation of ["DescribeAddresses", "DescribeNetworkInterfaces", "AssociateAddress", "CreateTags"]) {
      const scene = await begin(subnetChange);
      const when = error === "timeout" ? "after" : "before";
      scene.region.faults.inject({ principal: scene.relocateRole, operation, when, times: 5, error });
      await subnetChange.change(scene);
      await scene.pass(restMs);
      expect(scene.openNow("orders"), operation).toBe(true);
      expect(
        finalState(scene).filter((it) => it === "spare"),
        operation,
      ).toHaveLength(1);
    }
  });
});

describe("what is not the pool's", () => {
  it("a foreign address on an interface is reported and stays", async () => {
    const scene = await openScene({ delays: quick, addresses: 1, sweeps: false, consistent: true });
    const { AllocationId } = await scene.operator<{ AllocationId: string }>("ec2", "AllocateAddress", {});
    scene.region.clock.every(100, () => {
      const [found] = scene.region.world.networkInterfaces.keys();
      const foreign = scene.region.world.addresses.get(AllocationId);
      if (!found || foreign?.networkInterfaceId) return;
      const input = { AllocationId, NetworkInterfaceId: found, AllowReassociation: false };
      scene.operator("ec2", "AssociateAddress", input).catch(() => {});
    });
    await scene.createFunction("orders", [0]);
    await scene.pass(60_000);
    expect(scene.region.world.addresses.get(AllocationId)?.networkInterfaceId).toBeDefined();
    expect(scene.region.calls.recent.filter(isAssociationBy(scene.relocateRole))).toEqual([]);
    expect(eventsOf(scene, "ForeignAddressFound")).toHaveLength(1);
    expect(sumOf(scene, "Conflicts")).toBeGreaterThan(0);
  });

  it("a shortage is reported once, and cured when an address is added", async () => {
    const scene = await openScene({ delays: quick, addresses: 1 });
    await scene.createFunction("orders", [0, 1]);
    await scene.pass(10 * 60_000);
    expect(eventsOf(scene, "AddressShortage")).toHaveLength(1);
    expect(scene.openNow("orders")).toBe(false);
    await scene.operator("ec2", "AllocateAddress", {
      TagSpecifications: [
        {
          ResourceType: "elastic-ip",
          Tags: [
            { Key: "holdfast:pool", Value: "payments" },
            { Key: "holdfast:role", Value: "egress" },
          ],
        },
      ],
    });
    await scene.pass(61_000);
    expect(scene.openNow("orders")).toBe(true);
    expect(scene.measurements.filter(({ name }) => name === "Shortage").at(-1)?.value).toBe(0);
  });

  it("an interface of a failed update keeps what it has, and the failure is reported", async () => {
    const scene = await begin(subnetChange);
    const before = finalState(scene);
    scene.path.lambda.hyperplane.failNext("SubnetOutOfIPAddresses");
    await subnetChange.change(scene);
    await scene.pass(restMs);
    expect(finalState(scene)).toEqual(before);
    expect(eventsOf(scene, "MemberUpdateFailed")[0]?.detail).toMatchObject({ reason: "SubnetOutOfIPAddresses" });
  });
});

describe("messages that cannot be understood", () => {
  it("go to the dead-letter queue with field and reason at once, and hold nobody up", async () => {
    const scene = await begin(subnetChange);
    const { path } = scene;
    const queue = path.sqs.queueByName(scene.queueName);
    queue.send({ body: "{", groupId: "payments" });
    queue.send({ body: '{"kind":"sweep","scheduledTime":"soon"}', groupId: "payments" });
    queue.send({ body: '{"kind":"sweep","scheduledTime":"2026-01-01T00:00:00Z"}', groupId: "nobody" });
    await subnetChange.change(scene);
    await scene.pass(15_000);
    const received = path.sqs.queueByName(scene.deadLetterQueueName).receive(10);
    expect(received).toHaveLength(3);
    await scene.pass(restMs);
    expect(scene.path.egress.totalGapMs("orders")).toBe(0);
  });
});
