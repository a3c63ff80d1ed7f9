import type {
  DeleteInternetGatewayRequest,
  DeleteRouteTableRequest,
  DeleteSecurityGroupRequest,
  DeleteSubnetRequest,
  DeleteVpcRequest,
  DetachInternetGatewayRequest,
  DisassociateRouteTableRequest,
} from "@aws-sdk/client-ec2";
import { type Ec2Context, requireRecord } from "./ec2-context.ts";
import { routeTableAssociationId } from "./ec2-render.ts";
import type { Ec2Kind } from "./ec2-store.ts";
import { AwsError, type Operation } from "./service.ts";
import type { World } from "./world.ts";

/**
 * How a network is taken down: what something else still uses is refused with `DependencyViolation` (EC2 API reference,
 * client error codes), as long as Lambda keeps its interfaces and NAT gateways their addresses.
 */
export function deletionOperations(context: Ec2Context): Record<string, Operation> {
  const { world, views } = context;
  const remove = (kind: Exclude<Ec2Kind, "networkInterfaces" | "addresses" | "natGateways">, id: string) => {
    world[kind].delete(id);
    views.changed(kind, id);
    return {};
  };
  return {
    DeleteSubnet: ({ SubnetId }: DeleteSubnetRequest) => {
      const { subnetId } = requireRecord(world, "subnets", SubnetId);
      demandFree("subnet", subnetId, interfacesIn(world, "subnetId", subnetId));
      for (const table of world.routeTables.values()) table.subnetIds = without(table.subnetIds, subnetId);
      return remove("subnets", subnetId);
    },
    DeleteSecurityGroup: ({ GroupId }: DeleteSecurityGroupRequest) => {
      const { groupId } = requireRecord(world, "securityGroups", GroupId);
      const users = [...world.networkInterfaces.values()].filter(({ securityGroupIds: ids }) => ids.includes(groupId));
      if (users.length > 0) throw violation(`resource ${groupId} has a dependent object`);
      return remove("securityGroups", groupId);
    },
    DisassociateRouteTable: ({ AssociationId }: DisassociateRouteTableRequest) => {
      for (const table of world.routeTables.values()) {
        const subnetId = table.subnetIds.find((id) => routeTableAssociationId(id) === AssociationId);
        if (subnetId === undefined) continue;
        table.subnetIds = without(table.subnetIds, subnetId);
        views.changed("routeTables", table.routeTableId);
        return {};
      }
      throw new AwsError("InvalidAssociationID.NotFound", `The association ID '${AssociationId}' does not exist`);
    },
    DeleteRouteTable: ({ RouteTableId }: DeleteRouteTableRequest) => {
      const { routeTableId, subnetIds, main } = requireRecord(world, "routeTables", RouteTableId);
      demandFree("routeTable", routeTableId, main ? ["the VPC"] : subnetIds);
      return remove("routeTables", routeTableId);
    },
    DetachInternetGateway: ({ InternetGatewayId, VpcId }: DetachInternetGatewayRequest) => {
      const gateway = requireRecord(world, "internetGateways", InternetGatewayId);
      if (gateway.vpcId !== VpcId) {
        throw new AwsError("Gateway.NotAttached", `resource ${InternetGatewayId} is not attached to network ${VpcId}`);
      }
      demandUnmapped(world, VpcId ?? "");
      gateway.vpcId = undefined;
      views.changed("internetGateways", gateway.internetGatewayId);
      return {};
    },
    DeleteInternetGateway: ({ InternetGatewayId }: DeleteInternetGatewayRequest) => {
      const { internetGatewayId, vpcId } = requireRecord(world, "internetGateways", InternetGatewayId);
      demandFree("internetGateway", internetGatewayId, vpcId ? [vpcId] : []);
      for (const { routes } of world.routeTables.values()) {
        for (const route of routes) if (route.gatewayId === internetGatewayId) route.state = "blackhole";
      }
      return remove("internetGateways", internetGatewayId);
    },
    DeleteVpc: ({ VpcId }: DeleteVpcRequest) => {
      const { vpcId } = requireRecord(world, "vpcs", VpcId);
      demandFree("vpc", vpcId, contentsOf(world, vpcId));
      // The main route table and the default network ACL go with their VPC.
      for (const table of ownedBy(world.routeTables, vpcId)) remove("routeTables", table.routeTableId);
      for (const acl of ownedBy(world.networkAcls, vpcId)) remove("networkAcls", acl.networkAclId);
      return remove("vpcs", vpcId);
    },
  };
}

function violation(text: string): AwsError {
  return new AwsError("DependencyViolation", text);
}

function demandFree(noun: string, id: string, users: readonly string[]): void {
  if (users.length > 0) throw violation(`The ${noun} '${id}' has dependencies and cannot be deleted.`);
}

/** The words are those of a public report: hashicorp/terraform#497. */
function demandUnmapped(world: World, vpcId: string): void {
  const mapped = [...world.addresses.values()].some(
    ({ networkInterfaceId }) => world.networkInterfaces.get(networkInterfaceId ?? "")?.vpcId === vpcId,
  );
  if (!mapped) return;
  throw violation(
    `Network ${vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
  );
}

function interfacesIn(world: World, key: "subnetId" | "vpcId", id: string): string[] {
  const found = [...world.networkInterfaces.values()].filter((it) => it[key] === id);
  return found.map(({ networkInterfaceId }) => networkInterfaceId);
}

function ownedBy<Item extends { vpcId: string | undefined }>(items: ReadonlyMap<string, Item>, vpcId: string): Item[] {
  return [...items.values()].filter((it) => it.vpcId === vpcId);
}

/** What a VPC cannot be deleted with. */
function contentsOf(world: World, vpcId: string): string[] {
  return [
    ...ownedBy(world.subnets, vpcId).map(({ subnetId }) => subnetId),
    ...ownedBy(world.securityGroups, vpcId).map(({ groupId }) => groupId),
    ...ownedBy(world.internetGateways, vpcId).map(({ internetGatewayId }) => internetGatewayId),
    ...ownedBy(world.routeTables, vpcId).flatMap(({ main, routeTableId }) => (main ? [] : [routeTableId])),
    ...ownedBy(world.natGateways, vpcId).flatMap(({ state, natGatewayId }) =>
      state === "deleted" ? [] : [natGatewayId],
    ),
    ...interfacesIn(world, "vpcId", vpcId),
  ];
}

function without(ids: readonly string[], id: string): string[] {
  return ids.filter((it) => it !== id);
}
