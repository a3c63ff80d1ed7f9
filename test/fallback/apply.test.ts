import {
  AssociateRouteTableCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  DeleteNatGatewayCommand,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import type { InternetGatewayId, NatGatewayId, RouteTableId } from "../../src/aws/identifiers.ts";
import type { FallbackPool } from "../../src/config/fallback-settings.ts";
import type { Action } from "../../src/fallback/actions.ts";
import { apply, type Outcome } from "../../src/fallback/apply.ts";
import { tagKeys } from "../../src/pool/tags.ts";
import { allocate, buildNetwork, type Network, openScene, type Scene, text } from "../twin/scene.ts";

const name = "payments";
const everywhere = "0.0.0.0/0";
const ownTags = [{ Key: tagKeys.pool, Value: name }];

let scene: Scene;
let network: Network;
let natGatewayId: NatGatewayId;
let routeTableId: RouteTableId;
let internetGatewayId: InternetGatewayId;

/** A pool's gateway that is available, and a table of the pool whose default route leads to the internet. */
beforeEach(async () => {
  scene = openScene({ consistent: true, throttling: false });
  network = await buildNetwork(scene);
  const made = await scene.run(
    scene.ec2.send(
      new CreateNatGatewayCommand({
        SubnetId: network.subnetId,
        AllocationId: await allocate(scene),
        TagSpecifications: [{ ResourceType: "natgateway", Tags: ownTags }],
      }),
    ),
  );
  natGatewayId = text(made.NatGateway?.NatGatewayId) as NatGatewayId;
  await scene.region.clock.advance(10 * 60_000);
  const TagSpecifications = [{ ResourceType: "route-table" as const, Tags: ownTags }];
  const table = await scene.run(
    scene.ec2.send(new CreateRouteTableCommand({ VpcId: network.vpcId, TagSpecifications })),
  );
  routeTableId = text(table.RouteTable?.RouteTableId) as RouteTableId;
  internetGatewayId = text([...scene.region.world.internetGateways.keys()][0]) as InternetGatewayId;
  await lead({ GatewayId: internetGatewayId }, routeTableId);
});

function lead(to: { readonly GatewayId?: string; readonly NatGatewayId?: string }, RouteTableId: string) {
  const route = { RouteTableId, DestinationCidrBlock: everywhere, ...to };
  return scene.run(scene.ec2.send(new CreateRouteCommand(route)));
}

function carryOut(action: Action): Promise<Outcome> {
  const pool: FallbackPool = {
    name,
    vpcId: network.vpcId,
    subnetIds: [],
    nat: { mode: "zonal", subnetId: network.subnetId },
    alarmName: "none",
    standby: "cold",
    poolRefusal: "escalate",
    probes: [],
    holdMinutes: 30,
    maxHoldMinutes: 480,
    cleanRounds: 5,
    blockedRounds: 3,
    graceMinutes: 60,
    flipsPerDay: 4,
    swapSeconds: 300,
    maxFallbackHours: 24,
  };
  return scene.run(apply(scene.ec2, pool, action));
}

const stateNow = () => scene.region.world.natGateways.get(natGatewayId)?.state;

describe("just before the write", () => {
  it("no route is replaced of a table that a subnet outside the pool uses by now", async () => {
    const subnet = { VpcId: network.vpcId, CidrBlock: "10.0.240.0/24", AvailabilityZone: "us-east-1a" };
    const { Subnet } = await scene.run(scene.ec2.send(new CreateSubnetCommand(subnet)));
    const association = { RouteTableId: routeTableId, SubnetId: Subnet?.SubnetId };
    await scene.run(scene.ec2.send(new AssociateRouteTableCommand(association)));
    const from = { kind: "internet", gatewayId: internetGatewayId } as const;
    const to = { kind: "nat", natGatewayId } as const;
    const action: Action = { kind: "route", row: 7, routeTableId, subnetIds: [], from, to, flips: [] };
    expect(await carryOut(action)).toMatchObject({
      result: "conflict",
      reason: `${Subnet?.SubnetId}, which is outside the pool, uses ${routeTableId} by now`,
    });
  });

  it("a gateway to which a route of anybody's leads by now is left alone", async () => {
    const other = await scene.run(scene.ec2.send(new CreateRouteTableCommand({ VpcId: network.vpcId })));
    await lead({ NatGatewayId: natGatewayId }, text(other.RouteTable?.RouteTableId));
    expect(await carryOut({ kind: "delete", row: 12, natGatewayId })).toMatchObject({ result: "conflict" });
    expect(stateNow()).toBe("available");
  });

  it("a gateway that nobody uses is deleted", async () => {
    expect(await carryOut({ kind: "delete", row: 12, natGatewayId })).toMatchObject({ result: "done" });
    expect(stateNow()).toBe("deleting");
  });

  it("no route is led to a gateway that is not available any more", async () => {
    await scene.run(scene.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: natGatewayId })));
    const from = { kind: "internet", gatewayId: internetGatewayId } as const;
    const to = { kind: "nat", natGatewayId } as const;
    const action: Action = { kind: "route", row: 7, routeTableId, subnetIds: [], from, to, flips: [] };
    expect(await carryOut(action)).toMatchObject({ result: "conflict", reason: `${natGatewayId} is deleting` });
    expect(scene.region.world.routeTables.get(routeTableId)?.routes).toContainEqual(
      expect.objectContaining({ destinationCidrBlock: everywhere, gatewayId: internetGatewayId }),
    );
  });
});
