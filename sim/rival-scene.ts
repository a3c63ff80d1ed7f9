/** What rivals do to a simulated account. */
import { type PoolStage, type Stage, tryCall } from "./stage.ts";

const retryMs = 5_000;
const retries = 60;

export interface RivalScene {
  /** Addresses that the partner was told of. */
  readonly declared: ReadonlySet<string>;
  associateOnce(): Promise<void>;
  followInterfaceEvents(): Promise<void>;
  routeThroughNat(): Promise<void>;
}

export function openRivalScene(stage: Stage, pool: PoolStage): RivalScene {
  const declared = new Set(pool.publicIps);
  return {
    declared,
    associateOnce: () => associateOnce(stage, pool),
    followInterfaceEvents: () => followInterfaceEvents(stage, pool),
    routeThroughNat: () => routeThroughNat(stage, pool),
  };
}

/** The custom resource runs when the functions are there, and never again. */
async function associateOnce({ region, operator }: Stage, pool: PoolStage): Promise<void> {
  region.clock.after(5 * 60_000, async () => {
    const found = [...region.world.networkInterfaces.values()].filter((it) => it.interfaceType === "lambda");
    for (const [index, { networkInterfaceId: NetworkInterfaceId }] of found.entries()) {
      const AllocationId = pool.allocationIds[index];
      if (AllocationId) await tryCall(operator, "ec2", "AssociateAddress", { AllocationId, NetworkInterfaceId });
    }
  });
}

interface InterfaceEvent {
  readonly detail: {
    readonly eventName: string;
    readonly requestParameters: { readonly networkInterfaceId?: string };
    readonly responseElements: { readonly networkInterface?: { readonly networkInterfaceId: string } };
  };
}

/** Allocates and associates when an interface is made, releases when it is deleted. */
async function followInterfaceEvents({ region, operator, path }: Stage, pool: PoolStage): Promise<void> {
  const FunctionName = "rival";
  const { FunctionArn } = await operator<{ FunctionArn: string }>("lambda", "CreateFunction", {
    FunctionName,
    Role: "arn:aws:iam::123456789012:role/rival",
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Timeout: 900,
    Code: { ZipFile: new Uint8Array() },
  });
  const eventName = ["CreateNetworkInterface", "DeleteNetworkInterface"];
  const EventPattern = JSON.stringify({
    "detail-type": ["AWS API Call via CloudTrail"],
    detail: { eventName, errorCode: [{ exists: false }] },
  });
  await operator("events", "PutRule", { Name: FunctionName, EventPattern });
  await operator("events", "PutTargets", { Rule: FunctionName, Targets: [{ Id: "function", Arn: FunctionArn }] });
  for (const AllocationId of pool.allocationIds) await operator("ec2", "ReleaseAddress", { AllocationId });
  const given = new Map<string, string>();
  path.registerHandler(FunctionName, async (event) => {
    const { detail } = event as InterfaceEvent;
    const made = detail.responseElements.networkInterface?.networkInterfaceId;
    if (made === undefined) {
      const AllocationId = given.get(detail.requestParameters.networkInterfaceId ?? "");
      if (AllocationId) await tryCall(operator, "ec2", "ReleaseAddress", { AllocationId });
      return;
    }
    if (given.has(made)) return;
    const address = await tryCall<{ AllocationId: string }>(operator, "ec2", "AllocateAddress", { Domain: "vpc" });
    if (!address) return;
    given.set(made, address.AllocationId);
    const input = { AllocationId: address.AllocationId, NetworkInterfaceId: made };
    for (let attempt = 0; attempt < retries; attempt++) {
      if (await tryCall(operator, "ec2", "AssociateAddress", input)) return;
      await region.clock.sleep(retryMs);
    }
  });
}

/** One gateway per zone, each in a public subnet of its own, and the members' default routes through it. */
async function routeThroughNat({ region, operator }: Stage, pool: PoolStage): Promise<void> {
  const { network } = pool;
  for (const [zone, routeTableId] of network.routeTableIds.entries()) {
    const { Subnet } = await operator<{ Subnet: { SubnetId: string } }>("ec2", "CreateSubnet", {
      VpcId: network.vpcId,
      CidrBlock: `10.0.${100 + zone}.0/24`,
      AvailabilityZone: `us-east-1${"abc"[zone]}`,
    });
    const table = await operator<{ RouteTable: { RouteTableId: string } }>("ec2", "CreateRouteTable", {
      VpcId: network.vpcId,
    });
    const { RouteTableId } = table.RouteTable;
    const [GatewayId] = [...region.world.internetGateways.values()]
      .filter((it) => it.vpcId === network.vpcId)
      .map((it) => it.internetGatewayId);
    const DestinationCidrBlock = "0.0.0.0/0";
    await operator("ec2", "CreateRoute", { RouteTableId, DestinationCidrBlock, GatewayId });
    await operator("ec2", "AssociateRouteTable", { RouteTableId, SubnetId: Subnet.SubnetId });
    const made = await operator<{ NatGateway: { NatGatewayId: string } }>("ec2", "CreateNatGateway", {
      SubnetId: Subnet.SubnetId,
      AllocationId: pool.allocationIds[zone],
    });
    const { NatGatewayId } = made.NatGateway;
    region.clock.after(5 * 60_000, () =>
      operator("ec2", "ReplaceRoute", { RouteTableId: routeTableId, DestinationCidrBlock, NatGatewayId }),
    );
  }
}
