import { describe, expect, it } from "vitest";
import { lastRunEndsMs } from "../../src/config/run-times.ts";
import type { Summary } from "../../src/teardown/reconcile.ts";
import { tearDown } from "../../testing/deployment/recorded-removal.ts";
import { AwsError } from "../../testing/twin/service.ts";
import { member, minuteMs, openedWithinMs, openScene, pool, type RemovalScene } from "./scene.ts";

const probes = (scene: RemovalScene) =>
  ["zone-1", "zone-2", "scout"].map((vantage) => scene.latest(`holdfast-production-${pool}-${vantage}`));
const inVpc = (scene: RemovalScene) => probes(scene).filter((it) => it?.vpcConfig !== undefined).length;

describe("a deployment", () => {
  it(
    "asks the teardowns to check their input, and they change nothing",
    async () => {
      const scene = await openScene();
      expect(scene.associated()).toHaveLength(3);
      expect(inVpc(scene)).toBe(3);
    },
    openedWithinMs,
  );
});

describe("a removal", () => {
  it(
    "takes all addresses off, the scout's too, and all probes out of the VPC, for as long as a run may last",
    async () => {
      const scene = await openScene();
      await scene.deleteMember();
      await scene.removeTriggers();
      const startedMs = scene.region.clock.now();
      const summaries = (await tearDown(scene.records, scene)) as Summary[];
      expect(scene.associated()).toEqual([]);
      expect(inVpc(scene)).toBe(0);
      for (const probe of probes(scene)) expect(probe?.lastUpdateStatus).toBe("Successful");
      const tookMs = scene.region.clock.now() - startedMs;
      expect(tookMs).toBeGreaterThanOrEqual(lastRunEndsMs);
      expect(tookMs).toBeLessThan(lastRunEndsMs + minuteMs);
      expect(summaries.flatMap(({ did }) => did).filter((it) => it.startsWith("disassociated"))).toHaveLength(3);
      expect(summaries.flatMap(({ left }) => left)).toEqual([]);
    },
    openedWithinMs,
  );

  it(
    "waits for members that are deleted at the same time",
    async () => {
      const scene = await openScene();
      await scene.removeTriggers();
      scene.region.clock.after(minuteMs, () => void scene.deleteMember());
      expect(await scene.tearDown("zone-1")).toMatchObject({ kind: "subnet", place: scene.subnetId("zone-1") });
    },
    openedWithinMs,
  );

  it(
    "stops while members are there: it names them, and they keep their addresses",
    async () => {
      const scene = await openScene();
      await scene.removeTriggers();
      const before = scene.associated().map(({ associationId }) => associationId);
      await expect(scene.tearDown("zone-1")).rejects.toThrow(
        new RegExp(`pools\\.${pool}\\.members: .*${member}.*run the same command again`),
      );
      expect(scene.associated().map(({ associationId }) => associationId)).toEqual(before);
      expect(inVpc(scene)).toBe(3);
      await scene.deleteMember();
      await scene.tearDown("zone-1");
      const inZone = scene
        .associated()
        .filter(
          ({ networkInterfaceId = "" }) =>
            scene.region.world.networkInterfaces.get(networkInterfaceId)?.subnetId === scene.subnetId("zone-1"),
        );
      expect(inZone).toEqual([]);
    },
    openedWithinMs,
  );

  it(
    "takes no probe of another pool for a member, since a pool may be renamed in a network that exists",
    async () => {
      const scene = await openScene();
      await scene.deleteMember();
      await scene.removeTriggers();
      await scene.operator("lambda", "CreateFunction", {
        FunctionName: "probe-of-another-pool",
        Description: "Holdfast: asks the targets of pool savings from zone-1",
        Role: "arn:aws:iam::123456789012:role/probe",
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Code: { ZipFile: new Uint8Array() },
        VpcConfig: {
          SubnetIds: [scene.subnetId("zone-1")],
          SecurityGroupIds: probes(scene)[0]?.vpcConfig?.securityGroupIds,
        },
      });
      await expect(scene.tearDown("zone-1")).resolves.toBeDefined();
    },
    openedWithinMs,
  );

  it(
    "names a function that joined while it worked",
    async () => {
      const scene = await openScene();
      await scene.deleteMember();
      await scene.removeTriggers();
      const SecurityGroupIds = probes(scene)[0]?.vpcConfig?.securityGroupIds;
      scene.region.clock.after(minuteMs, () => {
        void scene.operator("lambda", "CreateFunction", {
          FunctionName: "late",
          Role: "arn:aws:iam::123456789012:role/member",
          Runtime: "nodejs24.x",
          Handler: "index.handler",
          Code: { ZipFile: new Uint8Array() },
          VpcConfig: { SubnetIds: [scene.subnetId("zone-1")], SecurityGroupIds },
        });
      });
      await expect(scene.tearDown("zone-1")).rejects.toThrow(/members: .* late:/);
    },
    openedWithinMs,
  );

  it(
    "undoes what a run of relocation does that was under way",
    async () => {
      const scene = await openScene();
      await scene.deleteMember();
      await scene.removeTriggers();
      const again = scene.associated()[0];
      let associated = 0;
      for (const seconds of [30, 60, 88]) {
        scene.region.clock.after(seconds * 1000, () => {
          const { allocationId: AllocationId } = again ?? {};
          const [free] = [...scene.region.world.networkInterfaces.values()].filter(
            (it) => it.subnetId === scene.subnetId("zone-1") && it.interfaceType === "lambda",
          );
          const input = { AllocationId, NetworkInterfaceId: free?.networkInterfaceId, AllowReassociation: true };
          scene.operator("ec2", "AssociateAddress", input).then(() => associated++);
        });
      }
      const { did } = await scene.tearDown("zone-1");
      expect(associated).toBe(3);
      expect(did.filter((it) => it.includes(again?.allocationId ?? "none")).length).toBeGreaterThanOrEqual(3);
      const left = scene.associated().map(({ allocationId }) => allocationId);
      expect(left).not.toContain(again?.allocationId);
    },
    openedWithinMs,
  );

  it(
    "undoes what a round of the canary does that was under way",
    async () => {
      const scene = await openScene();
      await scene.deleteMember();
      await scene.removeTriggers();
      const FunctionName = `holdfast-production-${pool}-zone-1`;
      const { subnetIds = [], securityGroupIds = [] } = scene.latest(FunctionName)?.vpcConfig ?? {};
      let moved = false;
      scene.region.clock.after(50_000, () => {
        const VpcConfig = { SubnetIds: subnetIds, SecurityGroupIds: securityGroupIds };
        scene.operator("lambda", "UpdateFunctionConfiguration", { FunctionName, VpcConfig }).then(() => {
          moved = true;
        });
      });
      await scene.tearDown("zone-1");
      expect(moved).toBe(true);
      expect(scene.latest(FunctionName)?.vpcConfig).toBeUndefined();
    },
    openedWithinMs,
  );

  it(
    "goes on where AWS throttles or fails for a while",
    async () => {
      const scene = await openScene();
      await scene.deleteMember();
      await scene.removeTriggers();
      const { faults } = scene.region;
      const principal = scene.roleArn;
      const error = new AwsError("RequestLimitExceeded", "Request limit exceeded.", 503);
      faults.inject({ principal, operation: "DescribeAddresses", when: "before", times: 12, error });
      faults.inject({ principal, operation: "DisassociateAddress", when: "before", times: 8, error });
      const broken = new AwsError("InternalError", "An internal error has occurred.", 500);
      faults.inject({ principal, operation: "UpdateFunctionConfiguration", when: "after", times: 8, error: broken });
      await scene.tearDown("zone-1");
      expect(scene.latest(`holdfast-production-${pool}-zone-1`)?.vpcConfig).toBeUndefined();
    },
    openedWithinMs,
  );

  it(
    "says what is left when the time is over, before Lambda ends it",
    async () => {
      const scene = await openScene();
      await scene.deleteMember();
      await scene.removeTriggers();
      const error = new AwsError("Unavailable", "The server is overloaded.", 503);
      scene.region.faults.inject({
        principal: scene.roleArn,
        operation: "DisassociateAddress",
        when: "before",
        times: 1e6,
        error,
      });
      const startedMs = scene.region.clock.now();
      await expect(scene.tearDown("zone-1")).rejects.toThrow(/eipalloc-\w+ on eni-\w+.*run the same command again/);
      expect(scene.region.clock.now() - startedMs).toBeGreaterThan(840_000 - minuteMs);
      expect(scene.region.clock.now() - startedMs).toBeLessThan(900_000);
    },
    openedWithinMs,
  );

  it(
    "stops at once where it lacks a right, and says which",
    async () => {
      const scene = await openScene();
      await scene.deleteMember();
      await scene.removeTriggers();
      const error = new AwsError("UnauthorizedOperation", "You are not authorized to perform this operation.", 403);
      scene.region.faults.inject({ principal: scene.roleArn, operation: "DisassociateAddress", when: "before", error });
      await expect(scene.tearDown("zone-1")).rejects.toThrow(/AWS denied ec2:DisassociateAddress/);
    },
    openedWithinMs,
  );
});

describe("a removal of a pool with fallback", () => {
  const cold = { standby: "cold" } as const;

  async function onNat(): Promise<RemovalScene> {
    const scene = await openScene(cold);
    await scene.override("fallback");
    const over = () => scene.routes().every((it) => it === "nat");
    expect(await scene.region.clock.runUntil(over, 10 * minuteMs)).toBe(true);
    await scene.pass(2);
    return scene;
  }

  it(
    "points routes back and deletes the gateway, while the members stay",
    async () => {
      const scene = await onNat();
      await scene.removeTriggers();
      const { did, left } = await scene.tearDown("fallback");
      expect(scene.routes()).toEqual(["igw", "igw"]);
      expect(scene.gateways()).toEqual([]);
      expect([did.length, left]).toEqual([3, []]);
      const address = [...scene.region.world.addresses.values()].find(
        ({ tags }) => tags["holdfast:role"] === "fallback",
      );
      expect(address?.associationId).toBeUndefined();
    },
    openedWithinMs,
  );

  it(
    "deletes a gateway that is still pending, and one that has failed",
    async () => {
      const scene = await openScene(cold);
      await scene.override("fallback");
      expect(await scene.region.clock.runUntil(() => scene.gateways().includes("pending"), 3 * minuteMs)).toBe(true);
      await scene.removeTriggers();
      await scene.tearDown("fallback");
      expect(scene.gateways()).toEqual([]);

      const failing = await openScene(cold);
      failing.region.ec2.failNextNatGateway("InternalError");
      await failing.override("fallback");
      expect(await failing.region.clock.runUntil(() => failing.gateways().includes("failed"), 3 * minuteMs)).toBe(true);
      await failing.removeTriggers();
      await failing.tearDown("fallback");
      expect([failing.gateways(), failing.routes()]).toEqual([[], ["igw", "igw"]]);
    },
    2 * openedWithinMs,
  );

  it(
    "points a route back whose gateway was deleted manually",
    async () => {
      const scene = await onNat();
      await scene.removeTriggers();
      for (const NatGatewayId of scene.region.world.natGateways.keys()) {
        await scene.operator("ec2", "DeleteNatGateway", { NatGatewayId });
      }
      expect(scene.routes()).toEqual(["dead", "dead"]);
      await scene.tearDown("fallback");
      expect(scene.routes()).toEqual(["igw", "igw"]);
    },
    openedWithinMs,
  );

  it(
    "leaves a route that goes elsewhere, and says so",
    async () => {
      const scene = await openScene(cold);
      await scene.removeTriggers();
      const tables = [...scene.region.world.routeTables.values()].filter(({ tags }) => tags["holdfast:pool"] === pool);
      const { AllocationId } = await scene.operator<{ AllocationId: string }>("ec2", "AllocateAddress", {
        Domain: "vpc",
      });
      const made = await scene.operator<{ NatGateway: { NatGatewayId: string } }>("ec2", "CreateNatGateway", {
        SubnetId: scene.subnetId("nat"),
        AllocationId,
      });
      const { NatGatewayId } = made.NatGateway;
      await scene.pass(3);
      const route = { RouteTableId: tables[0]?.routeTableId, DestinationCidrBlock: "0.0.0.0/0", NatGatewayId };
      await scene.operator("ec2", "ReplaceRoute", route);
      const { did, left } = await scene.tearDown("fallback");
      expect(did).toEqual([]);
      expect(left).toEqual([expect.stringContaining(`${route.RouteTableId} goes to ${NatGatewayId}`)]);
      expect(scene.gateways()).toEqual(["available"]);
    },
    openedWithinMs,
  );

  it(
    "stops where others' subnets leave by the pool's gateway, and names their table",
    async () => {
      const scene = await onNat();
      await scene.removeTriggers();
      const [NatGatewayId] = scene.region.world.natGateways.keys();
      const [VpcId] = scene.region.world.vpcs.keys();
      const { RouteTable } = await scene.operator<{ RouteTable: { RouteTableId: string } }>("ec2", "CreateRouteTable", {
        VpcId,
      });
      const { RouteTableId } = RouteTable;
      await scene.operator("ec2", "CreateRoute", { RouteTableId, DestinationCidrBlock: "0.0.0.0/0", NatGatewayId });
      await expect(scene.tearDown("fallback")).rejects.toThrow(new RegExp(`${RouteTableId} goes to ${NatGatewayId}`));
      expect(scene.routes()).toEqual(["igw", "igw"]);
      expect(scene.gateways()).toEqual(["available"]);
    },
    openedWithinMs,
  );

  it(
    "undoes what a run of fallback does that was under way",
    async () => {
      const scene = await openScene(cold);
      await scene.removeTriggers();
      const address = [...scene.region.world.addresses.values()].find(
        ({ tags }) => tags["holdfast:role"] === "fallback",
      );
      const tags = { "holdfast:pool": pool, "holdfast:role": "fallback" };
      scene.region.clock.after(80_000, () => {
        void scene.operator("ec2", "CreateNatGateway", {
          SubnetId: scene.subnetId("nat"),
          AllocationId: address?.allocationId,
          TagSpecifications: [
            { ResourceType: "natgateway", Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
          ],
        });
      });
      const { did } = await scene.tearDown("fallback");
      expect(did).toEqual([expect.stringMatching(/^deleted nat-/)]);
      expect(scene.gateways()).toEqual([]);
    },
    openedWithinMs,
  );

  it(
    "goes with all else of the pool, at once",
    async () => {
      const scene = await onNat();
      await scene.deleteMember();
      await scene.removeTriggers();
      await tearDown(scene.records, scene);
      expect([scene.associated(), scene.gateways(), scene.routes(), inVpc(scene)]).toEqual([[], [], ["igw", "igw"], 0]);
    },
    openedWithinMs,
  );
});
